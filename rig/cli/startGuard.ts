/** Starts the guard for a bench: on the twin's lines, or on the chip that the bench file names. */
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lineMapOf } from "../../drivers/gpio/lineMap.ts";
import { connectGuard } from "../guard/client.ts";
import { spawnGuard } from "../guard/spawn.ts";
import type { GuardClient } from "../guard/types.ts";
import type { Bench } from "../model/bench.ts";
import type { TwinPorts } from "./twinPorts.ts";

/** Patience with a twin at speed max: it may be busy computing. Safety times are proved at speed 1. */
const unpaced = 10;

/** Unix socket of a guard that is a service of its own (deploy/systemd/rig-guard.service). */
const service = "RIG_GUARD_SOCKET";

/** It must be there before any output port opens. `logFolder` keeps guard.log. @throws RigError GUARD_LOST */
export async function startGuard(
  bench: Bench,
  twin: TwinPorts | undefined,
  logFolder: string,
  signal: AbortSignal,
): Promise<GuardClient> {
  const running = process.env[service];
  if (running !== undefined && running !== "" && !twin) return connectGuard({ socket: running, signal });
  mkdirSync(logFolder, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "rig-guard-"));
  const lines = twin
    ? { gpio: `twin:${twin.gpio}`, patience: twin.speed === "max" ? unpaced : 1 }
    : { gpio: `chip:${bench.gpio.chip}`, map: lineMapOf(bench.gpio.lines) };
  return spawnGuard({
    ...lines,
    socket: join(folder, "guard.sock"),
    enableLine: "EN",
    watchdogLine: "WD",
    log: join(logFolder, "guard.log"),
    signal,
  });
}
