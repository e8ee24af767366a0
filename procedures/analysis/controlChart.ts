/**
 * Control chart of a check standard (domain.md 8.1: warn at 2 s, stop at 3 s): the new reading of a golden artefact against
 * its own earlier right answers, so that a slow drift is seen long before the tolerance is left.
 */

/** Fewer earlier answers than this say nothing of the spread (H). */
export const chart_min = 8;

export interface Charting {
  readonly mean: number;
  /** Standard deviation of the earlier answers, at least `floor`. */
  readonly s: number;
  /** (value - mean) / s. */
  readonly z: number;
  readonly says: "in-control" | "warn" | "stop" | "too-few" | "invalid";
}

/**
 * Where `value` stands among `earlier`, all in one unit. `floor` > 0 is the smallest standard deviation that is believed,
 * normally the standard uncertainty of one reading: eight alike readings do not make a chart of zero width. Anything that
 * is not finite is `invalid`, never in control.
 */
export function charted(earlier: readonly number[], value: number, floor: number): Charting {
  const none = { mean: Number.NaN, s: Number.NaN, z: Number.NaN };
  if (![...earlier, value, floor].every(Number.isFinite) || floor <= 0) return { ...none, says: "invalid" };
  if (earlier.length < chart_min) return { ...none, says: "too-few" };
  const mean = earlier.reduce((sum, x) => sum + x, 0) / earlier.length;
  const variance = earlier.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (earlier.length - 1);
  const s = Math.max(Math.sqrt(variance), floor);
  const z = (value - mean) / s;
  const far = Math.abs(z);
  if (!Number.isFinite(z)) return { ...none, says: "invalid" };
  return { mean, s, z, says: far > 3 ? "stop" : far > 2 ? "warn" : "in-control" };
}
