/**
 * Raw points of a run for a screen and for a file. A screen gets the least and the greatest of each stretch, so that no
 * peak is lost however far it stands back; a file gets every point as it was kept.
 */
import { decimate, drawable, within } from "../../../reports/decimate.ts";
import type { Unit } from "../../model/units.ts";
import type { SeriesAsked, SeriesView } from "../../station/reviewTypes.ts";
import type { Points } from "../../store/types.ts";
import { mustRead } from "./readers.ts";

/** Points of one drawing: two for each pixel of a wide screen. */
const drawn_max = 2400;
/** Lines of a file that are made at once: some 25 ms of work on the reference machine. */
const lines_max = 25_000;

type Kept = Points & { readonly unit: Unit };

/** The series that was asked for last: zooming and downloading read it from the disk once. */
export class SeriesShelf {
  private readonly store: string;
  private kept: { readonly key: string; readonly points: Kept } | undefined;

  constructor(store: string) {
    this.store = store;
  }

  /** @throws RigError RUN_UNKNOWN for a run or a series that is not there */
  private async points(run: number, series: string): Promise<Kept> {
    const found = await mustRead(this.store, (reader) => {
      const [row] = reader.list({ after: { run: run + 1, started: "" }, limit: 1 });
      const closed = row?.run === run && row.outcome !== undefined;
      const key = JSON.stringify([run, series, closed]);
      // A run that goes on grows: it is read each time.
      if (closed && this.kept?.key === key) return this.kept;
      return { key, points: reader.series(run, series) };
    });
    this.kept = found;
    return found.points;
  }

  async view({ run, series, from_s, to_s }: SeriesAsked): Promise<SeriesView> {
    const { t_s: x, values: y, unit } = await this.points(run, series);
    const [low, high] = [from_s ?? Number.NEGATIVE_INFINITY, to_s ?? Number.POSITIVE_INFINITY];
    const inside = within({ x, y }, low, high);
    const thin = decimate(inside, drawn_max);
    return {
      series,
      unit,
      total: x.length,
      first_s: x[0] ?? 0,
      last_s: x.at(-1) ?? 0,
      inside: inside.x.length,
      withoutValue: inside.y.reduce((n, v) => (drawable(v) ? n : n + 1), 0),
      t_s: [...thin.x],
      values: [...thin.y],
    };
  }

  /** From point `from` on; the first piece begins with the names of the columns. */
  async lines({ run, series, from_s, to_s, from }: SeriesAsked & { readonly from: number }) {
    const { t_s, values, unit } = await this.points(run, series);
    const end = Math.min(t_s.length, from + lines_max);
    const text: string[] = from === 0 ? [`bench time [s],value [${unit}]\r\n`] : [];
    for (let i = from; i < end; i += 1) {
      const [t = Number.NaN, value = Number.NaN] = [t_s[i], values[i]];
      if (t < (from_s ?? t) || t > (to_s ?? t)) continue;
      text.push(`${numberText(t)},${numberText(value)}\r\n`);
    }
    return { text: text.join(""), next: end >= t_s.length ? -1 : end };
  }
}

/** What is no number is said as such: an empty cell would read as nothing measured. */
const numberText = (value: number): string => (Number.isFinite(value) ? String(value) : "no number");
