/** The controller's side of the guard. */
import { createConnection } from "node:net";
import type { GpioEdge } from "../../drivers/gpio/backend.ts";
import { checkSocketPath, isLevels, JsonLines, type JsonObject } from "../../drivers/gpio/jsonLines.ts";
import type { Io, SafeRecipe } from "../kinds/kinds.ts";
import { RigError } from "../model/errors.ts";
import type { GuardClient } from "./types.ts";

export interface ConnectOptions {
  readonly socket: string;
  readonly signal: AbortSignal;
  /** How long the guard may take to listen and to answer, ms. Default 3000. */
  readonly within_ms?: number;
  /** How many times longer the guard may take to answer a beat: for twins that run as fast as they go. Default 1. */
  readonly patience?: number;
}

const CONNECT_ms = 3000;
/** Pause between attempts while the guard starts. */
const AGAIN_ms = 20;
/** Arming and releasing. */
const ANSWER_ms = 1000;
/** Beats without an answer, at 50 ms each, after which the guard counts as hung. */
const UNANSWERED_max = 10;
/** Its recipes are bounded by 2 s (S5). */
const HAND_OVER_ms = 3000;
/** Requests under way. */
const WAITING_max = 32;

type Wait = Pick<Io, "signal" | "deadline_wall_ms">;

interface Waiting {
  readonly done: (reply: JsonObject) => void;
  readonly failed: (error: unknown) => void;
}

/** @throws RigError GUARD_LOST when no guard answers in time; USAGE for a path too long. */
export async function connectGuard(options: ConnectOptions): Promise<GuardClient> {
  const { signal, within_ms = CONNECT_ms } = options;
  const path = checkSocketPath(options.socket);
  const until_ms = performance.now() + within_ms;
  for (;;) {
    signal.throwIfAborted();
    const client = new Client(path, options.patience ?? 1);
    try {
      await client.hello({ signal, deadline_wall_ms: until_ms });
      return client;
    } catch (error) {
      client.end("no guard there yet");
      signal.throwIfAborted();
      if (client.answered || performance.now() + AGAIN_ms >= until_ms) {
        const why = error instanceof Error ? error.message : String(error);
        throw new RigError("GUARD_LOST", `no guard at ${path} within ${within_ms} ms: ${why}`, { path });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_ms));
  }
}

class Client implements GuardClient {
  pid = 0;
  /** Whether a guard has said anything: then it is no use to try again. */
  answered = false;
  readonly #path: string;
  readonly #patience: number;
  readonly #wire: JsonLines;
  readonly #lost = new AbortController();
  readonly #listeners = new Set<(edge: GpioEdge) => void>();
  readonly #lossListeners = new Set<(edges: number) => void>();
  readonly #waiting = new Map<number, Waiting>();
  #levels: Readonly<Record<string, boolean>> = {};
  #id = 0;
  #unanswered = 0;
  #released = false;
  #releasing = false;

  constructor(path: string, patience: number) {
    this.#path = path;
    this.#patience = patience;
    this.#wire = new JsonLines(createConnection(path), {
      message: (object) => this.#message(object),
      malformed: (why) => this.end(`it sent a line that is no JSON object: ${why}`),
      ended: (why) => this.end(why),
    });
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async hello(io: Wait): Promise<void> {
    const reply = await this.#ask({ do: "hello", pid: process.pid }, io);
    if (typeof reply["pid"] === "number") this.pid = reply["pid"];
  }

  async arm(recipes: readonly SafeRecipe[]): Promise<void> {
    await this.#ask({ do: "arm", recipes }, within(ANSWER_ms));
  }

  beat(): void {
    // Once asked to let go the guard may be gone before its answer is read: a beat would be written to nobody.
    if (this.#lost.signal.aborted || this.#releasing) return;
    this.#unanswered += 1;
    if (this.#unanswered > UNANSWERED_max * this.#patience) this.end(`it left ${UNANSWERED_max} beats unanswered`);
    else this.#wire.send({ do: "beat" });
  }

  async enable(on: boolean, io: Wait): Promise<void> {
    await this.#ask({ do: "enable", on }, io);
  }

  lines(): Readonly<Record<string, boolean>> {
    return this.#levels;
  }

  onEdge(listener: (edge: GpioEdge) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onLoss(listener: (edges: number) => void): () => void {
    this.#lossListeners.add(listener);
    return () => this.#lossListeners.delete(listener);
  }

  async release(): Promise<void> {
    this.#releasing = true;
    await this.#ask({ do: "release" }, within(ANSWER_ms));
    this.#released = true;
    this.#wire.end("released");
  }

  async handOver(): Promise<void> {
    this.#releasing = true;
    this.#released = true;
    this.#wire.end("the controller hands over");
    const until_ms = performance.now() + HAND_OVER_ms;
    while (performance.now() < until_ms && isRunning(this.pid)) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_ms));
    }
  }

  #ask(request: JsonObject, io: Wait): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      this.#lost.signal.throwIfAborted();
      if (this.#released) throw this.#error("it was released");
      io.signal.throwIfAborted();
      if (this.#waiting.size >= WAITING_max)
        throw new RigError("PLAN_INVALID", `${WAITING_max} requests already wait for the guard`);
      this.#id += 1;
      const id = this.#id;
      const settle = (act: () => void): void => {
        this.#waiting.delete(id);
        clearTimeout(timer);
        io.signal.removeEventListener("abort", onAbort);
        act();
      };
      const onAbort = (): void => settle(() => reject(io.signal.reason));
      const timer = setTimeout(
        () => settle(() => reject(this.#late(request))),
        io.deadline_wall_ms - performance.now(),
      );
      io.signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.set(id, {
        done: (reply) => settle(() => resolve(reply)),
        failed: (error) => settle(() => reject(error)),
      });
      this.#wire.send({ id, ...request });
    });
  }

  #late(request: JsonObject): RigError {
    return new RigError("INSTRUMENT_TIMEOUT", `the guard at ${this.#path} did not answer "${String(request["do"])}"`);
  }

  #error(why: string): RigError {
    return new RigError("GUARD_LOST", `lost the guard at ${this.#path}: ${why}`, { path: this.#path, why });
  }

  #message(object: JsonObject): void {
    this.answered = true;
    const { id, lines, edge, high, ns, seq, edgesLost, triggered, beat, error, ok } = object;
    if (beat === true) this.#unanswered = 0;
    if (isLevels(lines)) this.#levels = { ...lines };
    if (typeof triggered === "string") this.end(`it made the bench safe: ${triggered}`);
    if (typeof edge === "string" && typeof high === "boolean" && typeof ns === "string" && typeof seq === "number")
      this.#edge({ line: edge, high, kernel_ns: ns, seq });
    if (typeof edgesLost === "number") for (const listener of this.#lossListeners) listener(edgesLost);
    if (ok === undefined) return;
    const waiting = typeof id === "number" ? this.#waiting.get(id) : undefined;
    if (ok === true) waiting?.done(object);
    else if (waiting === undefined) this.end(`it refused a message: ${String(error)}`);
    else waiting.failed(new RigError("INSTRUMENT_REFUSED", `the guard refused: ${String(error)}`));
  }

  #edge(edge: GpioEdge): void {
    this.#levels = { ...this.#levels, [edge.line]: edge.high };
    for (const listener of this.#listeners) listener(edge);
  }

  /** The guard can no more be counted on. After release() this is the orderly end. */
  end(why: string): void {
    this.#wire.end(why);
    const error = this.#error(why);
    for (const { failed } of [...this.#waiting.values()]) failed(error);
    if (!this.#released && !this.#lost.signal.aborted) this.#lost.abort(error);
  }
}

/** Signal 0 only asks. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

const within = (for_ms: number): Wait => ({
  signal: new AbortController().signal,
  deadline_wall_ms: performance.now() + for_ms,
});
