/**
 * Guarded sequential decision on a temperature rise (instruments.md B3): every 5 min a prediction with its band; three
 * equal outcomes in a row decide, never before 30 min nor before 1.2 fitted slow time constants (0.8 far from the limit). A
 * measured excess decides at once. An early PASS is for engineering and regression runs only, an early FAIL for every
 * screening; a qualification keeps the standard's rule.
 */
import type { EarlyRun } from "../../rig/model/declared.ts";
import { meanBetween, type Sample } from "./stabilise.ts";
import { ratePerMinute, riseOverLagged } from "./thermalAmbient.ts";
import type { AirEvent } from "./thermalEvent.ts";
import { fitRise, type RiseFit, roughSlow_s } from "./thermalFit.ts";

export interface Prediction {
  /** Time of the last sample since the current was on, s. */
  readonly t_s: number;
  readonly fit: RiseFit;
  /** Final rise, K. */
  readonly rise_K: number;
  /** Growth of the pole's resistance beyond warm copper, 1/h; 0 without a log. */
  readonly growth_per_h: number;
  /** The final rise was within rise_K +- band_K in 99 % of the simulated units (docs/decisions/0030). */
  readonly band_K: number;
  /** How far above rise_K a predicted PASS must still be below the limit, and how far below a predicted FAIL above it, K. */
  readonly passBand_K: number;
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
const skip_s = 240;
const skip_share = 0.1;
const mean_s = 60;
/** Longest test, s (domain.md 4.2): growth of a resistance is taken to go on until then. */
const longest_s = 4 * 3600;
/** Growth of a sound pole after correction to 20 degC by the bar, which lags or leads the contacts, 1/h. */
const growth_allowed_per_h = 0.002;
/** Fitted slow constants taken as the lag of the ambient, s. */
const lag_start_s = 2400;
const lag_min_s = 600;
const lag_max_s = 5400;

/** What decides must be numbers, each of them: an infinite one would be on the right side of any limit. */
const isWhole = ({ fit, ...p }: Prediction): boolean =>
  [p.t_s, p.rise_K, p.growth_per_h, p.band_K, p.passBand_K, p.failBand_K, p.measured_K].every(Number.isFinite) &&
  [fit.rise_K, fit.low_K, fit.high_K, fit.slow_s, fit.slowMax_s, fit.missing_K].every(Number.isFinite);

/** Undefined: too short a record, or something in it is no number. */
export function predict(record: ThermalRecord): Prediction | undefined {
  const { contact, ambient, start_s } = record;
  const now_s = contact.at(-1)?.t_s ?? Number.NaN;
  const from_s = start_s + Math.max(skip_s, skip_share * (now_s - start_s));
  const slow_s = roughSlow_s(riseOverLagged(contact, ambient, lag_start_s), from_s);
  if (slow_s === undefined) return undefined;
  const rises = riseOverLagged(contact, ambient, Math.min(lag_max_s, Math.max(lag_min_s, slow_s)));
  const fit = fitRise(rises, from_s);
  const measured_K = meanBetween(rises, now_s - mean_s, now_s);
  const growth_per_h = growthOf(record, now_s);
  if (fit === undefined || !Number.isFinite(measured_K) || growth_per_h === undefined) return undefined;
  const left_h = Math.max(0, longest_s - (now_s - start_s)) / 3600;
  const growth_K = Math.max(0, fit.rise_K) * Math.max(0, growth_per_h - growth_allowed_per_h) * left_h;
  const bands = bandsOf(fit, growth_K);
  return { t_s: now_s - start_s, fit, rise_K: fit.rise_K, growth_per_h, measured_K, ...bands };
}

/**
 * instruments.md B3 with smaller constants for the ambient (1.0 + 0.7 K there), because its lag is taken out before the
 * fit; what is left are the untracked tenth of the drift and a lag wrong by a third: about 0.5 K each at 1.5 K/h.
 */
function bandsOf({ rise_K, low_K, high_K, missing_K }: RiseFit, growth_K: number) {
  const passBand_K = Math.max(0.6, high_K - rise_K, 0.5 * missing_K) + 0.4 + growth_K;
  const failBand_K = Math.max(0.5, rise_K - low_K, 0.35 * missing_K) + 0.3 + growth_K;
  return { band_K: Math.max(passBand_K, failBand_K), passBand_K, failBand_K };
}

/** Relative growth of the resistance over the last half hour, 1/h; 0 without a log, undefined when it is no number. */
function growthOf({ resistance, start_s }: ThermalRecord, now_s: number): number | undefined {
  if (resistance === undefined) return 0;
  const window_s = Math.min(1800, (now_s - start_s) / 2);
  const slope = ratePerMinute(resistance, now_s, window_s);
  const level = meanBetween(resistance, now_s - window_s, now_s);
  return slope !== undefined && level > 0 ? (60 * slope) / level : undefined;
}

export type Outcome = "pass" | "fail" | "open";

interface Row {
  readonly outcome: Outcome;
  /** The event in the air that the predictions of this row explain the record with, as first seen. */
  readonly event: AirEvent | undefined;
  readonly since_s: number;
  readonly looks: number;
}

export interface DecisionState {
  /** Decided, and by what; undefined while open. */
  readonly verdict?: { readonly is: "pass" | "fail"; readonly by: "measured" | "predicted"; readonly t_s: number };
  /** Equal outcomes in a row up to now; those before the guard count, but none decides there. */
  readonly row?: Row;
}

export interface DecisionRule {
  /** Upper limit of the rise, K. */
  readonly limit_K: number;
  /** qualification: nothing is decided by a prediction; production: only a FAIL is. */
  readonly purpose: "qualification" | "production" | EarlyRun;
}

export const undecided: DecisionState = {};

const guard_s = 1800;
/** Fitted slow constants that must have passed: near the limit, and far from it. */
const guard_near = 1.2;
const guard_far = 0.8;
/** Predictions nearer to the limit than this are near, beyond that far, K; linear between. */
const near_K = 3;
const far_K = 12;
/** Three equal outcomes 5 min apart; looked at more often, it takes more of them over the same time. */
const equal_looks = 3;
const equal_s = 600;
/** B3: a measured rise above the limit by this is a FAIL at once, K. */
const excess_K = 0.5;

/**
 * True when the fit has seen enough of the slow part to be asked. B3: decisions before 0.8 T2 were wrong, and 1.2 T2 was
 * right for all; the wrong ones are those near the limit, so only they wait for the 1.2. A fitted T2 may itself be too
 * small, most of all early: the largest that its profile allows must have passed once (two thirds of it far from the limit).
 */
export function guarded(prediction: Prediction, limit_K: number): boolean {
  if (!isWhole(prediction) || !Number.isFinite(limit_K)) return false;
  const { t_s, rise_K, fit } = prediction;
  const nearness = Math.min(1, Math.max(0, (far_K - Math.abs(rise_K - limit_K)) / (far_K - near_K)));
  const guard_slow = guard_far + (guard_near - guard_far) * nearness;
  return t_s >= guard_s && t_s >= guard_slow * fit.slow_s && t_s >= (guard_slow / guard_near) * fit.slowMax_s;
}

/** Whether two explanations of a record are the same: no event, or one that began at about the same time. */
const sameEvent = (a: AirEvent | undefined, b: AirEvent | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Math.abs(a.from_s - b.from_s) <= event_apart_s;
const event_apart_s = 300;

/** A pole whose resistance grows faster than this, 1/h, has no final rise that could be predicted. */
const growing_per_h = 0.01;

/**
 * The outcome of one prediction by itself. A growing resistance looks like a slow warming: the band reaches up for a PASS,
 * and only a measured excess makes it a FAIL.
 */
export function outcomeOf(prediction: Prediction, limit_K: number): Outcome {
  if (!isWhole(prediction) || !Number.isFinite(limit_K)) return "open";
  const { rise_K, passBand_K, failBand_K, growth_per_h } = prediction;
  if (rise_K + passBand_K < limit_K) return "pass";
  return rise_K - failBand_K > limit_K && growth_per_h <= growing_per_h ? "fail" : "open";
}

const decides = (purpose: DecisionRule["purpose"], outcome: Outcome): boolean =>
  purpose !== "qualification" && (purpose !== "production" || outcome === "fail");

/**
 * The next state; call every 2.5 to 5 min. The row of equal outcomes starts anew without a whole prediction, and when the record
 * is explained by another event in the air than before. A verdict stays.
 */
export function decide(state: DecisionState, rule: DecisionRule, prediction: Prediction | undefined): DecisionState {
  if (state.verdict) return state;
  if (prediction === undefined || !isWhole(prediction) || !Number.isFinite(rule.limit_K)) return undecided;
  const { t_s, measured_K } = prediction;
  if (measured_K > rule.limit_K + excess_K) return { ...state, verdict: { is: "fail", by: "measured", t_s } };
  const outcome = outcomeOf(prediction, rule.limit_K);
  const { event } = prediction.fit;
  const equal = state.row?.outcome === outcome && sameEvent(state.row.event, event);
  const before = equal && state.row ? state.row : { event, since_s: t_s, looks: 0 };
  const row = { ...before, outcome, looks: before.looks + 1 };
  const settled = row.looks >= equal_looks && t_s - row.since_s >= equal_s && guarded(prediction, rule.limit_K);
  if (!settled || outcome === "open" || !decides(rule.purpose, outcome)) return { row };
  return { row, verdict: { is: outcome, by: "predicted", t_s } };
}
