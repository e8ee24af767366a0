/** One transaction on its way: its deadline, its abort, and what it says of itself. */

import type { Data } from "../../rig/model/data.ts";
import { type ErrorCode, RigError } from "../../rig/model/errors.ts";
import { type Framer, printable } from "./framer.ts";
import { timeLeft_ms, type Wait } from "./link.ts";
import type { Expect } from "./port.ts";

export type Phase = "queued" | "preparing" | "writing" | "reading";

/** The stretch before a due time that is not left to a timer. */
const TURNS_ms = 1.5;

export interface JobOwner {
  readonly label: string;
  expired(job: Job): void;
  aborted(job: Job, reason: unknown): void;
}

export class Job {
  readonly request: Uint8Array | null;
  readonly expect: Expect;
  readonly deadline_ms: number;
  readonly framer: Framer | undefined;
  readonly urgent: boolean;
  /** What went out: the request, and what had to stand in front of it. */
  sent: Uint8Array | null;
  phase: Phase = "queued";
  settled = false;
  /** Bytes of the echo still to come. */
  echo_left = 0;
  /** Frames thrown away so far. */
  skipped = 0;
  readonly signal: AbortSignal;
  readonly #owner: JobOwner;
  readonly #asked_ms = performance.now();
  readonly #resolve: (frame: Uint8Array) => void;
  readonly #reject: (error: unknown) => void;
  readonly #onAbort = (): void => this.#owner.aborted(this, this.signal.reason);
  #deadline: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;

  constructor(
    owner: JobOwner,
    request: Uint8Array | null,
    expect: Expect,
    io: Wait,
    resolve: (frame: Uint8Array) => void,
    reject: (error: unknown) => void,
  ) {
    this.#owner = owner;
    this.request = request;
    this.expect = expect;
    this.framer = expect.framer?.();
    this.deadline_ms = io.deadline_wall_ms;
    this.urgent = io.urgent === true;
    this.sent = request;
    this.signal = io.signal;
    this.#resolve = resolve;
    this.#reject = reject;
    this.signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#armDeadline();
  }

  /** Timers may fire a fraction early: the clock decides. */
  #armDeadline(): void {
    this.#deadline = setTimeout(() => {
      if (performance.now() < this.deadline_ms) this.#armDeadline();
      else this.#owner.expired(this);
    }, timeLeft_ms(this.deadline_ms));
  }

  /** `keepDeadline`: the caller is answered, but a write is still under way and must end in time. */
  done(frame: Uint8Array, keepDeadline = false): void {
    if (this.settled) return;
    this.#settle();
    if (!keepDeadline) this.release();
    this.#resolve(frame);
  }

  /** `keepDeadline` as for done(). */
  fail(error: unknown, keepDeadline = false): void {
    if (this.settled) return;
    this.#settle();
    if (!keepDeadline) this.release();
    this.#reject(error);
  }

  #settle(): void {
    this.settled = true;
    this.signal.removeEventListener("abort", this.#onAbort);
    clearTimeout(this.#silence);
    this.#wake?.();
  }

  /** Ends the deadline's timer. */
  release(): void {
    clearTimeout(this.#deadline);
  }

  /** Waits; less long when the transaction is settled meanwhile. */
  pause(for_ms: number): Promise<void> {
    return this.#sleep((wake) => {
      const timer = setTimeout(wake, Math.ceil(for_ms));
      return () => clearTimeout(timer);
    });
  }

  /**
   * Waits no longer than `for_ms` and maybe shorter: ask the clock again. Timers come up to 2 ms late, half a frame of
   * a fast line; the last stretch is waited out by turns of the event loop, which goes on reading ports meanwhile.
   */
  pauseUpTo(for_ms: number): Promise<void> {
    if (for_ms > TURNS_ms) return this.pause(Math.floor(for_ms - TURNS_ms));
    return this.#sleep((wake) => {
      const turn = setImmediate(wake);
      return () => clearImmediate(turn);
    });
  }

  #sleep(start: (wake: () => void) => () => void): Promise<void> {
    if (this.settled) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = start(() => this.#wake?.());
      this.#wake = () => {
        cancel();
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /**
   * Calls back once no byte has come for the stated silence. One timer a reply, not one a byte: when it fires early it
   * is set again for the rest. One turn of the loop is given to bytes that wait to be read.
   */
  watchSilence(lastByte_ms: () => number, silent: () => void): void {
    const silence_ms = this.expect.silence_ms;
    if (silence_ms === undefined || this.#silence !== undefined) return;
    const look = (): void => {
      if (this.settled) return;
      const left_ms = lastByte_ms() + silence_ms - performance.now();
      if (left_ms > 0) {
        this.#silence = setTimeout(() => setImmediate(look), Math.ceil(left_ms));
        return;
      }
      this.#silence = undefined;
      silent();
    };
    this.#silence = setTimeout(() => setImmediate(look), Math.ceil(silence_ms));
  }

  get subject(): string {
    return this.request === null ? "listening" : printable(this.request);
  }

  error(code: ErrorCode, text: string, facts: Readonly<Record<string, Data>> = {}, cause?: unknown): RigError {
    const own = { port: this.#owner.label, request: this.subject };
    return new RigError(code, text, { ...own, ...facts }, cause === undefined ? undefined : { cause });
  }

  timeout(): RigError {
    const within_ms = Math.max(0, Math.round(this.deadline_ms - this.#asked_ms));
    const what = {
      queued: `${this.subject} never had its turn on`,
      preparing: `line never ready to send ${this.subject} to`,
      writing: `${this.subject} was not taken by`,
      reading: this.request === null ? "nothing came from" : `no answer to ${this.subject} from`,
    }[this.phase];
    const text = `${what} ${this.#owner.label} within ${within_ms} ms`;
    return this.error("INSTRUMENT_TIMEOUT", text, { within_ms, phase: this.phase });
  }

  /** A framer's or check's complaint, with port and request added. */
  malformed(error: RigError): RigError {
    const bare = error.message.replace(/ \[[A-Z_]+\]$/, "");
    return this.error(
      error.code,
      `${bare}, in the answer to ${this.subject} from ${this.#owner.label}`,
      error.facts,
      error,
    );
  }
}
