/**
 * What a named person decides between runs, kept beside them: entries in the order they were made, each linked to the one
 * before by its hash, never changed and never deleted. Nothing that makes a run better depends on it alone: an entry
 * that is missing leaves the rig locked.
 */
import { canonical, type Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import { linkOf, noHash } from "./chain.ts";
import { closeStore, type Database, inTransaction, openStore, storageError } from "./database.ts";

/** A lock opened by a person after a right answer. */
export interface Unlocking {
  readonly kind: "unlocked";
  readonly utc: string;
  readonly bench: string;
  readonly simulated: boolean;
  readonly by: string;
  readonly reason: string;
  /** Wrong answers up to this run are dealt with. */
  readonly upTo: number;
  /** The right answers that it rests on. */
  readonly after: readonly number[];
}

export type AuditEntry = Unlocking & { readonly seq: number; readonly hash: string };

/** All entries, oldest first. @throws RigError STORAGE_FAILED when the chain does not hold */
export function auditIn(db: Database): readonly AuditEntry[] {
  let hash = noHash;
  return db
    .prepare("SELECT seq, text, hash FROM audit ORDER BY seq")
    .all()
    .map((row, i) => {
      const text = String(row["text"]);
      hash = linkOf(hash, text);
      if (Number(row["seq"]) !== i + 1 || hash !== row["hash"]) {
        throw new RigError("STORAGE_FAILED", `entry ${i + 1} of the audit was changed, or one before it is missing`);
      }
      return { ...(JSON.parse(text) as Unlocking), seq: i + 1, hash };
    });
}

/** On disk when it resolves. STORAGE_FAILED, STORE_VERSION. */
export async function appendAudit(dir: string, entry: Unlocking): Promise<AuditEntry> {
  const db = await openStore(dir);
  try {
    return inTransaction(db, () => {
      const last = auditIn(db).at(-1);
      const text = canonical(entry as unknown as Data);
      const made = { ...entry, seq: (last?.seq ?? 0) + 1, hash: linkOf(last?.hash ?? noHash, text) };
      db.prepare("INSERT INTO audit (seq, text, hash) VALUES (?, ?, ?)").run(made.seq, text, made.hash);
      return made;
    });
  } catch (error) {
    throw storageError("cannot write the audit in", dir, error);
  } finally {
    closeStore(db);
  }
}
