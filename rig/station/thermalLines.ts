/**
 * What stands beside measured temperatures: the limit, and where the procedure predicts the final one to be. Both are the
 * program's own: the limit of the run's limits document over the ambient as measured, the prediction from the record.
 */
import type { ThermalLimits } from "./result.ts";

/** Body of a note "prediction" (procedures/routines/thermalPrediction.ts), with the bench time at which it was made. */
export interface Prediction {
  readonly bench_s: number;
  readonly contact: string;
  /** Final rise over the ambient and its band, K; null: nothing could be predicted. */
  readonly R_K: number | null;
  readonly band_K: number | null;
}

export interface RiseLimit {
  /** Above the ambient, K. */
  readonly rise_K: number;
  /** Of the limits document. */
  readonly row: "th.rise" | "th.contact.abs";
}

/** The limit that this run judges contacts by; undefined: it judges none. */
export function limitOf(limits: ThermalLimits | undefined, planned: readonly string[]): RiseLimit | undefined {
  const judges = (row: string): boolean => planned.some((id) => id === row || id.startsWith(`${row}/`));
  if (limits?.rise_K !== undefined && judges("th.rise")) return { rise_K: limits.rise_K, row: "th.rise" };
  const { absolute } = limits ?? {};
  // A temperature projected to an ambient is a rise over that ambient.
  if (absolute && judges("th.contact.abs")) return { rise_K: absolute.degC - absolute.at_degC, row: "th.contact.abs" };
  return undefined;
}

export type Row = readonly (number | null)[];

/** The limit over the ambient at each time. */
export const limitRow = (ambient: Row, limit: RiseLimit): Row =>
  ambient.map((degC) => (degC === null ? null : degC + limit.rise_K));

export interface Band {
  readonly contact: string;
  /** The latest prediction of it. */
  readonly rise_K: number;
  readonly band_K: number;
  readonly low: Row;
  readonly high: Row;
}

/** Band of the contact that is predicted to get hottest, from each prediction on until the next; nothing before the first. */
export function bandOf(times: readonly number[], ambient: Row, predictions: readonly Prediction[]): Band | undefined {
  const last = new Map(predictions.map((one) => [one.contact, one]));
  const hottest = [...last.values()]
    .filter(known)
    .reduce<Known | undefined>((a, b) => (a && a.R_K + a.band_K >= b.R_K + b.band_K ? a : b), undefined);
  if (!hottest) return undefined;
  const own = predictions.filter(({ contact }) => contact === hottest.contact);
  const edge = (side: 1 | -1): Row =>
    times.map((t, i) => {
      const now = own.findLast(({ bench_s }) => bench_s <= t);
      const degC = ambient[i] ?? null;
      return now && known(now) && degC !== null ? degC + now.R_K + side * now.band_K : null;
    });
  const { contact, R_K: rise_K, band_K } = hottest;
  return { contact, rise_K, band_K, low: edge(-1), high: edge(1) };
}

type Known = Prediction & { readonly R_K: number; readonly band_K: number };
const known = (one: Prediction): one is Known => one.R_K !== null && one.band_K !== null;

/** Mean of rows at each time; a time at which one of them has no value has none, but the last known one goes on. */
export function meanRow(rows: readonly Row[], count: number): Row {
  let last: number | null = null;
  return Array.from({ length: count }, (_, i) => {
    const values = rows.map((row) => row[i] ?? null);
    if (values.length > 0 && values.every((value) => value !== null && Number.isFinite(value))) {
      last = values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
    }
    return last;
  });
}
