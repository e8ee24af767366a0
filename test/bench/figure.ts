/** One line of the table that `npm run bench` prints, and the statistics behind it. */

export interface Figure {
  /** Row of the table, 1 to 14; 0: no budget of the table, printed for comparison. */
  readonly row: number;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly budget?: number;
  /** What an established tool needs for the same, as measured elsewhere; see docs/bench.md. */
  readonly reference?: string;
}

/** Repetitions of every figure; the median is printed. */
export const repetitions = 5;

/** Nearest-rank quantile; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Medians of figures that were taken several times, by name. */
export function medians(runs: readonly (readonly Figure[])[]): readonly Figure[] {
  return (runs[0] ?? []).map((first) => {
    const values = runs.flatMap((run) => run.filter(({ name }) => name === first.name).map(({ value }) => value));
    return { ...first, value: median(values) };
  });
}

/** Takes the figures `times` times, one after the other, and returns their medians. */
export async function repeated(
  take: () => Promise<readonly Figure[]>,
  times: number = repetitions,
): Promise<readonly Figure[]> {
  const runs: (readonly Figure[])[] = [];
  for (let i = 0; i < times; i += 1) runs.push(await take());
  return medians(runs);
}
