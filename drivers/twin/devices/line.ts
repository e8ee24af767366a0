/**
 * The wire between a client and a device: how long bytes take at a baud rate, when the line is silent, and the faults
 * that are switched on for training and tests.
 */
import type { DeviceTwin } from "./device.ts";

/**
 * silent: commands act, no reply is sent. late: each reply waits. garbage: as many bytes, but wrong ones. truncated:
 * half of each reply. identity: another instrument's name. hang-up: the cable is out. stalled: nothing is read,
 * nothing is sent.
 */
export const misbehaviours = [
  "none",
  "silent",
  "late",
  "garbage",
  "truncated",
  "identity",
  "hang-up",
  "stalled",
] as const;
export type Misbehaviour = (typeof misbehaviours)[number];

export interface Wire {
  send(bytes: Uint8Array): void;
}

export interface LineOptions {
  readonly wire: Wire;
  /** Duration of one character, ms; 0 takes no time. */
  readonly character_ms: number;
  /** Length of the silence that devices are told of, ms. */
  readonly silence_ms: number;
  readonly wall_ms: () => number;
  readonly after: (delay_ms: number, event: () => void) => () => void;
  /** Each piece as the device saw it: `rx` received by it, `tx` sent by it. */
  readonly saw: (way: "rx" | "tx", bytes: Uint8Array) => void;
}

/**
 * Events in the order in which they were put, none before its time. One timer a direction: with one timer an event, two
 * that end in the same millisecond may fire in either order, and a reply's pieces then come shuffled.
 */
class Paced {
  readonly #wall_ms: () => number;
  readonly #after: LineOptions["after"];
  #waiting: { readonly at_ms: number; readonly event: () => void }[] = [];
  #cancel: (() => void) | undefined;

  constructor({ wall_ms, after }: LineOptions) {
    this.#wall_ms = wall_ms;
    this.#after = after;
  }

  get size(): number {
    return this.#waiting.length;
  }

  put(at_ms: number, event: () => void): void {
    this.#waiting.push({ at_ms, event });
    if (this.#cancel === undefined) this.#arm();
  }

  drop(): void {
    this.#waiting = [];
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(): void {
    const first = this.#waiting[0];
    if (first === undefined) return;
    this.#cancel = this.#after(Math.max(0, first.at_ms - this.#wall_ms()), () => {
      this.#cancel = undefined;
      this.#waiting.shift();
      first.event();
      // The event itself may have put or dropped some.
      if (this.#cancel === undefined) this.#arm();
    });
  }
}

/** Bytes that a stalled device leaves unread; more is dropped, as a full buffer without handshake does. */
const BACKLOG_MAX = 65_536;
/** Replies arrive in pieces of this many characters when they take time. */
const PIECE = 8;

export class Line {
  readonly #options: LineOptions;
  #device: DeviceTwin | undefined;
  #mode: Misbehaviour = "none";
  #late_ms = 0;
  #rxFree_ms = 0;
  #txFree_ms = 0;
  #backlog: Uint8Array[] = [];
  #backlogSize = 0;
  #cancelSilence: (() => void) | undefined;
  readonly #rx: Paced;
  readonly #tx: Paced;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#rx = new Paced(options);
    this.#tx = new Paced(options);
  }

  attach(device: DeviceTwin): void {
    this.#device = device;
  }

  get mode(): Misbehaviour {
    return this.#mode;
  }

  misbehave(mode: Misbehaviour, late_ms: number): void {
    const wasStalled = this.#mode === "stalled";
    this.#mode = mode;
    this.#late_ms = mode === "late" ? late_ms : 0;
    if (!wasStalled || mode === "stalled") return;
    const backlog = this.#backlog;
    this.#backlog = [];
    this.#backlogSize = 0;
    if (mode !== "hang-up") for (const bytes of backlog) this.fromClient(bytes);
  }

  /** A new client: what was on the way belongs to the one before. */
  connected(): void {
    this.drop();
    this.#device?.connected?.();
  }

  /** Forgets all bytes on the way and all timers. */
  drop(): void {
    this.#rx.drop();
    this.#tx.drop();
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
    this.#rxFree_ms = 0;
    this.#txFree_ms = 0;
    this.#backlog = [];
    this.#backlogSize = 0;
  }

  fromClient(bytes: Uint8Array): void {
    if (this.#mode === "hang-up" || bytes.length === 0) return;
    if (this.#mode === "stalled") {
      if (this.#backlogSize + bytes.length > BACKLOG_MAX) return;
      this.#backlog.push(bytes);
      this.#backlogSize += bytes.length;
      return;
    }
    const { character_ms, wall_ms } = this.#options;
    if (character_ms === 0) {
      this.#deliver(bytes);
      return;
    }
    this.#rxFree_ms = Math.max(wall_ms(), this.#rxFree_ms) + bytes.length * character_ms;
    this.#rx.put(this.#rxFree_ms, () => this.#deliver(bytes));
  }

  fromDevice(bytes: Uint8Array): void {
    const out = this.#spoiled(bytes);
    if (out === undefined || out.length === 0) return;
    const { character_ms, wall_ms } = this.#options;
    const start = Math.max(wall_ms(), this.#txFree_ms) + this.#late_ms;
    if (character_ms === 0 && this.#late_ms === 0) {
      this.#send(out);
      return;
    }
    const piece = character_ms === 0 ? out.length : PIECE;
    for (let from = 0; from < out.length; from += piece) {
      const part = out.subarray(from, from + piece);
      this.#txFree_ms = start + (from + part.length) * character_ms;
      this.#tx.put(this.#txFree_ms, () => this.#send(part));
    }
  }

  #deliver(bytes: Uint8Array): void {
    this.#cancelSilence?.();
    this.#options.saw("rx", bytes);
    this.#device?.receive(bytes);
    if (this.#device?.silence === undefined || this.#rx.size > 0) return;
    this.#cancelSilence = this.#options.after(this.#options.silence_ms, () => {
      this.#cancelSilence = undefined;
      this.#device?.silence?.();
    });
  }

  #send(bytes: Uint8Array): void {
    this.#options.saw("tx", bytes);
    this.#options.wire.send(bytes);
  }

  #spoiled(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#mode === "silent" || this.#mode === "hang-up" || this.#mode === "stalled") return undefined;
    if (this.#mode === "truncated") return bytes.subarray(0, bytes.length >> 1);
    if (this.#mode === "garbage") return bytes.map((byte, i) => (byte * 7 + i * 31 + 0x85) & 0xff);
    return bytes;
  }
}
