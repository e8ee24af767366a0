/** From where to where an axis goes. */

/** Room beyond the outermost values, as a part of what is between them. */
const room = 0.06;

/** `alone`: on either side of one value that stands for all. Values that are no numbers count for nothing. */
export function spanOf(values: readonly number[], alone: (value: number) => number): readonly [number, number] {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return [0, 1];
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  const side = greatest > least ? room * (greatest - least) : alone(least);
  return [least - side, greatest + side];
}

/** A tenth of the value: the place of one reading shows, and its size can be read off the axis. */
export const tenth = (value: number): number => Math.abs(value) / 10 || 1;
