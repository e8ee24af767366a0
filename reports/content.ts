/**
 * What a report needs from a record, put in order once for all formats: judgements with their limit rows, notes by kind,
 * what was planned and never judged. Foreign data is checked here; formats need not.
 */

import { doubtText } from "../rig/ledger/doubtFold.ts";
import { type AdapterType, families, netlistOf } from "../rig/model/adapter.ts";
import type { Contact } from "../rig/model/contacts.ts";
import type { Data } from "../rig/model/data.ts";
import type { Limit, LimitSet } from "../rig/model/limits.ts";
import { isPass, type Outcome, type Verdict } from "../rig/model/verdict.ts";
import type { JudgementOfRun, NoteOfRun, Points, RunRecord } from "../rig/store/types.ts";
import { type Decisions, noDecisions } from "./decisions.ts";
import type { FaceOfAdapter } from "./faces/drawing.ts";
import type { WiringMap } from "./faces/wiring.ts";
import { wiringOf } from "./faces/wiringNote.ts";
import { fields, list, text } from "./text/foreign.ts";

export type SeriesMap = ReadonlyMap<string, Points>;

export interface Judged extends JudgementOfRun {
  /** Row of the limits document of this run; absent when the document lacks it. */
  readonly row?: Limit;
  /** Attempts of the same judgement in this run. */
  readonly attempts: number;
}

/** A judgement that was planned and not made. */
export interface Missing {
  readonly id: string;
  readonly step: string;
  /** The judgement that stopped it; absent: nobody says why, which is a fault of the rig. */
  readonly blockedBy?: string;
}

export interface Content {
  readonly record: RunRecord;
  readonly outcome: Outcome;
  readonly steps: readonly { readonly path: string; readonly judged: readonly Judged[] }[];
  readonly missing: readonly Missing[];
  readonly faces: readonly FaceOfAdapter[];
  readonly unpopulated: readonly Contact[];
  readonly wiring?: WiringMap;
  readonly series: SeriesMap;
  /** What is wrong with the chain of hashes, in words; absent while it holds or was not looked at. */
  readonly fault?: string;
  /** Judgements whose limit is screening only (confidence K or H, E6). */
  readonly screening: number;
  /** What people decided after the run: signatures and amendments. */
  readonly decisions: Decisions;
}

/** Outcome of a run that has none yet: what the record may claim about it. */
const unfinished: Outcome = {
  verdict: "not-judged",
  ending: "rig-error",
  firstCause: "The run has no outcome: it is going on, or the program ended in it.",
};

/** Whether every number of a reading is one: the last gate before numbers are printed (E2). */
function isFiniteReading(m: JudgementOfRun): boolean {
  const { reading } = m;
  if (!Number.isFinite(m.attempt)) return false;
  if (reading.is === "value") return Number.isFinite(reading.value) && Number.isFinite(reading.u) && reading.u >= 0;
  return reading.is === "invalid" || Number.isFinite(reading.bound);
}

/** A judgement whose reading holds no finite number is a defect of the record, and so forbids a printed pass. */
function checked(record: RunRecord): RunRecord {
  const bad = record.measurements.filter((m) => !isFiniteReading(m));
  if (bad.length === 0) return record;
  const defects = bad.map(({ seq, id }) => ({ seq, why: `the reading of ${id} is not a finite number` }));
  return {
    ...record,
    measurements: record.measurements.filter(isFiniteReading),
    defects: [...record.defects, ...defects],
  };
}

/** `fault`: what the reader found wrong with the record's chain of hashes. */
export function contentOf(
  stored: RunRecord,
  series: SeriesMap,
  fault?: string,
  decisions: Decisions = noDecisions,
): Content {
  const record = checked(stored);
  const wiring = wiringOf(record.notes);
  return {
    record,
    outcome: record.outcome ?? unfinished,
    steps: stepsOf(record),
    missing: missingOf(record),
    faces: facesOf(record.head.adapter),
    unpopulated: unpopulatedOf(record.head.adapter),
    ...(wiring === undefined ? {} : { wiring }),
    series,
    ...(fault === undefined ? {} : { fault }),
    screening: record.measurements.filter((m) => m.verdict === "pass-screening").length,
    decisions,
  };
}

/** Judgements grouped by the step they stand in, both in the order they happened. */
function stepsOf(record: RunRecord): Content["steps"] {
  const counts = new Map<string, number>();
  for (const m of record.measurements) counts.set(m.id, (counts.get(m.id) ?? 0) + 1);
  const groups = new Map<string, Judged[]>();
  const { rows } = record.head.limits;
  for (const m of record.measurements) {
    const row = Object.hasOwn(rows, m.limit) ? rows[m.limit] : undefined;
    const judged: Judged = { ...m, attempts: counts.get(m.id) ?? 1, ...(row === undefined ? {} : { row }) };
    const group = groups.get(m.step);
    if (group === undefined) groups.set(m.step, [judged]);
    else group.push(judged);
  }
  return [...groups].map(([path, judged]) => ({ path, judged }));
}

export const notesOf = (record: RunRecord, kind: string): readonly NoteOfRun[] =>
  record.notes.filter((note) => note.kind === kind);

/**
 * `planned` notes hold `judgements`: ids, or objects with `id` and `step`. `blocked` notes hold `id` (or `judgements`) and
 * `by`. What was planned and is neither judged nor blocked is missing.
 */
function missingOf(record: RunRecord): readonly Missing[] {
  const made = new Set(record.measurements.map((m) => m.id));
  const blocked = new Map<string, Missing>();
  for (const { body } of notesOf(record, "blocked")) {
    const ids = body["judgements"] === undefined ? [body] : list(body["judgements"]);
    for (const entry of ids) {
      const one = planned(entry);
      const by = text(body["by"]) || text(fields(entry)["by"]);
      if (one !== undefined && !made.has(one.id)) blocked.set(one.id, { ...one, blockedBy: by || "an earlier fail" });
    }
  }
  const missing = new Map<string, Missing>();
  for (const { body } of notesOf(record, "planned")) {
    for (const entry of list(body["judgements"])) {
      const one = planned(entry);
      if (one === undefined || made.has(one.id)) continue;
      missing.set(one.id, { ...one, ...blocked.get(one.id), step: one.step || (blocked.get(one.id)?.step ?? "") });
    }
  }
  for (const [id, one] of blocked) if (!missing.has(id)) missing.set(id, one);
  return [...missing.values()];
}

function planned(entry: Data): Missing | undefined {
  if (typeof entry === "string") return { id: entry, step: "" };
  const id = text(fields(entry)["id"]);
  return id === "" ? undefined : { id, step: text(fields(entry)["step"]) };
}

const facesOf = (adapter: AdapterType): readonly FaceOfAdapter[] => families[adapter.family].faces;

const unpopulatedOf = (adapter: AdapterType): readonly Contact[] => netlistOf(adapter).unpopulated;

/** What the run did otherwise than its method says, in words; printed in every format. */
export const deviationsOf = (record: RunRecord): readonly string[] =>
  notesOf(record, "deviation").map(({ body }) => text(body["text"]) || JSON.stringify(body));

/**
 * Reasons why a pass must not be printed whatever the outcome says (E1): the run did not complete, a planned judgement is
 * absent, a stored judgement is a fail, events of the record are damaged, or an instrument was found to read wrongly.
 */
export function doubtsOf({ record, outcome, missing, fault, decisions }: Content): readonly string[] {
  const doubts: string[] = fault === undefined ? [] : [`The chain of hashes does not hold: ${fault}`];
  if (!isPass(outcome.verdict)) return doubts;
  if (record.outcome === undefined) doubts.push("The run has no stored outcome.");
  if (outcome.ending !== "completed") doubts.push(`The run ended as ${outcome.ending}.`);
  if (missing.length > 0) doubts.push(`${missing.length} planned judgement(s) were not made.`);
  if (record.measurements.length === 0) doubts.push("Nothing was judged.");
  const isFail = (verdict: Verdict) => verdict === "fail" || verdict === "fail-conditional";
  const worse = record.measurements.filter((m) => m.subject === "adapter" && isFail(m.verdict)).length;
  if (worse > 0) doubts.push(`${worse} stored judgement(s) are a fail although the outcome is a pass.`);
  for (const doubt of decisions.doubts) doubts.push(`The run is ${doubtText(doubt)}.`);
  if (record.defects.length > 0) doubts.push(`${record.defects.length} event(s) of the record cannot be read.`);
  return doubts;
}

/** Why a pass by these limits is a screening only, after "limits ..." (E6). */
export const screeningWhy = ({ approval }: LimitSet): string =>
  approval?.state === "unapproved" ? "not approved, or of confidence K or H" : "of confidence K or H";

/** Whether two people approved the limits, in words; undefined for a record older than approvals. */
export function approvalText({ approval }: LimitSet): string | undefined {
  if (approval === undefined) return undefined;
  const { state, by, note } = approval;
  if (state === "approved") return `by ${by.join(" and ")}${note === "" ? "" : `, ${note}`}`;
  return `NOT APPROVED: ${note}${by.length === 0 ? "" : `, by ${by.join(", ")}`}`;
}

const words: Readonly<Record<Verdict, string>> = {
  pass: "PASS",
  "pass-screening": "PASS (screening)",
  "pass-conditional": "PASS (conditional)",
  "fail-conditional": "FAIL (conditional)",
  fail: "FAIL",
  inconclusive: "INCONCLUSIVE",
  "not-judged": "NOT JUDGED",
};

export type Tone = "good" | "bad" | "unsure" | "none";

/** The large word of every format and its tone. A pass with doubts is not printed as one. */
export function shownVerdict(content: Content): { readonly words: string; readonly tone: Tone } {
  const { verdict } = content.outcome;
  if (isPass(verdict) && doubtsOf(content).length > 0) return { words: "NO VERDICT", tone: "none" };
  const tone: Readonly<Record<Verdict, Tone>> = {
    pass: "good",
    "pass-screening": "good",
    "pass-conditional": "unsure",
    inconclusive: "unsure",
    "fail-conditional": "unsure",
    fail: "bad",
    "not-judged": "none",
  };
  return { words: words[verdict], tone: tone[verdict] };
}
