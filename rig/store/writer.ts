/** Writes one run into the database: head, events with their chain, series in chunks. Runs in the worker thread. */
import { createHash, type Hash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Data } from "../model/data.ts";
import { canonical } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import type { Outcome } from "../model/verdict.ts";
import { type ChainedEvent, faultOf, linkOf, noHash, seedOf } from "./chain.ts";
import { type Database, inTransaction, reopenToRead, type Statement } from "./database.ts";
import { idOf } from "./ids.ts";
import type { EventsMessage, FromWorker, PointsMessage, Stored, WorkerStart } from "./messages.ts";
import { isAlive, thisProcess } from "./process.ts";
import { closeGone, lastLink, seal, storedHashes } from "./seal.ts";
import type { NewRun, RunHead } from "./types.ts";

/**
 * Creates the run with the next number, after closing what a killed program left open. Refused while another program
 * writes a run here: one writer, so that numbers and chain have no gap.
 */
function createRun(db: Database, start: WorkerStart, fresh: NewRun): Opened {
  const { open } = closeGone(db, new Set(start.openHere));
  return inTransaction(db, () => {
    const first = open[0];
    if (first !== undefined) {
      throw new RigError(
        "STORAGE_FAILED",
        `process ${first.pid} is writing run ${first.id} in ${start.dir}: wait for its end or use another directory`,
        { pid: first.pid, run: first.id },
      );
    }
    const last = db.prepare("SELECT run, hash FROM run ORDER BY run DESC LIMIT 1").get();
    if (last && last["hash"] === null) throw new Error(`${idOf(Number(last["run"]))} was begun in this moment`);
    const previous = last ? String(last["hash"]) : noHash;
    const run = last ? Number(last["run"]) + 1 : 1;
    const head: RunHead = { ...fresh, run, id: idOf(run), uid: start.uid, started: new Date().toISOString() };
    const text = canonical(head as unknown as Data);
    const writer = thisProcess();
    db.prepare(
      `INSERT INTO run (run, uid, started, procedure, adapter, serial, operator, simulated, head, prev_hash,
         writer_pid, writer_start) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      run,
      head.uid,
      head.started,
      head.procedure.id,
      head.adapter.id,
      head.adapter.serial,
      head.operator,
      head.simulated ? 1 : 0,
      text,
      previous,
      writer.pid,
      writer.start,
    );
    return { head, hash: seedOf(previous, text), stored: { events: 0, judged: [], series: [], nextSeries: 0 } };
  });
}

interface Opened {
  readonly head: RunHead;
  /** Of the last event, or the seed. */
  readonly hash: string;
  readonly stored: Stored;
}

/** Takes over a run whose writer has gone, when its chain holds. */
function reopenRun(db: Database, run: number): Opened {
  return inTransaction(db, () => {
    const row = db.prepare("SELECT head, prev_hash, hash, writer_pid, writer_start FROM run WHERE run = ?").get(run);
    if (row === undefined) throw new Error(`there is no run ${run}`);
    if (row["hash"] !== null) throw new Error(`${idOf(run)} is closed`);
    const pid = Number(row["writer_pid"]);
    if (isAlive({ pid, start: String(row["writer_start"]) })) throw new Error(`process ${pid} is writing ${idOf(run)}`);
    const events = chainedEvents(db, run);
    const fault = faultOf({ previous: String(row["prev_hash"]), head: String(row["head"]), events });
    if (fault !== undefined) throw new Error(`${idOf(run)}: ${fault}`);
    const writer = thisProcess();
    db.prepare("UPDATE run SET writer_pid = ?, writer_start = ? WHERE run = ?").run(writer.pid, writer.start, run);
    const judged = db.prepare("SELECT text FROM event WHERE run = ? AND type = 'judged' ORDER BY seq").all(run);
    const series = db.prepare("SELECT id, name FROM series WHERE run = ? ORDER BY id").all(run);
    return {
      head: JSON.parse(String(row["head"])) as RunHead,
      hash: lastLink(db, run).hash,
      stored: {
        events: events.length,
        judged: judged.map(({ text }) => String(text)),
        series: series.map(({ name }) => String(name)),
        nextSeries: 1 + Math.max(-1, ...series.map(({ id }) => Number(id))),
      },
    };
  });
}

function chainedEvents(db: Database, run: number): ChainedEvent[] {
  const rows = db.prepare("SELECT seq, text, hash FROM event WHERE run = ? ORDER BY seq").all(run);
  return rows.map(({ seq, text, hash }) => ({ seq: Number(seq), text: String(text), hash: String(hash) }));
}

function openRun(db: Database, start: WorkerStart): Opened {
  if (start.reopen !== undefined) return reopenRun(db, start.reopen);
  if (start.head === undefined) throw new Error("neither a new run nor one to go on with");
  return createRun(db, start, start.head);
}

/** Chunks below this are not worth the time; irregular series (times differ in all bits) do not shrink. */
const deflate_bytes_min = 1024;

function pack(message: PointsMessage, bytes: Uint8Array): { deflated: number; data: Uint8Array } {
  if (message.even !== undefined && bytes.length >= deflate_bytes_min) {
    const small = deflateRawSync(bytes, { level: 1 });
    if (small.length < bytes.length * 0.9) return { deflated: 1, data: small };
  }
  return { deflated: 0, data: bytes };
}

export class RunWriter {
  readonly head: RunHead;
  readonly stored: Stored;
  private readonly db: Database;
  private readonly dir: string;
  private readonly insertEvent: Statement;
  private readonly insertSeries: Statement;
  private readonly insertChunk: Statement;
  private readonly hashes = new Map<number, Hash>();
  private hash: string;
  private seq: number;

  constructor(db: Database, start: WorkerStart) {
    this.db = db;
    this.dir = start.dir;
    const { head, hash, stored } = openRun(db, start);
    this.head = head;
    this.hash = hash;
    this.stored = stored;
    this.seq = stored.events;
    this.insertEvent = db.prepare("INSERT INTO event (run, seq, type, text, hash) VALUES (?, ?, ?, ?, ?)");
    this.insertSeries = db.prepare("INSERT INTO series (run, id, name, unit, t0_s, dt_s) VALUES (?, ?, ?, ?, ?, ?)");
    this.insertChunk = db.prepare(
      `INSERT INTO chunk (run, series, first, count, deflated, data) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (run, series, first) DO UPDATE SET count = excluded.count, deflated = excluded.deflated,
         data = excluded.data`,
    );
  }

  /** One transaction for all of it; returns the highest seq now on disk. */
  commit(messages: readonly (EventsMessage | PointsMessage)[]): number {
    inTransaction(this.db, () => {
      for (const message of messages) {
        if (message.is === "events") this.events(message);
        else this.points(message);
      }
    });
    return this.seq;
  }

  private events(message: EventsMessage): void {
    if (message.first !== this.seq + 1) throw new Error(`event ${message.first} came after event ${this.seq}`);
    const types = message.types.split("\n");
    const texts = message.texts.split("\n");
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i] ?? "";
      this.hash = linkOf(this.hash, text);
      this.seq += 1;
      this.insertEvent.run(this.head.run, this.seq, types[i] ?? "", text, this.hash);
    }
  }

  private points(message: PointsMessage): void {
    const { series, even, data, first } = message;
    let hash = this.hashes.get(series);
    if (hash === undefined) {
      hash = createHash("sha256");
      this.hashes.set(series, hash);
      const { name, unit } = message;
      this.insertSeries.run(this.head.run, series, name, unit, even?.t0_s ?? null, even?.dt_s ?? null);
    }
    const bytes = littleEndian(data);
    const width = even === undefined ? 16 : 8;
    hash.update(bytes.subarray((message.fresh - first) * width));
    const packed = pack(message, bytes);
    this.insertChunk.run(this.head.run, series, first, bytes.length / width, packed.deflated, packed.data);
  }

  /** Reads events and judgements back through a second connection, as any reader would. */
  async verify(): Promise<FromWorker> {
    const { run } = this.head;
    const reader = await reopenToRead(this.dir);
    try {
      const row = reader.prepare("SELECT head, prev_hash FROM run WHERE run = ?").get(run);
      const rows = reader.prepare("SELECT seq, type, text, hash FROM event WHERE run = ? ORDER BY seq").all(run);
      const events: ChainedEvent[] = rows.map((event) => ({
        seq: Number(event["seq"]),
        text: String(event["text"]),
        hash: String(event["hash"]),
      }));
      const fault = faultOf({ previous: String(row?.["prev_hash"]), head: String(row?.["head"]), events }) ?? "";
      const judged = rows.filter((event) => event["type"] === "judged").map((event) => String(event["text"]));
      return { is: "verified", events: events.length, judged, fault };
    } finally {
      reader.close();
    }
  }

  async seal(outcome: Outcome): Promise<FromWorker> {
    const { run } = this.head;
    const written = [...this.hashes].map(([id, hash]): [number, string] => [id, hash.digest("hex")]);
    // Series of a writer that died are hashed as they are stored.
    const before = this.stored.series.length > 0 ? storedHashes(this.db, run) : [];
    const hashes = new Map([...before, ...written]);
    inTransaction(this.db, () => seal(this.db, run, outcome, hashes));
    const reader = await reopenToRead(this.dir);
    try {
      const row = reader.prepare("SELECT outcome, hash FROM run WHERE run = ?").get(run);
      return { is: "sealed", outcome: String(row?.["outcome"]), hash: String(row?.["hash"]) };
    } finally {
      reader.close();
    }
  }
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Longest row: series.ts, 32,768 samples. Grown should a row be longer. */
let scratch = Buffer.alloc(0);

/** The doubles' bytes, little endian on every machine; valid until the next call. */
function littleEndian(data: Float64Array): Uint8Array {
  if (scratch.length < data.byteLength) scratch = Buffer.alloc(data.byteLength);
  const bytes = scratch.subarray(0, data.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return isLittleEndian ? bytes : bytes.swap64();
}
