/**
 * What a failed calibration was found to have done: kind `impact`, one for each finding, numbered I-000001, and kind `doubt`,
 * one for each run whose pass does not hold or cannot be said to. A doubt ends when the run is judged again and holds, or
 * when QA disposes of it. Decision: docs/decisions/0068-doubts.md.
 */
import { z } from "zod";
import { RigError } from "../model/errors.ts";
import { requireQa } from "./authorisations.ts";
import { checkBody, day, line, written } from "./body.ts";
import { dispositionsOf } from "./dispositions.ts";
import { type DoubtEntry, doubtEndKind, doubtKind, type OpenDoubt, openDoubts } from "./doubtFold.ts";
import { appendEntries, type Entry, type Ledger, type NewEntry } from "./ledger.ts";

export const impactKind = "impact";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

/** What was found, and by which file. */
const source = { instrument: line(200), certificate: line(200), file: hash };

const impactSchema = z.strictObject({
  number: z.string().regex(/^I-\d{6,}$/),
  ...source,
  since: day,
  /** Runs that the instrument took part in; of them passes that do not hold, that cannot be said to, and that hold again. */
  touched: count,
  lost: count,
  unknown: count,
  ended: count,
});

const doubtSchema = z.strictObject({
  finding: z.string(),
  ...source,
  state: z.enum(["lost", "unknown"]),
  now: line(200),
});
const endSchema = z.strictObject({ ...source, by: z.enum(["impact", "rejudge"]), now: line(200) });

export interface Source {
  readonly instrument: string;
  readonly certificate: string;
  /** SHA-256 of the as-found file. */
  readonly file: string;
}

export interface FoundRun {
  /** R000042. */
  readonly run: string;
  /** holds: judged again, it stays a pass. */
  readonly state: "lost" | "unknown" | "holds";
  /** The verdict now, in words. */
  readonly now: string;
}

export interface Finding extends Source {
  readonly since: string;
  readonly runs: readonly FoundRun[];
  /** All runs that the instrument took part in. */
  readonly touched: number;
  readonly by: string;
}

const aboutRun = (ledger: Pick<Ledger, "entries">, run: string): readonly DoubtEntry[] =>
  [...ledger.entries(doubtKind, run), ...ledger.entries(doubtEndKind, run)].sort((a, b) => a.seq - b.seq);

const closingsOf = (ledger: Pick<Ledger, "entries">, serial?: string) =>
  dispositionsOf(ledger, serial).map(({ seq, body }) => ({ seq, runs: body.runs }));

/** Of one run, oldest first. */
export const openDoubtsOf = (
  ledger: Pick<Ledger, "entries">,
  run: { readonly id: string; readonly serial?: string },
): readonly OpenDoubt[] => openDoubts(aboutRun(ledger, run.id), closingsOf(ledger, run.serial), run.id);

/** Ids of all runs in doubt. */
export function runsInDoubt(ledger: Ledger): ReadonlySet<string> {
  const runs = new Set(ledger.entries(doubtKind).map(({ subject }) => subject));
  if (runs.size === 0) return runs;
  const closings = closingsOf(ledger);
  return new Set([...runs].filter((run) => openDoubts(aboutRun(ledger, run), closings, run).length > 0));
}

const numberOf = (found: number): string => `I-${String(found).padStart(6, "0")}`;

export interface Recorded {
  readonly number: string;
  readonly doubts: number;
  readonly ended: number;
}

/** Writes a finding and the doubts that follow from it, all or none. @throws RigError USAGE, STORAGE_FAILED */
export async function recordFinding(dir: string, { by, runs, since, touched, ...from }: Finding): Promise<Recorded> {
  let recorded: Recorded = { number: "", doubts: 0, ended: 0 };
  await appendEntries(dir, (ledger) => {
    const number = numberOf(ledger.entries(impactKind).length + 1);
    const closings = closingsOf(ledger);
    const isOpen = ({ run }: FoundRun): boolean =>
      openDoubts(aboutRun(ledger, run), closings, run).some(({ instrument }) => instrument === from.instrument);
    const lost = runs.filter(({ state }) => state !== "holds");
    const ended = runs.filter((one) => one.state === "holds" && isOpen(one));
    if (ended.length > 0) requireQa(ledger, by, "ends a doubt");
    const of = (state: FoundRun["state"]): number => runs.filter((one) => one.state === state).length;
    const counts = { touched, lost: of("lost"), unknown: of("unknown"), ended: ended.length };
    const body = checkBody(impactKind, impactSchema, { number, ...from, since, ...counts });
    recorded = { number, doubts: lost.length, ended: ended.length };
    return [
      { kind: impactKind, subject: from.instrument, by, body: written(body) },
      ...lost.map(({ run, state, now }): NewEntry => {
        const doubt = checkBody(doubtKind, doubtSchema, { finding: number, ...from, state, now });
        return { kind: doubtKind, subject: run, by, body: written(doubt) };
      }),
      ...ended.map((one) => endOf(one, from, by, "impact")),
    ];
  });
  return recorded;
}

const endOf = (
  { run, now }: Pick<FoundRun, "run" | "now">,
  from: Source,
  by: string,
  how: "impact" | "rejudge",
): NewEntry => {
  const body = checkBody(doubtEndKind, endSchema, { ...from, by: how, now });
  return { kind: doubtEndKind, subject: run, by, body: written(body) };
};

/** @throws RigError USAGE when this run is not in doubt by this instrument */
export function requireDoubt(
  ledger: Pick<Ledger, "entries">,
  { run, serial, instrument }: { readonly run: string; readonly serial: string; readonly instrument: string },
): void {
  if (openDoubtsOf(ledger, { id: run, serial }).some((one) => one.instrument === instrument)) return;
  throw new RigError("USAGE", `${run} is not in doubt by a calibration of ${instrument}: nothing to end`);
}

/**
 * A run that was judged again and stays a pass: the doubt of this instrument ends.
 * @throws RigError USAGE when there is no such doubt, or the person is not QA
 */
export async function endDoubt(
  dir: string,
  made: Source & { readonly run: string; readonly serial: string; readonly now: string; readonly by: string },
): Promise<Entry> {
  const { run, serial, now, by, ...from } = made;
  const [entry] = await appendEntries(dir, (ledger) => {
    requireDoubt(ledger, { run, serial, instrument: from.instrument });
    requireQa(ledger, by, "ends a doubt");
    return [endOf({ run, now }, from, by, "rejudge")];
  });
  if (entry === undefined) throw new TypeError("one entry was to be written");
  return entry;
}
