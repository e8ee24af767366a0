/** Series of a run in memory: what monitors and captures give, by name. */
import type { SeriesRef, Waveform } from "../kinds/kinds.ts";
import type { Unit } from "../model/units.ts";
import type { Points } from "../store/types.ts";

/** One series, as far as it has got. */
export class Kept {
  t_s: Float64Array = new Float64Array(256);
  values: Float64Array = new Float64Array(256);
  count = 0;

  add(t_s: number, value: number): void {
    if (this.count === this.t_s.length) {
      this.t_s = grown(this.t_s);
      this.values = grown(this.values);
    }
    this.t_s[this.count] = t_s;
    this.values[this.count] = value;
    this.count += 1;
  }
}

export class MemorySeries {
  readonly #all = new Map<string, Kept>();
  #last: { readonly t0_s: number; readonly dt_s: number; readonly t_s: Float64Array } | undefined;

  point(name: string, _unit: Unit, t_s: number, value: number): void {
    this.of(name).add(t_s, value);
  }

  keep(wave: Waveform & { readonly series: string }): SeriesRef<"V"> {
    const series = this.of(wave.series);
    series.t_s = this.#times(wave);
    series.values = wave.values;
    series.count = wave.values.length;
    return { series: wave.series, unit: "V", points: series.count };
  }

  /** Channels of one capture have the same times. */
  #times({ t0_s, dt_s, values: { length } }: Waveform): Float64Array {
    const last = this.#last;
    if (last?.t0_s === t0_s && last.dt_s === dt_s && last.t_s.length === length) return last.t_s;
    // A plain loop: `from` with a callback takes 50 times as long for a capture's 200,000 samples.
    const t_s = new Float64Array(length);
    for (let i = 0; i < length; i++) t_s[i] = t0_s + i * dt_s;
    this.#last = { t0_s, dt_s, t_s };
    return t_s;
  }

  /** From a point on, up to the end or to a number of points. Views, not copies: nobody writes into what was read. */
  points(name: string, from: number, total = Number.POSITIVE_INFINITY): Points {
    const series = this.#all.get(name);
    if (series === undefined) return { t_s: nothing, values: nothing, total: 0 };
    const end = Math.min(series.count, total);
    return { t_s: series.t_s.subarray(from, end), values: series.values.subarray(from, end), total: series.count };
  }

  /** The series of this name, for whoever adds to it again and again. */
  of(name: string): Kept {
    const known = this.#all.get(name);
    if (known !== undefined) return known;
    const made = new Kept();
    this.#all.set(name, made);
    return made;
  }
}

const nothing = new Float64Array();

function grown(array: Float64Array): Float64Array {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
