// A controller for the tests of the guard's process: connects, arms, enables, beats; then waits to be ended.

import { openPort } from "../../../dist/drivers/port/open.js";
import { connectGuard } from "../../../dist/rig/guard/client.js";

const { socket, recipes, hold } = JSON.parse(process.argv[2]);
const signal = new AbortController().signal;
// A controller holds its serial lines open, locked: the guard gets them only when it is gone.
if (hold !== undefined) await openPort(hold, "held");
const guard = await connectGuard({ socket, signal });
await guard.arm(recipes);
setInterval(() => guard.beat(), 50);
guard.lost.addEventListener("abort", () => console.log(`lost ${guard.lost.reason.message}`));
await guard.enable(true, { signal, deadline_wall_ms: performance.now() + 1000 });
console.log(`enabled ${guard.pid}`);
process.stdin.on("data", async () => {
  await guard.release();
  console.log("released");
  process.exit(0);
});
