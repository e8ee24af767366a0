/** Fault coverage of a procedure: what was tried, what the truth was, what the procedure said. Data for reports. */
import type { Ending, Verdict } from "./verdict.ts";

/** Where a unit stands by its parameters alone: beyond a limit and its U, within it by 2 U, or too near to say. */
export type Standing = "faulty" | "sound" | "near";

export interface UnitFault {
  readonly class: string;
  readonly severity: number | null;
}

/** What came of one virtual adapter. */
export interface UnitResult {
  readonly unit: number;
  /** `healthy`, `pair`, or the class of its one fault. */
  readonly class: string;
  readonly faults: readonly UnitFault[];
  /** Adapter type that the label claims. */
  readonly type: string;
  readonly bench_seed: number;
  readonly noise_seed: number;
  readonly standing: Standing;
  /** The requirement that decides the standing: its limit row, the true value, how far it is beyond, in U. */
  readonly truth: {
    readonly row: string;
    readonly quantity: string;
    readonly value: number;
    readonly beyond_U: number;
  };
  readonly verdict: Verdict;
  readonly ending: Ending;
  /** Id of the first judgement that did not pass; null when all did. */
  readonly by: string | null;
  /** Limit rows that did not pass, each once, in order. */
  readonly rows: readonly string[];
  readonly cause: string | null;
}

/** A share with its confidence bounds. */
export interface Share {
  readonly n: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

export interface CurveBin {
  /** Severity from and to; null for a class without one. */
  readonly from: number | null;
  readonly to: number | null;
  readonly detected: Share;
  /** Of these units, how many are faulty, near and sound by the truth. */
  readonly faulty: number;
  readonly near: number;
  readonly sound: number;
}

export interface ClassResult {
  readonly id: string;
  readonly title: string;
  readonly unit: string | null;
  readonly gross: "high" | "low" | null;
  readonly units: number;
  /** Of the faulty ones: not passed. */
  readonly detected: Share;
  readonly curve: readonly CurveBin[];
  /** How many units each limit row found first. */
  readonly by: Readonly<Record<string, number>>;
}

/** What a limit row is worth: the units that would pass if it were not judged. */
export interface RowResult {
  readonly row: string;
  readonly first: number;
  readonly any: number;
  /** Faulty units whose only row this is: without it they escape. */
  readonly alone: number;
}

export interface CoverageResult {
  readonly schema: "rig-coverage/1";
  readonly simulated: true;
  readonly procedure: { readonly id: string; readonly revision: number };
  readonly limits: { readonly id: string; readonly revision: string; readonly hash: string };
  readonly bench: { readonly id: string; readonly hash: string };
  readonly software: string;
  readonly family: string;
  readonly types: readonly string[];
  readonly seed: number;
  readonly count: number;
  readonly units_per_bench: number;
  readonly confidence: number;
  readonly wall_s: number;
  readonly cpu_ms_per_unit: number;
  readonly threads: number;
  readonly standing: Readonly<Record<Standing, number>>;
  /** Faulty units that passed, and sound ones that did not; near ones are in neither. */
  readonly escapes: readonly UnitResult[];
  readonly wrong_fails: readonly UnitResult[];
  readonly escape_share: Share;
  readonly wrong_fail_share: Share;
  /** Runs that ended with a fault of the rig although the virtual bench was sound. */
  readonly rig_blamed: readonly UnitResult[];
  readonly rig_blamed_count: number;
  readonly classes: readonly ClassResult[];
  readonly rows: readonly RowResult[];
  /** Rows of the limits document that the procedure judges and no drawn unit failed. */
  readonly idle_rows: readonly string[];
  /** Rows that are judged but have no ground truth of their own. */
  readonly untold_rows: readonly string[];
  /** Units from all classes, tried again through drivers and device twins. */
  readonly by_bytes: { readonly units: number; readonly different: readonly ByBytes[] } | null;
  /** Command that repeats one unit, with `{unit}` in it. */
  readonly repeat: string;
}

/** A unit that ended otherwise through device twins: another verdict, or another first judgement that did not pass. */
export interface ByBytes {
  readonly unit: number;
  readonly class: string;
  /** What differs lies near its limit by the truth: there another draw of noise may well decide otherwise. */
  readonly near: boolean;
  readonly kind: { readonly verdict: Verdict; readonly by: string | null };
  readonly bytes: { readonly verdict: Verdict; readonly by: string | null };
}
