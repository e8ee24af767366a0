/** The series of a run that is being written: their names, how many points there may be, and when they go to the worker. */
import type { SeriesRef, Waveform } from "../kinds/kinds.ts";
import { RigError } from "../model/errors.ts";
import type { Unit } from "../model/units.ts";
import type { PointsMessage, Stored } from "./messages.ts";
import { Series, Wave } from "./series.ts";
import type { Points } from "./types.ts";

/** Points of a run in memory: 16 B each, 8 B in a capture. Two inlets with all their captures come to some 10 million. */
const points_max = 16_000_000;
/** Points are handed over at least this often, so that they are on disk within a second. */
const points_every_ms = 900;

/** The journal that the series belong to. */
export interface SeriesOwner {
  isOpen(): boolean;
  /** STORAGE_FAILED when it is finished or broken. */
  ensureOpen(): void;
  send(message: PointsMessage): void;
  /** Breaks the journal; gives the error to throw. */
  fail(error: RigError): RigError;
}

export class RunSeries {
  private readonly owner: SeriesOwner;
  private readonly byName = new Map<string, Series | Wave>();
  private before: Pick<Stored, "series" | "nextSeries"> = { series: [], nextSeries: 0 };
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(owner: SeriesOwner) {
    this.owner = owner;
  }

  /** Series of a writer before this one keep their names; what comes now is stored beside them. */
  goOn(before: Pick<Stored, "series" | "nextSeries">): void {
    this.before = before;
  }

  /** Names of the series that a writer before this one had stored. */
  get stored(): readonly string[] {
    return this.before.series;
  }

  keep(wave: Waveform & { readonly series: string }): SeriesRef<"V"> {
    this.owner.ensureOpen();
    const { t0_s, dt_s, values } = wave;
    if (!Number.isFinite(t0_s) || !(dt_s > 0)) throw new RangeError(`series ${wave.series}: spacing ${dt_s} s`);
    const name = this.freeName(wave.series);
    this.add(values.length);
    const kept = new Wave(this.nextId(), name, wave.unit, { t0_s, dt_s }, values);
    this.byName.set(name, kept);
    for (const message of kept.messages()) this.owner.send(message);
    return { series: name, unit: wave.unit, points: values.length };
  }

  point(name: string, unit: Unit, t_s: number, value: number): void {
    let series = this.byName.get(name);
    if (series === undefined) {
      this.owner.ensureOpen();
      series = new Series(this.nextId(), this.freeName(name), unit);
      this.byName.set(name, series);
    }
    if (series instanceof Wave || series.unit !== unit || !Number.isFinite(t_s)) {
      throw new RangeError(`series ${name} cannot take a point in ${unit} at ${t_s} s`);
    }
    this.add(1);
    if (series.add(t_s, value)) this.send(series);
    else this.timer ??= setTimeout(() => this.sendAll(), points_every_ms);
  }

  points(name: string, from: number): Points {
    const series = this.byName.get(name);
    return series?.points(from) ?? { t_s: new Float64Array(0), values: new Float64Array(0), total: 0 };
  }

  /** Whatever the worker has not got. */
  sendAll(): void {
    this.end();
    if (!this.owner.isOpen()) return;
    for (const series of this.byName.values()) if (series instanceof Series) this.send(series);
  }

  /** Sends nothing by itself any more. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private freeName(name: string): string {
    const taken = [...this.byName.values()].map((one) => one.name);
    const all = new Set([...this.before.series, ...taken]);
    let free = name;
    for (let n = 2; all.has(free); n++) free = `${name}#${n}`;
    return free;
  }

  private nextId(): number {
    return this.before.nextSeries + this.byName.size;
  }

  private add(points: number): void {
    if (!this.owner.isOpen()) this.owner.ensureOpen();
    this.count += points;
    if (this.count <= points_max) return;
    throw this.owner.fail(new RigError("STORAGE_FAILED", `the run has more than ${points_max} points`, { points_max }));
  }

  private send(series: Series): void {
    for (let message = series.unsent(); message !== undefined; message = series.unsent()) {
      this.owner.send(message);
    }
  }
}
