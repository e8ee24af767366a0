/** What is said of a run before anybody presses start. Data only: made by `rig ready`, shown by the page. */

/** One thing, and what to do about it. */
export interface Finding {
  /** Stable: an error code, or the name of the look (`disk-nearly-full`). */
  readonly code: string;
  readonly what: string;
  readonly remedy: string;
}

/** Current through power contacts in one step. */
export interface Powered {
  readonly step: string;
  /** In the adapter's own words: "DC+ DC-". */
  readonly contacts: string;
  readonly most_A: number;
  readonly most_V: number;
  /** How long the step takes, s of bench time; the current flows for at most that. */
  readonly takes_s: number;
}

/** From the nominal path of the preflight. */
export interface PlannedRun {
  readonly takes_s: number;
  /** Without the soak, where the procedure has a form that leaves it out. */
  readonly withoutSoak_s?: number;
  readonly powered: readonly Powered[];
  /** Other roles that put energy on contacts: "rails: 12 V". */
  readonly signals: readonly string[];
  /** Titles of what a person is asked, in order. */
  readonly prompts: readonly string[];
  readonly judgements: number;
}

export type Tried =
  /** Not begun, and why. */
  | { readonly is: "waiting"; readonly why: string }
  | { readonly is: "trying" }
  /** `kept`: the same procedure, bench, limits, type and software were accepted before. */
  | { readonly is: "accepted"; readonly paths: number; readonly kept: boolean }
  | { readonly is: "refused"; readonly what: string; readonly remedy: string };

/** What the bench answered when it was last asked. */
export type BenchHealth =
  | { readonly is: "checking" }
  | { readonly is: "unknown"; readonly why: string }
  | {
      readonly is: "well" | "unwell";
      /** How old the answer is, s. */
      readonly age_s: number;
      readonly instruments: number;
      readonly answering: number;
      readonly interlocks: number;
      /** Names of the lines that are open. */
      readonly open: readonly string[];
    };

export interface Prepared {
  readonly title: string;
  readonly limits: string;
  /** Nothing can start while one of them stands. */
  readonly blocks: readonly Finding[];
  /** What a pass is worth less by, what will be asked, what else there is to know. */
  readonly notes: readonly Finding[];
  readonly preflight: Tried;
  readonly plan?: PlannedRun;
  /** Roles of the instruments that the procedure needs. */
  readonly needs?: readonly string[];
  /** Added by the station. */
  readonly health?: BenchHealth;
}

/** Whether the button may be pressed: everything was looked at, and nothing stands against it. */
export const mayStart = ({ blocks, preflight, health }: Prepared): boolean =>
  blocks.length === 0 && preflight.is === "accepted" && health?.is !== "checking";
