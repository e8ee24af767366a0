/** Tries all units of a campaign on all cores, group by group. */
import { availableParallelism, totalmem } from "node:os";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { UnitResult } from "../../model/coverage.ts";
import { RigError } from "../../model/errors.ts";
import { Campaign, type CampaignOptions } from "./campaign.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

/** Threads cannot run .ts on Node 20: from sources everything runs in this one. */
const canThread = (): boolean => import.meta.url.endsWith(".js");
/** Without a word from a thread for this long it has hung, ms of wall time. */
const silence_ms = 300_000;
const threads_max = 64;
/**
 * Young generation of a thread, MB. A unit leaves some 12 MB behind of which nothing stays: the more of it is thrown away at
 * once, the cheaper; twice as much gains nothing. All threads together take an eighth of a small machine.
 */
const young_MB = (threads: number): number =>
  Math.max(48, Math.min(384, Math.floor(totalmem() / 2 ** 20 / 8 / threads)));

/** All cores are busy already: a thread collects its own garbage alone, without helpers that wait for each other. */
const alone = "--no-parallel-scavenge";

type Finished = Extract<FromWorker, { readonly results: unknown }>;

export interface Pooled {
  readonly results: readonly UnitResult[];
  readonly threads: number;
  /** By type: what a nominal adapter of it is judged by. Types that no group has are not among them. */
  readonly claimed: ReadonlyMap<string, readonly string[]>;
}

export async function tryAll(options: CampaignOptions, done: () => void, signal?: AbortSignal): Promise<Pooled> {
  const campaign = new Campaign(options);
  const threads = canThread() ? Math.min(threads_max, availableParallelism(), campaign.groups) : 1;
  const results: UnitResult[] = [];
  if (threads <= 1) {
    for (let group = 0; group < campaign.groups; group += 1) {
      signal?.throwIfAborted();
      results.push(...(await campaign.tryGroup(group, done)));
    }
    return { results, threads: 1, claimed: new Map() };
  }
  let next = 0;
  const take = (): number | undefined => (next < campaign.groups ? next++ : undefined);
  const claimed = new Map<string, readonly string[]>();
  const keep = (found: Finished): void => {
    results.push(...found.results);
    claimed.set(found.type, found.claimed);
  };
  setFlagsFromString(alone);
  const workers = Array.from({ length: threads }, () => startWorker(options, threads));
  try {
    await Promise.all(workers.map((worker) => serve(worker, take, keep, done, signal)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return { results: results.sort((a, b) => a.unit - b.unit), threads, claimed };
}

const startWorker = (options: CampaignOptions, threads: number): Worker =>
  new Worker(new URL("./worker.js", import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: young_MB(threads) },
  });

function serve(
  worker: Worker,
  take: () => number | undefined,
  keep: (found: Finished) => void,
  done: () => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new RigError("PLAN_INVALID", `a thread of the coverage run failed: ${why}`));
    };
    const listen = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(`nothing heard for ${silence_ms / 1000} s`), silence_ms);
    };
    const give = (): void => {
      const group = take();
      const order: ToWorker = group === undefined ? { end: true } : { group };
      worker.postMessage(order);
      if (group !== undefined) return;
      clearTimeout(timer);
      resolve();
    };
    listen();
    signal?.addEventListener("abort", () => fail("called off"), { once: true });
    worker.on("message", (said: FromWorker) => {
      listen();
      if ("error" in said) fail(said.error);
      else if ("one" in said) done();
      else if ("ready" in said) give();
      else if ("results" in said) {
        keep(said);
        give();
      }
    });
    worker.once("error", (error) => fail(String(error)));
  });
}
