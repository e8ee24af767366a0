/** The range of the final rise over all pairs of time constants that a record allows. */
import { type Best, slowOf } from "./thermalLeast.ts";

/** chi-squared of one parameter at 3 standard deviations: at 95 % one band in twenty would be too narrow from the start. */
const chi2 = 9;

export interface Profile {
  /** Range of R, K. */
  readonly low_K: number;
  readonly high_K: number;
  /** Largest slow time constant, s. */
  readonly slowMax_s: number;
}

/**
 * Over all pairs whose residuals are not significantly worse than the best. Residuals of a model that does not quite fit
 * are alike from point to point; they count as fewer points, by the correlation of neighbours. `lasting`: an event is not
 * over; then both R with it for good and R without it count. NaN when a residual or the best's sum is no number, and
 * for no more residuals than unknowns, which leave no scatter to judge by.
 */
export function profile(
  sets: readonly (readonly Best[])[],
  found: Best,
  residuals: readonly number[],
  { unknowns, lasting }: { readonly unknowns: number; readonly lasting: boolean },
): Profile {
  if (residuals.length <= unknowns || ![found.sum, ...residuals].every(Number.isFinite)) {
    return { low_K: Number.NaN, high_K: Number.NaN, slowMax_s: Number.NaN };
  }
  const independent = Math.max(1, effectivePoints(residuals) - unknowns);
  const allowed = found.sum * (1 + chi2 / independent) + 1e-12;
  let low_K = Number.POSITIVE_INFINITY;
  let high_K = Number.NEGATIVE_INFINITY;
  let slowMax_s = 0;
  for (const s of [...sets, [found]].flat()) {
    if (!(s.sum <= allowed)) continue;
    low_K = Math.min(low_K, s.R, lasting ? s.R + s.D : s.R);
    high_K = Math.max(high_K, s.R, lasting ? s.R + s.D : s.R);
    slowMax_s = Math.max(slowMax_s, slowOf(s));
  }
  return { low_K, high_K, slowMax_s };
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
