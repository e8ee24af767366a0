/**
 * Whether the ledger holds what runs had seen of it when they began. Its own chain shows an entry that was changed or cut
 * out; a ledger that was deleted whole, cut at its end or exchanged is an intact shorter one, and only the runs know better.
 */
import { RigError } from "../model/errors.ts";
import { idOf } from "../store/ids.ts";
import type { LedgerSeen } from "../store/ledgerSeen.ts";
import { type Head, type Ledger, openLedger } from "./ledger.ts";

/** What is missing, in words that name the run that had seen it; undefined when nothing is. */
export function lacking(ledger: Ledger, seen: readonly LedgerSeen[]): string | undefined {
  const { entries } = ledger.head();
  const short = seen.find((one) => one.entries > entries);
  if (short !== undefined) {
    const [had, has] = [countOf(short.entries), entries === 0 ? "none is" : entries === 1 ? "1 is" : `${entries} are`];
    return `the ledger lacks entries that ${idOf(short.run)} had seen when it began: ${had}, ${has} there`;
  }
  const other = seen.find((one) => one.entries > 0 && ledger.hashAt(one.entries) !== one.hash);
  if (other === undefined) return undefined;
  return `entry ${other.entries} of the ledger is not the one that ${idOf(other.run)} had seen when it began: the ledger was exchanged`;
}

const countOf = (entries: number): string => (entries === 1 ? "1 entry" : `${entries} entries`);

/** @throws RigError LEDGER_LACKS */
export function requireSeen(ledger: Ledger, seen: readonly LedgerSeen[], dir: string): void {
  const why = lacking(ledger, seen);
  if (why !== undefined) throw new RigError("LEDGER_LACKS", `${dir}: ${why}`, { dir });
}

/** Where the ledger of a store stands now, for the head of a run that begins. @throws RigError STORAGE_FAILED */
export async function ledgerNow(dir: string): Promise<Head> {
  const ledger = await openLedger(dir);
  try {
    return ledger.head();
  } finally {
    ledger.close();
  }
}
