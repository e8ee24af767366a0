/** Figures of a sweep, for people: least, median, 99th percentile and largest. */
export interface Spread {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** Nearest rank: a percentile is always a value that occurred. Undefined of nothing. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  if (sorted.length === 0) return undefined;
  return { count: sorted.length, min: rank(0), median: rank(0.5), p99: rank(0.99), max: rank(1) };
}

export function row(name: string, values: readonly number[], unit: string, digits = 0): string {
  const spread = spreadOf(values);
  if (spread === undefined) return `${name.padEnd(34)}  none`;
  const text = [spread.min, spread.median, spread.p99, spread.max].map((value) => value.toFixed(digits).padStart(8));
  return `${name.padEnd(34)} ${String(spread.count).padStart(5)} ${text.join(" ")} ${unit}`;
}

export const header = `${"".padEnd(34)} ${"count".padStart(5)} ${["min", "median", "p99", "max"].map((name) => name.padStart(8)).join(" ")}`;
