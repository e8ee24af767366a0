/**
 * A mutant's guard: the controller drives EN itself and nobody watches over it. With a bench that has no watchdog relay
 * a killed controller then leaves the source on. The sweep must see that, or it sees nothing.
 */
import { openGpio } from "../../drivers/gpio/open.ts";
import type { GuardClient } from "../../rig/guard/types.ts";

export async function noGuard(gpio: string, signal: AbortSignal): Promise<GuardClient> {
  const lines = await openGpio(gpio, signal);
  return {
    pid: process.pid,
    lost: lines.lost,
    arm: async () => undefined,
    beat: () => undefined,
    enable: (on) => lines.set("EN", on),
    lines: () => lines.lines(),
    onEdge: (listener) => lines.onEdge(listener),
    onLoss: () => () => undefined,
    handOver: async () => lines.close(),
    release: async () => {
      await lines.set("EN", false);
      await lines.close();
    },
  };
}
