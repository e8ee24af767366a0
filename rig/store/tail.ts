/** Follows a run while another process writes it: events and points after those that were seen. Only what is durable shows. */
import { statSync } from "node:fs";
import { RigError } from "../model/errors.ts";
import { type Database, openToRead, type Statement, storageError, storeFile } from "./database.ts";
import { unpack } from "./seal.ts";
import { unpair } from "./series.ts";
import type { Event } from "./types.ts";

export interface NewPoints {
  readonly series: string;
  readonly unit: string;
  /** Index of the first of them. */
  readonly from: number;
  readonly t_s: readonly number[];
  readonly values: readonly number[];
}

/** How far a follower has read the series of one run; begins empty. */
export interface SeriesPlaces {
  /** By id of the series: points that were read, and where the row begins that may still grow. */
  readonly byId: Map<number, { seen: number; row: number }>;
}

export const noPlaces = (): SeriesPlaces => ({ byId: new Map() });

/** Rows of one series that are read at once: some 8,000 points at most. */
const rows_max = 8;

export class Tail {
  private readonly db: Database;
  private readonly dir: string;
  /** The file that is open, to notice when another or none stands in its place. */
  private readonly inode: number;
  private readonly version: Statement;
  private readonly ofEvents: Statement;
  private readonly ofSeries: Statement;
  private readonly ofChunks: Statement;
  private seenVersion = -1;

  private constructor(db: Database, dir: string) {
    this.db = db;
    this.dir = dir;
    this.inode = inodeOf(dir) ?? -1;
    this.version = db.prepare("PRAGMA data_version");
    this.ofEvents = db.prepare("SELECT seq, type, text FROM event WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?");
    this.ofSeries = db.prepare("SELECT id, name, unit FROM series WHERE run = ? AND dt_s IS NULL");
    this.ofChunks = db.prepare(
      `SELECT first, count, deflated, data FROM chunk WHERE run = ? AND series = ? AND first >= ? ORDER BY first LIMIT ${rows_max}`,
    );
  }

  static async open(dir: string): Promise<Tail> {
    return new Tail(await openToRead(dir), dir);
  }

  /**
   * Whether somebody has written since this was asked last. @throws RigError STORAGE_FAILED when the file that is read is
   * no longer the store's
   */
  changed(): boolean {
    return this.guarded(() => {
      if (inodeOf(this.dir) !== this.inode) {
        const why = "it was moved away or replaced while a run was followed";
        throw new RigError("STORAGE_FAILED", `${storeFile(this.dir)}: ${why}`);
      }
      const version = Number(this.version.get()?.["data_version"]);
      const changed = version !== this.seenVersion;
      this.seenVersion = version;
      return changed;
    });
  }

  /** Events of these types (all) with a seq above `after`, in order, of the next `limit`; `last` is the last one that was looked at. */
  events(
    run: number,
    after: number,
    limit: number,
    types?: ReadonlySet<string>,
  ): { readonly events: readonly Event[]; readonly last: number; readonly more: boolean } {
    return this.guarded(() => {
      const events: Event[] = [];
      let last = after;
      let rows = 0;
      for (const row of this.ofEvents.iterate(run, after, limit)) {
        last = Number(row["seq"]);
        rows += 1;
        if (types === undefined || types.has(String(row["type"])))
          events.push(JSON.parse(String(row["text"])) as Event);
      }
      return { events, last, more: rows === limit };
    });
  }

  /**
   * Irregular series whose name begins with one of `prefixes`: what follows `places`, which moves on. `more`: there is more
   * than is read at once.
   */
  points(
    run: number,
    prefixes: readonly string[],
    places: SeriesPlaces,
  ): { readonly points: readonly NewPoints[]; readonly more: boolean } {
    return this.guarded(() => {
      let more = false;
      const points: NewPoints[] = [];
      for (const row of this.ofSeries.all(run)) {
        const series = String(row["name"]);
        if (!prefixes.some((prefix) => series.startsWith(prefix))) continue;
        const id = Number(row["id"]);
        const place = places.byId.get(id) ?? { seen: 0, row: 0 };
        places.byId.set(id, place);
        const from = place.seen;
        const { t_s, values, rows } = this.readRows(run, id, place);
        more ||= rows === rows_max;
        if (t_s.length > 0) points.push({ series, unit: String(row["unit"]), from, t_s, values });
      }
      return { points, more };
    });
  }

  /** A row may grow until the next one begins: the last one is read again. */
  private readRows(run: number, id: number, place: { seen: number; row: number }) {
    const t_s: number[] = [];
    const values: number[] = [];
    const rows = this.ofChunks.all(run, id, place.row);
    for (const chunk of rows) {
      const [first, count] = [Number(chunk["first"]), Number(chunk["count"])];
      place.row = first;
      if (first + count <= place.seen) continue;
      const bytes = unpack(chunk["data"] as Uint8Array, chunk["deflated"] === 1);
      const known = unpair(new Float64Array(bytes.slice().buffer), count);
      const skip = Math.max(0, place.seen - first);
      t_s.push(...known.t_s.subarray(skip));
      values.push(...known.values.subarray(skip));
      place.seen = first + count;
    }
    return { t_s, values, rows: rows.length };
  }

  close(): void {
    this.db.close();
  }

  private guarded<R>(body: () => R): R {
    try {
      return body();
    } catch (error) {
      throw storageError("cannot follow a run in", this.dir, error);
    }
  }
}

const inodeOf = (dir: string): number | undefined => statSync(storeFile(dir), { throwIfNoEntry: false })?.ino;
