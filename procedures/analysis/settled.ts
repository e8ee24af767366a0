/**
 * How much a temperature still has to rise when a stabilisation rule ends a soak. Three readings at even intervals on an
 * exponential approach give its end (Aitken's delta-squared). A rule that allows 2 K in ten minutes ends some kelvin
 * below it where the body takes 40 minutes, so that the last reading alone would pass what is too hot.
 */

/** Readings of one place, degC or K, in order and evenly spaced. */
export type ThreeReadings = readonly [number, number, number];

export interface StillToCome {
  /** K. */
  readonly value: number;
  /** Standard uncertainty, K. */
  readonly u: number;
}

/** Share of the extrapolated part that it may be wrong by: more than one time constant, airflow (H). */
const u_share = 0.08;
/** An approach that slows down by less than this from one interval to the next has no end that could be told. */
const ratio_max = 0.95;
const unknown: StillToCome = { value: Number.NaN, u: Number.NaN };

/**
 * What is still to come at one place. By how much the approach slows down is common to all places of a body once its
 * quick parts have settled, so it is taken from the sum of many: `all`, with `u_K` for each reading. NaN when a reading is
 * no number, or when the rise does not slow down: nobody knows then how far it goes.
 */
export function stillToCome(all: readonly ThreeReadings[], of: ThreeReadings, u_K: number): StillToCome {
  const sum = (at: 0 | 1 | 2): number => all.reduce((total, readings) => total + readings[at], 0);
  const [earlier, later] = [sum(1) - sum(0), sum(2) - sum(1)];
  const own = of[2] - of[1];
  if (![earlier, later, own].every(Number.isFinite) || all.length === 0 || !(u_K >= 0)) return unknown;
  const u_own = Math.SQRT2 * u_K;
  const u_sum = u_own * Math.sqrt(all.length);
  // Changes within their own noise are none: it has settled.
  if (Math.abs(later) <= 2 * u_sum) return { value: 0, u: 2 * u_own };
  const ratio = later / earlier;
  if (!(ratio > 0 && ratio <= ratio_max)) return unknown;
  const share = ratio / (1 - ratio);
  const value = own * share;
  // Both changes have the reading between them in common, which makes the quotient's noise the larger.
  const u_ratio = (1.5 * u_sum) / Math.abs(earlier);
  return { value, u: Math.hypot(u_share * value, (own * u_ratio) / (1 - ratio) ** 2, share * u_own) };
}
