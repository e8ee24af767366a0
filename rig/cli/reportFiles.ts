/** Writes reports and labels of a run in the store, with what people decided about it since. */
import { contentOf } from "../../reports/content.ts";
import { type Decisions, decisionsOf } from "../../reports/decisions.ts";
import { drawLabel, type LabelFormat } from "../../reports/label.ts";
import { fileStem } from "../../reports/text/escape.ts";
import { type Format, type standardFormats, writeReports, writeTogether } from "../../reports/write.ts";
import { handingOutBarred, openFailsOf } from "../ledger/dispositions.ts";
import { doubtText } from "../ledger/doubtFold.ts";
import { openDoubtsOf } from "../ledger/doubts.ts";
import { type Ledger, openCheckedLedger, openLedger } from "../ledger/ledger.ts";
import { lacking, requireSeen } from "../ledger/seen.ts";
import { openReader, type Reader } from "../store/reader.ts";
import type { RunHead, RunRecord } from "../store/types.ts";

/** What people decided about a run since, and what is open of its adapter. */
export async function decisionsOn(store: string, reader: Pick<Reader, "list">, record: RunRecord): Promise<Decisions> {
  const ledger = await openLedger(store);
  try {
    return decisionsIn(ledger, reader, record);
  } finally {
    ledger.close();
  }
}

export function decisionsIn(ledger: Ledger, reader: Pick<Reader, "list">, { head, hash }: RunRecord): Decisions {
  const { id, run, adapter, simulated, ledger: seen } = head;
  const open = openFailsOf(ledger, reader, adapter.serial).filter((row) => row.simulated === simulated);
  const lacks = seen && lacking(ledger, [{ run, ...seen }]);
  return decisionsOf(ledger, id, hash, {
    ...{ serial: adapter.serial, simulated, openFails: open.map((row) => row.id) },
    ...(lacks === undefined ? {} : { lacks }),
  });
}

interface Standing {
  /** Ids of the fails of this adapter that nobody decided about, on the same kind of bench. */
  readonly open: readonly string[];
  /** What was decided that keeps this run from handing the adapter out. */
  readonly barred: string | undefined;
}

async function standingOn(
  store: string,
  reader: Reader,
  { id, adapter, started, simulated }: RunHead,
): Promise<Standing> {
  const ledger = await openCheckedLedger(store);
  try {
    requireSeen(ledger, reader.ledgersSeen(), store);
    const open = openFailsOf(ledger, reader, adapter.serial).filter((row) => row.simulated === simulated);
    const [doubt] = openDoubtsOf(ledger, { id, serial: adapter.serial });
    const barred = doubt
      ? `it is ${doubtText(doubt)}`
      : handingOutBarred(ledger, { serial: adapter.serial, started, simulated });
    return { open: open.map(({ id }) => id), barred };
  } finally {
    ledger.close();
  }
}

/** Paths of the files. @throws RigError RUN_UNKNOWN, STORAGE_FAILED */
export async function writeRunReports<F extends Format = (typeof standardFormats)[number]>(
  store: string,
  run: number | string,
  dir: string,
  wanted?: readonly F[],
): Promise<Readonly<Record<F, string>>> {
  const reader = await openReader(store);
  try {
    const record = reader.record(run);
    return await writeReports(record, reader, dir, wanted, await decisionsOn(store, reader, record));
  } finally {
    reader.close();
  }
}

/** Names of the files. @throws RigError LABEL_REFUSED, RUN_UNKNOWN, STORAGE_FAILED */
export async function writeLabels(
  store: string,
  run: number | string,
  dir: string,
  wanted: readonly LabelFormat[],
): Promise<readonly string[]> {
  const reader = await openReader(store);
  try {
    const record = reader.record(run);
    const { id } = record.head;
    const content = contentOf(record, new Map(), reader.fault(run), await decisionsOn(store, reader, record));
    const { open, barred } = await standingOn(store, reader, record.head);
    const files: Record<string, Uint8Array> = {};
    for (const format of wanted)
      files[`${fileStem(id)}.label.${format}`] = await drawLabel(content, format, open, barred);
    await writeTogether(dir, `the label of ${id}`, files);
    return Object.keys(files);
  } finally {
    reader.close();
  }
}
