/**
 * The journal's line to its worker thread: starts it, passes messages, says when it dies. Requests that expect an answer
 * have a deadline.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { asRigError, RigError } from "../model/errors.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./messages.ts";

/** A worker cannot run .ts on Node 20: from sources, the compiled file of the last build is taken. */
function workerFile(): URL {
  const here = import.meta.url;
  if (!here.endsWith(".ts")) return new URL("./worker.js", here);
  const compiled = new URL("../../dist/rig/store/worker.js", here);
  if (existsSync(fileURLToPath(compiled))) return compiled;
  throw new RigError("STORAGE_FAILED", "the store's worker is not built: run `npm run build` first", {});
}

type Answer = Exclude<FromWorker["is"], "durable" | "failed">;

interface Waiting {
  readonly is: Answer;
  readonly resolve: (message: FromWorker) => void;
  readonly reject: (error: RigError) => void;
  readonly timer: NodeJS.Timeout;
}

export interface LinkEvents {
  readonly durable: (message: FromWorker & { is: "durable" }) => void;
  readonly lost: (error: RigError) => void;
}

export class WorkerLink {
  private readonly worker: Worker;
  private readonly on: LinkEvents;
  private waiting: Waiting | undefined;
  private ended = false;

  constructor(start: WorkerStart, on: LinkEvents) {
    this.on = on;
    this.worker = new Worker(workerFile(), { workerData: start });
    this.worker.on("message", (message: FromWorker) => this.receive(message));
    this.worker.on("messageerror", (error) => this.lose(`an answer of the store's thread is unreadable: ${error}`));
    this.worker.on("error", (error) => this.lose(`the store's thread failed: ${asRigError(error).message}`, error));
    this.worker.on("exit", (code) => this.lose(`the store's thread ended by itself (code ${code})`));
  }

  post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  /** Waits for the next message of that type. One at a time. */
  answer<A extends Answer>(is: A, within_ms: number): Promise<FromWorker & { is: A }> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.lose(`the store did not answer within ${within_ms} ms`), within_ms);
      this.waiting = { is, resolve: resolve as (message: FromWorker) => void, reject, timer };
    });
  }

  /** Whether the worker alone keeps the process running. */
  hold(on: boolean): void {
    if (on) this.worker.ref();
    else this.worker.unref();
  }

  /** Ends the thread without further word. */
  async end(): Promise<void> {
    this.ended = true;
    await this.worker.terminate();
  }

  private receive(message: FromWorker): void {
    if (this.ended) return;
    if (message.is === "durable") {
      this.on.durable(message);
    } else if (message.is === "failed") {
      this.fail(new RigError(message.code, message.why, {}));
    } else if (this.waiting?.is === message.is) {
      const { resolve, timer } = this.waiting;
      this.waiting = undefined;
      // Its last word: the thread may be gone before anybody who waits for it has had a turn.
      if (message.is === "closed") this.ended = true;
      clearTimeout(timer);
      resolve(message);
    } else this.lose(`the store's thread answered ${message.is} unasked`);
  }

  private lose(why: string, cause?: unknown): void {
    if (!this.ended) this.fail(new RigError("STORAGE_FAILED", why, {}, { cause }));
  }

  private fail(error: RigError): void {
    this.ended = true;
    this.on.lost(error);
    if (this.waiting === undefined) return;
    clearTimeout(this.waiting.timer);
    this.waiting.reject(error);
    this.waiting = undefined;
  }
}
