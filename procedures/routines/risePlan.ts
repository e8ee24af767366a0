/** What a temperature rise is asked to do. */
import type { EarlyRun } from "../../rig/model/declared.ts";
import type { LimitSet } from "../../rig/model/limits.ts";
import { predictedMark } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Estimate } from "../analysis/resistance.ts";
import type { StabilisationRule } from "../analysis/stabilise.ts";
import type { Traces } from "./series.ts";

export interface RisePlan {
  readonly rated_A: number;
  readonly rule: StabilisationRule;
  /** Longest time at 100 %, s; a run that is not stable by then is inconclusive. */
  readonly timeout_s: number;
  /** False: five minutes at 100 % and no judgement of the settled rise; a differently named procedure. */
  readonly soak: boolean;
  readonly limits: LimitSet;
  /**
   * Judges the contacts' absolute temperature too. With a limit of 90 degC at 40 degC ambient it is the rise of 50 K over
   * again, so that a screening with soak leaves it out (docs/decisions/0047); without soak it alone speaks for the
   * contacts; a qualification reports against both clauses.
   */
  readonly absolute?: boolean;
  /** Judges what the contacts and grips will come to, and not what they had reached when the rule was met. */
  readonly settled?: boolean;
  /**
   * Looks on while the rule decides: every 30 s at 100 %, with contacts and ambient up to date. What it returns ends the soak
   * before the rule does; a qualification's returns nothing.
   */
  readonly observe?: (traces: Traces, start_s: number, now_s: number) => Plan<Early | undefined>;
  /**
   * A prediction may end the soak: a FAIL for every purpose, a PASS for engineering and regression runs only. Without it
   * nothing but the rule, the time-out and a measured excess do.
   */
  readonly early?: "production" | EarlyRun;
}

/** A soak decided before it is over. */
export interface Early {
  readonly is: "pass" | "fail";
  /** Predicted final rise by channel, K; where it is missing, that of the last three readings is judged. */
  readonly rises: ReadonlyMap<string, Estimate>;
  /** How the judged row of a channel in `rises` says that its value is a prediction. */
  readonly said: (name: string) => string;
  /** Only the contacts in `rises` are judged: what the others would come to was not waited for. */
  readonly alone?: true;
}

export const predictedText = (name: string, reached_K = Number.NaN, after_s = Number.NaN): string =>
  `${predictedMark} final rise of ${name}; ${reached_K.toFixed(1)} K were reached after ${Math.round(after_s / 60)} min`;
