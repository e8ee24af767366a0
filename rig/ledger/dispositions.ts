/**
 * What QA decides about an adapter that failed. A fail stays open until a disposition names its run: no later pass closes
 * it, and none of its runs is changed. Dispositions are numbered without gaps over the store: D-000001.
 */
import { z } from "zod";
import { RigError } from "../model/errors.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Reader, RunRow } from "../store/reader.ts";
import { requireQa } from "./authorisations.ts";
import { checkBody, type Decided, decided, line } from "./body.ts";
import { doubtEndKind, doubtKind, openDoubts } from "./doubtFold.ts";
import { appendEntry, type Ledger, openLedger } from "./ledger.ts";

export const dispositionKind = "disposition";

/** scrap: not used again. rework: repaired, to be tested anew. use-as-is: accepted by QA as it is. retest-accepted: by the retest policy. */
export const dispositions = ["scrap", "rework", "use-as-is", "retest-accepted"] as const;
export type DispositionDecision = (typeof dispositions)[number];

const runId = z.string().regex(/^R\d{6,15}$/, "a run is called like R000042");

const schema = z.strictObject({
  number: z.string().regex(/^D-\d{6,}$/),
  runs: z.array(runId).min(1, "name at least one run").max(1000),
  /** Whether the runs are a twin's: a real fail is never closed together with a simulated one. */
  simulated: z.boolean(),
  decision: z.enum(dispositions),
  reason: line(400),
});
export type DispositionBody = z.infer<typeof schema>;
/** `subject` is the serial number. */
export type Disposition = Decided<DispositionBody>;

/** All of a store, or of one serial number, oldest first. */
export const dispositionsOf = (ledger: Pick<Ledger, "entries">, serial?: string): readonly Disposition[] =>
  decided(ledger, dispositionKind, schema, serial);

/** A verdict that only a disposition closes. A conditional fail is a fail within its uncertainty, and no less open. */
export const isFail = (verdict: Verdict | undefined): boolean => verdict === "fail" || verdict === "fail-conditional";

/** Checks of known artefacts and of the rig: their subject is no adapter to be released. */
const noAdapters: readonly string[] = ["golden-check", "challenge-check", "thermocouple-walk"];

/** Whether a run is a fail of an adapter, which only a disposition closes. */
export const isAdapterFail = (row: RunRow): boolean =>
  isFail(row.outcome?.verdict) && !noAdapters.includes(row.procedure);

const page = 1000;

/** All runs of a serial number with one verdict, newest first; by the index of serial numbers. */
function runsOf(reader: Pick<Reader, "list">, serial: string, verdict?: Verdict): readonly RunRow[] {
  const found: RunRow[] = [];
  for (let before: number | undefined; ; ) {
    const rows = reader.list({
      serial,
      limit: page,
      ...(verdict === undefined ? {} : { verdict }),
      ...(before === undefined ? {} : { before }),
    });
    found.push(...rows);
    before = rows.at(-1)?.run;
    if (rows.length < page || before === undefined) return found;
  }
}

/** Runs of this adapter that ended in a fail, oldest first. */
export const failsOf = (reader: Pick<Reader, "list">, serial: string): readonly RunRow[] =>
  [...runsOf(reader, serial, "fail"), ...runsOf(reader, serial, "fail-conditional")]
    .filter(isAdapterFail)
    .sort((a, b) => a.run - b.run);

/**
 * Fails of a serial number that no disposition names, oldest first; empty: none is open. What hands an adapter out (label,
 * release, certificate) asks here. Fails on a twin are listed too, marked `simulated`.
 */
export function openFailsOf(
  ledger: Pick<Ledger, "entries">,
  reader: Pick<Reader, "list">,
  serial: string,
): readonly RunRow[] {
  const closed = new Set(dispositionsOf(ledger, serial).flatMap(({ body }) => body.runs));
  return failsOf(reader, serial).filter((row) => !closed.has(row.id));
}

/**
 * Why an adapter is not handed out by this run although no fail is open, in words: QA's last decision is scrap, or a
 * rework was ordered after which only a later run speaks for it. Real and simulated benches count apart.
 */
export function handingOutBarred(
  ledger: Ledger,
  run: { readonly serial: string; readonly started: string; readonly simulated: boolean },
): string | undefined {
  const same = dispositionsOf(ledger, run.serial).filter(({ body }) => body.simulated === run.simulated);
  const last = same.at(-1);
  if (last?.body.decision === "scrap") return `${last.body.number} of ${last.by} scrapped this serial number`;
  const reworked = same.findLast(({ body }) => body.decision === "rework");
  if (!reworked || run.started > reworked.utc) return undefined;
  return `${reworked.body.number} of ${reworked.by} ordered a rework after this run began: a run after the rework is needed`;
}

/** What became of a run, if somebody decided; the last word, for a doubt may have come after the first. */
export const dispositionOf = (ledger: Ledger, serial: string, run: string): Disposition | undefined =>
  dispositionsOf(ledger, serial).findLast(({ body }) => body.runs.includes(run));

const numberOf = (count: number): string => `D-${String(count).padStart(6, "0")}`;

export interface NewDisposition {
  readonly serial: string;
  /** Ids of the runs that are decided about. */
  readonly runs: readonly string[];
  readonly simulated: boolean;
  readonly decision: DispositionDecision;
  readonly reason: string;
  readonly by: string;
}

function isInDoubt(ledger: Ledger, made: readonly Disposition[], run: string): boolean {
  const about = [...ledger.entries(doubtKind, run), ...ledger.entries(doubtEndKind, run)];
  const closings = made.map(({ seq, body }) => ({ seq, runs: body.runs }));
  return (
    openDoubts(
      about.sort((a, b) => a.seq - b.seq),
      closings,
      run,
    ).length > 0
  );
}

/**
 * Decides; each run once and for all, unless a doubt arose after it. The caller has looked at the runs themselves.
 * @throws RigError USAGE when a run was decided before, a field is wrong, or the person is not QA; STORAGE_FAILED
 */
export async function dispose(dir: string, made: NewDisposition): Promise<Disposition> {
  const { serial, by, ...rest } = made;
  // The number counts the entries, and the ledger forgets none: read, then checked again where it is written.
  const ledger = await openLedger(dir);
  const number = numberOf(ledger.entries(dispositionKind).length + 1);
  ledger.close();
  const body = checkBody("disposition", schema, { number, ...rest, runs: [...new Set(rest.runs)].sort() });
  const entry = await appendEntry(dir, { kind: dispositionKind, subject: serial, by, body }, (now) => {
    requireQa(now, by, "disposes of a fail");
    const before = dispositionsOf(now);
    if (numberOf(before.length + 1) !== number) {
      throw new RigError("USAGE", `${number} was given to another disposition in this moment: try again`);
    }
    for (const { body: old } of before) {
      const twice = old.runs.find((run) => body.runs.includes(run));
      if (twice !== undefined && !isInDoubt(now, before, twice))
        throw new RigError("USAGE", `${twice} was disposed of before, by ${old.number}`);
    }
  });
  return { seq: entry.seq, utc: entry.utc, by, subject: serial, body };
}
