/**
 * What an instrument said. A bare number never reaches judge(): a reading is a value with its standard uncertainty, a
 * bound (over-range is a statement, not a number), or invalid with a code. Invariant E2.
 */
import type { Unit } from "./units.ts";

export type Reading<U extends Unit = Unit> = {
  readonly unit: U;
  /** The instrument's own words, or the formula for a derived reading. */
  readonly raw: string;
  /** Bench time of the reading, s. */
  readonly t_s: number;
} & (
  | { readonly is: "value"; readonly value: number /** Standard uncertainty (k = 1), >= 0. */; readonly u: number }
  | { readonly is: "above"; readonly bound: number }
  | { readonly is: "below"; readonly bound: number }
  | { readonly is: "invalid"; readonly code: string }
);

interface Origin {
  readonly raw: string;
  readonly t_s: number;
}

/** SCPI instruments answer with numbers of this size or larger for overload (9.9E37), no data (9.91E37) and the like. */
const fakeNumber = 1e29;

/** A reading from a number; what is not a plain finite number becomes invalid, never a value. */
export function reading<U extends Unit>(unit: U, value: unknown, u: number, origin: Origin): Reading<U> {
  if (typeof value !== "number" || Number.isNaN(value)) return invalid(unit, "not-a-number", origin);
  if (!Number.isFinite(value) || Math.abs(value) >= fakeNumber) return invalid(unit, "overload", origin);
  if (!Number.isFinite(u) || u < 0) return invalid(unit, "no-uncertainty", origin);
  return { is: "value", unit, value, u, raw: origin.raw, t_s: origin.t_s };
}

export const above = <U extends Unit>(unit: U, bound: number, origin: Origin): Reading<U> =>
  Number.isFinite(bound)
    ? { is: "above", unit, bound, raw: origin.raw, t_s: origin.t_s }
    : invalid(unit, "no-bound", origin);

export const below = <U extends Unit>(unit: U, bound: number, origin: Origin): Reading<U> =>
  Number.isFinite(bound)
    ? { is: "below", unit, bound, raw: origin.raw, t_s: origin.t_s }
    : invalid(unit, "no-bound", origin);

export const invalid = <U extends Unit>(unit: U, code: string, origin: Origin): Reading<U> => ({
  is: "invalid",
  unit,
  code,
  raw: origin.raw,
  t_s: origin.t_s,
});

/** The value, or undefined for a bound or an invalid reading: the caller must say what to do then. */
export const numberOf = (r: Reading): number | undefined => (r.is === "value" ? r.value : undefined);

/** A new reading computed from others: invalid when any of them has no value. */
export function derive<U extends Unit>(
  unit: U,
  raw: string,
  from: readonly Reading[],
  compute: (values: readonly number[], us: readonly number[]) => { readonly value: number; readonly u: number },
): Reading<U> {
  const t_s = Math.max(0, ...from.map((r) => r.t_s));
  const values: number[] = [];
  const us: number[] = [];
  for (const r of from) {
    if (r.is !== "value") {
      return invalid(unit, r.is === "invalid" ? r.code : `${r.is}-range`, { raw: `${raw}: ${r.raw}`, t_s });
    }
    values.push(r.value);
    us.push(r.u);
  }
  const { value, u } = compute(values, us);
  return reading(unit, value, u, { raw, t_s });
}

/** What a reading was made from begins so, where its value is one that a temperature will come to and was not measured. */
export const predictedMark = "PREDICTED";

export const isPredicted = (r: Reading): boolean => r.raw.startsWith(predictedMark);
