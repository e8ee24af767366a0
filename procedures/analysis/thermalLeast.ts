/**
 * The linear part of the two-exponential fit: for a pair of time constants the least squares of R, A1, A2 with A1 and A2
 * not negative, and the profile of R over all pairs.
 */

interface Column {
  /** Time constant, s, and exp(-t / T) at each point. */
  readonly T: number;
  readonly e: Float64Array;
}

export interface Columns {
  readonly fast: readonly Column[];
  readonly slow: readonly Column[];
}

export interface Best {
  readonly R: number;
  readonly A1: number;
  readonly A2: number;
  readonly T1: number;
  readonly T2: number;
  /** Sum of the squared residuals, K^2. */
  readonly sum: number;
}

/** Slow is at least this many times fast: nearer to each other the two cannot be told apart. */
const apart = 2;
/** chi-squared of one parameter at 95 %. */
const chi2 = 3.84;
const unknowns = 5;

const mean = (v: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < v.length; i += 1) sum += v[i] as number;
  return sum / v.length;
};

function deviations(v: ArrayLike<number>, from: number): Float64Array {
  const d = new Float64Array(v.length);
  for (let i = 0; i < v.length; i += 1) d[i] = (v[i] as number) - from;
  return d;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** A column as deviations from its mean, with its products. */
interface Centred {
  readonly T: number;
  readonly mean: number;
  readonly d: Float64Array;
  readonly square: number;
  readonly withY: number;
}

interface Data {
  readonly mean: number;
  readonly square: number;
}

/** The solution of every pair that has a finite one. */
export function solutions(columns: Columns, y: readonly number[]): readonly Best[] {
  const y0 = mean(y);
  const dy = deviations(y, y0);
  const data: Data = { mean: y0, square: product(dy, dy) };
  const centre = ({ T, e }: Column): Centred => {
    const m = mean(e);
    const d = deviations(e, m);
    return { T, mean: m, d, square: product(d, d), withY: product(d, dy) };
  };
  const fast = columns.fast.map(centre);
  const slow = columns.slow.map(centre);
  return slow.flatMap((b) =>
    fast
      .filter((a) => b.T >= apart * a.T)
      .map((a) => solve(a, b, data))
      .filter(({ R, sum }) => Number.isFinite(R) && Number.isFinite(sum)),
  );
}

/** Least squares at one pair: y = R - A1 a - A2 b; where an amplitude would be negative, the better single one. */
function solve(a: Centred, b: Centred, y: Data): Best {
  const ab = product(a.d, b.d);
  const determinant = a.square * b.square - ab * ab;
  let A1 = -1;
  let A2 = -1;
  if (determinant > 1e-12 * a.square * b.square) {
    A1 = -(a.withY * b.square - b.withY * ab) / determinant;
    A2 = -(b.withY * a.square - a.withY * ab) / determinant;
  }
  if (A1 < 0 || A2 < 0) {
    const onlyA = Math.max(0, -a.withY / a.square);
    const onlyB = Math.max(0, -b.withY / b.square);
    const better = -onlyA * a.withY > -onlyB * b.withY;
    A1 = better ? onlyA : 0;
    A2 = better ? 0 : onlyB;
  }
  const R = y.mean + A1 * a.mean + A2 * b.mean;
  // At the least squares the squares of y split into those of the fit and those of the residuals.
  return { R, A1, A2, T1: a.T, T2: b.T, sum: Math.max(0, y.square + A1 * a.withY + A2 * b.withY) };
}

/** The pair with the smallest residuals; undefined when no pair has a finite solution. */
export const best = (all: readonly Best[]): Best | undefined =>
  all.reduce<Best | undefined>((least, s) => (least === undefined || s.sum < least.sum ? s : least), undefined);

export interface Profile {
  /** Half the range of R, K. */
  readonly halfWidth_K: number;
  /** Largest slow time constant, s. */
  readonly slowMax_s: number;
}

/**
 * Over all pairs whose residuals are not significantly worse than the best. Residuals of a model that does not quite fit
 * are alike from point to point; they count as fewer points, by the correlation of neighbours.
 */
export function profile(y: readonly number[], columns: Columns, all: readonly Best[], found: Best): Profile {
  const independent = Math.max(1, effectivePoints(residuals(columns, y, found)) - unknowns);
  const allowed = found.sum * (1 + chi2 / independent) + 1e-12;
  let halfWidth_K = 0;
  let slowMax_s = slowOf(found);
  for (const s of all) {
    if (s.sum > allowed) continue;
    halfWidth_K = Math.max(halfWidth_K, Math.abs(s.R - found.R));
    slowMax_s = Math.max(slowMax_s, slowOf(s));
  }
  return { halfWidth_K, slowMax_s };
}

/** The slower time constant that is in use, s; 0 when nothing rises. */
export const slowOf = ({ A1, A2, T1, T2 }: Best): number => (A2 > 0 ? T2 : A1 > 0 ? T1 : 0);

function residuals({ fast, slow }: Columns, y: readonly number[], { R, A1, A2, T1, T2 }: Best): readonly number[] {
  const a = fast.find((c) => c.T === T1);
  const b = slow.find((c) => c.T === T2);
  return y.map((v, i) => v - R + A1 * (a?.e[i] ?? 0) + A2 * (b?.e[i] ?? 0));
}

/** n (1 - rho) / (1 + rho) with rho the correlation of neighbours, between 1 and n. */
function effectivePoints(r: readonly number[]): number {
  let square = 0;
  let neighbours = 0;
  for (let i = 0; i < r.length; i += 1) {
    square += (r[i] as number) ** 2;
    if (i > 0) neighbours += (r[i] as number) * (r[i - 1] as number);
  }
  const rho = square > 0 ? Math.min(0.98, Math.max(0, neighbours / square)) : 0;
  return Math.max(1, (r.length * (1 - rho)) / (1 + rho));
}
