/** A journal that keeps everything in memory: preflight, coverage and tests. Nothing here is evidence. */
import type { SeriesRef } from "../kinds/kinds.ts";
import type { Clock } from "../model/clock.ts";
import type { Unit } from "../model/units.ts";
import type { Outcome } from "../model/verdict.ts";
import type { Event, EventBody, Journal, Points, RunHead } from "../store/types.ts";

interface Kept {
  readonly unit: Unit;
  t_s: Float64Array;
  values: Float64Array;
  count: number;
}

export interface MemoryJournal extends Journal {
  readonly events: readonly Event[];
  readonly outcome: Outcome | undefined;
  series(name: string, from: number, total: number): Omit<Points, "total">;
}

export function memoryJournal(run: RunHead, clock: Clock): MemoryJournal {
  const events: Event[] = [];
  const all = new Map<string, Kept>();
  let outcome: Outcome | undefined;

  const kept = (name: string, unit: Unit): Kept => {
    let series = all.get(name);
    if (!series) {
      series = { unit, t_s: new Float64Array(256), values: new Float64Array(256), count: 0 };
      all.set(name, series);
    }
    return series;
  };
  const part = (name: string, from: number, total?: number): Points => {
    const series = all.get(name);
    const end = Math.min(series?.count ?? 0, total ?? Number.POSITIVE_INFINITY);
    return {
      t_s: series?.t_s.slice(from, end) ?? new Float64Array(),
      values: series?.values.slice(from, end) ?? new Float64Array(),
      total: series?.count ?? 0,
    };
  };

  return {
    run,
    events,
    get outcome() {
      return outcome;
    },
    broken: new AbortController().signal,
    append(body: EventBody): number {
      const seq = events.length + 1;
      events.push({ ...body, seq, bench_s: clock.bench_s(), utc: run.started });
      return seq;
    },
    durable: () => Promise.resolve(),
    keep(wave): SeriesRef<"V"> {
      const series = kept(wave.series, wave.unit);
      // A plain loop: `from` with a callback takes 50 times as long for a capture's 200,000 samples.
      series.t_s = new Float64Array(wave.values.length);
      for (let i = 0; i < series.t_s.length; i++) series.t_s[i] = wave.t0_s + i * wave.dt_s;
      series.values = wave.values;
      series.count = wave.values.length;
      return { series: wave.series, unit: "V", points: series.count };
    },
    point(name, unit, t_s, value): void {
      const series = kept(name, unit);
      if (series.count === series.t_s.length) {
        series.t_s = grown(series.t_s);
        series.values = grown(series.values);
      }
      series.t_s[series.count] = t_s;
      series.values[series.count] = value;
      series.count += 1;
    },
    points: (name, from) => part(name, from),
    series: (name, from, total) => part(name, from, total),
    async finish(result): Promise<void> {
      outcome = result;
    },
  };
}

function grown(array: Float64Array): Float64Array {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
