/**
 * Fewer points for a screen, so that no peak is lost: of each bucket of neighbours the smallest and the largest value, in
 * the order in which they came, at the times of the bucket's first and last point. Series that were read in one scan keep
 * common times. A bucket with a point that is no value keeps that: a lost sensor is never drawn over.
 */
export interface Thinned {
  readonly t_s: readonly number[];
  readonly values: readonly number[];
}

/** At most `most` points (2 or more); what has no more is given back as it is. */
export function thinned(t_s: readonly number[], values: readonly number[], most: number): Thinned {
  const count = Math.min(t_s.length, values.length);
  const each = Math.ceil(count / Math.floor(most / 2));
  if (count <= most || each < 2) return { t_s, values };
  const kept = { t_s: [] as number[], values: [] as number[] };
  for (let from = 0; from < count; from += each) {
    const to = Math.min(count, from + each);
    const [first, second] = bucket(values, from, to);
    kept.t_s.push(t_s[from] as number);
    kept.values.push(first);
    if (to - from === 1) continue;
    kept.t_s.push(t_s[to - 1] as number);
    kept.values.push(second);
  }
  return kept;
}

/** The two values that stand for `values[from..to)`. */
export function bucket(values: ArrayLike<number>, from: number, to: number): readonly [number, number] {
  let low = from;
  let high = from;
  let gone = false;
  for (let i = from; i < to; i += 1) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) gone = true;
    else {
      if (!((values[low] as number) <= value)) low = i;
      if (!((values[high] as number) >= value)) high = i;
    }
  }
  const [one, other] = [values[low] as number, values[high] as number];
  if (!gone) return low <= high ? [one, other] : [other, one];
  // The larger value is what limits are about; the gap stands beside it.
  return Number.isFinite(other) ? [other, Number.NaN] : [Number.NaN, Number.NaN];
}

/** The same for a waveform that is evenly spaced, as it is stored: nothing of its size is made anew. */
export function thinnedEven(values: Float64Array, dt_s: number, most: number): Thinned {
  const each = Math.max(1, Math.ceil(values.length / Math.floor(most / 2)));
  const kept = { t_s: [] as number[], values: [] as number[] };
  for (let from = 0; from < values.length; from += each) {
    const to = Math.min(values.length, from + each);
    const [first, second] = bucket(values, from, to);
    kept.t_s.push(from * dt_s);
    kept.values.push(first);
    if (to - from === 1) continue;
    kept.t_s.push((to - 1) * dt_s);
    kept.values.push(second);
  }
  return kept;
}
