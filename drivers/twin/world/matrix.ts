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
  let norm = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Math.abs(matrix[i * n + j] as number);
    norm = Math.max(norm, sum * Math.abs(t));
  }
  const squarings = Math.max(0, Math.ceil(Math.log2(norm * 8 || 1)));
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

function identity(n: number): Float64Array {
  const eye = new Float64Array(n * n);
  for (let i = 0; i < n; i++) eye[i * n + i] = 1;
  return eye;
}
