/** `rig rejudge`: stored runs judged again by other limits or with corrected readings; the record stays as it is. */
import { writeFileSync } from "node:fs";
import { shown as printable } from "../../../reports/text/escape.ts";
import { loadAsFound } from "../../bench/asFoundFile.ts";
import { loadLimits } from "../../bench/limitsFile.ts";
import { endDoubt, requireDoubt } from "../../ledger/doubts.ts";
import { openLedger } from "../../ledger/ledger.ts";
import type { Correction } from "../../model/correction.ts";
import { asRigError, RigError } from "../../model/errors.ts";
import { isPass } from "../../model/verdict.ts";
import { openReader, type Reader } from "../../store/reader.ts";
import type { RunRecord } from "../../store/types.ts";
import { controlled } from "../controlledLimits.ts";
import { checkLabel } from "../inputs.ts";
import { allRuns, progressOf } from "../rejudge/many.ts";
import { Benches } from "../rejudge/planOf.ts";
import { type Change, type Rejudged, rejudge, rolesOf } from "../rejudge/rejudge.ts";
import { exitOf, rejudgedData, rejudgedText, verdictNow } from "../rejudge/words.ts";

export interface RejudgeOptions {
  readonly store: string;
  readonly limits?: string;
  readonly calibration?: string;
  readonly bench?: string;
  readonly html?: string;
  readonly all: boolean;
  readonly json: boolean;
  /** QA, who ends the doubt by this instrument. */
  readonly by?: string;
}

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Exit code: 0 nothing changed, 10 something did, 20 a pass became a fail. */
export async function rejudgeCommand(run: string | undefined, options: RejudgeOptions): Promise<number> {
  if (options.limits === undefined && options.calibration === undefined)
    throw new RigError("USAGE", "say what is to change: --limits FILE, --calibration FILE, or both");
  if ((run === undefined) !== options.all) throw new RigError("USAGE", "give one run, or --all");
  if (options.by !== undefined && (run === undefined || options.calibration === undefined || options.limits))
    throw new RigError(
      "USAGE",
      "--by ends the doubt about one run by one instrument: RUN --calibration FILE --by NAME",
    );
  if (options.by !== undefined) checkLabel("name of who ends the doubt", options.by);
  const change: Change = {
    ...(options.limits === undefined ? {} : { limits: await controlled(loadLimits(options.limits), options.store) }),
    ...(options.calibration === undefined ? {} : { correction: loadAsFound(options.calibration) }),
  };
  const reader = await openReader(options.store);
  try {
    const benches = new Benches(options.bench);
    return run === undefined
      ? await everyRun(reader, change, benches, options)
      : await oneRun(reader, run, change, benches, options);
  } finally {
    reader.close();
  }
}

async function oneRun(reader: Reader, run: string, change: Change, benches: Benches, options: RejudgeOptions) {
  const record = reader.record(run);
  refuseForeign(record, change);
  const found = await rejudge(reader, record, change, benches);
  if (options.json) out(JSON.stringify(rejudgedData(found)));
  else for (const line of rejudgedText(found)) out(line);
  if (change.correction && found.how === "replayed" && found.corrected === 0)
    say(`No reading of ${record.head.id} was corrected: look at op, unit, channels and where of the file's errors.`);
  await writePage([found], options.html);
  if (options.by !== undefined && change.correction) await endDoubtOf(found, change.correction, options.by, options);
  return exitOf(found);
}

/** @throws RigError USAGE when the run is not in doubt by this instrument, or the pass does not hold */
async function endDoubtOf(
  found: Rejudged,
  { instrument, certificate, hash }: Correction,
  by: string,
  { store }: RejudgeOptions,
) {
  const { head } = found.record;
  const ledger = await openLedger(store);
  try {
    requireDoubt(ledger, { run: head.id, serial: head.adapter.serial, instrument });
  } finally {
    ledger.close();
  }
  const holds = isPass(found.after.verdict) && found.after.ending === "completed" && !found.needsTest;
  if (found.how !== "replayed" || found.corrected === 0 || !holds)
    throw new RigError("USAGE", `${head.id} stays in doubt: judged again it is ${verdictNow(found)}`);
  const from = { instrument, certificate, file: hash };
  const made = { ...from, run: head.id, serial: head.adapter.serial, now: verdictNow(found).slice(0, 200), by };
  const { seq } = await endDoubt(store, made);
  say(`${head.id} is no longer in doubt by ${printable(instrument, 64)}: entry ${seq} of the ledger`);
}

function refuseForeign(record: RunRecord, { correction }: Change): void {
  if (!correction || rolesOf(record, correction.instrument).size > 0) return;
  const known = record.instruments
    .map((body) => `${String(body["role"])} ${JSON.stringify(body["serial"] ?? "")}`)
    .join(", ");
  throw new RigError(
    "USAGE",
    `${record.head.id} has no instrument ${JSON.stringify(correction.instrument)}; it has ${known}`,
  );
}

async function everyRun(reader: Reader, change: Change, benches: Benches, options: RejudgeOptions): Promise<number> {
  const rows = allRuns(reader);
  const found: Rejudged[] = [];
  const left = { other: 0, open: 0 };
  const refused: { readonly run: string; readonly why: string }[] = [];
  const tick = progressOf(rows.length, say);
  for (const { run, id, outcome } of rows) {
    tick();
    if (!outcome) {
      left.open += 1;
      continue;
    }
    const record = reader.record(run);
    const isOther = change.limits !== undefined && record.head.limits.id !== change.limits.id;
    if (isOther || (change.correction && rolesOf(record, change.correction.instrument).size === 0)) {
      left.other += 1;
      continue;
    }
    try {
      const one = await rejudge(reader, record, change, benches);
      found.push(forgetful(one));
    } catch (thrown) {
      const error = asRigError(thrown);
      if (error.kind !== "usage") throw error;
      refused.push({ run: id, why: error.message });
    }
  }
  const codes = found.map(exitOf);
  const worst = Math.max(0, refused.length > 0 ? 10 : 0, ...codes);
  const counts = {
    judged: found.length,
    unchanged: codes.filter((code) => code === 0).length,
    passToFail: codes.filter((code) => code === 20).length,
    needNewTest: found.filter(({ needsTest }) => needsTest !== undefined).length,
    notConcerned: left.other,
    withoutOutcome: left.open,
  };
  if (options.json) out(JSON.stringify({ ...counts, refused, runs: found.map(rejudgedData) }));
  else {
    for (const [i, one] of found.entries()) if (codes[i] !== 0) for (const line of rejudgedText(one)) out(line);
    for (const { run, why } of refused) out(`${run}  not judged again: ${why}`);
    out(
      `${counts.judged} runs judged again: ${counts.unchanged} unchanged, ${counts.passToFail} from pass to fail, ` +
        `${counts.needNewTest} need a new test; ${left.other} not concerned, ${left.open} without outcome`,
    );
  }
  await writePage(
    found.filter((_, i) => codes[i] !== 0),
    options.html,
  );
  return worst;
}

/** Without events and series, so that a whole store fits into memory. */
const forgetful = (one: Rejudged): Rejudged => ({
  ...one,
  record: { ...one.record, events: [], notes: [], series: [] },
});

async function writePage(found: readonly Rejudged[], file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const { rejudgedPage } = await import("../../../reports/rejudged.ts");
  try {
    writeFileSync(file, rejudgedPage(found.map(rejudgedData)));
  } catch (cause) {
    throw new RigError("FILE_UNREADABLE", `${file} cannot be written: ${asRigError(cause).message}`, {}, { cause });
  }
  say(`page ${file}`);
}
