/**
 * The journal of one run, as the engine sees it. append() stamps, numbers and queues; the worker thread writes all that
 * is queued in one transaction (group commit); durable() resolves when it is on disk. E1, E3, E8, E9.
 */
import { randomUUID } from "node:crypto";
import type { SeriesRef, Waveform } from "../kinds/kinds.ts";
import type { Clock } from "../model/clock.ts";
import { canonical, type Data } from "../model/data.ts";
import { asRigError, RigError } from "../model/errors.ts";
import type { Unit } from "../model/units.ts";
import type { Outcome } from "../model/verdict.ts";
import { WorkerLink } from "./link.ts";
import { sizeOf, type ToWorker, type WorkerStart } from "./messages.ts";
import { faultOfReadBack } from "./readback.ts";
import { RunSeries } from "./runSeries.ts";
import type { EventBody, Journal, NewRun, Points, RunHead } from "./types.ts";
import { Waiters } from "./waiters.ts";

/** Bytes on the way to the disk: beyond this the disk does not keep up and the run ends. */
const queue_bytes_max = 256 * 2 ** 20;
/** Texts gathered before they are handed over even if nobody waits. */
const batch_bytes = 256 * 1024;
const open_ms = 30_000;
const finish_ms = 60_000;
/** The clock of the day moved against the monotonic one by more than this between two events: it was set (E9). */
const step_s = 0.25;

export interface RunOptions {
  readonly clock: Pick<Clock, "bench_s">;
  /** The clock of the day, ms since 1970; for tests of a clock that is set. Default: the system's. */
  readonly utc_ms?: () => number;
  /** Largest size of the store, bytes. */
  readonly max_bytes?: number;
}

export interface StoreJournal extends Journal {
  /** Ends without an outcome: the run is closed as a rig error at the next start. For the way out after an error. */
  close(): Promise<void>;
  /** Names of the series that a writer before this one had stored. */
  readonly storedSeries: readonly string[];
  /** Transactions so far. */
  readonly commits: number;
}

/** Runs that this process writes, so that one it gave up is closed by the next. */
const openHere = new Set<string>();

/** Creates a run with the next number. STORAGE_FAILED, STORE_VERSION, FILE_UNREADABLE. */
export async function createRun(dir: string, head: NewRun, options: RunOptions): Promise<StoreJournal> {
  const uid = randomUUID();
  const { max_bytes } = options;
  return begin({ dir, head, openHere: [...openHere], uid, ...(max_bytes !== undefined && { max_bytes }) }, options);
}

/** Goes on with a run whose writer died (E3). STORAGE_FAILED when it is closed, damaged or still being written. */
export function reopenRun(dir: string, head: RunHead, options: RunOptions): Promise<StoreJournal> {
  return begin({ dir, reopen: head.run, openHere: [...openHere], uid: head.uid }, options);
}

async function begin(start: WorkerStart, options: RunOptions): Promise<StoreJournal> {
  const { uid } = start;
  const journal = new RunJournal(start, options);
  openHere.add(uid);
  try {
    await journal.open();
    return journal;
  } catch (error) {
    await journal.close();
    throw error;
  }
}

class RunJournal implements StoreJournal {
  commits = 0;
  private head: RunHead | undefined;
  private readonly uid: string;
  private readonly clock: RunOptions["clock"];
  private readonly link: WorkerLink;
  private readonly waiters = new Waiters((why) => this.fail(new RigError("STORAGE_FAILED", why, {})));
  private readonly stop = new AbortController();
  private readonly series = new RunSeries({
    isOpen: () => !this.closed && !this.stop.signal.aborted,
    ensureOpen: () => this.ensureOpen(),
    send: (message) => this.send(message),
    fail: (error) => this.fail(error),
  });
  /** Texts of the judgements, to compare with what is read back. */
  private readonly judged: string[] = [];
  private closed = false;
  private releasing: Promise<void> | undefined;
  private seq = 0;
  private texts: string[] = [];
  private types: string[] = [];
  private textBytes = 0;
  private queued_bytes = 0;
  private readonly utc_ms: () => number;
  private offset_ms: number;

  constructor(start: WorkerStart, options: RunOptions) {
    this.uid = start.uid;
    this.clock = options.clock;
    this.utc_ms = options.utc_ms ?? (() => Date.now());
    this.offset_ms = this.utc_ms() - performance.now();
    this.link = new WorkerLink(start, {
      durable: ({ seq, bytes, commits }) => {
        this.commits = commits;
        this.queued_bytes -= bytes;
        if (this.waiters.reached(seq)) this.link.hold(false);
      },
      lost: (error) => this.fail(error),
    });
  }

  async open(): Promise<void> {
    const ready = await this.link.answer("ready", open_ms);
    this.head = ready.run;
    this.series.goOn(ready.stored);
    this.seq = ready.stored.events;
    this.waiters.acknowledged = this.seq;
    this.judged.push(...ready.stored.judged);
    this.link.hold(false);
  }

  get run(): RunHead {
    if (this.head === undefined) throw new RigError("STORAGE_FAILED", "the run was not created", {});
    return this.head;
  }

  get storedSeries(): readonly string[] {
    return this.series.stored;
  }

  get broken(): AbortSignal {
    return this.stop.signal;
  }

  append(event: EventBody): number {
    this.ensureOpen();
    this.watchClock();
    return this.put(event);
  }

  private put(event: EventBody): number {
    const seq = this.seq + 1;
    const stamped = { ...event, seq, bench_s: this.clock.bench_s(), utc: new Date(this.utc_ms()).toISOString() };
    const text = canonical(stamped as unknown as Data);
    this.seq = seq;
    if (event.type === "judged") this.judged.push(text);
    this.texts.push(text);
    this.types.push(event.type);
    this.textBytes += text.length;
    if (this.texts.length === 1) setImmediate(() => this.flush());
    if (this.textBytes >= batch_bytes) this.flush();
    return seq;
  }

  /** Records that somebody or something set the clock of the day. */
  private watchClock(): void {
    const offset_ms = this.utc_ms() - performance.now();
    const moved_s = (offset_ms - this.offset_ms) / 1000;
    this.offset_ms = offset_ms;
    if (Math.abs(moved_s) < step_s) return;
    this.put({ type: "note", lane: "", attempt: 1, body: { kind: "clock", stepped_s: Number(moved_s.toFixed(3)) } });
  }

  durable(seq: number): Promise<void> {
    if (this.stop.signal.aborted) return Promise.reject(this.stop.signal.reason);
    if (seq > this.seq) return Promise.reject(new RangeError(`event ${seq} was not appended: the last is ${this.seq}`));
    if (seq <= this.waiters.acknowledged) return Promise.resolve();
    if (this.closed) return Promise.reject(new RigError("STORAGE_FAILED", "the journal is closed", { seq }));
    this.flush();
    if (this.stop.signal.aborted) return Promise.reject(this.stop.signal.reason);
    this.link.hold(true);
    return this.waiters.wait(seq);
  }

  keep(wave: Waveform & { readonly series: string }): SeriesRef<"V"> {
    return this.series.keep(wave);
  }

  point(name: string, unit: Unit, t_s: number, value: number): void {
    this.series.point(name, unit, t_s, value);
  }

  points(name: string, from: number): Points {
    return this.series.points(name, from);
  }

  private flush(): void {
    if (this.texts.length === 0 || this.closed || this.stop.signal.aborted) return;
    const { texts, types } = this;
    this.texts = [];
    this.types = [];
    this.textBytes = 0;
    const first = this.seq - texts.length + 1;
    this.send({ is: "events", first, types: types.join("\n"), texts: texts.join("\n") });
  }

  private send(message: ToWorker): void {
    this.queued_bytes += sizeOf(message);
    if (this.queued_bytes <= queue_bytes_max) this.link.post(message);
    else this.fail(new RigError("STORAGE_FAILED", "the disk does not keep up with the run", { queue_bytes_max }));
  }

  /** E1: outcome only after the judgements were read back as they were appended. */
  async finish(outcome: Outcome): Promise<void> {
    this.ensureOpen();
    const written = this.writeAll();
    // What comes from here on is too late: it would not be read back.
    this.closed = true;
    await written;
    this.link.hold(true);
    try {
      await this.readBack(outcome);
      this.link.post({ is: "seal", outcome });
      const sealed = await this.link.answer("sealed", finish_ms);
      const meant = canonical(outcome as unknown as Data);
      if (sealed.outcome !== meant) throw this.mismatch(`outcome ${sealed.outcome} instead of ${meant}`);
      this.link.post({ is: "close" });
      await this.link.answer("closed", finish_ms);
    } catch (error) {
      throw this.fail(asRigError(error));
    } finally {
      await this.release();
    }
  }

  private async readBack(outcome: Outcome): Promise<void> {
    this.link.post({ is: "verify" });
    const stored = await this.link.answer("verified", finish_ms);
    const fault = faultOfReadBack({ events: this.seq, judged: this.judged }, stored, outcome);
    if (fault !== "") throw this.mismatch(fault);
  }

  private mismatch(what: string): RigError {
    return new RigError("STORAGE_FAILED", `reading ${this.run.id} back: ${what}`, { run: this.run.id });
  }

  private writeAll(): Promise<void> {
    this.series.sendAll();
    return this.durable(this.seq);
  }

  async close(): Promise<void> {
    if (this.closed || this.stop.signal.aborted) return this.release();
    const written = this.writeAll();
    this.closed = true;
    // A failure to write stands in `broken`; it must not hide the error that led here.
    await Promise.allSettled([written]);
    await this.release();
  }

  /** Ends the thread; only then may another run of this process close this one. */
  private release(): Promise<void> {
    this.series.end();
    this.releasing ??= this.link.end().then(() => {
      openHere.delete(this.uid);
    });
    return this.releasing;
  }

  private ensureOpen(): void {
    if (this.stop.signal.aborted) throw this.stop.signal.reason;
    if (this.closed) throw new RigError("STORAGE_FAILED", `${this.run.id} is finished`, { run: this.run.id });
  }

  /** The first failure counts; returns it for `throw`. */
  private fail(error: RigError): RigError {
    if (this.stop.signal.aborted) return this.stop.signal.reason as RigError;
    this.stop.abort(error);
    this.waiters.fail(error);
    // Nothing is written after a failure. terminate() does not reject; should it ever, the cause is kept.
    this.release().catch((late: unknown) => {
      error.cause ??= late;
    });
    return error;
  }
}
