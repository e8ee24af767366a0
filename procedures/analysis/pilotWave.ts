/**
 * Control pilot waveform: frequency, duty cycle, levels. Edges are taken at the middle of the actual swing, because far
 * ends of a legal system have edges of some 10 us (domain.md 2.2: tau 0.3 to 5.5 us) and an absolute threshold would
 * turn capacitance into duty.
 */

export interface PilotWave {
  /** Whole periods found; everything else is averaged over them. */
  readonly periods: number;
  readonly frequency_Hz: number;
  /** Share of the period above mid-level, %. */
  readonly duty_pct: number;
  /** Medians of the settled part of each half, V. */
  readonly high_V: number;
  readonly low_V: number;
  /** Experimental standard deviation of the mean of the duty over the periods, % points. */
  readonly duty_s_pct: number;
}

/** Smallest swing that counts as a pilot signal, V. A steady level or noise has none. */
const swing_min_V = 1;

/**
 * Analyses evenly spaced samples. Returns undefined when there is no pilot signal: fewer than two whole periods, swing
 * below 1 V, or a sample that is not a number.
 */
export function pilotWave(samples: Float64Array, dt_s: number): PilotWave | undefined {
  if (!(dt_s > 0) || !Number.isFinite(dt_s) || samples.length < 16) return undefined;
  const levels = levelsOf(samples);
  if (!levels || levels.high - levels.low < swing_min_V) return undefined;
  const middle = (levels.high + levels.low) / 2;
  const { rising, falling } = edges(samples, middle, (levels.high - levels.low) / 8);
  const first = rising[0];
  const last = rising.at(-1);
  if (first === undefined || last === undefined || rising.length < 3) return undefined;
  const periods = rising.length - 1;
  const duties: number[] = [];
  for (let i = 0; i < periods; i += 1) {
    const from = rising[i] as number;
    const to = rising[i + 1] as number;
    const inside = falling.filter((at) => at > from && at < to);
    if (inside.length !== 1) return undefined;
    duties.push((100 * ((inside[0] as number) - from)) / (to - from));
  }
  const duty = mean(duties);
  const spread = Math.sqrt(mean(duties.map((d) => (d - duty) ** 2)) / Math.max(1, duties.length - 1));
  return {
    periods,
    frequency_Hz: periods / ((last - first) * dt_s),
    duty_pct: duty,
    duty_s_pct: spread,
    high_V: levels.high,
    low_V: levels.low,
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/**
 * High and low level: medians of the samples in the upper and lower quarter of the range. Undefined when a sample is no
 * number. Counted loops: a capture has 200,000 samples, and this is most of a dry run's analysis.
 */
function levelsOf(samples: Float64Array): { high: number; low: number } | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < samples.length; i += 1) {
    const v = samples[i] as number;
    if (Number.isNaN(v)) return undefined;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  if (!Number.isFinite(max - min)) return undefined;
  const quarter = (max - min) / 4;
  const upper_V = max - quarter;
  const lower_V = min + quarter;
  const high = medianWhere(samples, upper_V, Number.POSITIVE_INFINITY);
  const low = medianWhere(samples, Number.NEGATIVE_INFINITY, lower_V);
  return high === undefined || low === undefined ? undefined : { high, low };
}

/**
 * Upper median of the samples above one level and below another. Most samples of an oscilloscope on a settled level have
 * one value: it is guessed and proved by counting, and only where the guess is wrong the samples are put in order.
 */
function medianWhere(samples: Float64Array, above: number, below: number): number | undefined {
  const guess = repeated(samples, above, below);
  let [count, less, same] = [0, 0, 0];
  for (let i = 0; i < samples.length; i += 1) {
    const v = samples[i] as number;
    if (!(v > above && v < below)) continue;
    count += 1;
    if (v < guess) less += 1;
    else if (v === guess) same += 1;
  }
  const wanted = count >> 1;
  if (wanted >= less && wanted < less + same) return guess;
  const inside = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const v = samples[i] as number;
    if (v > above && v < below) inside[at++] = v;
  }
  return median(inside);
}

/** The first value between two levels that comes three times in a row; NaN when none does. */
function repeated(samples: Float64Array, above: number, below: number): number {
  for (let i = 2; i < samples.length; i += 1) {
    const v = samples[i] as number;
    if (v > above && v < below && v === samples[i - 1] && v === samples[i - 2]) return v;
  }
  return Number.NaN;
}

/** Upper median by Hoare's selection, in place: sorting was slower by far. */
function median(values: Float64Array): number | undefined {
  const wanted = values.length >> 1;
  let [from, to] = [0, values.length - 1];
  while (from < to) {
    const pivot = values[(from + to) >> 1] as number;
    let [i, j] = [from, to];
    while (i <= j) {
      while ((values[i] as number) < pivot) i += 1;
      while ((values[j] as number) > pivot) j -= 1;
      if (i > j) break;
      const kept = values[i] as number;
      values[i] = values[j] as number;
      values[j] = kept;
      i += 1;
      j -= 1;
    }
    if (wanted <= j) to = j;
    else if (wanted >= i) from = i;
    else break;
  }
  return values[wanted];
}

/**
 * Crossings of the middle in samples, interpolated; a crossing counts when the signal leaves a dead band. Where it was
 * crossed last is looked for only then: most samples are far from an edge.
 */
function edges(samples: Float64Array, middle: number, band: number): { rising: number[]; falling: number[] } {
  const rising: number[] = [];
  const falling: number[] = [];
  const [upper, lower] = [middle + band, middle - band];
  let isHigh: boolean | undefined;
  for (let i = 1; i < samples.length; i += 1) {
    const v = samples[i] as number;
    if (isHigh === true ? v >= lower : isHigh === false ? v <= upper : v >= lower && v <= upper) continue;
    if (isHigh !== undefined) (isHigh ? falling : rising).push(lastCrossing(samples, middle, i));
    isHigh = v > upper;
  }
  return { rising, falling };
}

/** Before or at a sample that lies beyond the middle, of a signal that has been on the other side of it. */
function lastCrossing(samples: Float64Array, middle: number, at: number): number {
  let i = at;
  while (i > 1 && (samples[i - 1] as number) < middle === (samples[i] as number) < middle) i -= 1;
  const before = samples[i - 1] as number;
  return i - 1 + (middle - before) / ((samples[i] as number) - before);
}
