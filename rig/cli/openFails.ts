/** What a person is told of retests and of fails that nobody has decided about. */
import { dispositionOf, openFailsOf } from "../ledger/dispositions.ts";
import { doubtText } from "../ledger/doubtFold.ts";
import { openDoubtsOf } from "../ledger/doubts.ts";
import { type Ledger, openLedger } from "../ledger/ledger.ts";
import { lacking } from "../ledger/seen.ts";
import { openReader, type Reader, type RunRow } from "../store/reader.ts";
import type { RunHead } from "../store/types.ts";
import { declaredIn } from "./declare.ts";
import type { Inputs } from "./inputs.ts";
import { retestText } from "./retest.ts";

type Say = (line: string) => void;

export function sayRetest({ context }: Pick<Inputs, "context">, say: Say): void {
  const text = retestText(context.declared?.retest);
  if (text !== "") say(`      This is ${text}. A pass does not close it: QA must decide (rig dispose)`);
}

/** Open fails of one serial number on the same kind of bench, in one line; empty when there is none. */
export function openFailText(open: readonly RunRow[]): string {
  if (open.length === 0) return "";
  return `open fail: ${open.map(({ id }) => id).join(", ")}; only a disposition by QA closes it (rig dispose)`;
}

/** After a run: what stays open. */
export async function sayOpenFails(store: string, inputs: Inputs, say: Say): Promise<void> {
  const simulated = inputs.twin !== undefined;
  const ledger = await openLedger(store);
  const reader = await openReader(store);
  try {
    const open = openFailsOf(ledger, reader, inputs.serial).filter((row) => row.simulated === simulated);
    if (open.length > 0) say(`  ${openFailText(open)}`);
    const lacks = lacking(ledger, reader.ledgersSeen());
    if (lacks !== undefined) say(`  ${lacks}; nothing is signed, labelled or backed up until it is there (rig head)`);
  } finally {
    reader.close();
    ledger.close();
  }
}

/** Of one run, in lines: which retest it was, what QA decided about it, and what is open of its serial number. */
export async function runStanding(
  store: string,
  reader: Pick<Reader, "list">,
  head: RunHead,
): Promise<readonly string[]> {
  const { serial } = head.adapter;
  const ledger = await openLedger(store);
  try {
    const retest = retestText(declaredIn(head.options).retest);
    const decided = dispositionOf(ledger, serial, head.id);
    const open = openFailsOf(ledger, reader, serial).filter((row) => row.simulated === head.simulated);
    return [
      retest,
      decided ? `${decided.body.number}: ${decided.body.decision} by ${decided.by}, ${decided.body.reason}` : "",
      openFailText(open),
      ...openDoubtsOf(ledger, { id: head.id, serial }).map(
        (doubt) => `${doubtText(doubt)}: judge it again (rig rejudge) or dispose of it`,
      ),
    ].filter((text) => text !== "");
  } finally {
    ledger.close();
  }
}

/** What this run had seen of the ledger and is not there any more; undefined while all of it is. */
export async function lackingFor(store: string, { run, ledger: seen }: RunHead): Promise<string | undefined> {
  if (seen === undefined) return undefined;
  const ledger = await openLedger(store);
  try {
    return lacking(ledger, [{ run, ...seen }]);
  } finally {
    ledger.close();
  }
}

/** For each row of a list the ids of the open fails of its serial number, on the same kind of bench. */
export function openFailsIn(
  ledger: Ledger,
  reader: Pick<Reader, "list">,
): (row: Pick<RunRow, "serial" | "simulated">) => readonly string[] {
  const known = new Map<string, readonly RunRow[]>();
  return ({ serial, simulated }) => {
    const open = known.get(serial) ?? openFailsOf(ledger, reader, serial);
    known.set(serial, open);
    return open.filter((one) => one.simulated === simulated).map(({ id }) => id);
  };
}
