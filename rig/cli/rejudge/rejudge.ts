/**
 * One stored run judged again. First the control: the record is replayed with its own limits and readings as they are; only
 * if every command and every judgement comes out as stored does today's program speak for it. Then the change.
 * Decision: docs/decisions/0058-rejudge.md.
 */
import { Findings } from "../../engine/findings.ts";
import { abandoned, judgedAlone, type Replayed, type RowJudged, replayed } from "../../engine/rejudge.ts";
import type { Correction } from "../../model/correction.ts";
import { canonical, type Data } from "../../model/data.ts";
import { RigError } from "../../model/errors.ts";
import type { LimitSet } from "../../model/limits.ts";
import { defaultStabilisation } from "../../model/stabilisation.ts";
import { isPass, type Outcome, worst } from "../../model/verdict.ts";
import type { Reader } from "../../store/reader.ts";
import type { Points, RunRecord } from "../../store/types.ts";
import { withWaivers } from "../outcomeOfRun.ts";
import { type Benches, planOfRun } from "./planOf.ts";

export interface Change {
  readonly limits?: LimitSet;
  readonly correction?: Correction;
}

export interface Rejudged {
  readonly record: RunRecord;
  readonly limits: LimitSet;
  readonly before: Outcome;
  readonly after: Outcome;
  /** replayed: by the plan. rows: each stored reading alone, because today's program does not reproduce the record. same: nothing to do. */
  readonly how: "replayed" | "rows" | "same";
  /** What is to be known of this answer, one line each. */
  readonly remarks: readonly string[];
  readonly rows: readonly RowJudged[];
  readonly needsTest?: { readonly step: string; readonly why: string };
  readonly corrected: number;
}

/** Roles that an instrument had in a run; a bank of several instruments in one role names them all. */
export function rolesOf(record: RunRecord, serial: string): ReadonlySet<string> {
  const own = record.instruments.filter((body) => String(body["serial"]).split(/, */).includes(serial));
  return new Set(own.map((body) => String(body["role"])));
}

/** @throws RigError USAGE for a run that is going on, or limits of another document */
export async function rejudge(reader: Reader, record: RunRecord, change: Change, benches: Benches): Promise<Rejudged> {
  const { head, outcome: before } = record;
  if (before === undefined)
    throw new RigError("USAGE", `${head.id} has no outcome yet: it is going on, or was interrupted`);
  const limits = change.limits ?? head.limits;
  requireRows(record, limits);
  const none = { record, limits, before, remarks: [], rows: [], corrected: 0 };
  if (!change.correction && judgesAlike(head.limits, limits)) return { ...none, after: before, how: "same" };
  const plan = planOfRun(head, benches);
  const shared = {
    events: record.events,
    series: seriesReader(reader, record),
    unitOf: unitsIn(record),
    planned: plannedIn(record),
    waivers: head.waivers,
  };
  const by = (set: LimitSet) => ({
    body: plan.body(set),
    limits: set,
    ...(plan.recheck && resumed(record) ? { recheck: plan.recheck(set) } : {}),
  });
  const control = await replayed({ ...shared, ...by(head.limits) });
  const remarks = plan.differences.map((text) => `not as it was: ${text}`);
  const fault = faultOfControl(control);
  if (fault !== undefined) return alone(record, limits, change, [...remarks, `the record is not reproduced: ${fault}`]);
  const roles = change.correction && rolesOf(record, change.correction.instrument);
  const correction = change.correction && roles ? { of: change.correction, roles } : undefined;
  const found = await replayed({ ...shared, ...by(limits), ...(correction ? { correction } : {}) });
  const { rows, corrected, needsTest } = found;
  const after = outcomeOf(record, control, found);
  return {
    record,
    limits,
    before,
    after,
    how: "replayed",
    remarks,
    rows,
    corrected,
    ...(needsTest ? { needsTest } : {}),
  };
}

/** A fail stays when it did not come of the judgements: a trip at an absolute limit, for instance. */
function outcomeOf(record: RunRecord, control: Replayed, found: Replayed): Outcome {
  const before = record.outcome as Outcome;
  const same = canonical(control.outcome as unknown as Data) === canonical(found.outcome as unknown as Data);
  if (same && !found.needsTest) return before;
  if (before.verdict === "fail" && control.outcome.verdict !== "fail") return before;
  return withWaivers(found.outcome, record.head.waivers);
}

/** Why today's program does not speak for this record; undefined when it does. */
function faultOfControl({ needsTest, rows }: Replayed): string | undefined {
  if (needsTest) return needsTest.why;
  const other = rows.find(
    ({ before, after }) => !after || canonical(before as unknown as Data) !== canonical(after as unknown as Data),
  );
  if (!other) return undefined;
  const { before, after } = other;
  return `${before.id} ${after ? "comes out otherwise than it is stored" : "is not judged any more"}`;
}

function alone(record: RunRecord, limits: LimitSet, { correction }: Change, remarks: readonly string[]): Rejudged {
  const before = record.outcome as Outcome;
  const cannot = (why: string, step: string, rows: readonly RowJudged[]): Rejudged => {
    const after: Outcome =
      before.verdict === "fail" ? before : { verdict: "not-judged", ending: "rig-error", firstCause: why };
    return { record, limits, before, after, how: "rows", remarks, rows, corrected: 0, needsTest: { step, why } };
  };
  if (correction) return cannot("corrected readings need the plan, which does not reproduce this record", "", []);
  const rows = judgedAlone(record.events, limits, record.head.waivers);
  const findings = new Findings();
  const givenUp = abandoned({ events: record.events, limits, waivers: record.head.waivers });
  for (const measurement of givenUp) findings.recall(measurement);
  for (const { after } of rows) if (after) findings.add(after);
  const rig = rows.find(({ after }) => after?.subject === "rig" && !isCleanPass(after.verdict));
  const completed = before.ending === "completed";
  const error =
    rig && completed ? new RigError("RIG_CHECK_FAILED", `${rig.before.id} does not pass any more`) : undefined;
  const { verdict, ending, firstCause } = findings.conclude(error, []);
  const added = Object.keys(limits.rows).find((id) => record.head.limits.rows[id] === undefined);
  if (added !== undefined && verdict !== "fail")
    return cannot(`${limits.id} ${limits.revision} has the new row ${added}, by which nothing was measured`, "", rows);
  if (isPass(verdict) && !isPass(before.verdict)) {
    const stopped = rows.find((row) => !isPass(row.before.verdict));
    return cannot("what the plan would have done next is not in the record", stopped?.before.step ?? "", rows);
  }
  const says: Outcome = { verdict, ending, ...(firstCause === undefined ? {} : { firstCause }) };
  const kept = before.verdict === "fail" && verdict !== "fail" && !completed;
  const isBetter = ending === "completed" && worst(before.verdict, verdict) !== verdict;
  const after =
    kept || !completed
      ? { ...before, verdict: worse(before, says) }
      : isBetter
        ? before
        : withWaivers(says, record.head.waivers);
  const lowered = givenUp.some(({ verdict: said }) => !isPass(said));
  const changed = lowered || rows.some((row) => row.after?.verdict !== row.before.verdict);
  return { record, limits, before, after: changed ? after : before, how: "rows", remarks, rows, corrected: 0 };
}

const worse = (before: Outcome, says: Outcome): Outcome["verdict"] =>
  says.verdict === "fail" || before.verdict === "fail" ? "fail" : before.verdict;

const isCleanPass = (verdict: string): boolean => verdict === "pass" || verdict === "pass-screening";

function requireRows({ head, measurements }: RunRecord, limits: LimitSet): void {
  if (limits.id !== head.limits.id) {
    throw new RigError(
      "USAGE",
      `${head.id} was judged by ${head.limits.id}, not by ${limits.id}: give limits of that document`,
    );
  }
  const missing = measurements.find(({ limit }) => limits.rows[limit] === undefined);
  if (!missing) return;
  throw new RigError(
    "USAGE",
    `${limits.id} ${limits.revision} has no row ${missing.limit}, by which ${head.id} was judged`,
  );
}

/** Whether two sets give the same verdicts whatever the reading: only words differ, or nothing. */
function judgesAlike(a: LimitSet, b: LimitSet): boolean {
  const judging = ({ rows, approval, stabilisation = defaultStabilisation }: LimitSet): string =>
    canonical({
      approved: approval?.state !== "unapproved",
      stabilisation: { ...stabilisation },
      rows: Object.fromEntries(
        Object.entries(rows).map(([id, { unit, min, max, rule, k, subject, confidence }]) => [
          id,
          { unit, min: min ?? null, max: max ?? null, rule, k, subject, confidence },
        ]),
      ),
    });
  return judging(a) === judging(b);
}

const resumed = (record: RunRecord): boolean => record.notes.some(({ kind }) => kind === "resumed");

function plannedIn(record: RunRecord): readonly string[] {
  const note = record.notes.findLast(({ kind }) => kind === "planned");
  const list = note?.body["judgements"];
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: Data) => {
    const id =
      typeof one === "object" && one !== null && !Array.isArray(one) ? (one as { readonly id?: Data }).id : one;
    return typeof id === "string" ? [id] : [];
  });
}

function unitsIn(record: RunRecord) {
  const units = new Map(record.series.map(({ series, unit }) => [series, unit]));
  return (name: string) => units.get(name);
}

/** Each series is unpacked once; plans ask for it piece by piece. */
function seriesReader(reader: Reader, record: RunRecord) {
  const whole = new Map<string, Points>();
  const known = new Set(record.series.map(({ series }) => series));
  return (name: string, from: number, total: number) => {
    if (!known.has(name)) return { t_s: new Float64Array(), values: new Float64Array() };
    const points = whole.get(name) ?? reader.series(record.head.run, name);
    whole.set(name, points);
    // Views: plans read them, and a capture has 200,000 samples.
    return { t_s: points.t_s.subarray(from, total), values: points.values.subarray(from, total) };
  };
}
