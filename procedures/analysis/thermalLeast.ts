/**
 * The linear part of the two-exponential fit: for a pair of time constants the least squares of R, A1, A2 with A1 and A2
 * not negative, optionally beside the trace of an event in the air, and the profile of R over all pairs.
 */

export interface Column {
  /** Time constant, s, exp(-t / T) at each point, and its deviations from the mean. */
  readonly T: number;
  readonly e: Float64Array;
  readonly mean: number;
  readonly d: Float64Array;
  readonly square: number;
  readonly withY: number;
}

/** Averaged points and exponentials over a grid of time constants, with all their products. */
export interface Grid {
  readonly t_s: readonly number[];
  readonly mean: number;
  /** Deviations of the points from their mean, K. */
  readonly d: Float64Array;
  readonly square: number;
  readonly fast: readonly Column[];
  readonly slow: readonly Column[];
  /** Product of slow j and fast i at j * fast.length + i. */
  readonly cross: Float64Array;
}

/** Trace of an event at one slow time constant: its products with the points, the fast columns and the slow one. */
export interface Trace {
  readonly mean: number;
  readonly square: number;
  readonly withY: number;
  readonly withFast: ArrayLike<number>;
  readonly withSlow: number;
}

export interface Best {
  readonly R: number;
  readonly A1: number;
  readonly A2: number;
  readonly T1: number;
  readonly T2: number;
  /** Height of the event's trace, K; 0 without one. */
  readonly D: number;
  /** Sum of the squared residuals, K^2. */
  readonly sum: number;
}

/** What is fitted without an event: R, two amplitudes, two time constants. */
export const unknowns = 5;

/** Slow is at least this many times fast: nearer to each other the two cannot be told apart. */
export const apart = 2;

export const mean = (v: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < v.length; i += 1) sum += v[i] as number;
  return sum / v.length;
};

export function deviations(v: ArrayLike<number>, from: number): Float64Array {
  const d = new Float64Array(v.length);
  for (let i = 0; i < v.length; i += 1) d[i] = (v[i] as number) - from;
  return d;
}

export function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

export function gridOf(
  t_s: readonly number[],
  y: readonly number[],
  fast_s: readonly number[],
  slow_s: readonly number[],
): Grid {
  const y0 = mean(y);
  const d = deviations(y, y0);
  const column = (T: number): Column => {
    const e = new Float64Array(t_s.length);
    for (let i = 0; i < e.length; i += 1) e[i] = Math.exp(-(t_s[i] as number) / T);
    const m = mean(e);
    const de = deviations(e, m);
    return { T, e, mean: m, d: de, square: product(de, de), withY: product(de, d) };
  };
  const fast = fast_s.map(column);
  const slow = slow_s.map(column);
  const cross = new Float64Array(fast.length * slow.length);
  for (const [j, b] of slow.entries()) {
    for (const [i, a] of fast.entries()) cross[j * fast.length + i] = product(a.d, b.d);
  }
  return { t_s, mean: y0, d, square: product(d, d), fast, slow, cross };
}

/** Whether there are as many points as unknowns, and each is at a time: a single point lies on any curve. */
export const isFittable = ({ t_s }: Grid): boolean => t_s.length >= unknowns && t_s.every(Number.isFinite);

/**
 * The solution of every pair that has a finite one, if the grid is fittable; `traces`: of one event, for each slow column.
 */
export function solutions(grid: Grid, traces?: readonly Trace[]): readonly Best[] {
  const found: Best[] = [];
  if (!isFittable(grid)) return found;
  const s = unsolved();
  for (const [j, b] of grid.slow.entries()) {
    for (const [i, a] of grid.fast.entries()) {
      if (b.T < apart * a.T) continue;
      solve(grid, i, j, traces?.[j], s);
      if (Number.isFinite(s.R) && Number.isFinite(s.sum)) {
        found.push({ R: s.R, A1: s.A1, A2: s.A2, D: s.D, sum: s.sum, T1: a.T, T2: b.T });
      }
    }
  }
  return found;
}

export interface Solved {
  R: number;
  A1: number;
  A2: number;
  D: number;
  sum: number;
}

export const unsolved = (): Solved => ({ R: 0, A1: 0, A2: 0, D: 0, sum: 0 });

/**
 * Least squares at one pair: y = R - A1 a - A2 b + D e; where an amplitude would be negative, the better single one. The
 * event's trace e is projected out of all products first (Frisch and Waugh), so the rest is the same with and without it.
 */
export function solve(grid: Grid, i: number, j: number, e: Trace | undefined, into: Solved): void {
  const a = grid.fast[i] as Column;
  const b = grid.slow[j] as Column;
  const per = e !== undefined && e.square > 1e-9 ? 1 / e.square : 0;
  const ae = e === undefined ? 0 : (e.withFast[i] as number);
  const be = e?.withSlow ?? 0;
  const ye = e?.withY ?? 0;
  const aa = a.square - ae * ae * per;
  const bb = b.square - be * be * per;
  const ab = (grid.cross[j * grid.fast.length + i] as number) - ae * be * per;
  const ay = a.withY - ae * ye * per;
  const by = b.withY - be * ye * per;
  const determinant = aa * bb - ab * ab;
  let A1 = -1;
  let A2 = -1;
  if (determinant > 1e-12 * a.square * b.square) {
    A1 = -(ay * bb - by * ab) / determinant;
    A2 = -(by * aa - ay * ab) / determinant;
  }
  if (A1 < 0 || A2 < 0) {
    const onlyA = aa > 1e-9 * a.square ? Math.max(0, -ay / aa) : 0;
    const onlyB = bb > 1e-9 * b.square ? Math.max(0, -by / bb) : 0;
    const better = -onlyA * ay > -onlyB * by;
    A1 = better ? onlyA : 0;
    A2 = better ? 0 : onlyB;
  }
  into.A1 = A1;
  into.A2 = A2;
  into.D = (ye + A1 * ae + A2 * be) * per;
  into.R = grid.mean + A1 * a.mean + A2 * b.mean - into.D * (e?.mean ?? 0);
  // At the least squares the squares of y split into those of the fit and those of the residuals.
  into.sum = Math.max(0, grid.square - ye * ye * per + A1 * ay + A2 * by);
}

/** The pair with the smallest residuals; undefined when no pair has a finite solution. */
export const best = (all: readonly Best[]): Best | undefined =>
  all.reduce<Best | undefined>(
    (least, s) => (Number.isFinite(s.sum) && !(least && least.sum <= s.sum) ? s : least),
    undefined,
  );

/** The slower time constant that is in use, s; 0 when nothing rises; NaN when an amplitude is no number. */
export const slowOf = ({ A1, A2, T1, T2 }: Best): number =>
  Number.isFinite(A1 + A2) ? (A2 > 0 ? T2 : A1 > 0 ? T1 : 0) : Number.NaN;
