/**
 * The simulated bench of a sweep as its own process, which outlives controller and guard. Everything that its devices
 * and its world see leaves as JSON lines on stdout, with times of the system's monotonic clock, which all processes share.
 */
import { join } from "node:path";
import { startTwin } from "../../drivers/twin/server.ts";
import { loadAdapterUnderTest } from "../../drivers/twin/world/adapterUnderTest.ts";
import { createWorld } from "../../drivers/twin/world/world.ts";
import { loadBench } from "../../rig/bench/benchFile.ts";
import { root } from "../../rig/cli/root.ts";
import { offsetOf_ms } from "./clocks.ts";

interface Order {
  readonly dir: string;
  readonly adapter: string;
  readonly seed: number;
  /** `ideal`: the bench has no watchdog relay; only for the mutant. */
  readonly watchdog: "toggled" | "ideal";
}

const order = JSON.parse(process.argv[2] ?? "{}") as Order;
/** From performance.now() of this process to CLOCK_MONOTONIC, ms. */
const offset_ms = offsetOf_ms(() => performance.now());
const out = (kind: "world" | "wire" | "ready", body: object): void => {
  process.stdout.write(`${JSON.stringify({ kind, ...body })}\n`);
};

const bench = loadBench(join(root, "benches", "rb-1.yaml"));
const world = createWorld({
  bench,
  adapter: loadAdapterUnderTest(order.adapter),
  seed: order.seed,
  fitted: false,
  timedRelays: true,
  watchdog: order.watchdog,
  wall_ms: () => performance.now(),
  sink: ({ wall_ms, ...entry }) => out("world", { ...entry, ms: wall_ms + offset_ms }),
});
const handle = await startTwin({
  bench,
  world,
  dir: order.dir,
  speed: 1,
  log: ({ what, facts, wall_ms }) => {
    // WD toggles all the time; what a device answers is its own affair.
    if (what === "tx" || (what === "gpio" && facts["line"] === "WD")) return;
    out("wire", { what, ...facts, ms: wall_ms + offset_ms });
  },
});
out("ready", { ports: handle.ports });
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => void handle.close());
await handle.closed;
process.exit(0);
