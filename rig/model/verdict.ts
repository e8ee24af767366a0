/**
 * Two axes: what is known of the adapter (verdict) and how the run ended (ending). The worst counting judgement wins;
 * once a fail is stored nothing lowers or renames it. Invariants E1, E2, E6.
 */
import type { Contact } from "./contacts.ts";
import type { Limit } from "./limits.ts";
import type { Reading } from "./reading.ts";

/** In rising order of how bad it is. */
export const verdicts = [
  "not-judged",
  "pass",
  "pass-screening",
  "pass-conditional",
  "inconclusive",
  "fail-conditional",
  "fail",
] as const;
export type Verdict = (typeof verdicts)[number];

export type Ending = "completed" | "stopped" | "aborted" | "rig-error";

export interface Outcome {
  readonly verdict: Verdict;
  readonly ending: Ending;
  /** In words that a technician understands. */
  readonly firstCause?: string;
}

export const worst = (a: Verdict, b: Verdict): Verdict => (verdicts.indexOf(a) >= verdicts.indexOf(b) ? a : b);

export const isPass = (v: Verdict): boolean => v === "pass" || v === "pass-screening" || v === "pass-conditional";

/** What a judgement is about: its own id (one limit may judge several paths) and the contacts it concerns. */
export interface About {
  /** Defaults to the limit's id; `wiring.path.r` on CP becomes `wiring.path.r/CP`. */
  readonly id?: string;
  readonly contacts?: readonly Contact[];
  /** What a breach means, in a technician's words; shown as the first cause. */
  readonly meaning?: string;
}

/** Confidence K or H yields pass-screening at best (E6); a reading without a number is never a pass (E2). */
export function judge(limit: Limit, reading: Reading): Verdict {
  if (reading.unit !== limit.unit) return "inconclusive";
  if (reading.is === "invalid") return "inconclusive";
  const pass: Verdict = limit.confidence === "K" || limit.confidence === "H" ? "pass-screening" : "pass";
  if (reading.is !== "value" && !Number.isFinite(reading.bound)) return "inconclusive";
  if (reading.is === "above") {
    if (limit.max !== undefined) return reading.bound >= limit.max ? "fail" : "inconclusive";
    return limit.min !== undefined && reading.bound >= limit.min ? pass : "inconclusive";
  }
  if (reading.is === "below") {
    if (limit.min !== undefined) return reading.bound <= limit.min ? "fail" : "inconclusive";
    return limit.max !== undefined && reading.bound <= limit.max ? pass : "inconclusive";
  }
  return judgeValue(limit, reading.value, reading.u, pass);
}

function judgeValue(limit: Limit, value: number, u: number, pass: Verdict): Verdict {
  if (!Number.isFinite(value) || !Number.isFinite(u) || u < 0) return "inconclusive";
  if (limit.min === undefined && limit.max === undefined) return "inconclusive";
  const U = limit.k * u;
  const low = limit.min ?? Number.NEGATIVE_INFINITY;
  const high = limit.max ?? Number.POSITIVE_INFINITY;
  if (value < low || value > high) return "fail";
  if (limit.rule === "simple") return pass;
  if (value - U < low || value + U > high) return "inconclusive";
  return pass;
}

/** One judgement as it stands in a record. */
export interface Measurement {
  readonly id: string;
  readonly limit: string;
  readonly step: string;
  readonly attempt: number;
  readonly reading: Reading;
  readonly verdict: Verdict;
  readonly subject: "adapter" | "rig";
  readonly contacts: readonly Contact[];
  readonly meaning?: string;
}

/** Exit code of a run (design: fail 20, else rig-error 40, else aborted/stopped 30, else undecided 10, else 0). */
export function exitCode(outcome: Outcome, strict = false): number {
  if (outcome.verdict === "fail") return 20;
  if (outcome.ending === "rig-error") return 40;
  if (outcome.ending === "aborted" || outcome.ending === "stopped") return 30;
  if (outcome.verdict === "pass") return 0;
  if (outcome.verdict === "pass-screening") return strict ? 10 : 0;
  return 10;
}
