/** Our serial line in the form that firmata-io wants. It refuses what firmata-io would go on sending after an unplug. */
import { EventEmitter } from "node:events";
import type { Link, LinkEvents } from "../port/link.ts";

/** What may come before firmata-io listens. */
const HELD_max_bytes = 4096;

/** Emits `open`, `data` and `close`. */
export class FirmataTransport extends EventEmitter implements LinkEvents {
  readonly #onLost: (why: string) => void;
  #link: Link | undefined;
  #held: Buffer[] = [];
  #held_bytes = 0;
  #lost = false;

  constructor(onLost: (why: string) => void) {
    super();
    this.#onLost = onLost;
  }

  /** With the listeners attached: gives what has come and says that the line is open. */
  start(link: Link): void {
    this.#link = link;
    this.emit("open");
    for (const chunk of this.#held.splice(0)) this.emit("data", chunk);
  }

  data(chunk: Uint8Array): void {
    if (this.#link !== undefined) {
      this.emit("data", Buffer.from(chunk));
      return;
    }
    this.#held_bytes += chunk.length;
    if (this.#held_bytes <= HELD_max_bytes) this.#held.push(Buffer.from(chunk));
    else this.lost("it talks without end before it is asked");
  }

  lost(why: string): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#onLost(why);
    this.emit("close");
  }

  /** The callback comes whatever becomes of it: firmata-io counts what it waits for. */
  write(bytes: Uint8Array, done: () => void): void {
    if (this.#lost || this.#link === undefined) {
      done();
      return;
    }
    this.#link.write(bytes, false).then(done, (error: unknown) => {
      done();
      this.lost(error instanceof Error ? error.message : String(error));
    });
  }
}
