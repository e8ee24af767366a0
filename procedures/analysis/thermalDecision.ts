/**
 * Guarded sequential decision on a temperature rise (instruments.md B3): every 5 min a prediction with its band; three
 * equal outcomes in a row decide, never before 30 min nor before 1.2 fitted slow time constants. A measured excess decides
 * at once. An early PASS is for engineering and regression runs only; a qualification keeps the standard's rule.
 */
import { meanBetween, type Sample } from "./stabilise.ts";
import { ratePerMinute, riseOverLagged } from "./thermalAmbient.ts";
import { fitRise, type RiseFit } from "./thermalFit.ts";

export interface Prediction {
  /** Time of the last sample since the current was on, s. */
  readonly t_s: number;
  readonly fit: RiseFit;
  /** Final rise, K: of the fit, and growth of the resistance carried on to the end of the longest test. */
  readonly rise_K: number;
  /** The final rise is within rise_K +- band_K in at least 95 % of the units of the simulation (docs/decisions/0030). */
  readonly band_K: number;
  /** The narrower band that a predicted FAIL must clear, K (B3). */
  readonly failBand_K: number;
  /** Rise now, mean of a minute, K over the ambient as the contact sees it. */
  readonly measured_K: number;
}

export interface ThermalRecord {
  /** Of one contact and of the ambient, degC, at the same times, in order. */
  readonly contact: readonly Sample[];
  readonly ambient: readonly Sample[];
  /** Resistance of its pole at 20 degC, ohm, where it is logged: a loose crimp shows here before it shows as heat. */
  readonly resistance?: readonly Sample[];
  /** Bench time at which the full current was on, s. */
  readonly start_s: number;
}

/** What warms faster than the two fitted parts (the contact's own skin, the ramp of the current) is over after this, s. */
const skip_s = 120;
const mean_s = 60;
/** Longest test, s (domain.md 4.2): growth of a resistance is taken to go on until then. */
const longest_s = 4 * 3600;
/** Growth of a sound pole after correction to 20 degC by the bar, which lags or leads the contacts, 1/h. */
const growth_allowed_per_h = 0.002;
/** Fitted slow constants taken as the lag of the ambient, s. */
const lag_start_s = 2400;
const lag_min_s = 600;
const lag_max_s = 5400;

/** Undefined: too short a record, or something in it is no number. */
export function predict(record: ThermalRecord): Prediction | undefined {
  const { contact, ambient, start_s } = record;
  let fit = fitRise(riseOverLagged(contact, ambient, lag_start_s), start_s + skip_s);
  if (fit === undefined) return undefined;
  const lag_s = Math.min(lag_max_s, Math.max(lag_min_s, fit.slow_s));
  const rises = riseOverLagged(contact, ambient, lag_s);
  fit = fitRise(rises, start_s + skip_s);
  const now_s = contact.at(-1)?.t_s ?? Number.NaN;
  const measured_K = meanBetween(rises, now_s - mean_s, now_s);
  const growth_K = fit === undefined ? Number.NaN : growthToCome(record, fit.rise_K, now_s);
  if (fit === undefined || !Number.isFinite(measured_K) || !Number.isFinite(growth_K)) return undefined;
  const bands = bandsOf(fit, growth_K);
  return { t_s: now_s - start_s, fit, rise_K: fit.rise_K + growth_K, measured_K, ...bands };
}

/**
 * instruments.md B3 with smaller constants for the ambient (1.0 + 0.7 K there), because its lag is taken out before the
 * fit; what is left are the untracked tenth of the drift and a lag wrong by a third: about 0.5 K each at 1.5 K/h.
 */
function bandsOf({ halfWidth_K, missing_K }: RiseFit, growth_K: number): { band_K: number; failBand_K: number } {
  const open_K = 0.5 * growth_K;
  return {
    band_K: Math.max(0.6, halfWidth_K, 0.5 * missing_K) + 0.4 + open_K,
    failBand_K: Math.max(0.5, halfWidth_K, 0.35 * missing_K) + 0.3 + open_K,
  };
}

/** Rise, K, that is still to come when the resistance of the last half hour goes on growing as it did; 0 without a log. */
function growthToCome({ resistance, start_s }: ThermalRecord, rise_K: number, now_s: number): number {
  if (resistance === undefined) return 0;
  const window_s = Math.min(1800, (now_s - start_s) / 2);
  const slope = ratePerMinute(resistance, now_s, window_s);
  const level = meanBetween(resistance, now_s - window_s, now_s);
  if (slope === undefined || !(level > 0)) return Number.NaN;
  const perHour = (60 * slope) / level;
  const left_h = Math.max(0, longest_s - (now_s - start_s)) / 3600;
  return Math.max(0, rise_K) * Math.max(0, perHour - growth_allowed_per_h) * left_h;
}

export type Outcome = "pass" | "fail" | "open";

export interface DecisionState {
  /** Decided, and by what; undefined while open. */
  readonly verdict?: { readonly is: "pass" | "fail"; readonly by: "measured" | "predicted"; readonly t_s: number };
  /** The last outcomes behind the guard, at most three. */
  readonly outcomes: readonly Outcome[];
}

export interface DecisionRule {
  /** Upper limit of the rise, K. */
  readonly limit_K: number;
  /** qualification: nothing is decided by a prediction. */
  readonly purpose: "qualification" | "engineering" | "regression";
}

export const undecided: DecisionState = { outcomes: [] };

const guard_s = 1800;
const guard_slow = 1.2;
const equal = 3;
/** B3: a measured rise above the limit by this is a FAIL at once, K. */
const excess_K = 0.5;

/** True when the fit has seen enough of the slow part to be asked (B3: without this, decisions before 0.8 T2 were wrong). */
export const guarded = ({ t_s, fit }: Prediction): boolean => t_s >= guard_s && t_s >= guard_slow * fit.slow_s;

/** The outcome of one prediction by itself. */
export function outcomeOf({ rise_K, band_K, failBand_K }: Prediction, limit_K: number): Outcome {
  if (rise_K + band_K < limit_K) return "pass";
  return rise_K - failBand_K > limit_K ? "fail" : "open";
}

/** The next state; call every 5 min. Without a prediction the row of equal outcomes starts anew. A verdict stays. */
export function decide(state: DecisionState, rule: DecisionRule, prediction: Prediction | undefined): DecisionState {
  if (state.verdict) return state;
  if (prediction === undefined || !Number.isFinite(rule.limit_K)) return undecided;
  const { t_s, measured_K } = prediction;
  if (measured_K > rule.limit_K + excess_K) return { ...state, verdict: { is: "fail", by: "measured", t_s } };
  if (!guarded(prediction)) return undecided;
  const outcome = outcomeOf(prediction, rule.limit_K);
  const outcomes = [...state.outcomes, outcome].slice(-equal);
  const settled = outcomes.length === equal && outcomes.every((o) => o === outcome);
  if (!settled || outcome === "open" || rule.purpose === "qualification") return { outcomes };
  return { outcomes, verdict: { is: outcome, by: "predicted", t_s } };
}
