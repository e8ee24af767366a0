/** What runs had seen of the ledger when they began: the ledger itself cannot tell that it was deleted. */
import type { Database } from "./database.ts";
import type { LedgerAtStart } from "./types.ts";

export interface LedgerSeen extends LedgerAtStart {
  /** The first run that saw it so. */
  readonly run: number;
}

/** Each state once, runs that go on too; runs of older programs saw none. By the index `run_ledger`: its expressions. */
const query = `
  SELECT json_extract(head, '$.ledger.entries') AS entries, json_extract(head, '$.ledger.hash') AS hash, min(run) AS run
  FROM run WHERE json_extract(head, '$.ledger.entries') IS NOT NULL GROUP BY 1, 2 ORDER BY 3`;

export const ledgersSeen = (db: Database): readonly LedgerSeen[] =>
  db
    .prepare(query)
    .all()
    .map((row) => ({ run: Number(row["run"]), entries: Number(row["entries"]), hash: String(row["hash"]) }));
