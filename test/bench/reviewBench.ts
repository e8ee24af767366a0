/**
 * Row 14: what QA asks of a store of `RIG_BENCH_RUNS` (100,000) runs with one of 1,000,000 points, by the real `rig serve`;
 * and how long a request that asks for next to nothing waits meanwhile: the stream of a running page would wait as long.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { root } from "../../rig/cli/root.ts";
import { Accounts } from "../../rig/station/accounts.ts";
import { createRun } from "../../rig/store/journal.ts";
import type { Figure } from "./figure.ts";
import { head } from "./head.ts";
import { writeManyRuns } from "./manyRuns.ts";

const runs = Number(process.env["RIG_BENCH_RUNS"] ?? 100_000);
const points = 1_000_000;
const actions = 5000;
const secret = "bench-87654321";
/** The page's beat may be late by so much (docs/station.md: it says after 2 s that it has lost its station). */
const held_ms_max = 200;
const list_ms_max = 200;
/** As long as the slowest of the questions takes, about. */
const alone_ms = 10_000;

const figure = (name: string, value: number, budget?: number): Figure => ({
  ...{ row: 14, name, value, unit: "ms" },
  ...(budget === undefined ? {} : { budget }),
});

async function fill(store: string): Promise<number> {
  await writeManyRuns(store, { runs, seed: 1, days: 1826 });
  let tick = 0;
  const journal = await createRun(store, { ...head, simulated: true }, { clock: { bench_s: () => ++tick / 1000 } });
  for (let i = 0; i < points; i += 1) {
    journal.point("thermal/ev.DC+", "degC", i, 20 + Math.sin(i / 1000));
    if (i % 10_000 === 0)
      await journal.durable(journal.append({ type: "note", lane: "main", attempt: 1, body: { i } }));
  }
  await journal.finish({ verdict: "not-judged", ending: "stopped" });
  const accounts = await Accounts.open(store);
  await accounts.setUp(accounts.setupCode ?? "", "Root", secret);
  for (let i = 0; i < actions; i += 1) accounts.audit("Root", "bench", { i });
  accounts.close();
  return journal.run.run;
}

async function started(store: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const program = join(root, "dist", "rig", "cli", "main.js");
  const child = spawn(process.execPath, [program, "serve", "--port", "0", "--store", store], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the station did not start: ${said}`)), 60_000);
    child.stderr?.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      const found = /on (http:\S+)/.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
  return { child, url };
}

async function login(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/login`, {
    method: "POST",
    headers: { origin: url, "content-type": "application/json" },
    body: JSON.stringify({ name: "Root", secret }),
  });
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

/** In a thread of its own, so that reading the answers here does not count. */
const prober = `
  const { parentPort, workerData } = require("node:worker_threads");
  let held_ms = 0;
  let busy = true;
  parentPort.once("message", () => { busy = false; });
  const ask = async () => {
    await (await fetch(workerData.url, { headers: { cookie: workerData.cookie } })).arrayBuffer();
  };
  (async () => {
    // The first one loads code and connects.
    await ask();
    parentPort.postMessage("ready");
    while (busy) {
      const begun = performance.now();
      await ask();
      held_ms = Math.max(held_ms, performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    parentPort.postMessage(held_ms);
  })();
`;

/** Time of some work; and the longest wait of small requests beside it. */
async function beside(url: string, cookie: string, work: () => Promise<void>) {
  const probing = new Worker(prober, { eval: true, workerData: { url: `${url}/api/me`, cookie } });
  await once(probing, "message");
  const held = once(probing, "message");
  const begun = performance.now();
  await work();
  const took_ms = performance.now() - begun;
  probing.postMessage("stop");
  return { took_ms, held_ms: Number((await held)[0]) };
}

async function read(url: string, cookie: string, path: string): Promise<void> {
  const answer = await fetch(url + path, { headers: { cookie } });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
}

export async function benchReview(): Promise<readonly Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), "rig-bench-review-"));
  let child: ChildProcess | undefined;
  try {
    const run = await fill(dir);
    const station = await started(dir);
    child = station.child;
    const cookie = await login(station.url);
    const series = `/api/runs/${run}/series`;
    const questions: readonly (readonly [string, string, number?])[] = [
      ["first question (starts the thread)", "/api/choices"],
      ["newest page of runs, counted", "/api/runs", list_ms_max],
      ["runs of one type, counted", "/api/runs?adapter=generic-a-pass", list_ms_max],
      ["runs of an operator who has none", "/api/runs?operator=nobody", list_ms_max],
      ["open fails", "/api/runs?open=1"],
      ["a run of 4 judgements", "/api/runs/500"],
      ["trend of one measurement", `/api/trend?id=${encodeURIComponent("power.dc.r.mean/DC+")}`],
      ["two runs side by side", "/api/compare?baseline=500&run=505"],
      ["a run of 1,000,000 points, chain checked", `/api/runs/${run}`],
      ["its points for a screen", `${series}?name=${encodeURIComponent("thermal/ev.DC+")}`],
      ["a part of them", `${series}?name=${encodeURIComponent("thermal/ev.DC+")}&from=1000&to=2000`],
      ["all of them as CSV", `${series}.csv?name=${encodeURIComponent("thermal/ev.DC+")}`],
      ["PDF of it", `/api/runs/${run}/report/pdf`],
      ["its evidence file", `/api/runs/${run}/report/evidence`],
      ["audit trail of 5,000 actions, checked", "/api/audit"],
      ["audit trail as JSON", "/api/audit/file/json"],
    ];
    const figures: Figure[] = [];
    let worst = { name: "", held_ms: 0 };
    for (const [name, path, budget] of questions) {
      const one = await beside(station.url, cookie, () => read(station.url, cookie, path));
      if (one.held_ms > worst.held_ms) worst = { name, held_ms: one.held_ms };
      figures.push(figure(`review: ${name}`, one.took_ms, budget));
    }
    const alone = await beside(station.url, cookie, () => sleep(alone_ms));
    return [
      ...figures,
      figure(`review: longest wait of a small request (${worst.name})`, worst.held_ms, held_ms_max),
      figure("review: the same while nothing else is asked", alone.held_ms),
    ];
  } finally {
    child?.kill("SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  }
}
