/** Exponential of a small square matrix (row by row), for exact steps of linear differential equations. */

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const aik = a[i * n + k] as number;
      if (aik === 0) continue;
      for (let j = 0; j < n; j++) c[i * n + j] = (c[i * n + j] as number) + aik * (b[k * n + j] as number);
    }
  }
  return c;
}

/**
 * exp(A t) by scaling, a Taylor series of degree 10 and squaring (Moler and Van Loan 2003, method 3). With the scaled
 * norm at most 1/8 the series is exact to 1e-17 of the result.
 */
export function exponential(matrix: Float64Array, n: number, t: number): Float64Array {
  const squarings = squaringsFor(matrix, n, t);
  const scaled = matrix.map((value) => (value * t) / 2 ** squarings);
  let result = identity(n);
  // Horner: I + A (I + A/2 (I + A/3 ...)).
  for (let k = 10; k >= 1; k--) {
    const next = product(scaled, result, n);
    for (let i = 0; i < next.length; i++) next[i] = (next[i] as number) / k;
    for (let i = 0; i < n; i++) next[i * n + i] = (next[i * n + i] as number) + 1;
    result = next;
  }
  for (let s = 0; s < squarings; s++) result = product(result, result, n);
  return result;
}

/** So many halvings of t bring the norm of the scaled matrix to 1/8. */
function squaringsFor(matrix: Float64Array, n: number, t: number): number {
  let norm = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Math.abs(matrix[i * n + j] as number);
    norm = Math.max(norm, sum * Math.abs(t));
  }
  return Math.max(0, Math.ceil(Math.log2(norm * 8 || 1)));
}

/** A square matrix by its entries that may differ from zero: their places are fixed, their values may change. */
export interface Sparse {
  readonly n: number;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Norm of one step's matrix: the largest term of the series is then some tens, so that two digits of sixteen are lost. */
const norm_max = 4;
/** Steps beyond which the exponential itself is the shorter way. */
const steps_max = 4;
/** Terms of the series: the fortieth is below 1e-18 of the largest. */
const terms_max = 40;

/** Of the last size asked for; and of its entries those that are not zero. */
let scratch: readonly [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)];
let dense = { rows: new Int32Array(0), columns: new Int32Array(0), values: new Float64Array(0) };

/**
 * exp(A t) times a vector, in place, by its Taylor series on the vector and without the matrix that it would be. Terms that
 * cannot change the last digit of the largest value end it. False, and nothing done, where t is so long that the
 * exponential is the shorter way.
 */
export function applyExponential(matrix: Sparse, t: number, vector: Float64Array): boolean {
  const { n } = matrix;
  if (scratch[0].length !== n) scratch = [new Float64Array(n), new Float64Array(n)];
  if (dense.values.length < matrix.values.length) {
    const size = matrix.values.length;
    dense = { rows: new Int32Array(size), columns: new Int32Array(size), values: new Float64Array(size) };
  }
  const { rows, columns, values } = dense;
  let [term, next] = scratch;
  let entries = 0;
  next.fill(0);
  for (let i = 0; i < matrix.values.length; i++) {
    const value = matrix.values[i] as number;
    if (value === 0) continue;
    const row = matrix.rows[i] as number;
    rows[entries] = row;
    columns[entries] = matrix.columns[i] as number;
    values[entries++] = value;
    next[row] = (next[row] as number) + Math.abs(value);
  }
  let norm = 0;
  for (let i = 0; i < n; i++) norm = Math.max(norm, next[i] as number);
  const steps = Math.max(1, Math.ceil((norm * Math.abs(t)) / norm_max));
  if (!(steps <= steps_max)) return false;
  const h = t / steps;
  for (let step = 0; step < steps; step++) {
    term.set(vector);
    let largest = 0;
    for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(vector[i] as number));
    const negligible = largest * 2 ** -58;
    for (let k = 1; k <= terms_max; k++) {
      next.fill(0);
      for (let i = 0; i < entries; i++) {
        const row = rows[i] as number;
        next[row] = (next[row] as number) + (values[i] as number) * (term[columns[i] as number] as number);
      }
      const share = h / k;
      let most = 0;
      for (let i = 0; i < n; i++) {
        const change = (next[i] as number) * share;
        next[i] = change;
        vector[i] = (vector[i] as number) + change;
        most = Math.max(most, Math.abs(change));
      }
      const kept = term;
      term = next;
      next = kept;
      if (most <= negligible) break;
    }
  }
  return true;
}

function identity(n: number): Float64Array {
  const eye = new Float64Array(n * n);
  for (let i = 0; i < n; i++) eye[i * n + i] = 1;
  return eye;
}
