/** A quick look at a run, also while it is written: its head without its events, and its latest capture of two channels. */
import { type Database, openToRead, storageError } from "./database.ts";
import { unpack } from "./seal.ts";
import type { RunHead } from "./types.ts";

export interface CapturedWave {
  /** Last part of the series' name: the channel. */
  readonly channel: string;
  readonly unit: string;
  readonly t0_s: number;
  readonly dt_s: number;
  readonly values: Float64Array;
}

export interface RawCapture {
  /** Rises within a run: asked with the last one, only a newer capture comes. */
  readonly id: number;
  /** Name of the capture, without the channel. */
  readonly name: string;
  readonly waves: readonly CapturedWave[];
}

/** As a page gets it: thinned, times from the start of the capture. */
export interface Capture {
  readonly id: number;
  readonly name: string;
  readonly waves: readonly {
    readonly channel: string;
    readonly unit: string;
    readonly t_s: readonly number[];
    readonly values: readonly number[];
  }[];
}

/** Evenly spaced series looked at, newest first: a capture has two of them. */
const looked_at = 8;

export class Glance {
  private readonly db: Database;
  private readonly dir: string;

  private constructor(db: Database, dir: string) {
    this.db = db;
    this.dir = dir;
  }

  static async open(dir: string): Promise<Glance> {
    return new Glance(await openToRead(dir), dir);
  }

  head(run: number): RunHead | undefined {
    return this.guarded(() => {
      const row = this.db.prepare("SELECT head FROM run WHERE run = ?").get(run);
      return row === undefined ? undefined : (JSON.parse(String(row["head"])) as RunHead);
    });
  }

  /** The newest capture with all `channels`, its series newer than `after`. A repeated wave of one name is its own. */
  capture(run: number, channels: readonly string[], after: number): RawCapture | undefined {
    return this.guarded(() => {
      const rows = this.db
        .prepare(
          `SELECT id, name, unit, t0_s, dt_s FROM series
           WHERE run = ? AND dt_s IS NOT NULL AND id > ? ORDER BY id DESC LIMIT ?`,
        )
        .all(run, after, looked_at)
        .map((row) => ({ ...split(String(row["name"])), row }));
      for (const { name } of rows) {
        const of = channels.map((channel) => rows.find((one) => one.name === name && one.channel === channel));
        if (!of.every((one) => one !== undefined)) continue;
        const waves = of.map(
          ({ channel, row }): CapturedWave => ({
            channel,
            unit: String(row["unit"]),
            t0_s: Number(row["t0_s"]),
            dt_s: Number(row["dt_s"]),
            values: this.values(run, Number(row["id"])),
          }),
        );
        return { id: Math.max(...of.map(({ row }) => Number(row["id"]))), name, waves };
      }
      return undefined;
    });
  }

  close(): void {
    this.db.close();
  }

  private values(run: number, series: number): Float64Array {
    const chunks = this.db
      .prepare("SELECT deflated, data FROM chunk WHERE run = ? AND series = ? ORDER BY first")
      .all(run, series)
      .map((chunk) => unpack(chunk["data"] as Uint8Array, chunk["deflated"] === 1));
    const bytes = Buffer.concat(chunks);
    return new Float64Array(new Uint8Array(bytes).buffer);
  }

  private guarded<R>(body: () => R): R {
    try {
      return body();
    } catch (error) {
      throw storageError("cannot look at a run in", this.dir, error);
    }
  }
}

/** `pilot/bypass/B/5/CP_S#2` is channel CP_S of the second `pilot/bypass/B/5`. */
function split(series: string): { readonly name: string; readonly channel: string } {
  const cut = series.lastIndexOf("/");
  const again = /#\d+$/.exec(series)?.[0] ?? "";
  return {
    name: `${series.slice(0, cut)}${again}`,
    channel: series.slice(cut + 1, again === "" ? undefined : -again.length),
  };
}
