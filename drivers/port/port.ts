/**
 * A port: one transaction in flight, each with a deadline; a late answer never answers the next question; a lost device
 * fails everything outstanding at once, and the port never comes back by itself.
 */
import type { MakeFramer } from "./framer.ts";
import type { Wait } from "./link.ts";

/** What follows a request. */
export interface Expect {
  /** Makes the framer that reads the reply; a new one for each transaction. Absent: the device says nothing. */
  readonly framer?: MakeFramer;
  /** Refuses a reply by throwing a RigError (checksum, address, echo): the port then resynchronises before the next. */
  readonly check?: (frame: Uint8Array) => void;
  /** Frames that are thrown away while waiting, 64 at most (stale answers in front of a probe's, event lines). */
  readonly skip?: (frame: Uint8Array) => boolean;
  /** Silence on the line, both directions, before the request is sent (Modbus RTU: 3.5 characters). */
  readonly quiet_ms?: number;
  /** Least time since the end of the transaction before (slow parsers: 30 to 50 ms). */
  readonly gap_ms?: number;
  /** Silence after which the framer's idle() is asked. Needed by `untilSilence`; helps `checked` after garbage. */
  readonly silence_ms?: number;
  /** What an urgent request needs in front on a line in doubt, instead of waiting for owed answers. */
  readonly inDoubt?: InDoubt;
}

export interface InDoubt {
  /** Silence by which the device gives up a half-sent frame. */
  readonly quiet_ms?: number;
  /** Bytes that make a half-sent command an error. */
  readonly poison?: Uint8Array;
}

/** For commands that the device does not answer. Resolves with no bytes when the request has left. */
export const noReply: Expect = {};

/** A harmless question whose answer is known, asked to be sure that all earlier answers are out of the way. */
export interface Probe {
  readonly request: Uint8Array;
  readonly framer: MakeFramer;
  /** Whether this is the answer to the probe, and not a late answer to something else. */
  is(frame: Uint8Array): boolean;
}

export interface Resync {
  /** drain: wait until the line is quiet. reconnect: a new connection first. Default drain. */
  readonly by?: "drain" | "reconnect";
  /** Silence that counts as quiet. Default 50 ms. */
  readonly quiet_ms?: number;
  /**
   * How long after a time-out its answer may still come; waited for in full when it does not come and there is no probe.
   * Default 500 ms. A device that can be later than this needs a probe.
   */
  readonly late_ms?: number;
  /** A line that is not quiet after this long counts as babbling. Default 2000 ms. */
  readonly cap_ms?: number;
  /** The only proof for a device that may answer at any time (SCPI: *IDN? with the known identity). */
  readonly probe?: Probe;
}

export interface PortOptions {
  readonly resync?: Resync;
  /** Transactions that may wait behind the one in flight. Default 64. */
  readonly queue_max?: number;
  /** The line repeats each byte sent (RS-485 adapters): the echo is checked and taken out before the reply. */
  readonly echo?: boolean;
}

export interface PortCounters {
  readonly transactions: number;
  readonly timeouts: number;
  readonly resyncs: number;
  /** Bytes that came while nobody had asked; the rest of a chunk behind a complete reply included. */
  readonly unsolicited_bytes: number;
}

export interface Port {
  readonly name: string;
  /** Where it goes, for messages: path or host:port. */
  readonly where: string;
  /**
   * Sends the request (null: only listens) and resolves with the reply's frame.
   * @throws RigError INSTRUMENT_TIMEOUT, REPLY_MALFORMED, REPLY_TOO_LONG, PORT_LOST, PORT_FENCED; the signal's reason
   * when aborted. After a time-out or an abort the device may or may not have acted: read the state back.
   *
   * Urgent (`io.urgent`): whatever is under way or waiting and is not urgent fails with ABORTED at once. The request
   * leaves without waiting for an owed answer or a probe, at most HOLD_ms later for the silence it wants, even on a line
   * that never falls silent; behind a write that the system has not finished, or a reconnection, it does wait. Frames
   * that do not pass its check are thrown away: the reply is looked for among them. The line stays in doubt.
   */
  transact(request: Uint8Array | null, expect: Expect, io: Wait): Promise<Uint8Array>;
  /** Aborts with a PORT_LOST error when the device goes. Not by fence() or close(). */
  readonly lost: AbortSignal;
  readonly counters: PortCounters;
  /** Fails all that is outstanding with PORT_FENCED at once, closes; every later call is refused. */
  fence(why: string): void;
  /** Fails all that is outstanding; resolves when the descriptor is free for another process. Idempotent. */
  close(): Promise<void>;
}
