/**
 * What was accepted although it is not proved, and limits what a run may say: a reading under such a waiver is at best a
 * conditional pass (E2). A reading does not say which instrument it came from, so an overdue calibration and an overdue
 * half bind every judgement of the adapter in the run, and so does leave to end a soak by a predicted pass
 * (`condition:early`); a missing thermocouple walk binds those of temperatures.
 */
import { isPass, type Verdict } from "./verdict.ts";

/** Rows of a limits document that speak of temperatures. */
const ofTemperature = /^(th|tp)\./;

/** Whether a waiver of this id leaves at best a conditional pass of the run. */
export const isCondition = (id: string): boolean => /^(calibration|condition|half):/.test(id);

/** Whether a waiver of this id binds a judgement by this limit. */
export const binds = (id: string, limit: string): boolean =>
  isCondition(id) && (id !== "condition:thermocouple-walk" || ofTemperature.test(limit));

/** The verdict of a judgement by `limit` under the waivers of its run; never better than it was. */
export function conditioned(verdict: Verdict, limit: string, waivers: readonly { readonly id: string }[]): Verdict {
  return isPass(verdict) && waivers.some(({ id }) => binds(id, limit)) ? "pass-conditional" : verdict;
}
