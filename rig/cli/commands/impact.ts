/**
 * `rig impact`: an instrument came back from calibration and was not as it should be. Every run that used it is judged again
 * with its readings corrected; the answer says which passes, which customers and which signed reports do not hold any more.
 */
import { everSigned, type Signed } from "../../../reports/decisions.ts";
import { shown as printable } from "../../../reports/text/escape.ts";
import { loadAsFound } from "../../bench/asFoundFile.ts";
import { type Ledger, openLedger } from "../../ledger/ledger.ts";
import type { Correction } from "../../model/correction.ts";
import { asRigError, RigError } from "../../model/errors.ts";
import { isPass } from "../../model/verdict.ts";
import { openReader, type Reader } from "../../store/reader.ts";
import type { RunRecord } from "../../store/types.ts";
import { checkLabel } from "../inputs.ts";
import { periodOf } from "../period.ts";
import { recordedText, recordImpact } from "../rejudge/doubting.ts";
import { impactCsv } from "../rejudge/impactCsv.ts";
import { allRuns, progressOf } from "../rejudge/many.ts";
import { Benches } from "../rejudge/planOf.ts";
import { type Rejudged, rejudge, rolesOf } from "../rejudge/rejudge.ts";
import { changedRows, exitOf, outcomeWords, rejudgedData, verdictNow } from "../rejudge/words.ts";

export interface ImpactOptions {
  readonly store: string;
  readonly instrument: string;
  readonly since: string;
  readonly asFound: string;
  readonly bench?: string;
  readonly csv: boolean;
  readonly json: boolean;
  /** Who writes the finding down; absent: it is only printed. */
  readonly by?: string;
}

/** One run that the instrument took part in. */
export interface Touched {
  readonly run: string;
  readonly started: string;
  readonly serial: string;
  readonly customer: string;
  readonly procedure: string;
  readonly simulated: boolean;
  readonly roles: readonly string[];
  readonly signatures: readonly Signed[];
  readonly before: string;
  readonly now: string;
  /** Whether a pass stays one; unknown where today's program does not reproduce the record. Undefined: it was none. */
  readonly holds?: boolean | "unknown";
  /** It has no outcome yet. */
  readonly open: boolean;
  /** Why it could not be judged again. */
  readonly refused?: string;
  readonly found?: Rejudged;
}

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Exit code: 0 nothing changes, 10 something does or could not be said, 20 a pass does not hold any more. */
export async function impact(options: ImpactOptions): Promise<number> {
  const correction = loadAsFound(options.asFound);
  const { instrument } = options;
  if (instrument === "n/a" || instrument.trim() === "")
    throw new RigError("USAGE", `--instrument ${JSON.stringify(instrument)} is no serial number`);
  if (correction.instrument !== instrument) {
    const file = `${options.asFound} is about ${JSON.stringify(correction.instrument)}`;
    throw new RigError("USAGE", `${file}, --instrument says ${JSON.stringify(instrument.slice(0, 64))}`);
  }
  const { since = "" } = periodOf({ since: options.since });
  const by = options.by === undefined ? undefined : checkLabel("name of who writes it down", options.by);
  const reader = await openReader(options.store);
  const ledger = await openLedger(options.store);
  try {
    const known = new Set<string>();
    const touched = await touchedRuns(reader, ledger, correction, since, new Benches(options.bench), known);
    if (touched.length === 0) throw nothingTouched(options, known);
    if (options.json) out(JSON.stringify(impactData(options, correction, touched)));
    else if (options.csv) process.stdout.write(impactCsv(touched));
    else for (const line of impactText(options, correction, touched)) out(line);
    if (by !== undefined) {
      const recorded = await recordImpact(options.store, correction, touched, { since: since.slice(0, 10), by });
      say(recordedText(recorded));
    } else if (touched.some(({ holds }) => holds === false || holds === "unknown"))
      say("Nothing was written down: with --by NAME label, release and reports know of it (docs/rejudge.md)");
    return codeOf(touched);
  } finally {
    ledger.close();
    reader.close();
  }
}

const known_max = 20;

/** A mistyped serial number would otherwise read as an instrument without consequences. */
function nothingTouched({ instrument, since }: ImpactOptions, known: ReadonlySet<string>): RigError {
  const names = [...known].sort().map((serial) => printable(serial, 64));
  const more = names.length > known_max ? ` and ${names.length - known_max} more` : "";
  const list = names.length === 0 ? "no instrument" : `${names.slice(0, known_max).join(", ")}${more}`;
  return new RigError("USAGE", `no run since ${since} used ${printable(instrument, 64)}; its runs name ${list}`);
}

/** `known` gets the serial numbers of all instruments of these runs. */
export async function touchedRuns(
  reader: Reader,
  ledger: Ledger,
  correction: Correction,
  since: string,
  benches: Benches,
  known = new Set<string>(),
): Promise<readonly Touched[]> {
  const rows = allRuns(reader).filter(({ started }) => started >= since);
  const tick = progressOf(rows.length, say);
  const touched: Touched[] = [];
  for (const { run } of rows) {
    tick();
    const record = reader.record(run);
    for (const serial of serialsIn(record)) known.add(serial);
    const roles = [...rolesOf(record, correction.instrument)];
    if (roles.length === 0) continue;
    const { head } = record;
    const facts = {
      run: head.id,
      started: head.started,
      serial: head.adapter.serial,
      customer: head.order?.customer.name ?? "",
      procedure: head.procedure.id,
      simulated: head.simulated,
      roles,
      signatures: everSigned(ledger, head.id),
      before: record.outcome ? outcomeWords(record.outcome) : "going on",
      open: record.outcome === undefined,
    };
    const { outcome } = record;
    const was = outcome !== undefined && isPass(outcome.verdict) && outcome.ending === "completed";
    touched.push({ ...facts, ...(await judgedAgain()) });

    async function judgedAgain(): Promise<Pick<Touched, "now" | "holds" | "refused" | "found">> {
      try {
        const found = await rejudge(reader, record, { correction }, benches);
        const stays = isPass(found.after.verdict) && found.after.ending === "completed" && !found.needsTest;
        const without = found.how === "replayed" && found.corrected === 0;
        const holds = without || (found.how === "rows" && found.needsTest) ? "unknown" : stays;
        const kept = { ...found, record: { ...record, events: [], notes: [], series: [] } };
        const now = holds === "unknown" ? "CANNOT BE SAID" : verdictNow(found);
        return { now, found: kept, ...(without ? { refused: noneCorrected } : {}), ...(was ? { holds } : {}) };
      } catch (thrown) {
        const error = asRigError(thrown);
        if (error.kind !== "usage") throw error;
        return { now: "not judged again", refused: error.message, ...(was ? { holds: "unknown" } : {}) };
      }
    }
  }
  return touched;
}

const noneCorrected =
  "the as-found file corrects no reading of this run: look at op, unit, channels and where of its errors";

const serialsIn = ({ instruments }: RunRecord): readonly string[] =>
  instruments.flatMap((body) => String(body["serial"] ?? "").split(/, */)).filter((one) => one !== "" && one !== "n/a");

export function codeOf(touched: readonly Touched[]): number {
  if (touched.some(({ holds }) => holds === false)) return 20;
  return touched.some(({ refused, found }) => refused !== undefined || (found && exitOf(found) !== 0)) ? 10 : 0;
}

const signedBy = (signatures: readonly Signed[]): string =>
  signatures.map(({ by, role, meaning }) => `${by} (${role}, ${meaning})`).join("; ");

const rows_max = 12;

export function impactText(
  options: ImpactOptions,
  correction: Correction,
  touched: readonly Touched[],
): readonly string[] {
  const { instrument, since } = options;
  const lines = [
    `${instrument} as found by ${printable(correction.certificate, 100)}: runs since ${since}, its readings corrected`,
  ];
  for (const one of touched) {
    const marks = [
      one.simulated ? "SIMULATED" : "",
      one.signatures.length > 0 ? `signed: ${signedBy(one.signatures)}` : "",
    ];
    const who = [printable(one.serial, 64), ...(one.customer === "" ? [] : [printable(one.customer, 64)])].join(", ");
    const mark = marks.filter((text) => text !== "").join("  ");
    lines.push(
      `  ${one.run}  ${one.started.slice(0, 10)}  ${who}  ${one.procedure}: ${one.before} -> ${one.now}  ${printable(mark, 300)}`,
    );
    if (one.refused !== undefined) lines.push(`      ${printable(one.refused, 300)}`);
    if (!one.found) continue;
    const { needsTest, remarks, how } = one.found;
    if (needsTest) {
      const from = needsTest.step === "" ? "" : `from step "${needsTest.step}": `;
      lines.push(`      ${from}${printable(needsTest.why, 200)}`);
    }
    if (how === "rows") for (const text of remarks) lines.push(`      ${printable(text, 200)}`);
    const rows = changedRows(one.found).filter((row) => row.after !== "not reached");
    for (const row of rows.slice(0, rows_max)) lines.push(`      ${row.id}: ${row.before} -> ${row.after}; ${row.why}`);
    if (rows.length > rows_max) lines.push(`      and ${rows.length - rows_max} more rows (--csv has all)`);
  }
  return [...lines, ...summary(touched)];
}

function summary(touched: readonly Touched[]): readonly string[] {
  const lost = touched.filter(({ holds }) => holds === false);
  const signed = lost.filter(({ signatures }) => signatures.length > 0);
  const names = (list: readonly string[]) => [...new Set(list)].map((name) => printable(name, 64)).join(", ");
  const unknown = touched.filter(({ holds }) => holds === "unknown");
  const lines = [`${touched.length} runs used it: ${lost.length} passes do not hold any more`];
  if (unknown.length > 0) {
    const runs = names(unknown.map(({ run }) => run));
    lines.push(`  cannot be said of ${unknown.length} passes (${runs}): see why at each of them, and docs/rejudge.md`);
  }
  if (lost.length === 0) return lines;
  lines.push(`  serial numbers: ${names(lost.map(({ serial }) => serial))}`);
  const customers = lost.map(({ customer }) => customer).filter((name) => name !== "");
  lines.push(`  customers: ${customers.length === 0 ? "none named in the orders" : names(customers)}`);
  lines.push(`  signed reports: ${signed.length === 0 ? "none" : names(signed.map(({ run }) => run))}`);
  return lines;
}

const impactData = ({ instrument, since }: ImpactOptions, correction: Correction, touched: readonly Touched[]) => ({
  instrument,
  since,
  certificate: correction.certificate,
  errors: correction.errors,
  file: correction.hash,
  runs: touched.map(({ found, holds, refused, ...facts }) => ({
    ...facts,
    holds: holds ?? null,
    refused: refused ?? null,
    judged: found ? rejudgedData(found) : null,
  })),
});
