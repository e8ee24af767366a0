/**
 * The guard's process:
 * `node dist/rig/guard/main.js --socket S --gpio twin:<path> --lines EN,WD --log F`
 * Exit code: 0 released, 1 triggered, 2 could not start.
 */
import { parseArgs } from "node:util";
import { openGpio } from "../../drivers/gpio/open.ts";
import { openPort } from "../../drivers/port/open.ts";
import { RigError } from "../model/errors.ts";
import { openLog } from "./log.ts";
import { runGuard } from "./server.ts";

const LOG_ms = 500;

function options(): { socket: string; gpio: string; lines: [string, string]; log: string } {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { socket: text, gpio: text, lines: text, log: text } });
  const { socket, gpio, lines, log } = values;
  const [enable, watchdog, ...more] = (lines ?? "").split(",");
  if (socket === undefined || gpio === undefined || log === undefined)
    throw new RigError("USAGE", "the guard needs --socket, --gpio, --lines and --log");
  if (enable === undefined || enable === "" || watchdog === undefined || watchdog === "" || more.length > 0)
    throw new RigError("USAGE", `--lines "${lines ?? ""}": name the enable line and the watchdog line, as in EN,WD`);
  return { socket, gpio, lines: [enable, watchdog], log };
}

async function main(): Promise<void> {
  const { socket, gpio, lines, log } = options();
  const { note, close } = openLog(log);
  const backend = await openGpio(gpio, new AbortController().signal);
  const [enableLine, watchdogLine] = lines;
  const { core, ended } = await runGuard({ socket, gpio: backend, enableLine, watchdogLine, open: openPort, note });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => core.trigger(`the guard got ${signal}`));
  }
  process.on("uncaughtException", (error) => core.trigger(`a fault of the guard: ${error.stack ?? error.message}`));
  const end = await ended;
  await close(LOG_ms);
  process.exit(end === "released" ? 0 : 1);
}

main().catch((error: unknown) => {
  process.stderr.write(`guard: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
});
