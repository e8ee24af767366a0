/** The port over any connection: queue, deadlines, loss, fence. Resynchronising is in resync.ts. */
import { asRigError, RigError } from "../../rig/model/errors.ts";
import { Job, type JobOwner } from "./job.ts";
import type { Connector, Link, LinkEvents, Wait } from "./link.ts";
import type { Expect, Port, PortCounters, PortOptions } from "./port.ts";
import { readReply, silentReply } from "./reply.ts";
import { bytesToSend, type Doubt, type DoubtfulPort, dueIn_ms, HOLD_ms, resynchronise } from "./resync.ts";

const QUEUE_MAX = 64;
const REOPEN_ms = 3000;
const nothing = new Uint8Array(0);

/** Opens the connection; the port is ready when it resolves. @throws RigError PORT_OPEN_FAILED */
export async function connectPort(connector: Connector, name: string, options: PortOptions, io: Wait): Promise<Port> {
  const port = new LinkPort(connector, name, options);
  await port.connect(io);
  return port;
}

export class LinkPort implements Port, JobOwner, DoubtfulPort {
  readonly name: string;
  readonly where: string;
  readonly options: PortOptions;
  readonly connector: Connector;
  /** Set after a time-out, an abort or a bad reply: the next request waits until the line is trusted again. */
  doubt: Doubt | undefined;
  lastByte_ms = Number.NEGATIVE_INFINITY;
  lastSent_ms = Number.NEGATIVE_INFINITY;
  lastEnd_ms = Number.NEGATIVE_INFINITY;
  readonly #lost = new AbortController();
  readonly #counters = { transactions: 0, timeouts: 0, resyncs: 0, unsolicited_bytes: 0 };
  readonly #queue: Job[] = [];
  #job: Job | undefined;
  /** Whose framer the bytes go to: the job's, a probe's, or nobody's. */
  #reader: Job | undefined;
  #link: Link | undefined;
  #epoch = 0;
  #ended: (() => RigError) | undefined;
  #released: Promise<void> | undefined;

  constructor(connector: Connector, name: string, options: PortOptions) {
    this.connector = connector;
    this.name = name;
    this.where = connector.where;
    this.options = options;
  }

  get label(): string {
    return `${this.name} (${this.where})`;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get counters(): PortCounters {
    return { ...this.#counters };
  }

  /** A new connection; the events of older ones count no more. */
  async connect(io: Wait): Promise<void> {
    const epoch = ++this.#epoch;
    const events: LinkEvents = {
      data: (chunk) => {
        if (epoch === this.#epoch) this.#data(chunk);
      },
      lost: (why) => {
        if (epoch === this.#epoch) this.drop(why);
      },
    };
    const link = await this.connector.connect(events, io);
    if (this.#ended !== undefined) {
      await link.close(true);
      throw this.#ended();
    }
    this.#link = link;
  }

  /** Only for resynchronising, and only where the port's options ask for it. Failing, the port is lost. */
  async reconnect(): Promise<void> {
    this.#epoch += 1;
    const old = this.#link;
    this.#link = undefined;
    await old?.close(true);
    if (this.#ended !== undefined) return;
    try {
      await this.connect({ signal: this.lost, deadline_wall_ms: performance.now() + REOPEN_ms });
    } catch (error) {
      this.drop(asRigError(error).message);
      throw error;
    }
  }

  inner(request: Uint8Array, expect: Expect, outer: Job, deadline_ms: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const io = { signal: outer.signal, deadline_wall_ms: deadline_ms };
      this.send(new Job(this, request, expect, io, resolve, reject));
    });
  }

  transact(request: Uint8Array | null, expect: Expect, io: Wait): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) throw this.#ended();
      io.signal.throwIfAborted();
      if (io.urgent === true) this.#giveWay();
      const queue_max = this.options.queue_max ?? QUEUE_MAX;
      if (this.#job !== undefined && this.#queue.length >= queue_max)
        throw new RigError("PLAN_INVALID", `${queue_max} requests already wait for ${this.label}`, { queue_max });
      const job = new Job(this, request, expect, io, resolve, reject);
      if (performance.now() >= job.deadline_ms) job.fail(job.timeout());
      else if (this.#job === undefined) this.#start(job);
      else this.#queue.push(job);
    });
  }

  /** All that is not urgent fails: nothing asked for before an urgent request is sent after it. */
  #giveWay(): void {
    for (const job of [...this.#queue, this.#reader, this.#job]) {
      if (job === undefined || job.urgent || job.settled) continue;
      this.aborted(job, job.error("ABORTED", `${job.subject} on ${this.label} gave way to the safe-off`));
    }
  }

  #start(job: Job): void {
    this.#job = job;
    this.#counters.transactions += 1;
    if ((this.doubt === undefined || job.urgent) && dueIn_ms(this, job) <= 0) {
      this.send(job);
      return;
    }
    job.phase = "preparing";
    this.#prepare(job).then(
      () => (job.settled ? this.#finish(job) : this.send(job)),
      (error: unknown) => {
        job.fail(error);
        this.#finish(job);
      },
    );
  }

  async #prepare(job: Job): Promise<void> {
    if (this.doubt !== undefined && !job.urgent) {
      await resynchronise(this, job);
      if (this.doubt === undefined) this.#counters.resyncs += 1;
    }
    const latest_ms = job.urgent ? performance.now() + HOLD_ms : Number.POSITIVE_INFINITY;
    const left_ms = (): number => Math.min(dueIn_ms(this, job), latest_ms - performance.now());
    for (let wait_ms = left_ms(); wait_ms > 0 && !job.settled; wait_ms = left_ms()) await job.pauseUpTo(wait_ms);
  }

  /** Sends a request and hands the bytes that follow to its framer. */
  send(job: Job): void {
    const link = this.#link;
    if (link === undefined) {
      job.fail(job.error("PORT_LOST", `${this.label} has no connection`));
      this.#finish(job);
      return;
    }
    this.#reader = job;
    job.sent = bytesToSend(this, job);
    if (job.sent === null || job.sent.length === 0) {
      this.#written(job);
      return;
    }
    job.phase = "writing";
    job.echo_left = this.options.echo === true ? job.sent.length : 0;
    const epoch = this.#epoch;
    link.write(job.sent, job.framer === undefined).then(
      () => this.#written(job),
      (error: unknown) => {
        if (epoch === this.#epoch) this.drop(error instanceof Error ? error.message : String(error));
      },
    );
  }

  #written(job: Job): void {
    if (this.#ended !== undefined) return;
    this.lastSent_ms = performance.now();
    job.phase = "reading";
    if (job.settled && this.doubt?.why === "late") this.#doubtLate();
    if (job.framer === undefined && job.echo_left === 0) job.done(nothing);
    if (job.settled) this.#finish(job);
  }

  #data(chunk: Uint8Array): void {
    this.lastByte_ms = performance.now();
    const job = this.#reader;
    if (job === undefined || job.settled) {
      this.#counters.unsolicited_bytes += chunk.length;
      return;
    }
    try {
      const { frame, stray_bytes } = readReply(job, chunk);
      this.#counters.unsolicited_bytes += stray_bytes;
      if (frame !== undefined) this.#deliver(job, frame);
      else if (job.framer === undefined && job.echo_left === 0 && job.phase === "reading") this.#deliver(job, nothing);
      else this.#watchSilence(job);
    } catch (error) {
      this.#distrust(job, error);
    }
  }

  #deliver(job: Job, frame: Uint8Array): void {
    job.done(frame, job.phase === "writing");
    if (job.phase === "reading") this.#finish(job);
  }

  #watchSilence(job: Job): void {
    const silent = (): void => {
      try {
        const frame = silentReply(job);
        if (frame !== undefined) this.#deliver(job, frame);
      } catch (error) {
        this.#distrust(job, error);
      }
    };
    job.watchSilence(() => this.lastByte_ms, silent);
  }

  /** A bad reply: the line holds something else than was asked for. */
  #distrust(job: Job, error: unknown): void {
    this.doubt = { why: "garbage", since_ms: performance.now() };
    job.fail(job.malformed(asRigError(error)), job.phase === "writing");
    if (job.phase === "reading") this.#finish(job);
  }

  expired(job: Job): void {
    if (!job.settled) this.#counters.timeouts += 1;
    job.fail(job.timeout());
    if (this.#withdraw(job)) return;
    if (job.phase === "writing") this.drop(`it takes no bytes (${job.subject} is stuck)`);
    else if (job.phase === "reading") this.#giveUp(job);
  }

  /** The caller is answered at once. A write under way is left to end, until the transaction's deadline. */
  aborted(job: Job, reason: unknown): void {
    job.fail(reason, job.phase === "writing");
    if (this.#withdraw(job)) return;
    if (job.phase === "writing") this.#doubtLate();
    else if (job.phase === "reading") this.#giveUp(job);
  }

  #withdraw(job: Job): boolean {
    const at = this.#queue.indexOf(job);
    if (at >= 0) this.#queue.splice(at, 1);
    return at >= 0;
  }

  #giveUp(job: Job): void {
    this.#doubtLate();
    this.#finish(job);
  }

  #doubtLate(): void {
    this.doubt = { why: "late", since_ms: performance.now() };
  }

  /** The line is free for the next. A probe ends here too, without freeing it. */
  #finish(job: Job): void {
    job.release();
    if (this.#reader === job) this.#reader = undefined;
    if (this.#job !== job) return;
    this.#job = undefined;
    this.lastEnd_ms = performance.now();
    const next = this.#queue.shift();
    if (next !== undefined) this.#start(next);
  }

  /** The device has gone, or can no more be spoken to: everything outstanding fails now. */
  drop(why: string): void {
    if (this.#ended !== undefined) return;
    const lost = (): RigError => new RigError("PORT_LOST", `lost ${this.label}: ${why}`, { port: this.label, why });
    this.#end(lost, true);
    this.#lost.abort(lost());
  }

  fence(why: string): void {
    this.#end(() => new RigError("PORT_FENCED", `${this.label} was given up: ${why}`, { port: this.label, why }), true);
  }

  close(): Promise<void> {
    this.#end(() => new RigError("PORT_LOST", `${this.label} was closed`, { port: this.label }), false);
    return this.#released ?? Promise.resolve();
  }

  /** `discard` also when a write is under way: nothing that was asked for before the end is sent after it. */
  #end(error: () => RigError, discard: boolean): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#epoch += 1;
    const outstanding = [this.#reader, this.#job, ...this.#queue.splice(0)];
    const writing = outstanding.some((job) => job?.phase === "writing");
    this.#job = undefined;
    this.#reader = undefined;
    for (const job of outstanding) {
      job?.fail(error());
      job?.release();
    }
    this.#released = this.#link?.close(discard || writing) ?? Promise.resolve();
    this.#link = undefined;
  }
}
