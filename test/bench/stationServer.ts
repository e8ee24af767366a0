/**
 * The station as `rig serve` puts it together, in a process of its own, with a run that somebody else writes: row 13 feeds
 * the store and measures this process. Arguments: the store's folder, the number of the run.
 */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { loadBench } from "../../rig/bench/benchFile.ts";
import { followed } from "../../rig/cli/commands/serveHealth.ts";
import { resultOf } from "../../rig/cli/commands/serveResult.ts";
import { defaultBench } from "../../rig/cli/defaults.ts";
import { Outside } from "../../rig/cli/outside.ts";
import { root } from "../../rig/cli/root.ts";
import { RigError } from "../../rig/model/errors.ts";
import { Accounts } from "../../rig/station/accounts.ts";
import { stationApp } from "../../rig/station/app.ts";
import { BenchRuns } from "../../rig/station/bench.ts";
import { limitConnections, serverOptions, usualLimits } from "../../rig/station/connections.ts";
import { loadPage } from "../../rig/station/files.ts";
import { Health } from "../../rig/station/health.ts";
import { Live } from "../../rig/station/live.ts";
import { LastReadings } from "../../rig/station/readings.ts";
import { Refusals } from "../../rig/station/refusals.ts";
import { idOf } from "../../rig/store/ids.ts";
import { Tail } from "../../rig/store/tail.ts";

const [store = "", number = "1"] = process.argv.slice(2);
const run = Number(number);
const look_ms = 200;
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const utc = (): string => new Date().toISOString();

let hear: (message: unknown) => void = () => undefined;
const bench = new BenchRuns({
  bench: "RB-1",
  simulated: true,
  start: () => ({
    send: () => undefined,
    stop: () => undefined,
    onMessage: (listener) => {
      hear = listener;
    },
    onExit: () => undefined,
  }),
  makeSafe: async () => ({ proved: true, why: "bench" }),
  ended: async () => ({ safe: true, why: "bench" }),
  utc,
});
bench.start({ by: "Tina", procedure: "thermal-qualification", adapter: "generic-a-pass", serial: "BENCH" }, []);
hear({ is: "plan", steps: [{ path: "soak", takes_s: 14_400 }], bench_s: 14_400 });
hear({ is: "run", run, id: idOf(run) });

const now_ms = (): number => performance.now();
const readings = new LastReadings(loadBench(defaultBench), now_ms);
const health = new Health({
  ...{ bench, readings, utc, now_ms },
  ask: () => Promise.reject(new RigError("USAGE", "no bench here")),
  elsewhere: async () => undefined,
});
const outside = new Outside({ bench, goesOn: async () => undefined, doubt: async () => undefined });
followed({ store, runs: bench, readings, health, outside, say }, []);
const live = new Live(bench, () => Tail.open(store));
setInterval(() => void live.look(), look_ms);

const accounts = await Accounts.open(store);
const refusals = new Refusals(accounts.audit.bind(accounts), Date.now, say);
const hosts: string[] = [];
const app = stationApp({
  ...{ accounts, refusals, hosts, health, secure: false },
  result: resultOf(store),
  page: loadPage(join(root, "dist", "page")),
  runs: {
    ...{ bench, live, catalogue: { procedures: [], adapters: [] } },
    argsOf: () => [],
    read: async () => undefined,
    report: async () => undefined,
  },
});
const server = createAdaptorServer({ fetch: app.fetch, serverOptions: serverOptions(usualLimits) }) as Server;
limitConnections(server, usualLimits, refusals);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  hosts.push(`127.0.0.1:${port}`);
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});

/** Asked for by a line: what is in use after a collection, bytes of heap and outside of it, and all that is resident. */
process.stdin.on("data", () => {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ used: heapUsed + external, rss })}\n`);
});
