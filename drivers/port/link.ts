/** One connection to a device: bytes in and out, nothing else. A lost connection never comes back as the same object. */
import type { Io } from "../../rig/kinds/kinds.ts";

/** The part of Io that a port needs: a signal, an absolute deadline on the clock of performance.now(), and urgency. */
export type Wait = Pick<Io, "signal" | "deadline_wall_ms" | "urgent">;

export interface LinkEvents {
  /** The chunk belongs to the listener for the time of the call only. */
  data(chunk: Uint8Array): void;
  /** Called once when the device or the peer goes away, never after close(). */
  lost(why: string): void;
}

export interface Link {
  /**
   * Resolves when the operating system has taken all bytes; with `drain` when they have left it as far as it can tell
   * (serialport's own drain() calls back while writes are still queued, so the write's callback is awaited first).
   * Rejects when the connection is closed or fails.
   */
  write(bytes: Uint8Array, drain: boolean): Promise<void>;
  /** Idempotent, never rejects; resolves when the descriptor is free. `discard`: bytes not yet sent are thrown away. */
  close(discard: boolean): Promise<void>;
}

export interface Connector {
  /** For messages: the path, or host:port. */
  readonly where: string;
  /** Whether a new connection cannot carry a late answer of an old one (TCP). On a serial line it can. */
  readonly isolates: boolean;
  /** A reader is attached before it resolves. Rejects with PORT_OPEN_FAILED; honours deadline and signal. */
  connect(events: LinkEvents, io: Wait): Promise<Link>;
}

/** Longest delay that setTimeout takes; a longer one would fire at once. */
const TIMER_MAX_ms = 0x7fffffff;

/** The delay for setTimeout until a deadline on the clock of performance.now(). */
export const timeLeft_ms = (deadline_ms: number): number =>
  Math.max(0, Math.min(Math.ceil(deadline_ms - performance.now()), TIMER_MAX_ms));
