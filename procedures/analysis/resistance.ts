/**
 * Resistance from voltage and current with offsets taken at zero current before and after, as a one-quadrant source
 * needs it: R = (V_on - mean V_off) / (I_on - I_off) (domain.md 8.1).
 */

import { type Component, combined, repeated, scaled, standard } from "../../rig/model/uncertainty.ts";
import type { Unit } from "../../rig/model/units.ts";

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
  /** What `u` is made of, where that is known. */
  readonly parts?: readonly Component[];
}

export interface Budgeted extends Estimate {
  readonly parts: readonly Component[];
}

/** Mean and standard uncertainty of the mean, floored by the instrument's own. NaN when there are no samples. */
export function estimate(values: readonly number[], u_instrument: number): Estimate {
  const n = values.length;
  if (n === 0) return { value: Number.NaN, u: Number.NaN };
  const value = values.reduce((sum, v) => sum + v, 0) / n;
  const variance = values.reduce((sum, v) => sum + (v - value) ** 2, 0) / Math.max(1, n - 1);
  return { value, u: Math.hypot(Math.sqrt(variance / n), u_instrument) };
}

/** The parts of an estimate; one that says nothing of them is a part by itself. */
const partsOf = ({ u, parts }: Estimate, name: string, unit: Unit): readonly Component[] =>
  parts ?? [standard(name, u, { unit })];

/**
 * What each part gives to a resistance, ohm. Meter and shunt are taken as independent between their readings, which is on
 * the safe side for offsets and leaves gain errors, which are common, in full in the reading with the current on.
 */
function resistanceParts(r: OnOff): readonly Component[] {
  const { value, ampere } = quotient(r);
  const [perV, perA] = [1 / ampere, -value / ampere];
  const drift = standard("drift of the offset, half of it", drift_V(r) / 2, {
    unit: "V",
    source: "counts in full (H)",
  });
  return [
    ...scaled(partsOf(r.on_V, "voltage, current on", "V"), perV),
    ...scaled(partsOf(r.before_V, "voltage, before", "V"), -perV / 2),
    ...scaled(partsOf(r.after_V, "voltage, after", "V"), -perV / 2),
    ...scaled([drift], perV),
    ...scaled(partsOf(r.on_A, "current, on", "A"), perA),
    ...scaled(partsOf(r.before_A, "current, before", "A"), -perA / 2),
    ...scaled(partsOf(r.after_A, "current, after", "A"), -perA / 2),
  ];
}

function quotient(r: OnOff): { readonly value: number; readonly ampere: number } {
  const volt = r.on_V.value - (r.before_V.value + r.after_V.value) / 2;
  const ampere = r.on_A.value - (r.before_A.value + r.after_A.value) / 2;
  return { value: volt / ampere, ampere };
}

const isNumber = ({ value, u }: Estimate): boolean => Number.isFinite(value) && Number.isFinite(u);
/** An infinite current or temperature would make a resistance of nothing, which every limit passes. */
const nothing = (parts: readonly Component[]): Budgeted => ({ value: Number.NaN, u: Number.NaN, parts });

/**
 * Resistance with its standard uncertainty, ohm; half the drift of the offset counts in full. NaN as soon as one of the six
 * is not finite.
 */
export function resistanceOf(r: OnOff): Budgeted {
  const parts = resistanceParts(r);
  if (![r.on_V, r.on_A, r.before_V, r.after_V, r.before_A, r.after_A].every(isNumber)) return nothing(parts);
  return { value: quotient(r).value, u: combined(parts), parts };
}

/**
 * Mean of several resistances with the repeatability between them and the parts of the least certain of them, ohm. NaN of
 * none, and as soon as one is not finite.
 */
export function meanOf(each: readonly Budgeted[]): Budgeted {
  if (each.length === 0 || !each.every(isNumber)) return nothing(each[0]?.parts ?? []);
  const values = each.map((r) => r.value);
  const { value, u: s_of_mean } = estimate(values, 0);
  const worst = [...each].sort((a, b) => b.u - a.u)[0]?.parts ?? [];
  const repeats = repeated("repeatability of the pulses", s_of_mean, each.length, { unit: "ohm" });
  const parts = [...worst, repeats];
  return { value, u: combined(parts), parts };
}

/** Change of the voltage offset over the measurement, V. */
export const drift_V = (r: OnOff): number => Math.abs(r.after_V.value - r.before_V.value);

/** Copper's temperature coefficient at 20 degC, 1/K (domain.md R.TEMP; the value itself is confidence K). */
export const copper_per_K = 0.00393;

/** Resistance as it would be at 20 degC; NaN when resistance, temperature or its uncertainty is not finite. */
export function at20degC(r: Estimate, temperature_degC: number, u_temperature_K: number): Budgeted {
  const factor = 1 + copper_per_K * (temperature_degC - 20);
  const value = r.value / factor;
  const warmth = standard("temperature of the copper", u_temperature_K, {
    unit: "K",
    sensitivity: value * copper_per_K,
    source: "bar sensor and gradient along the path (H)",
  });
  const parts = [...scaled(partsOf(r, "resistance", "ohm"), 1 / factor), warmth];
  if (![r.value, r.u, temperature_degC, u_temperature_K].every(Number.isFinite)) return nothing(parts);
  return { value, u: combined(parts), parts };
}

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
    mean: {
      value,
      u: Math.hypot(measurement, remating),
      parts: [
        standard("one measurement, the least certain", measurement, { unit: "ohm" }),
        standard("remating, widened for few matings", remating, { unit: "ohm" }),
      ],
    },
    // What two single measurements may differ by although the contacts are alike.
    spread_pct: {
      value: spread,
      u: (100 * Math.SQRT2 * measurement) / value,
      parts: ["the largest", "the smallest"].map((which) =>
        standard(`one measurement: ${which}`, measurement, { unit: "ohm", sensitivity: 100 / value }),
      ),
    },
    budget: { measurement, remating },
  };
}
