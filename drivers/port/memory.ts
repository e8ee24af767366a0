/** A line in memory, for device twins in tests: same port, same rules, no operating system. */
import { RigError } from "../../rig/model/errors.ts";
import type { Connector, Link, LinkEvents } from "./link.ts";

/** The device's end. */
export interface MemoryPeer {
  /** Bytes from the controller; they belong to the listener. Replaces the listener before. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Bytes to the controller, delivered in a later microtask. Dropped when nobody is connected. */
  write(bytes: Uint8Array): void;
  /** Unplugs: the open connection is lost, further ones fail until plugIn(). */
  hangUp(): void;
  plugIn(): void;
  /** true: takes no bytes any more, writes wait; false: takes what waited. */
  stall(on: boolean): void;
  /** Connections made so far. */
  readonly connections: number;
}

export function memoryLine(where = "memory"): { readonly connector: Connector; readonly peer: MemoryPeer } {
  const line = new MemoryLine(where);
  return { connector: line, peer: line };
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly taken: () => void;
  readonly lost: (error: Error) => void;
}

class MemoryLine implements Connector, MemoryPeer {
  readonly where: string;
  readonly isolates = false;
  connections = 0;
  #listener: (bytes: Uint8Array) => void = () => undefined;
  #events: LinkEvents | undefined;
  #plugged = true;
  #stalled = false;
  #waiting: Waiting[] = [];

  constructor(where: string) {
    this.where = where;
  }

  async connect(events: LinkEvents): Promise<Link> {
    if (!this.#plugged) throw new RigError("PORT_OPEN_FAILED", `cannot open ${this.where}: unplugged`);
    if (this.#events !== undefined) throw new RigError("PORT_OPEN_FAILED", `cannot open ${this.where}: already open`);
    this.#events = events;
    this.connections += 1;
    const mine = (): boolean => this.#events === events;
    return {
      write: (bytes) => {
        if (!mine()) return Promise.reject(new Error("the line is closed"));
        return this.#send(bytes.slice());
      },
      close: async () => {
        if (mine()) this.#release("closed");
      },
    };
  }

  #send(bytes: Uint8Array): Promise<void> {
    return new Promise((taken, lost) => {
      if (this.#stalled) {
        this.#waiting.push({ bytes, taken, lost });
        return;
      }
      taken();
      this.#listener(bytes);
    });
  }

  /** Writes that wait are lost with the connection: nothing is sent after it. */
  #release(why: string): void {
    this.#events = undefined;
    for (const waiting of this.#waiting.splice(0)) waiting.lost(new Error(`the line was ${why}`));
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  write(bytes: Uint8Array): void {
    const events = this.#events;
    const copy = bytes.slice();
    queueMicrotask(() => {
      if (events !== undefined && events === this.#events) events.data(copy);
    });
  }

  hangUp(): void {
    this.#plugged = false;
    const events = this.#events;
    this.#release("unplugged");
    events?.lost("unplugged");
  }

  plugIn(): void {
    this.#plugged = true;
  }

  stall(on: boolean): void {
    this.#stalled = on;
    if (on) return;
    for (const { bytes, taken } of this.#waiting.splice(0)) {
      taken();
      this.#listener(bytes);
    }
  }
}
