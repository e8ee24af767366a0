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
