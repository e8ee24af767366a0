/** Thermal stabilisation rules (domain.md 4.2): pluggable, named in the report. */

export interface StabilisationRule {
  readonly id: string;
  readonly title: string;
  /** Time between readings, s, and how many successive readings are looked at. */
  readonly window_s: number;
  readonly readings: number;
  /** The most that any reading may be above the one before, K. */
  readonly rise_max_K: number;
}

/** "three successive readings, >= 10 min apart, none rising more than 2 K" (60309 family; confidence K). */
export const iecThreeReadings: StabilisationRule = {
  id: "three-readings-10min-2K",
  title: "three successive readings 10 min apart, none rising more than 2 K",
  window_s: 600,
  readings: 3,
  rise_max_K: 2,
};

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
  const mean_s = 30;
  const readings: number[] = [];
  for (let k = rule.readings - 1; k >= 0; k -= 1) {
    const at_s = now_s - k * rule.window_s;
    if (at_s - mean_s < start_s) return false;
    readings.push(meanBetween(samples, at_s - mean_s, at_s));
  }
  for (let i = 1; i < readings.length; i += 1) {
    const rise = (readings[i] as number) - (readings[i - 1] as number);
    if (!Number.isFinite(rise) || rise > rule.rise_max_K) return false;
  }
  return readings.length === rule.readings;
}

/** Mean of the finite samples in (from, to]; NaN when there is none. Samples are in order of time. */
export function meanBetween(samples: readonly Sample[], from_s: number, to_s: number): number {
  let sum = 0;
  let count = 0;
  for (let i = samples.length - 1; i >= 0; i -= 1) {
    const sample = samples[i] as Sample;
    if (sample.t_s <= from_s) break;
    if (sample.t_s > to_s + 1e-9) continue;
    if (!Number.isFinite(sample.value)) return Number.NaN;
    sum += sample.value;
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}
