/** Threads that take their share of a preflight's paths. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { RigError } from "../model/errors.ts";
import type { Tried } from "./preflight.ts";
import type { PreflightAnswer, PreflightJob } from "./preflightWorker.ts";

const threads_max = 4;
/** Wall time a thread may take for its share, ms. */
const thread_ms = 600_000;

/** Threads cannot run .ts on Node 20: from sources everything runs in this one. */
const canThread = (): boolean => import.meta.url.endsWith(".js");

export async function otherThread(job: PreflightJob): Promise<readonly Tried[]> {
  const worker = new Worker(new URL("./preflightWorker.js", import.meta.url), { workerData: job });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<PreflightAnswer>((resolve, reject) => {
      const fail = (why: string) => reject(new RigError("PLAN_INVALID", `a thread of the preflight failed: ${why}`));
      timer = setTimeout(() => fail(`not done after ${thread_ms / 1000} s`), thread_ms);
      worker.once("message", resolve);
      worker.once("error", (error) => fail(String(error)));
      worker.once("exit", (code) => fail(`exit code ${code}`));
    });
    if ("error" in answer) throw new RigError("RIG_CHECK_FAILED", `preflight: ${answer.error}`);
    return answer.tried;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** How many threads share the paths, this one included. */
export const shares = (): number => (canThread() ? Math.min(threads_max, availableParallelism()) : 1);
