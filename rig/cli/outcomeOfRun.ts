/** The outcome of a run as it is stored: no better than its waivers allow, and nothing beside it. */
import { isCondition } from "../model/conditions.ts";
import { isPass, type Outcome } from "../model/verdict.ts";
import type { Waiver } from "../store/types.ts";

/**
 * A calibration or the record of a reference half that is overdue and waived, a check or walk that is missing: at best
 * pass-conditional (E2).
 */
export function withWaivers(outcome: Outcome, waivers: readonly Waiver[]): Outcome {
  const overdue = waivers.some(({ id }) => isCondition(id));
  return overdue && isPass(outcome.verdict) ? { ...outcome, verdict: "pass-conditional" } : outcome;
}

/** Only what an outcome is: anything more would not be read back from the store as it was written. */
export const storedOutcome = ({ verdict, ending, firstCause }: Outcome): Outcome => ({
  verdict,
  ending,
  ...(firstCause ? { firstCause } : {}),
});
