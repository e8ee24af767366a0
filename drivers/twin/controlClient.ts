/** The other end of the twin's control socket, for the stepped clock and whoever plays the person at the bench. */
import { connect, type Socket } from "node:net";
import type { Data } from "../../rig/model/data.ts";
import { RigError } from "../../rig/model/errors.ts";
import { checkSocketPath, onLines } from "./unixSocket.ts";

export interface ControlClient {
  /**
   * One request, for instance `{ do: "advance", to_s: 12.5 }`, and its answer.
   * @throws RigError INSTRUMENT_REFUSED when the twin says no, INSTRUMENT_TIMEOUT, PORT_LOST
   */
  request(body: Readonly<Record<string, Data>>, timeout_ms: number): Promise<Data>;
  close(): void;
}

interface Waiting {
  readonly resolve: (reply: Data) => void;
  readonly reject: (error: RigError) => void;
  readonly timer: NodeJS.Timeout;
  readonly what: string;
}

/** Requests that may wait for an answer at once. */
const WAITING_MAX = 64;
const CONNECT_ms = 3000;

/** @throws RigError PORT_OPEN_FAILED when no twin answers there; the signal's reason when it aborts */
export async function connectControl(path: string, signal: AbortSignal): Promise<ControlClient> {
  checkSocketPath(path);
  signal.throwIfAborted();
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => {
    const give = (error: unknown): void => {
      socket.destroy();
      reject(error);
    };
    const failed = (why: string) => new RigError("PORT_OPEN_FAILED", `no twin answers at ${path}: ${why}`, { path });
    const timer = setTimeout(() => give(failed(`no connection within ${CONNECT_ms} ms`)), CONNECT_ms);
    const aborted = (): void => give(signal.reason);
    signal.addEventListener("abort", aborted, { once: true });
    const settled = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
    };
    socket.once("connect", () => {
      settled();
      resolve();
    });
    socket.once("error", (cause) => {
      settled();
      give(failed(cause.message));
    });
  });
  return new Client(path, socket, signal);
}

class Client implements ControlClient {
  readonly #path: string;
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onAbort = (): void => this.close();
  #next = 1;

  constructor(path: string, socket: Socket, signal: AbortSignal) {
    this.#path = path;
    this.#socket = socket;
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
    onLines(socket, (line) => this.#answer(line));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#gone());
  }

  request(body: Readonly<Record<string, Data>>, timeout_ms: number): Promise<Data> {
    const what = JSON.stringify(body);
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed || !this.#socket.writable) {
        reject(this.#lost(what));
        return;
      }
      if (this.#waiting.size >= WAITING_MAX) {
        reject(new RigError("INSTRUMENT_TIMEOUT", `${WAITING_MAX} requests wait for the twin: ${what} was not sent`));
        return;
      }
      const id = this.#next++;
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new RigError("INSTRUMENT_TIMEOUT", `the twin did not answer ${what} within ${timeout_ms} ms`));
      }, timeout_ms);
      this.#waiting.set(id, { resolve, reject, timer, what });
      this.#socket.write(`${JSON.stringify({ ...body, id })}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
    this.#gone();
  }

  /** An answer whose request has timed out finds nobody waiting. */
  #answer(line: string): void {
    let reply: { readonly [k: string]: Data };
    try {
      reply = JSON.parse(line) as { readonly [k: string]: Data };
    } catch {
      this.close();
      return;
    }
    const id = Number(reply["id"]);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (reply["ok"] === true) waiting.resolve(reply);
    else
      waiting.reject(new RigError("INSTRUMENT_REFUSED", `the twin refused ${waiting.what}: ${String(reply["error"])}`));
  }

  #gone(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(this.#lost(waiting.what));
    }
    this.#waiting.clear();
  }

  #lost(what: string): RigError {
    return new RigError("PORT_LOST", `the twin at ${this.#path} has gone, ${what} has no answer`, { path: this.#path });
  }
}
