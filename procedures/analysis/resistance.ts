/**
 * Resistance from voltage and current with offsets taken at zero current before and after, as a one-quadrant source
 * needs it: R = (V_on - mean V_off) / (I_on - I_off) (domain.md 8.1).
 */

export interface OnOff {
  /** Means of the samples with the current on, and standard uncertainty of each mean. */
  readonly on_V: Estimate;
  readonly on_A: Estimate;
  readonly before_V: Estimate;
  readonly after_V: Estimate;
  readonly before_A: Estimate;
  readonly after_A: Estimate;
}

export interface Estimate {
  readonly value: number;
  readonly u: number;
}

/** Mean and standard uncertainty of the mean, floored by the instrument's own. NaN when there are no samples. */
export function estimate(values: readonly number[], u_instrument: number): Estimate {
  const n = values.length;
  if (n === 0) return { value: Number.NaN, u: Number.NaN };
  const value = values.reduce((sum, v) => sum + v, 0) / n;
  const variance = values.reduce((sum, v) => sum + (v - value) ** 2, 0) / Math.max(1, n - 1);
  return { value, u: Math.hypot(Math.sqrt(variance / n), u_instrument) };
}

/** Resistance with its standard uncertainty, ohm; half the drift of the offset counts in full. */
export function resistanceOf(r: OnOff): Estimate {
  const offset_V = (r.before_V.value + r.after_V.value) / 2;
  const offset_A = (r.before_A.value + r.after_A.value) / 2;
  const volt = r.on_V.value - offset_V;
  const ampere = r.on_A.value - offset_A;
  const value = volt / ampere;
  const u_volt = Math.hypot(r.on_V.u, r.before_V.u / 2, r.after_V.u / 2, drift_V(r) / 2);
  const u_ampere = Math.hypot(r.on_A.u, r.before_A.u / 2, r.after_A.u / 2);
  return { value, u: Math.hypot(u_volt / ampere, (value * u_ampere) / ampere) };
}

/** Change of the voltage offset over the measurement, V. */
export const drift_V = (r: OnOff): number => Math.abs(r.after_V.value - r.before_V.value);

/** Copper's temperature coefficient at 20 degC, 1/K (domain.md R.TEMP; the value itself is confidence K). */
export const copper_per_K = 0.00393;

/** Resistance as it would be at 20 degC. */
export const at20degC = (r: Estimate, temperature_degC: number, u_temperature_K: number): Estimate => {
  const factor = 1 + copper_per_K * (temperature_degC - 20);
  const value = r.value / factor;
  return { value, u: Math.hypot(r.u / factor, value * copper_per_K * u_temperature_K) };
};

/** Several matings of one adapter: the mean, how far they lie apart, and what each part gives to the uncertainty. */
export interface Matings {
  readonly mean: Estimate;
  /** (largest - smallest) / mean, %. */
  readonly spread_pct: Estimate;
  /** Standard uncertainties of the mean, ohm: one measurement (voltmeter, shunt, offset drift, pulses, temperature); remating. */
  readonly budget: { readonly measurement: number; readonly remating: number };
}

/** Half of Student's t for 95.45 % by degrees of freedom 1 to 9 (GUM table G.2), so that k = 2 covers few matings too. */
const half_t = [6.985, 2.265, 1.655, 1.435, 1.325, 1.26, 1.215, 1.185, 1.16] as const;

/**
 * Mean of the resistances of 2 to 10 matings, ohm at 20 degC, with standard uncertainty: the largest of one measurement, and
 * the scatter of the matings widened for their small number (domain.md 8.3: remating usually dominates). NaN for fewer
 * than two, more than ten, anything that is not finite, or a mean that is not above zero.
 */
export function matings(each: readonly Estimate[]): Matings {
  const n = each.length;
  const nothing = { value: Number.NaN, u: Number.NaN };
  const none: Matings = {
    mean: nothing,
    spread_pct: nothing,
    budget: { measurement: Number.NaN, remating: Number.NaN },
  };
  const t = half_t[n - 2];
  if (t === undefined || !each.every((r) => Number.isFinite(r.value) && Number.isFinite(r.u) && r.u >= 0)) return none;
  const values = each.map((r) => r.value);
  const value = values.reduce((sum, v) => sum + v, 0) / n;
  const s = Math.sqrt(values.reduce((sum, v) => sum + (v - value) ** 2, 0) / (n - 1));
  const measurement = Math.max(...each.map((r) => r.u));
  const remating = (t * s) / Math.sqrt(n);
  if (!(value > 0) || !Number.isFinite(remating)) return none;
  const spread = (100 * (Math.max(...values) - Math.min(...values))) / value;
  return {
    mean: { value, u: Math.hypot(measurement, remating) },
    // What two single measurements may differ by although the contacts are alike.
    spread_pct: { value: spread, u: (100 * Math.SQRT2 * measurement) / value },
    budget: { measurement, remating },
  };
}
