/** A run as it is stored, byte by byte, for export; and the final hashes of all runs. One state is seen until close(). */
import { RigError } from "../model/errors.ts";
import { type ChainedEvent, digestOf, noHash, type Sealed, sealTextOf } from "./chain.ts";
import { type Database, openToRead, storageError } from "./database.ts";
import { idOf, runOf } from "./ids.ts";
import { type LedgerSeen, ledgersSeen } from "./ledgerSeen.ts";
import { sealedSeries } from "./seal.ts";

export interface RawRun {
  readonly run: number;
  readonly id: string;
  /** Canonical text of the head. */
  readonly head: string;
  readonly previous: string;
  /** Canonical text of outcome, end, count of events and hashes of series. */
  readonly sealed: string;
  readonly hash: string;
}

export interface RawSeries {
  readonly id: number;
  readonly name: string;
  readonly points: number;
}

export interface RawChunk {
  readonly first: number;
  readonly count: number;
  readonly deflated: boolean;
  readonly data: Uint8Array;
}

export interface RunHash {
  readonly run: number;
  readonly hash: string;
}

/** Where the chain of runs stands: the newest run that has ended. Run 0 and `noHash` before the first. */
export interface ChainHead extends RunHash {
  readonly digest: string;
}

/** Bytes of points in one chunk, inflated. */
export interface RawReader {
  /** RUN_UNKNOWN; RUN_OPEN while the run has not ended. */
  run(run: number | string): RawRun;
  events(run: number): Iterable<ChainedEvent>;
  series(run: number): readonly RawSeries[];
  chunks(run: number, series: number): Iterable<RawChunk>;
  /** Runs that have ended, in order. */
  hashes(): Iterable<RunHash>;
  head(): ChainHead;
  /** What runs had seen of the ledger, each state once. */
  ledgersSeen(): readonly LedgerSeen[];
  close(): void;
}

/** FILE_UNREADABLE when there is no store in the directory. */
export async function openRaw(dir: string): Promise<RawReader> {
  const db = await openToRead(dir);
  db.exec("BEGIN");
  return new StoredRuns(db, dir);
}

class StoredRuns implements RawReader {
  private readonly db: Database;
  private readonly dir: string;

  constructor(db: Database, dir: string) {
    this.db = db;
    this.dir = dir;
  }

  run(which: number | string): RawRun {
    const run = typeof which === "number" ? which : runOf(which);
    const row = this.guarded(() =>
      this.db.prepare("SELECT head, prev_hash, outcome, ended, hash FROM run WHERE run = ?").get(run),
    );
    const id = idOf(run);
    if (row === undefined) throw new RigError("RUN_UNKNOWN", `there is no run ${id} in ${this.dir}`, {});
    if (row["hash"] === null) throw new RigError("RUN_OPEN", `${id} has not ended`, { run });
    const events = this.guarded(() => this.db.prepare("SELECT count(*) AS n FROM event WHERE run = ?").get(run));
    const sealed: Sealed = {
      outcome: String(row["outcome"]),
      ended: String(row["ended"]),
      events: Number(events?.["n"]),
      series: this.guarded(() => sealedSeries(this.db, run)),
    };
    return {
      run,
      id,
      head: String(row["head"]),
      previous: String(row["prev_hash"]),
      sealed: sealTextOf(sealed),
      hash: String(row["hash"]),
    };
  }

  *events(run: number): Iterable<ChainedEvent> {
    const rows = this.db.prepare("SELECT seq, text, hash FROM event WHERE run = ? ORDER BY seq").iterate(run);
    for (const row of rows) {
      yield { seq: Number(row["seq"]), text: String(row["text"]), hash: String(row["hash"]) };
    }
  }

  series(run: number): readonly RawSeries[] {
    return this.guarded(() =>
      this.db
        .prepare(
          `SELECT id, name, (SELECT coalesce(sum(count), 0) FROM chunk c WHERE c.run = s.run AND c.series = s.id) AS n
             FROM series s WHERE run = ? ORDER BY id`,
        )
        .all(run)
        .map((row) => ({ id: Number(row["id"]), name: String(row["name"]), points: Number(row["n"]) })),
    );
  }

  *chunks(run: number, series: number): Iterable<RawChunk> {
    const rows = this.db
      .prepare("SELECT first, count, deflated, data FROM chunk WHERE run = ? AND series = ? ORDER BY first")
      .iterate(run, series);
    for (const row of rows) {
      yield {
        first: Number(row["first"]),
        count: Number(row["count"]),
        deflated: row["deflated"] === 1,
        data: row["data"] as Uint8Array,
      };
    }
  }

  *hashes(): Iterable<RunHash> {
    for (const row of this.db.prepare("SELECT run, hash FROM run WHERE hash IS NOT NULL ORDER BY run").iterate()) {
      yield { run: Number(row["run"]), hash: String(row["hash"]) };
    }
  }

  head(): ChainHead {
    let head: ChainHead = { run: 0, hash: noHash, digest: noHash };
    for (const { run, hash } of this.guarded(() => this.hashes())) {
      head = { run, hash, digest: digestOf(head.digest, run, hash) };
    }
    return head;
  }

  ledgersSeen(): readonly LedgerSeen[] {
    return this.guarded(() => ledgersSeen(this.db));
  }

  close(): void {
    this.db.exec("COMMIT");
    this.db.close();
  }

  private guarded<R>(body: () => R): R {
    try {
      return body();
    } catch (error) {
      throw storageError("cannot read", this.dir, error);
    }
  }
}
