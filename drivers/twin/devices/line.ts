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
  #rxPending = 0;
  #backlog: Uint8Array[] = [];
  #backlogSize = 0;
  #cancelSilence: (() => void) | undefined;
  #cancels = new Set<() => void>();

  constructor(options: LineOptions) {
    this.#options = options;
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
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
    this.#rxPending = 0;
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
    this.#rxPending++;
    this.#after(this.#rxFree_ms - wall_ms(), () => {
      this.#rxPending--;
      this.#deliver(bytes);
    });
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
      this.#after(this.#txFree_ms - wall_ms(), () => this.#send(part));
    }
  }

  #deliver(bytes: Uint8Array): void {
    this.#cancelSilence?.();
    this.#options.saw("rx", bytes);
    this.#device?.receive(bytes);
    if (this.#device?.silence === undefined || this.#rxPending > 0) return;
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

  #after(delay_ms: number, event: () => void): void {
    const cancel = this.#options.after(Math.max(0, delay_ms), () => {
      this.#cancels.delete(cancel);
      event();
    });
    this.#cancels.add(cancel);
  }
}
