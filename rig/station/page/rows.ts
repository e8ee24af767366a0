/** Curves as rows on one time axis: a sensor that several parts of the procedure watched is one row. */
import { curves } from "./state.ts";

export interface Sensor {
  readonly name: string;
  /** Of the series that read it, one after the other. */
  readonly series: readonly string[];
  readonly last: number | undefined;
}

/** Last part of a series' name: `thermal/T.evse.DC+` is read by T.evse.DC+. */
const sensorOf = (series: string): string => (series.split("/").at(-1) ?? "").replace(/#\d+$/, "");

/** Sensors whose series have `part` in their name, by name. */
export function sensors(part: string): readonly Sensor[] {
  const found = new Map<string, string[]>();
  for (const series of curves.keys()) {
    if (!series.includes(part)) continue;
    const name = sensorOf(series);
    const known = found.get(name);
    if (known) known.push(series);
    else found.set(name, [series]);
  }
  return [...found]
    .map(([name, series]) => ({ name, series, last: newest(series) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Of the series that was read last. */
const newest = (series: readonly string[]): number | undefined =>
  series
    .map((name) => curves.get(name))
    .reduce((a, b) => ((b?.until_s ?? Number.NEGATIVE_INFINITY) > (a?.until_s ?? Number.NEGATIVE_INFINITY) ? b : a))
    ?.last;

export interface Rows {
  readonly t_s: number[];
  readonly values: (number | null)[][];
}

interface Line {
  readonly t_s: readonly number[];
  readonly values: readonly number[];
}

/** One time axis for all: curves of one scan have the same times; others leave gaps. */
export function rowsOf(all: readonly Sensor[], scale: number): Rows {
  const lines = all.map(({ series }) => joined(series));
  const [first] = lines;
  if (first && lines.every(({ t_s }) => sameTimes(t_s, first.t_s))) {
    return { t_s: [...first.t_s], values: lines.map(({ values }) => values.map((value) => value * scale)) };
  }
  const t_s = [...new Set(lines.flatMap((line) => line.t_s))].sort((a, b) => a - b);
  const values = lines.map((line) => {
    let i = 0;
    return t_s.map((t) => {
      if (line.t_s[i] !== t) return null;
      i += 1;
      return (line.values[i - 1] ?? Number.NaN) * scale;
    });
  });
  return { t_s, values };
}

/** In order of time, each time once. */
function joined(series: readonly string[]): Line {
  const parts = series
    .map((name) => curves.get(name)?.drawn() ?? { t_s: [], values: [] })
    .filter(({ t_s }) => t_s.length > 0)
    .sort((a, b) => (a.t_s[0] ?? 0) - (b.t_s[0] ?? 0));
  const [only] = parts;
  if (parts.length < 2) return only ?? { t_s: [], values: [] };
  const t_s: number[] = [];
  const values: number[] = [];
  for (const part of parts) {
    for (const [i, t] of part.t_s.entries()) {
      if (t <= (t_s.at(-1) ?? Number.NEGATIVE_INFINITY)) continue;
      t_s.push(t);
      values.push(part.values[i] ?? Number.NaN);
    }
  }
  return { t_s, values };
}

const sameTimes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((t, i) => t === b[i]);
