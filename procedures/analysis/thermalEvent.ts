/**
 * An event in the air around the unit - a door, a fan, a draught - moves the final value of the slow part for some minutes
 * or for good. To a fit that knows of no events it looks like the approach to the end. Here it is looked for: the response
 * of the slow part to a step of its final value, switched on at one time and off at another or not yet.
 */
import {
  apart,
  type Column,
  deviations,
  type Grid,
  isFittable,
  mean,
  product,
  type Solved,
  solve,
  type Trace,
  unsolved,
} from "./thermalLeast.ts";

export interface AirEvent {
  /** Since the start, s. */
  readonly from_s: number;
  /** Undefined: not over at the end of the record. */
  readonly to_s: number | undefined;
}

/** Grid of times: steps at least this far apart, s, and at most this many. */
const apart_s = 120;
const steps_max = 28;
/** Longest event that ends, in steps. */
const longest = 6;

/** Response of a slow part with time constant T, s, to a step of 1 K at `at_s`; `e`: exp(-t / T). */
function response(t_s: readonly number[], e: Float64Array, T: number, at_s: number): Float64Array {
  const w = new Float64Array(t_s.length);
  const factor = Math.exp(at_s / T);
  for (let i = 0; i < w.length; i += 1) {
    if (!((t_s[i] as number) <= at_s)) w[i] = 1 - factor * (e[i] as number);
  }
  return w;
}

/** Response to the whole event of 1 K. */
export function shapeOf(
  t_s: readonly number[],
  decay: Float64Array,
  T: number,
  { from_s, to_s }: AirEvent,
): Float64Array {
  const e = response(t_s, decay, T, from_s);
  if (to_s === undefined) return e;
  const off = response(t_s, decay, T, to_s);
  for (let i = 0; i < e.length; i += 1) e[i] = (e[i] as number) - (off[i] as number);
  return e;
}

/** The event's trace for each slow column. */
export const tracesOf = (grid: Grid, event: AirEvent): readonly Trace[] =>
  grid.slow.map((b) => {
    const e = shapeOf(grid.t_s, b.e, b.T, event);
    const m = mean(e);
    const d = deviations(e, m);
    const withFast = new Float64Array(grid.fast.length);
    for (const [i, a] of grid.fast.entries()) withFast[i] = product(d, a.d);
    return { mean: m, square: product(d, d), withY: product(d, grid.d), withFast, withSlow: product(d, b.d) };
  });

interface Steps {
  readonly mean: readonly number[];
  readonly withY: readonly number[];
  readonly withSlow: readonly number[];
  readonly withFast: readonly Float64Array[];
  /** Products of the responses with each other; of l < k at [k][l]. */
  readonly with: readonly Float64Array[];
}

function stepsOf(grid: Grid, b: Column, at_s: readonly number[]): Steps {
  const responses = at_s.map((s) => response(grid.t_s, b.e, b.T, s));
  const means = responses.map(mean);
  const d = responses.map((w, k) => deviations(w, means[k] as number));
  return {
    mean: means,
    withY: d.map((w) => product(w, grid.d)),
    withSlow: d.map((w) => product(w, b.d)),
    withFast: d.map((w) => {
      const products = new Float64Array(grid.fast.length);
      for (const [i, a] of grid.fast.entries()) products[i] = product(w, a.d);
      return products;
    }),
    with: d.map((w, k) => {
      const products = new Float64Array(k + 1);
      for (let l = Math.max(0, k - longest); l <= k; l += 1) products[l] = product(w, d[l] as Float64Array);
      return products;
    }),
  };
}

/** Trace of an event from step k to step l (undefined: not over), from the products of the steps; writes `withFast`. */
function traceOf(s: Steps, k: number, l: number | undefined, withFast: Float64Array): Trace {
  const kk = s.with[k]?.[k] as number;
  const on = s.withFast[k] as Float64Array;
  const from = { mean: s.mean[k] as number, withY: s.withY[k] as number, withSlow: s.withSlow[k] as number };
  if (l === undefined) return { ...from, square: kk, withFast: on };
  const off = s.withFast[l] as Float64Array;
  for (let i = 0; i < on.length; i += 1) withFast[i] = (on[i] as number) - (off[i] as number);
  return {
    mean: from.mean - (s.mean[l] as number),
    square: kk - 2 * (s.with[l]?.[k] as number) + (s.with[l]?.[l] as number),
    withY: from.withY - (s.withY[l] as number),
    withSlow: from.withSlow - (s.withSlow[l] as number),
    withFast,
  };
}

/** A kind of event: which way it moves the final value, and whether it is over. */
export type Kind = "cooler" | "warmer" | "cooler, not over" | "warmer, not over";

export interface Found {
  readonly event: AirEvent;
  readonly sum: number;
}

/** The event of each kind that explains the points best, over a coarse grid; none of points that `solutions` would not fit. */
export function findEvents(grid: Grid): ReadonlyMap<Kind, Found> {
  if (!isFittable(grid)) return new Map();
  const first_s = grid.t_s[0] ?? Number.NaN;
  const last_s = grid.t_s.at(-1) ?? Number.NaN;
  const every_s = Math.max(apart_s, (last_s - first_s) / steps_max);
  const at_s: number[] = [];
  for (let s = first_s + every_s / 2; s < last_s - apart_s; s += every_s) at_s.push(s);
  const found = new Map<Kind, Found>();
  const scratch = new Float64Array(grid.fast.length);
  const solved = unsolved();
  for (const [j, b] of grid.slow.entries()) {
    const steps = stepsOf(grid, b, at_s);
    for (let k = 0; k < at_s.length; k += 1) {
      for (let l = k + 1; l <= k + longest + 1; l += 1) {
        const to = l <= k + longest ? l : undefined;
        if (to !== undefined && to >= at_s.length) continue;
        const { sum, D } = leastOf(grid, j, traceOf(steps, k, to, scratch), solved);
        if (!Number.isFinite(sum)) continue;
        const kind: Kind = `${D < 0 ? "cooler" : "warmer"}${to === undefined ? ", not over" : ""}`;
        const before = found.get(kind);
        if (before !== undefined && !(sum < before.sum)) continue;
        found.set(kind, { event: { from_s: at_s[k] as number, to_s: to === undefined ? undefined : at_s[to] }, sum });
      }
    }
  }
  return found;
}

/** The fast column that leaves the least beside slow column j and the event. */
function leastOf(grid: Grid, j: number, e: Trace, s: Solved): { readonly sum: number; readonly D: number } {
  let sum = Number.POSITIVE_INFINITY;
  let D = 0;
  const T2 = grid.slow[j]?.T ?? 0;
  for (let i = 0; i < grid.fast.length; i += 1) {
    if (T2 < apart * (grid.fast[i] as Column).T) break;
    solve(grid, i, j, e, s);
    if (!(Number.isFinite(s.R) && s.sum < sum)) continue;
    sum = s.sum;
    D = s.D;
  }
  return { sum, D };
}
