/**
 * Questions of the review in a thread of its own, one after the other: a chain of a million points or a ledger of years
 * takes seconds, and the station beats once a second. A question that takes too long ends the thread; the next one starts
 * another.
 */
import { Worker } from "node:worker_threads";
import { RigError } from "../../model/errors.ts";
import type { AskReview, Question, Questions } from "../../station/reviewTypes.ts";
import type { ReviewOf } from "./answer.ts";
import type { ReviewReply } from "./worker.ts";

const answer_ms = 30_000;
/** A thread without questions gives its memory back after this. */
const idle_ms = 60_000;
const waiting_max = 32;

/** A thread cannot run .ts on Node 20: from sources, the compiled file of the last build is taken. */
const workerFile = (): URL =>
  import.meta.url.endsWith(".ts")
    ? new URL("../../../dist/rig/cli/review/worker.js", import.meta.url)
    : new URL("./worker.js", import.meta.url);

export class ReviewThread {
  private readonly of: ReviewOf;
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private count = 0;

  constructor(of: ReviewOf) {
    this.of = of;
  }

  readonly ask: AskReview = (kind, asked) => {
    if (this.waiting >= waiting_max) {
      return Promise.reject(
        new RigError("USAGE", "the station is answering too many questions: try again in a minute"),
      );
    }
    this.waiting += 1;
    const mine = this.last.then(() => this.answer(kind, asked));
    this.last = mine
      .catch(() => undefined)
      .finally(() => {
        this.waiting -= 1;
      });
    return mine;
  };

  async close(): Promise<void> {
    clearTimeout(this.idle);
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private answer<K extends Question>(kind: K, asked: Questions[K]["asked"]): Promise<Questions[K]["answer"]> {
    clearTimeout(this.idle);
    this.worker ??= new Worker(workerFile(), { workerData: this.of });
    const { worker } = this;
    this.count += 1;
    const number = this.count;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        worker.off("message", hear).off("error", died).off("exit", ended);
        this.idle = setTimeout(() => void this.close(), idle_ms).unref();
        act();
      };
      const hear = (reply: ReviewReply): void => {
        if (reply.number !== number) return;
        settle(() => {
          if ("code" in reply) reject(new RigError(reply.code, reply.message));
          else resolve(reply.answer as Questions[K]["answer"]);
        });
      };
      const died = (error: Error): void => gone(error.message);
      const ended = (): void => gone("its thread ended");
      const gone = (why: string): void => {
        if (this.worker === worker) this.worker = undefined;
        settle(() => reject(new RigError("STORAGE_FAILED", `the question was not answered: ${why}`)));
      };
      const timer = setTimeout(() => {
        void worker.terminate();
        gone(`it took more than ${answer_ms / 1000} s`);
      }, answer_ms);
      worker.on("message", hear).on("error", died).on("exit", ended);
      worker.postMessage({ number, kind, asked });
    });
  }
}
