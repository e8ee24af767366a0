/** Reads runs, read-only, also while a controller writes; and closes runs whose writer died. E3. */
import { existsSync } from "node:fs";
import { RigError } from "../model/errors.ts";
import { isUnit, type Unit } from "../model/units.ts";
import type { Outcome } from "../model/verdict.ts";
import { type ChainedRun, faultOf, noHash } from "./chain.ts";
import {
  type Accepted,
  closeStore,
  type Database,
  inTransaction,
  openStore,
  openToRead,
  type Row,
  storageError,
  storeFile,
  type Value,
} from "./database.ts";
import { idOf, runOf } from "./ids.ts";
import { type LedgerSeen, ledgersSeen } from "./ledgerSeen.ts";
import { isAlive } from "./process.ts";
import { recordOf } from "./record.ts";
import { limitOf, type RunFilter, runQuery } from "./runFilter.ts";
import { type ClosedRun, closeGone, closeOne, sealedSeries, storedHashes, unpack } from "./seal.ts";
import { spread, unpair } from "./series.ts";
import type { Event, Points, RunHead, RunRecord, SeriesInfo } from "./types.ts";

/** One line of a list. */
export interface RunRow {
  readonly run: number;
  readonly id: string;
  readonly started: string;
  readonly ended?: string;
  readonly procedure: string;
  readonly adapter: string;
  readonly serial: string;
  readonly operator: string;
  readonly simulated: boolean;
  /** Absent while the run goes on. */
  readonly outcome?: Outcome;
}

export interface Reader {
  /** Newest first. */
  list(filter?: RunFilter): RunRow[];
  /** How many runs there are of these, as far as `most`: counting stops there. Pages and limits do not matter. */
  count(filter: RunFilter, most: number): number;
  /** What the closed runs of this store were made by, and of. */
  kinds(): { readonly procedures: readonly string[]; readonly adapters: readonly string[] };
  /** By number or id. RUN_UNKNOWN. */
  record(run: number | string): RunRecord;
  /** Points of a series of a run. RUN_UNKNOWN, also for a series that the run has not. */
  series(run: number | string, name: string): Points & { readonly unit: Unit };
  /** What is wrong with the hash chain of this run, in words; undefined when it holds. */
  fault(run: number | string): string | undefined;
  /** What runs had seen of the ledger, each state once. */
  ledgersSeen(): readonly LedgerSeen[];
  close(): void;
}

/** FILE_UNREADABLE when there is no store in the directory, STORE_OLD when its version is older and not accepted. */
export async function openReader(dir: string, accepted: Accepted = "newest"): Promise<Reader> {
  return new StoreReader(await openToRead(dir, undefined, accepted), dir);
}

/** At start: closes runs without outcome whose writer is gone. A store that does not exist has none. */
export async function closeInterrupted(dir: string): Promise<readonly ClosedRun[]> {
  if (!existsSync(storeFile(dir))) return [];
  const db = await openStore(dir);
  try {
    // Runs that this process writes belong to a living program: createRun alone closes what it gave up itself.
    return closeGone(db).closed;
  } catch (error) {
    throw storageError("cannot close an interrupted run in", dir, error);
  } finally {
    closeStore(db);
  }
}

/** Closes one run that is not gone on with, and says why in its first cause. STORAGE_FAILED while it is written. */
export async function closeRun(dir: string, run: number, why: string): Promise<ClosedRun> {
  const db = await openStore(dir);
  try {
    const row = db.prepare("SELECT writer_pid, writer_start FROM run WHERE run = ? AND hash IS NULL").get(run);
    if (row === undefined) throw new RigError("RUN_UNKNOWN", `there is no interrupted run ${run} in ${dir}`, {});
    const pid = Number(row["writer_pid"]);
    if (isAlive({ pid, start: String(row["writer_start"]) }))
      throw new RigError("STORAGE_FAILED", `process ${pid} is writing ${idOf(run)}`, { pid });
    const outcome = inTransaction(db, () => closeOne(db, run, why));
    if (outcome === undefined) throw new RigError("RUN_UNKNOWN", `${idOf(run)} was closed in this moment`, {});
    return { run, id: idOf(run), outcome };
  } catch (error) {
    throw storageError("cannot close a run in", dir, error);
  } finally {
    closeStore(db);
  }
}

const optional = <K extends string>(key: K, value: Value | undefined): { readonly [P in K]?: string } =>
  (typeof value === "string" ? { [key]: value } : {}) as { readonly [P in K]?: string };

const outcomeIn = (row: Row): { readonly outcome?: Outcome } =>
  typeof row["outcome"] === "string" ? { outcome: JSON.parse(row["outcome"]) as Outcome } : {};

const rowOf = (row: Row): RunRow => ({
  run: Number(row["run"]),
  id: idOf(Number(row["run"])),
  started: String(row["started"]),
  ...optional("ended", row["ended"]),
  procedure: String(row["procedure"]),
  adapter: String(row["adapter"]),
  serial: String(row["serial"]),
  operator: String(row["operator"]),
  simulated: row["simulated"] === 1,
  ...outcomeIn(row),
});

class StoreReader implements Reader {
  private readonly db: Database;
  private readonly dir: string;

  constructor(db: Database, dir: string) {
    this.db = db;
    this.dir = dir;
  }

  list(filter: RunFilter = {}): RunRow[] {
    const { where, order, values } = runQuery(filter);
    return this.guarded(() =>
      this.db
        .prepare(
          `SELECT run, started, ended, procedure, adapter, serial, operator, simulated, outcome FROM run ${where}
           ${order} LIMIT ?`,
        )
        .all(...values, limitOf(filter))
        .map(rowOf),
    );
  }

  count(filter: RunFilter, most: number): number {
    const { before: _before, after: _after, ...all } = filter;
    const { where, values } = runQuery(all);
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM run ${where} LIMIT ?)`;
    return this.guarded(() => Number(this.db.prepare(sql).get(...values, most)?.["n"]));
  }

  kinds() {
    const of = (column: "procedure" | "adapter") =>
      this.guarded(() => this.db.prepare(`SELECT DISTINCT ${column} AS name FROM stratum ORDER BY 1`).all()).map(
        ({ name }) => String(name),
      );
    return { procedures: of("procedure"), adapters: of("adapter") };
  }

  record(run: number | string): RunRecord {
    return this.consistent(() => {
      const row = this.rowOf(run);
      const number = Number(row["run"]);
      const events = this.db.prepare("SELECT text FROM event WHERE run = ? ORDER BY seq").all(number);
      return recordOf({
        head: JSON.parse(String(row["head"])) as RunHead,
        ...outcomeIn(row),
        ...optional("ended", row["ended"]),
        ...optional("hash", row["hash"]),
        ...optional("previousHash", row["prev_hash"]),
        events: events.map((event) => JSON.parse(String(event["text"])) as Event),
        series: this.seriesOf(number),
      });
    });
  }

  series(run: number | string, name: string): Points & { readonly unit: Unit } {
    return this.consistent(() => {
      const number = Number(this.rowOf(run)["run"]);
      const row = this.db
        .prepare("SELECT id, unit, t0_s, dt_s FROM series WHERE run = ? AND name = ?")
        .get(number, name);
      if (row === undefined) throw new RigError("RUN_UNKNOWN", `${idOf(number)} has no series ${name}`, { name });
      const chunks = this.db
        .prepare("SELECT deflated, data FROM chunk WHERE run = ? AND series = ? ORDER BY first")
        .all(number, Number(row["id"]))
        .map((chunk) => unpack(chunk["data"] as Uint8Array, chunk["deflated"] === 1));
      const numbers = doubles(chunks);
      const unit = unitIn(row);
      const even = spacingIn(row);
      if (even === undefined) return { ...unpair(numbers, numbers.length / 2), unit };
      return { ...spread(numbers, 0, even, numbers.length), unit };
    });
  }

  fault(run: number | string): string | undefined {
    return this.consistent(() => {
      const row = this.rowOf(run);
      const number = Number(row["run"]);
      const before = this.db.prepare("SELECT hash FROM run WHERE run = ?").get(number - 1);
      const previous = number === 1 ? noHash : String(before?.["hash"]);
      if (row["prev_hash"] !== previous) return `${idOf(number - 1)}, the run before, was changed or removed`;
      const events = this.db.prepare("SELECT seq, text, hash FROM event WHERE run = ? ORDER BY seq").all(number);
      const chained: ChainedRun = {
        previous,
        head: String(row["head"]),
        events: events.map(({ seq, text, hash }) => ({ seq: Number(seq), text: String(text), hash: String(hash) })),
      };
      if (row["hash"] === null) return faultOf(chained);
      const sealed = {
        outcome: String(row["outcome"]),
        ended: String(row["ended"]),
        events: events.length,
        series: sealedSeries(this.db, number),
      };
      return faultOf({ ...chained, sealed, hash: String(row["hash"]) }) ?? this.seriesFault(number);
    });
  }

  ledgersSeen(): readonly LedgerSeen[] {
    return this.guarded(() => ledgersSeen(this.db));
  }

  close(): void {
    this.db.close();
  }

  private rowOf(run: number | string): Row {
    const number = typeof run === "number" ? run : runOf(run);
    const row = Number.isSafeInteger(number)
      ? this.db.prepare("SELECT run, head, outcome, ended, hash, prev_hash FROM run WHERE run = ?").get(number)
      : undefined;
    if (row === undefined) throw new RigError("RUN_UNKNOWN", `there is no run ${number} in ${this.dir}`, {});
    return row;
  }

  private seriesFault(run: number): string | undefined {
    const computed = storedHashes(this.db, run);
    const rows = this.db.prepare("SELECT id, name, hash FROM series WHERE run = ? ORDER BY id").all(run);
    const changed = rows.find((row) => computed.get(Number(row["id"])) !== row["hash"]);
    return changed === undefined ? undefined : `points of series ${changed["name"]} were changed`;
  }

  private seriesOf(run: number): SeriesInfo[] {
    const rows = this.db
      .prepare(
        `SELECT name, unit, t0_s, dt_s, (SELECT coalesce(sum(count), 0) FROM chunk c
           WHERE c.run = s.run AND c.series = s.id) AS points FROM series s WHERE run = ? ORDER BY id`,
      )
      .all(run);
    return rows.map((row) => {
      const even = spacingIn(row);
      return {
        series: String(row["name"]),
        unit: unitIn(row),
        points: Number(row["points"]),
        ...(even !== undefined && { even }),
      };
    });
  }

  /** All reads of one answer see one state, whatever the writer does meanwhile. */
  private consistent<R>(body: () => R): R {
    return this.guarded(() => {
      this.db.exec("BEGIN");
      try {
        return body();
      } finally {
        this.db.exec("COMMIT");
      }
    });
  }

  private guarded<R>(body: () => R): R {
    try {
      return body();
    } catch (error) {
      throw storageError("cannot read", this.dir, error);
    }
  }
}

function unitIn(row: Row): Unit {
  const unit = String(row["unit"]);
  if (!isUnit(unit)) throw new Error(`unit ${unit} of a series is unknown`);
  return unit;
}

function spacingIn(row: Row): { readonly t0_s: number; readonly dt_s: number } | undefined {
  const { t0_s, dt_s } = row;
  return typeof t0_s === "number" && typeof dt_s === "number" ? { t0_s, dt_s } : undefined;
}

/** Little-endian doubles of all chunks, one after the other. */
function doubles(chunks: readonly Uint8Array[]): Float64Array {
  const bytes = Buffer.concat(chunks);
  const out = new Float64Array(bytes.length / 8);
  for (let i = 0; i < out.length; i++) out[i] = bytes.readDoubleLE(8 * i);
  return out;
}
