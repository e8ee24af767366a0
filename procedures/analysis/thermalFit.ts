/**
 * Prediction of the final temperature rise while a contact still warms: two exponentials by variable projection
 * (instruments.md B2). Fitted is the rise over ambient:
 *
 *   rise(t) = R - A1 exp(-t / T1) - A2 exp(-t / T2),   A1, A2 >= 0, T2 >= 2 T1
 *
 * T1 and T2 come from a grid, R, A1, A2 from linear least squares at each pair. A rise at the start (a soak at a lower
 * current) is part of A1 and A2. No result holds NaN or infinity: what cannot be fitted is undefined.
 */
import type { Sample } from "./stabilise.ts";
import { type Best, best, type Columns, type Profile, profile, slowOf, solutions } from "./thermalLeast.ts";

export interface RiseFit {
  /** R: the rise that is approached, K. */
  readonly rise_K: number;
  /** Half width of the profile of R over the grid, about 95 %, K; from residuals alone, so never the whole band. */
  readonly halfWidth_K: number;
  /** Time constants, s. With one exponential only, both are that one; 0 when nothing rises any more. */
  readonly fast_s: number;
  readonly slow_s: number;
  /** The largest slow time constant that the profile allows, s. */
  readonly slowMax_s: number;
  /** Root mean square of the residuals of the averaged points, K. */
  readonly residual_K: number;
  /** What the fit still expects to come after the last sample, K, >= 0. */
  readonly missing_K: number;
  /** Averaged points that were fitted. */
  readonly points: number;
}

/** Points the record is averaged to, and the least that five unknowns are fitted to. */
const points_max = 110;
const points_min = 20;
/** Shortest record, s: below it T2 of 25 to 60 min (instruments.md B2) leaves no trace. */
const span_min_s = 600;
/** Plausible rises, K: beyond them the fit has run away on a straight line. */
const rise_max_K = 1000;

/** `count` numbers from `from` to `to`, each the same factor above the one before. */
const geometric = (from: number, to: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1)));

/** Contact and pin: minutes; body and cable: tens of minutes (instruments.md B2, simulated 2-7 and 25-60 min). */
const fast_s = geometric(60, 1200, 20);
const slow_s = geometric(480, 10800, 28);

/**
 * Fits samples (seconds, K over ambient; in order of time) from `start_s` to the last. The record is first averaged to at
 * most 110 points of equal duration. Undefined: shorter than 10 min, fewer than 20 points, a sample that is not finite, or
 * no pair of time constants that gives a plausible rise.
 */
export function fitRise(samples: readonly Sample[], start_s: number): RiseFit | undefined {
  const last = samples.at(-1);
  if (!last || !Number.isFinite(start_s) || !(last.t_s - start_s >= span_min_s)) return undefined;
  const y = averaged(samples, start_s, last.t_s);
  if (y === undefined || y.values.length < points_min) return undefined;
  const coarse = columnsOf(y.t_s, fast_s, slow_s);
  const wide = solutions(coarse, y.values);
  const near = best(wide);
  if (near === undefined) return undefined;
  const fine = columnsOf(y.t_s, around(near.T1, fast_s, 7), around(near.T2, slow_s, 15));
  const close = solutions(fine, y.values);
  const found = best(close) ?? near;
  const range = profile(y.values, fine, [...wide, ...close], found);
  return resultOf(found, range, last.t_s - start_s, y.values.length);
}

/** A finer grid over one and a half steps of the wide one to either side. */
function around(T: number, grid: readonly number[], count: number): readonly number[] {
  const step = ((grid[1] as number) / (grid[0] as number)) ** 1.5;
  return geometric(T / step, T * step, count);
}

function resultOf(found: Best, range: Profile, span_s: number, points: number): RiseFit | undefined {
  const { R, A1, A2, T1, T2 } = found;
  const slow = slowOf(found);
  const fit: RiseFit = {
    rise_K: R,
    halfWidth_K: range.halfWidth_K,
    fast_s: A1 > 0 ? T1 : slow,
    slow_s: slow,
    slowMax_s: range.slowMax_s,
    residual_K: Math.sqrt(found.sum / points),
    missing_K: Math.max(0, A1 * Math.exp(-span_s / T1) + A2 * Math.exp(-span_s / T2)),
    points,
  };
  const plausible = Object.values(fit).every(Number.isFinite) && Math.abs(R) <= rise_max_K;
  return plausible ? fit : undefined;
}

interface Averaged {
  /** Middles of the intervals since the start, s. */
  readonly t_s: readonly number[];
  readonly values: readonly number[];
}

/** Means over equal intervals in (start, end]; empty intervals are left out; undefined when a sample is not finite. */
function averaged(samples: readonly Sample[], start_s: number, end_s: number): Averaged | undefined {
  const inside = samples.filter((s) => s.t_s > start_s);
  if (!inside.every((s) => Number.isFinite(s.t_s) && Number.isFinite(s.value))) return undefined;
  const width_s = (end_s - start_s) / Math.min(points_max, inside.length);
  const bins = new Map<number, { t: number; sum: number; count: number }>();
  for (const { t_s, value } of inside) {
    const bin = Math.ceil((t_s - start_s) / width_s - 1e-9);
    const at = bins.get(bin) ?? { t: 0, sum: 0, count: 0 };
    bins.set(bin, { t: at.t + t_s - start_s, sum: at.sum + value, count: at.count + 1 });
  }
  const means = [...bins.values()];
  return { t_s: means.map((b) => b.t / b.count), values: means.map((b) => b.sum / b.count) };
}

const columnsOf = (t_s: readonly number[], fast: readonly number[], slow: readonly number[]): Columns => {
  const column = (T: number) => {
    const e = new Float64Array(t_s.length);
    for (let i = 0; i < t_s.length; i += 1) e[i] = Math.exp(-(t_s[i] as number) / T);
    return { T, e };
  };
  return { fast: fast.map(column), slow: slow.map(column) };
};
