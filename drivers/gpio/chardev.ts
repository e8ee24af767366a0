/**
 * Lines of a real chip through the kernel's GPIO character device, version 2. The kernel lets a line have one owner;
 * edges come with its time stamps (CLOCK_MONOTONIC) and sequence numbers.
 *
 * Edges are fetched every 5 ms, so that is how late an edge is told; its time stamp is exact. What becomes of an output
 * when the owner goes is the chip driver's choice: some let it go, Raspberry Pi kernels are reported to keep it
 * (raspberrypi/linux#6117), so nothing here counts on it.
 */
import { RigError } from "../../rig/model/errors.ts";
import type { GpioBackend, GpioEdge, GpioLoss } from "./backend.ts";
import { codeOf, findChip, type LineSet, takeLines } from "./chip.ts";
import { EdgeCount } from "./edgeCount.ts";
import { type GpioKernel, linuxKernel } from "./kernel.ts";
import type { LineMap } from "./lineMap.ts";
import {
  GET_VALUES,
  LINE_EVENT_bytes,
  type LineEvent,
  maskOf,
  packValues,
  parseEvents,
  SET_VALUES,
  valueBits,
} from "./uapi.ts";

const POLL_ms = 5;
/** One read; and what is read before the rest of the program has its turn. */
const READ_events = 64;
const TURN_events = 2048;
/** An output that does not show the level written after this long is held by something else. */
const FOLLOW_ms = 50;

/**
 * Outputs begin low. @throws RigError PORT_OPEN_FAILED (chip or kernel missing, line in use), BENCH_INVALID (no such
 * line).
 */
export async function openChardev(label: string, map: LineMap, kernel = linuxKernel()): Promise<GpioBackend> {
  const offsets = new Map(Object.entries(map).map(([id, { offset }]) => [offset, id]));
  const chip = findChip(kernel, label);
  let outputs: LineSet | undefined;
  let inputs: LineSet | undefined;
  try {
    outputs = takeLines(kernel, chip, map, "out");
    inputs = takeLines(kernel, chip, map, "in");
    return new ChipLines(kernel, label, { outputs, inputs, offsets });
  } catch (error) {
    for (const set of [outputs, inputs]) if (set !== undefined) kernel.close(set.fd);
    if (error instanceof RigError) throw error;
    throw new RigError(
      "PORT_OPEN_FAILED",
      `cannot read the lines of ${label}: ${codeOf(error)}`,
      { label },
      { cause: error },
    );
  } finally {
    // The granted requests have descriptors of their own.
    kernel.close(chip.fd);
  }
}

interface Taken {
  readonly outputs: LineSet | undefined;
  readonly inputs: LineSet | undefined;
  /** The line's name by its offset. */
  readonly offsets: ReadonlyMap<number, string>;
}

class ChipLines implements GpioBackend {
  readonly #kernel: GpioKernel;
  readonly #label: string;
  readonly #taken: Taken;
  readonly #lost = new AbortController();
  readonly #edgeListeners = new Set<(edge: GpioEdge) => void>();
  readonly #lossListeners = new Set<(loss: GpioLoss) => void>();
  readonly #levels: Record<string, boolean> = {};
  readonly #wanted: Record<string, boolean> = {};
  readonly #count = new EdgeCount();
  readonly #timer: NodeJS.Timeout;
  readonly #events = Buffer.alloc(READ_events * LINE_EVENT_bytes);
  #readAnew = false;
  #closed = false;

  constructor(kernel: GpioKernel, label: string, taken: Taken) {
    this.#kernel = kernel;
    this.#label = label;
    this.#taken = taken;
    for (const set of this.#sets) Object.assign(this.#levels, this.#read(set));
    this.#timer = setInterval(() => this.#tick(), POLL_ms);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get #sets(): readonly LineSet[] {
    return [this.#taken.outputs, this.#taken.inputs].filter((set) => set !== undefined);
  }

  #read(set: LineSet): Record<string, boolean> {
    const bytes = packValues(0n, maskOf(set.ids.length));
    this.#kernel.ioctl(set.fd, GET_VALUES, bytes);
    const bits = valueBits(bytes);
    return Object.fromEntries(set.ids.map((id, index) => [id, ((bits >> BigInt(index)) & 1n) === 1n]));
  }

  async set(line: string, high: boolean): Promise<void> {
    this.#lost.signal.throwIfAborted();
    if (this.#closed) throw new RigError("PORT_LOST", `the lines of ${this.#label} are closed`);
    const { outputs } = this.#taken;
    const index = outputs?.ids.indexOf(line) ?? -1;
    if (outputs === undefined || index < 0) {
      const what = line in this.#levels ? `${line} is an input` : `there is no line ${line}`;
      throw new RigError("BENCH_INVALID", `${what} on ${this.#label}: correct gpio.lines in the bench file`, { line });
    }
    const mask = 1n << BigInt(index);
    this.#ask(() => this.#kernel.ioctl(outputs.fd, SET_VALUES, packValues(high ? mask : 0n, mask)));
    this.#wanted[line] = high;
    await this.#follow(outputs, line, high);
  }

  async #follow(outputs: LineSet, line: string, high: boolean): Promise<void> {
    const until_ms = performance.now() + FOLLOW_ms;
    for (;;) {
      if (this.#closed) throw new RigError("PORT_LOST", `the lines of ${this.#label} were closed`);
      this.#lost.signal.throwIfAborted();
      Object.assign(
        this.#levels,
        this.#ask(() => this.#read(outputs)),
      );
      if (this.#levels[line] === high) return;
      const otherwise = this.#wanted[line] !== high;
      if (otherwise || performance.now() >= until_ms) {
        const why = otherwise ? "was set otherwise meanwhile" : "does not follow: something else drives it";
        throw new RigError("INSTRUMENT_TIMEOUT", `${line} of ${this.#label} ${why}`, { line, high });
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  lines(): Readonly<Record<string, boolean>> {
    return { ...this.#levels };
  }

  onEdge(listener: (edge: GpioEdge) => void): () => void {
    this.#edgeListeners.add(listener);
    return () => this.#edgeListeners.delete(listener);
  }

  onLoss(listener: (loss: GpioLoss) => void): () => void {
    this.#lossListeners.add(listener);
    return () => this.#lossListeners.delete(listener);
  }

  #tick(): void {
    try {
      this.#poll();
    } catch (error) {
      // A loss has been told by the signal; anything else is a fault of a listener, and not ours to hide.
      if (error !== this.#lost.signal.reason) throw error;
    }
  }

  #poll(): void {
    const sets = this.#sets;
    const states = this.#ask(() => this.#kernel.ready(sets.map(({ fd }) => fd)));
    if (states.includes("gone")) {
      this.#drop("the chip was removed");
      return;
    }
    const { inputs } = this.#taken;
    if (inputs === undefined || states[sets.indexOf(inputs)] !== "events") return;
    for (let events = 0; events < TURN_events; events += READ_events) {
      const edges = this.#ask(() => parseEvents(this.#events.subarray(0, this.#kernel.read(inputs.fd, this.#events))));
      for (const edge of edges) this.#deliver(edge);
      if (this.#closed || this.#lost.signal.aborted) return;
      if (this.#ask(() => this.#kernel.ready([inputs.fd])[0]) === "events") continue;
      this.#settle(inputs);
      return;
    }
  }

  #deliver({ offset, high, seqno, timestamp_ns }: LineEvent): void {
    const line = this.#taken.offsets.get(offset);
    if (this.#closed || this.#lost.signal.aborted) return;
    if (line === undefined) {
      this.#drop(`it told an edge of line ${offset}, which was not asked for`);
      return;
    }
    const edges = this.#count.take(seqno);
    if (edges > 0) {
      this.#readAnew = true;
      for (const listener of this.#lossListeners) listener({ edges });
    }
    this.#tell({ line, high, kernel_ns: String(timestamp_ns), seq: this.#count.number });
  }

  /** After a loss, when all that was kept is delivered: the levels as they are now. */
  #settle(inputs: LineSet): void {
    if (!this.#readAnew) return;
    this.#readAnew = false;
    for (const [line, high] of Object.entries(this.#ask(() => this.#read(inputs)))) {
      if (this.#levels[line] === high) continue;
      // hrtime is CLOCK_MONOTONIC too.
      this.#tell({ line, high, kernel_ns: String(process.hrtime.bigint()), seq: this.#count.make() });
    }
  }

  #tell(edge: GpioEdge): void {
    this.#levels[edge.line] = edge.high;
    for (const listener of this.#edgeListeners) listener(edge);
  }

  /** Any refusal of the kernel is the end: lines that cannot be read or set are lost. @throws RigError PORT_LOST */
  #ask<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      this.#drop(codeOf(error));
      throw this.#lost.signal.reason;
    }
  }

  #drop(why: string): void {
    if (this.#closed || this.#lost.signal.aborted) return;
    this.#release();
    this.#lost.abort(
      new RigError("PORT_LOST", `lost the lines of ${this.#label}: ${why}`, { label: this.#label, why }),
    );
  }

  #release(): void {
    clearInterval(this.#timer);
    for (const { fd } of this.#sets) this.#kernel.close(fd);
  }

  async close(): Promise<void> {
    if (!this.#closed && !this.#lost.signal.aborted) this.#release();
    this.#closed = true;
    this.#edgeListeners.clear();
    this.#lossListeners.clear();
  }
}
