/** Confidence bounds of a share, exact for any count (Clopper and Pearson 1934): quantiles of the beta distribution. */

/** Natural logarithm of the gamma function (Lanczos, g = 7, n = 9; relative error below 1e-13). */
function logGamma(x: number): number {
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const t = x + 6.5;
  const sum = c.slice(1).reduce((s, ci, i) => s + ci / (x + i), c[0] as number);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised incomplete beta function by its continued fraction (Lentz). */
export function betaBelow(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaBelow(1 - x, b, a);
  const tiny = 1e-300;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
  let f = 1;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  f = d;
  for (let m = 1; m <= 300; m += 1) {
    for (const numerator of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 + numerator * d;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      c = 1 + numerator / c;
      if (Math.abs(c) < tiny) c = tiny;
      f *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-14) break;
  }
  return front * f;
}

/** The x at which a beta distribution has `p` below it, by halving. */
function betaQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (betaBelow(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Two-sided bounds of a share of `n` out of `of`, at `confidence` (0.95). Of nothing nothing is known: 0 to 1.
 * RangeError: n is not within 0 to `of`.
 */
export function shareOf(
  n: number,
  of: number,
  confidence: number,
): { readonly n: number; readonly of: number; readonly low: number; readonly high: number } {
  if (!(Number.isInteger(n) && Number.isInteger(of) && n >= 0 && n <= of)) throw new RangeError(`${n} of ${of}`);
  const tail = (1 - confidence) / 2;
  const low = n === 0 ? 0 : betaQuantile(tail, n, of - n + 1);
  const high = n === of ? 1 : betaQuantile(1 - tail, n + 1, of - n);
  return { n, of, low, high };
}
