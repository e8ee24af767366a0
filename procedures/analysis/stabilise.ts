/** Thermal stabilisation rules (domain.md 4.2): pluggable, named by the limits document and in the report. */
import type { StabilisationId } from "../../rig/model/stabilisation.ts";

export interface StabilisationRule {
  readonly id: StabilisationId;
  readonly title: string;
  /** Time between readings, s, and how many successive readings are looked at. */
  readonly window_s: number;
  readonly readings: number;
  /** The most that any reading may be above the one before, K. */
  readonly rise_max_K: number;
  /** The time between readings is at least this share of the time since the start. */
  readonly window_share?: number;
  /** What is limited: each rise over the reading before (default), each change, or the largest less the smallest. */
  readonly of?: "rise" | "change" | "variation";
  /** The rule must have been met this long ago and again now, s. */
  readonly hold_s?: number;
  /** What is read: the temperature itself (default) or its rise over the ambient (domain.md 4.2). */
  readonly on?: "absolute" | "rise";
  /** How much later than the first of these rules it is declared to be met, s (H; the nominal adapter at 500 A: 34 and 42 min). */
  readonly later_s?: number;
}

/** "three successive readings, >= 10 min apart, none rising more than 2 K" (60309 family; confidence K). */
export const iecThreeReadings: StabilisationRule = {
  id: "three-readings-10min-2K",
  title: "three successive readings 10 min apart, none rising more than 2 K",
  window_s: 600,
  readings: 3,
  rise_max_K: 2,
};

/** "three successive readings at intervals of 10 % of elapsed time, not < 5 min, no further rise" within 1 K (UL; K). */
export const ulThreeReadings: StabilisationRule = {
  id: "three-readings-10pct-1K",
  title:
    "three successive readings at intervals of 10 % of the elapsed time, at least 5 min, none changing by more than 1 K",
  window_s: 300,
  window_share: 0.1,
  readings: 3,
  rise_max_K: 1,
  of: "change",
  later_s: 2400,
};

/** "<= 2 K variation over 15 min, then hold 30 min before recording" (IEEE 2780, cable connectors; confidence S). */
export const ieeeHold: StabilisationRule = {
  id: "variation-15min-2K-hold-30min",
  title: "at most 2 K variation over 15 min, then 30 min more",
  window_s: 300,
  readings: 4,
  rise_max_K: 2,
  of: "variation",
  hold_s: 1800,
  later_s: 3000,
};

export const stabilisationRules: readonly StabilisationRule[] = [iecThreeReadings, ulThreeReadings, ieeeHold];

/** A temperature with its time, s. */
export interface Sample {
  readonly t_s: number;
  readonly value: number;
}

/**
 * Whether the last readings of one channel meet the rule at `now_s`. Readings are means over `mean_s` up to each due
 * time; a reading with no finite sample in it is not stable.
 */
export function isStable(rule: StabilisationRule, samples: readonly Sample[], start_s: number, now_s: number): boolean {
  if (rule.hold_s !== undefined && !isStableAt(rule, samples, start_s, now_s - rule.hold_s)) return false;
  return isStableAt(rule, samples, start_s, now_s);
}

/** isStable on what the rule reads. A time without a finite ambient sample has no rise, so no reading. */
export function isStableOver(
  rule: StabilisationRule,
  { contact, ambient }: { readonly contact: readonly Sample[]; readonly ambient: readonly Sample[] },
  start_s: number,
  now_s: number,
): boolean {
  if (rule.on !== "rise") return isStable(rule, contact, start_s, now_s);
  const around = new Map(ambient.map((s) => [s.t_s, s.value]));
  const rises = contact.map(({ t_s, value }) => ({ t_s, value: value - (around.get(t_s) ?? Number.NaN) }));
  return isStable(rule, rises, start_s, now_s);
}

const mean_s = 30;

function isStableAt(rule: StabilisationRule, samples: readonly Sample[], start_s: number, now_s: number): boolean {
  if (!Number.isFinite(start_s) || !Number.isFinite(now_s)) return false;
  const window_s = Math.max(rule.window_s, (rule.window_share ?? 0) * (now_s - start_s));
  const readings: number[] = [];
  for (let k = rule.readings - 1; k >= 0; k -= 1) {
    const at_s = now_s - k * window_s;
    if (at_s - mean_s < start_s) return false;
    readings.push(meanBetween(samples, at_s - mean_s, at_s));
  }
  if (readings.length < 2 || !readings.every(Number.isFinite)) return false;
  const steps = readings.slice(1).map((value, i) => value - (readings[i] as number));
  if (rule.of === "variation") return Math.max(...readings) - Math.min(...readings) <= rule.rise_max_K;
  return steps.every((step) => (rule.of === "change" ? Math.abs(step) : step) <= rule.rise_max_K);
}

/** Mean of the samples in (from, to]; NaN when there is none, or one is no number. Samples are in order of time. */
export function meanBetween(samples: readonly Sample[], from_s: number, to_s: number): number {
  if (!Number.isFinite(from_s) || !Number.isFinite(to_s)) return Number.NaN;
  let sum = 0;
  let count = 0;
  for (let i = samples.length - 1; i >= 0; i -= 1) {
    const sample = samples[i] as Sample;
    if (!Number.isFinite(sample.t_s)) return Number.NaN;
    if (sample.t_s <= from_s) break;
    if (sample.t_s > to_s + 1e-9) continue;
    if (!Number.isFinite(sample.value)) return Number.NaN;
    sum += sample.value;
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}
