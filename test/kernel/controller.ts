/** A controller: starts the guard on the lines of a chip, arms it, enables, beats until it is killed. */
import type { LineMap } from "../../drivers/gpio/lineMap.ts";
import { spawnGuard } from "../../rig/guard/spawn.ts";

const [folder = "", gpio = "", lines = "", watchdog = ""] = process.argv.slice(2);
const map = JSON.parse(lines) as LineMap;
const signal = AbortSignal.timeout(50_000);
const guard = await spawnGuard({
  socket: `${folder}/guard.sock`,
  log: `${folder}/guard.log`,
  gpio,
  map,
  watchdog,
  enableLine: "EN",
  watchdogLine: "WD",
  signal,
  within_ms: 30_000,
});
guard.onEdge((edge) => console.log(`edge ${edge.line} ${edge.high} ${edge.seq}`));
guard.lost.addEventListener("abort", () => console.log(`lost ${String(guard.lost.reason)}`));
await guard.arm([]);
setInterval(() => guard.beat(), 50);
await guard.enable(true, { signal, deadline_wall_ms: performance.now() + 5000 });
console.log(`enabled ${guard.pid}`);
