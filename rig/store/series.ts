/**
 * The points of a run in memory: 16 B a point (time and value) or 8 B when evenly spaced, in shared pages that are never
 * copied when a series grows and that the worker reads in place; and what of them the worker has not got yet. A page is
 * only ever appended to, and the worker is told of points after they are written.
 */
import type { Unit } from "../model/units.ts";
import type { PointsMessage } from "./messages.ts";
import type { Points, SeriesInfo } from "./types.ts";

/** Points in a page of an irregular series (16 KiB), and the most in a row of the database. */
const page_points = 1024;
/** A row of the database is closed when it has this many points; a shorter one grows with each flush. */
const row_points_min = 256;
/** Evenly spaced samples in a row: 256 KiB. */
const even_row_points = 32768;

const shared = (numbers: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * numbers));

export class Series {
  readonly id: number;
  readonly name: string;
  readonly unit: Unit;
  count = 0;
  /** Points that the worker has; `rowStart` is the first of the row that may still grow. */
  private sent = 0;
  private rowStart = 0;
  private readonly pages: Float64Array[] = [];

  constructor(id: number, name: string, unit: Unit) {
    this.id = id;
    this.name = name;
    this.unit = unit;
  }

  /** True when a page is full. */
  add(t_s: number, value: number): boolean {
    const at = this.count % page_points;
    if (at === 0) this.pages.push(shared(2 * page_points));
    const page = this.pages[this.pages.length - 1] as Float64Array;
    page[2 * at] = t_s;
    page[2 * at + 1] = value;
    this.count += 1;
    return at === page_points - 1;
  }

  /** Pairs of time and value from `from` up to, not including, `to`. */
  private pairs(from: number, to: number): Float64Array {
    const out = new Float64Array(2 * (to - from));
    for (let at = from; at < to; ) {
      const start = at % page_points;
      const n = Math.min(page_points - start, to - at);
      const page = this.pages[Math.floor(at / page_points)] as Float64Array;
      out.set(page.subarray(2 * start, 2 * (start + n)), 2 * (at - from));
      at += n;
    }
    return out;
  }

  /** What the worker lacks, at most one row; undefined when it has all. */
  unsent(): PointsMessage | undefined {
    if (this.sent === this.count) return undefined;
    const first = this.rowStart;
    const page = Math.floor(first / page_points);
    const end = Math.min(this.count, (page + 1) * page_points);
    const offset = page * page_points;
    const data = (this.pages[page] as Float64Array).subarray(2 * (first - offset), 2 * (end - offset));
    const { id, name, unit, sent } = this;
    this.sent = end;
    if (end - first >= row_points_min || end === offset + page_points) this.rowStart = end;
    return { is: "points", series: id, name, unit, first, fresh: sent, data };
  }

  points(from: number): Points {
    const start = Math.min(Math.max(0, Math.trunc(from)), this.count);
    return unpair(this.pairs(start, this.count), this.count);
  }

  info(): SeriesInfo {
    return { series: this.name, unit: this.unit, points: this.count };
  }
}

/** Splits pairs of time and value. */
export function unpair(pairs: Float64Array, total: number): Points {
  const n = pairs.length / 2;
  const t_s = new Float64Array(n);
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    t_s[i] = pairs[2 * i] as number;
    values[i] = pairs[2 * i + 1] as number;
  }
  return { t_s, values, total };
}

/** An evenly spaced series: written once, whole. */
export class Wave {
  readonly id: number;
  readonly name: string;
  readonly unit: Unit;
  private readonly t0_s: number;
  private readonly dt_s: number;
  private readonly values: Float64Array;

  constructor(id: number, name: string, unit: Unit, spacing: { t0_s: number; dt_s: number }, values: Float64Array) {
    this.id = id;
    this.name = name;
    this.unit = unit;
    this.t0_s = spacing.t0_s;
    this.dt_s = spacing.dt_s;
    this.values = shared(values.length);
    this.values.set(values);
  }

  get count(): number {
    return this.values.length;
  }

  /** All of it as rows; an empty wave is one empty row. */
  messages(): PointsMessage[] {
    const { id, name, unit, t0_s, dt_s } = this;
    const out: PointsMessage[] = [];
    for (let first = 0; first === 0 || first < this.count; first += even_row_points) {
      const data = this.values.subarray(first, first + even_row_points);
      out.push({ is: "points", series: id, name, unit, even: { t0_s, dt_s }, first, fresh: first, data });
    }
    return out;
  }

  points(from: number): Points {
    const start = Math.min(Math.max(0, Math.trunc(from)), this.count);
    return spread(
      Float64Array.from(this.values.subarray(start)),
      start,
      { t0_s: this.t0_s, dt_s: this.dt_s },
      this.count,
    );
  }
}

/** Gives evenly spaced values their times; `start` is the index of the first. */
export function spread(
  values: Float64Array,
  start: number,
  even: { readonly t0_s: number; readonly dt_s: number },
  total: number,
): Points {
  const t_s = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) t_s[i] = even.t0_s + (start + i) * even.dt_s;
  return { t_s, values, total };
}
