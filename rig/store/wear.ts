/**
 * How often each relay was closed, counted from the records of closed runs: every pattern that was sent and holds a relay
 * that the one before did not. Relays that were closed when a trip came with the source on are counted besides: the safety
 * chain may have made them break its current.
 */
import { existsSync } from "node:fs";
import type { Data } from "../model/data.ts";
import { type Database, openToRead, storageError, storeFile } from "./database.ts";

export interface Wear {
  /** Runs up to this one are in it. */
  readonly upTo: number;
  readonly runs: number;
  readonly closings: Readonly<Record<string, number>>;
  /** Trips with the source on while it was closed. */
  readonly breaks: Readonly<Record<string, number>>;
}

export const noWear: Wear = { upTo: 0, runs: 0, closings: {}, breaks: {} };

/**
 * Adds the runs of one bench after `before`. Lets others go on between two runs. @throws RigError STORAGE_FAILED
 */
export async function countWear(
  dir: string,
  of: { readonly bench: string; readonly simulated: boolean },
  before: Wear = noWear,
): Promise<Wear> {
  if (!existsSync(storeFile(dir))) return before;
  const db = await openToRead(dir);
  try {
    const runs = db
      .prepare(
        `SELECT run FROM run WHERE run > ? AND hash IS NOT NULL AND simulated = ?
         AND json_extract(head, '$.bench.id') = ? ORDER BY run`,
      )
      .all(before.upTo, of.simulated ? 1 : 0, of.bench)
      .map((row) => Number(row["run"]));
    const tally = new Tally(before);
    for (const run of runs) {
      tally.run(run, switchingOf(db, run));
      await new Promise((resolve) => setImmediate(resolve));
    }
    return tally.wear();
  } catch (error) {
    throw storageError("cannot count the closings in", dir, error);
  } finally {
    db.close();
  }
}

interface Switching {
  readonly type: string;
  readonly command?: { readonly role?: Data; readonly op?: Data; readonly args?: Data };
}

/** The events that matter, by their text: few of many, and only they are read whole. */
const switchingOf = (db: Database, run: number): readonly Switching[] =>
  db
    .prepare(
      `SELECT text FROM event WHERE run = ? AND (type = 'tripped' OR type = 'issued' AND
         (text LIKE '%"op":"pattern"%' OR text LIKE '%"op":"output"%"role":"source"%')) ORDER BY seq`,
    )
    .all(run)
    .map((row) => JSON.parse(String(row["text"])) as Switching);

class Tally {
  private upTo: number;
  private runs: number;
  private readonly closings: Map<string, number>;
  private readonly breaks: Map<string, number>;

  constructor(before: Wear) {
    this.upTo = before.upTo;
    this.runs = before.runs;
    this.closings = new Map(Object.entries(before.closings));
    this.breaks = new Map(Object.entries(before.breaks));
  }

  /** A run begins and ends with every relay open. */
  run(run: number, events: readonly Switching[]): void {
    const closed = new Map<string, ReadonlySet<string>>();
    let sourceOn = false;
    for (const { type, command } of events) {
      const args = (command?.args ?? {}) as { readonly closed?: readonly string[]; readonly on?: boolean };
      const role = String(command?.role ?? "");
      if (type === "tripped") {
        if (sourceOn) for (const set of closed.values()) for (const relay of set) add(this.breaks, relay);
        sourceOn = false;
      } else if (command?.op === "output") sourceOn = args.on === true;
      else {
        const before = closed.get(role) ?? new Set();
        const now = new Set(args.closed ?? []);
        for (const relay of now) if (!before.has(relay)) add(this.closings, relay);
        closed.set(role, now);
      }
    }
    this.upTo = run;
    this.runs += 1;
  }

  wear(): Wear {
    const { upTo, runs, closings, breaks } = this;
    return { upTo, runs, closings: Object.fromEntries(closings), breaks: Object.fromEntries(breaks) };
  }
}

const add = (to: Map<string, number>, relay: string): void => void to.set(relay, (to.get(relay) ?? 0) + 1);
