/**
 * Prediction of the final temperature rise while a contact still warms: two exponentials by variable projection
 * (instruments.md B2). Fitted is the rise over ambient:
 *
 *   rise(t) = R - A1 exp(-t / T1) - A2 exp(-t / T2),   A1, A2 >= 0, T2 >= 2 T1
 *
 * T1 and T2 come from a grid, R, A1, A2 from linear least squares at each pair. A rise at the start (a soak at a lower
 * current) is part of A1 and A2. The same is fitted with an event in the air (thermalEvent.ts) beside it; the range of R is
 * that of all explanations that the record does not rule out. No result holds NaN or infinity: what cannot be fitted is
 * undefined.
 */
import type { Sample } from "./stabilise.ts";
import { type AirEvent, findEvents, shapeOf, tracesOf } from "./thermalEvent.ts";
import { type Best, best, type Grid, gridOf, slowOf, solutions, unknowns } from "./thermalLeast.ts";
import { profile } from "./thermalProfile.ts";

export interface RiseFit {
  /** R: the rise that is approached, K; with an event that is not over, the middle between R with and without it. */
  readonly rise_K: number;
  /** Range of R in all explanations, 3 standard deviations, K; from residuals alone, so never the whole band. */
  readonly low_K: number;
  readonly high_K: number;
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
  /** The event in the air that the best explanation has, times since the start of the samples' clock. */
  readonly event?: AirEvent;
}

/** Points the record is averaged to, and the least that five unknowns are fitted to. */
const points_max = 110;
const points_min = 20;
/** Shortest record, s: below it T2 of 25 to 60 min (instruments.md B2) leaves no trace. */
const span_min_s = 600;
/** Shortest record in which an event in the air is looked for, s. */
const event_span_s = 900;
/** Plausible rises, K: beyond them the fit has run away on a straight line. */
const rise_max_K = 1000;
/** Unknowns of the fit, and of the fit with an event (height and two times more). */
const unknowns_event = 8;
/**
 * An explanation with an event has some 200 pairs of times to choose from, so chance alone gives it 10 to 15 less in
 * chi-squared. From 16 on it is considered beside the explanation without, from 25 on instead of it.
 */
const considered = 16;
const preferred = 25;
/** Other events are considered when they are worse than the best one by less than this in chi-squared (3 sigma). */
const alike = 9;

/** `count` numbers from `from` to `to`, each the same factor above the one before. */
const geometric = (from: number, to: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1)));

/** Contact and pin: minutes; body and cable: tens of minutes (instruments.md B2, simulated 2-7 and 25-60 min). */
const fast_s = geometric(60, 1200, 20);
const slow_s = geometric(480, 10800, 28);
/** Coarser, for looking for events and for a first slow constant. */
const fastCoarse_s = geometric(60, 1200, 7);
const slowCoarse_s = geometric(480, 10800, 16);

/** One explanation of the record. */
interface Explained {
  readonly found: Best;
  readonly event?: AirEvent;
  readonly low_K: number;
  readonly high_K: number;
  readonly slowMax_s: number;
  readonly missing_K: number;
}

/**
 * Fits samples (seconds, K over ambient; in order of time) from `start_s` to the last. The record is first averaged to at
 * most 110 points of equal duration. Undefined: shorter than 10 min, fewer than 20 points, a sample that is not finite, or
 * no pair of time constants that gives a plausible rise.
 */
export function fitRise(samples: readonly Sample[], start_s: number): RiseFit | undefined {
  const y = averaged(samples, start_s);
  if (y === undefined) return undefined;
  const wide = gridOf(y.t_s, y.values, fast_s, slow_s);
  const plain = explain(wide, y);
  if (plain === undefined) return undefined;
  if (y.span_s < event_span_s) return resultOf(plain, [plain], y, start_s);
  const scan = gridOf(y.t_s, y.values, fastCoarse_s, slowCoarse_s);
  const without = best(solutions(scan))?.sum ?? 0;
  const kinds = [...findEvents(scan).values()];
  const least = Math.min(...kinds.map((k) => k.sum));
  const worth = kinds.filter(
    ({ sum }) => better(without, sum, y) > considered / 2 && better(sum, least, y) < 2 * alike,
  );
  const events = worth.flatMap(({ event }) => explain(wide, y, event) ?? []);
  const top = events.reduce<Explained | undefined>((a, b) => (a && a.found.sum <= b.found.sum ? a : b), undefined);
  const gain = top === undefined ? 0 : better(plain.found.sum, top.found.sum, y);
  if (top === undefined || gain <= considered) return resultOf(plain, [plain], y, start_s);
  const near = events.filter((e) => better(e.found.sum, top.found.sum, y) < alike);
  return gain > preferred ? resultOf(top, near, y, start_s) : resultOf(plain, [plain, ...near], y, start_s);
}

/** The slow time constant by a coarse fit alone, s; undefined as fitRise. */
export function roughSlow_s(samples: readonly Sample[], start_s: number): number | undefined {
  const y = averaged(samples, start_s);
  const found = y && best(solutions(gridOf(y.t_s, y.values, fastCoarse_s, slowCoarse_s)));
  return found && slowOf(found);
}

/** By how much in chi-squared the second sum of squares is better than the first, with the noise it leaves. */
const better = (sum: number, than: number, { values }: Averaged): number =>
  (sum - than) / (than / Math.max(1, values.length - unknowns_event) + 1e-12);

function explain(wide: Grid, y: Averaged, event?: AirEvent): Explained | undefined {
  const first = solutions(wide, event && tracesOf(wide, event));
  const near = best(first);
  if (near === undefined) return undefined;
  const fine = gridOf(y.t_s, y.values, around(near.T1, fast_s, 7), around(near.T2, slow_s, 15));
  const close = solutions(fine, event && tracesOf(fine, event));
  const found = best([near, ...close]) ?? near;
  const range = profile([first, close], found, residuals(y, found, event), {
    unknowns: event ? unknowns_event : unknowns,
    lasting: event !== undefined && event.to_s === undefined,
  });
  const { A1, A2, T1, T2 } = found;
  const missing_K = Math.max(0, A1 * Math.exp(-y.span_s / T1) + A2 * Math.exp(-y.span_s / T2));
  return { found, ...range, missing_K, ...(event ? { event } : {}) };
}

function residuals({ t_s, values }: Averaged, { R, A1, A2, T1, T2, D }: Best, event?: AirEvent): readonly number[] {
  const e =
    event &&
    shapeOf(
      t_s,
      Float64Array.from(t_s, (t) => Math.exp(-t / T2)),
      T2,
      event,
    );
  return values.map((v, i) => {
    const t = t_s[i] as number;
    return v - R + A1 * Math.exp(-t / T1) + A2 * Math.exp(-t / T2) - D * (e?.[i] ?? 0);
  });
}

/** A finer grid over one and a half steps of the wide one to either side. */
function around(T: number, grid: readonly number[], count: number): readonly number[] {
  const step = ((grid[1] as number) / (grid[0] as number)) ** 1.5;
  return geometric(T / step, T * step, count);
}

/** The range of all explanations around the rise of the best. */
function resultOf(top: Explained, all: readonly Explained[], y: Averaged, start_s: number): RiseFit | undefined {
  const { R, A1, T1, D, sum } = top.found;
  const slow = slowOf(top.found);
  const { event } = top;
  const rise_K = event !== undefined && event.to_s === undefined ? R + D / 2 : R;
  const numbers = {
    rise_K,
    low_K: Math.min(rise_K, ...all.map((e) => e.low_K)),
    high_K: Math.max(rise_K, ...all.map((e) => e.high_K)),
    fast_s: A1 > 0 ? T1 : slow,
    slow_s: Math.max(slow, ...all.map((e) => slowOf(e.found))),
    slowMax_s: Math.max(...all.map((e) => e.slowMax_s)),
    residual_K: Math.sqrt(sum / y.values.length),
    missing_K: Math.max(...all.map((e) => e.missing_K)),
    points: y.values.length,
  };
  if (!Object.values(numbers).every(Number.isFinite) || Math.abs(rise_K) > rise_max_K) return undefined;
  if (event === undefined) return numbers;
  const to_s = event.to_s === undefined ? undefined : start_s + event.to_s;
  return { ...numbers, event: { from_s: start_s + event.from_s, to_s } };
}

interface Averaged {
  /** Middles of the intervals since the start, s. */
  readonly t_s: readonly number[];
  readonly values: readonly number[];
  readonly span_s: number;
}

/** Means over equal intervals after the start; empty intervals are left out; undefined when too short or not finite. */
function averaged(samples: readonly Sample[], start_s: number): Averaged | undefined {
  const span_s = (samples.at(-1)?.t_s ?? Number.NaN) - start_s;
  if (!Number.isFinite(start_s) || !(span_s >= span_min_s)) return undefined;
  if (!samples.every((s) => Number.isFinite(s.t_s))) return undefined;
  const inside = samples.filter((s) => s.t_s > start_s);
  if (!inside.every((s) => Number.isFinite(s.value))) return undefined;
  const width_s = span_s / Math.min(points_max, inside.length);
  const bins = new Map<number, { t: number; sum: number; count: number }>();
  for (const { t_s, value } of inside) {
    const bin = Math.ceil((t_s - start_s) / width_s - 1e-9);
    const at = bins.get(bin);
    if (at === undefined) bins.set(bin, { t: t_s - start_s, sum: value, count: 1 });
    else {
      at.t += t_s - start_s;
      at.sum += value;
      at.count += 1;
    }
  }
  const means = [...bins.values()];
  if (means.length < points_min) return undefined;
  return { t_s: means.map((b) => b.t / b.count), values: means.map((b) => b.sum / b.count), span_s };
}
