/** What the twin saw, kept in memory with a bound: sweeps judge from it, never from the controller's word. */
import type { Data } from "../../rig/model/data.ts";

export interface TwinEvent {
  readonly seq: number;
  /** Bench time and monotonic wall time. */
  readonly at_s: number;
  readonly wall_ms: number;
  /** rx and tx: bytes at a device. client: a connection. control: an accepted request. gpio: a line. */
  readonly what: "rx" | "tx" | "client" | "control" | "gpio";
  readonly facts: Readonly<Record<string, Data>>;
}

const KEPT = 20_000;
/** Bytes of one piece that are written out; the length is always told. */
const SHOWN = 64;

export class TwinLog {
  readonly #now_s: () => number;
  readonly #wall_ms: () => number;
  readonly #sink: (event: TwinEvent) => void;
  #events: TwinEvent[] = [];
  #seq = 0;

  constructor(now_s: () => number, wall_ms: () => number, sink: (event: TwinEvent) => void) {
    this.#now_s = now_s;
    this.#wall_ms = wall_ms;
    this.#sink = sink;
  }

  add(what: TwinEvent["what"], facts: TwinEvent["facts"]): void {
    const event = { seq: this.#seq++, at_s: this.#now_s(), wall_ms: this.#wall_ms(), what, facts };
    this.#events.push(event);
    if (this.#events.length >= 2 * KEPT) this.#events = this.#events.slice(-KEPT);
    this.#sink(event);
  }

  bytes(what: "rx" | "tx", port: string, bytes: Uint8Array): void {
    const hex = Buffer.from(bytes.subarray(0, SHOWN)).toString("hex");
    this.add(what, { port, hex, length: bytes.length });
  }

  /** At most `count` events from sequence number `from` on, and where to go on. `lost`: older ones that are gone. */
  read(
    from: number,
    count: number,
  ): { readonly events: readonly TwinEvent[]; readonly next: number; readonly lost: number } {
    const first = this.#events[0]?.seq ?? this.#seq;
    const start = Math.max(0, from - first);
    const events = this.#events.slice(start, start + count);
    return { events, next: (events.at(-1)?.seq ?? Math.max(from, first) - 1) + 1, lost: Math.max(0, first - from) };
  }
}
