/**
 * The guard's process:
 * `node dist/rig/guard/main.js --socket S --gpio twin:<path> --lines EN,WD --log F`, on a real bench
 * `--gpio chip:<label> --map EN=17:out,WD=27:out,ESTOP=9:in` and, where the machine has one, `--watchdog /dev/watchdog`.
 * Exit code: 0 released, 1 triggered, 2 could not start.
 */
import { parseArgs } from "node:util";
import { type LineMap, parseLineMap } from "../../drivers/gpio/lineMap.ts";
import { openGpio } from "../../drivers/gpio/open.ts";
import { openPort } from "../../drivers/port/open.ts";
import { RigError } from "../model/errors.ts";
import { openLog } from "./log.ts";
import { runGuard } from "./server.ts";
import { openVitals } from "./vitals.ts";

const LOG_ms = 500;

interface Options {
  readonly socket: string;
  readonly gpio: string;
  readonly map: LineMap;
  readonly lines: readonly [string, string];
  readonly log: string;
  readonly watchdog: string | undefined;
}

function options(): Options {
  const text = { type: "string" } as const;
  const names = { socket: text, gpio: text, map: text, lines: text, log: text, watchdog: text };
  const { socket, gpio, map, lines, log, watchdog } = parseArgs({ options: names }).values;
  const [enable, toggled, ...more] = (lines ?? "").split(",");
  if (socket === undefined || gpio === undefined || log === undefined)
    throw new RigError("USAGE", "the guard needs --socket, --gpio, --lines and --log");
  if (enable === undefined || enable === "" || toggled === undefined || toggled === "" || more.length > 0)
    throw new RigError("USAGE", `--lines "${lines ?? ""}": name the enable line and the watchdog line, as in EN,WD`);
  return { socket, gpio, map: map === undefined ? {} : parseLineMap(map), lines: [enable, toggled], log, watchdog };
}

async function main(): Promise<void> {
  const { socket, gpio, map, lines, log, watchdog } = options();
  const [enableLine, watchdogLine] = lines;
  const { note, close } = openLog(log);
  const backend = await openGpio(gpio, new AbortController().signal, map);
  const { well, ready, end: endVitals } = await openVitals(watchdog, note);
  const running = runGuard({ socket, gpio: backend, enableLine, watchdogLine, open: openPort, note, well });
  const { core, ended } = await running.catch((error: unknown) => {
    // Nothing was armed, and the lines begin low: a watchdog just opened must not reset the machine.
    endVitals(true);
    throw error;
  });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => core.trigger(`the guard got ${signal}`));
  }
  process.on("uncaughtException", (error) => core.trigger(`a fault of the guard: ${error.stack ?? error.message}`));
  ready();
  const end = await ended;
  endVitals(!backend.lost.aborted && backend.lines()[enableLine] === false);
  await close(LOG_ms);
  process.exit(end === "released" ? 0 : 1);
}

main().catch((error: unknown) => {
  process.stderr.write(`guard: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
});
