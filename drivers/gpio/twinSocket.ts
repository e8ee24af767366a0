/**
 * The lines of the simulated bench over its unix socket. Client: `{"set":"EN","high":true}`. Twin: `{"lines":{...}}` on
 * connect, `{"edge":"ESTOP","high":false,"ns":"...","seq":17}` for each change, `{"done":"EN","high":true}` after each
 * set. Lines keep their level when the client goes, as on a real bench.
 */
import { createConnection } from "node:net";
import { RigError } from "../../rig/model/errors.ts";
import type { GpioBackend, GpioEdge } from "./backend.ts";
import { checkSocketPath, isLevels, JsonLines, type JsonObject } from "./jsonLines.ts";

/** A twin that does not say that a line moved within this time has lost it. */
const SET_ms = 200;
const PATIENCE_max = 20;
const CONNECT_ms = 2000;
/** Sets that may wait for their answer. */
const WAITING_max = 64;

interface Waiting {
  readonly line: string;
  readonly high: boolean;
  readonly done: () => void;
  readonly failed: (error: RigError) => void;
  readonly timer: NodeJS.Timeout;
}

/** @throws RigError PORT_OPEN_FAILED when nobody listens, or no levels come within 2 s; USAGE for a path too long. */
export async function connectTwinGpio(path: string, signal: AbortSignal): Promise<GpioBackend> {
  signal.throwIfAborted();
  const lines = new TwinLines(checkSocketPath(path));
  await lines.ready(signal);
  return lines;
}

class TwinLines implements GpioBackend {
  readonly #path: string;
  readonly #wire: JsonLines;
  readonly #lost = new AbortController();
  readonly #listeners = new Set<(edge: GpioEdge) => void>();
  readonly #waiting: Waiting[] = [];
  #levels: Record<string, boolean> | undefined;
  /** See GpioBackend. */
  patience = 1;
  #closed = false;
  /** Ends the wait of ready(): with a reason when it failed. */
  #settle: (why?: string) => void = () => undefined;

  constructor(path: string) {
    this.#path = path;
    this.#wire = new JsonLines(createConnection(path), {
      message: (object) => this.#message(object),
      malformed: (why) => this.#drop(`it sent a line that is no JSON object: ${why}`),
      ended: (why) => this.#drop(why),
    });
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Resolves with the first levels. */
  ready(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = (why: string): void => {
        this.#drop(why);
        reject(new RigError("PORT_OPEN_FAILED", `cannot open the twin's lines at ${this.#path}: ${why}`));
      };
      const timer = setTimeout(() => give(`no levels within ${CONNECT_ms} ms`), CONNECT_ms);
      const onAbort = (): void => give("aborted");
      signal.addEventListener("abort", onAbort, { once: true });
      this.#settle = (why) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        this.#settle = () => undefined;
        if (why === undefined) resolve();
        else give(why);
      };
    });
  }

  #message(object: JsonObject): void {
    const { lines, edge, done, high, ns, seq, patience } = object;
    if (isLevels(lines)) {
      if (typeof patience === "number" && patience >= 1 && patience <= PATIENCE_max) this.patience = patience;
      this.#levels = { ...lines };
      this.#settle();
      return;
    }
    if (typeof high !== "boolean" || this.#levels === undefined) {
      this.#drop(`it sent ${JSON.stringify(object).slice(0, 80)}`);
      return;
    }
    if (typeof done === "string") this.#done(done, high);
    else if (typeof edge === "string" && typeof ns === "string" && typeof seq === "number" && Number.isInteger(seq))
      this.#edge({ line: edge, high, kernel_ns: ns, seq });
    else this.#drop(`it sent ${JSON.stringify(object).slice(0, 80)}`);
  }

  #edge(edge: GpioEdge): void {
    if (this.#levels !== undefined) this.#levels[edge.line] = edge.high;
    for (const listener of this.#listeners) listener(edge);
  }

  #done(line: string, high: boolean): void {
    if (this.#levels !== undefined) this.#levels[line] = high;
    const first = this.#waiting[0];
    if (first === undefined || first.line !== line || first.high !== high) {
      this.#drop(`it confirmed ${line} ${high ? "high" : "low"}, which was not asked for`);
      return;
    }
    this.#waiting.shift();
    clearTimeout(first.timer);
    first.done();
  }

  set(line: string, high: boolean): Promise<void> {
    return new Promise((done, failed) => {
      this.#lost.signal.throwIfAborted();
      if (this.#levels?.[line] === undefined)
        throw new RigError("BENCH_INVALID", `the twin has no line ${line}: correct the bench file`, { line });
      if (this.#waiting.length >= WAITING_max)
        throw new RigError("PLAN_INVALID", `${WAITING_max} sets already wait for ${this.#path}`);
      const within_ms = SET_ms * this.patience;
      const timer = setTimeout(() => this.#drop(`${line} did not move within ${within_ms} ms`), within_ms);
      this.#waiting.push({ line, high, done, failed, timer });
      if (!this.#wire.send({ set: line, high })) this.#drop("it takes no more");
    });
  }

  lines(): Readonly<Record<string, boolean>> {
    return { ...this.#levels };
  }

  onEdge(listener: (edge: GpioEdge) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #drop(why: string): void {
    if (this.#lost.signal.aborted) return;
    const error = new RigError("PORT_LOST", `lost the twin's lines at ${this.#path}: ${why}`, {
      path: this.#path,
      why,
    });
    for (const { timer, failed } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      failed(error);
    }
    this.#wire.end(why);
    this.#settle(why);
    if (!this.#closed) this.#lost.abort(error);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    this.#drop("closed");
  }
}
