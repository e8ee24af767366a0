/** The guard's socket: one controller, served until it goes. Nothing here decides anything: see core.ts. */
import { chmodSync, existsSync, unlinkSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import type { GpioBackend } from "../../drivers/gpio/backend.ts";
import { checkSocketPath, JsonLines, type JsonObject } from "../../drivers/gpio/jsonLines.ts";
import { RigError } from "../model/errors.ts";
import { type End, GuardCore } from "./core.ts";
import type { Note, OpenPort } from "./safeRun.ts";

export interface GuardOptions {
  readonly socket: string;
  readonly gpio: GpioBackend;
  readonly enableLine: string;
  readonly watchdogLine: string;
  readonly open: OpenPort;
  readonly note: Note;
  /** See CoreOptions. */
  readonly well?: (now_ms: number) => void;
}

export interface RunningGuard {
  readonly core: GuardCore;
  readonly ended: Promise<End>;
}

const TICK_ms = 10;
/** What the last answer may take to reach a controller that still reads. */
const FINISH_ms = 100;

/** Serves until released or triggered. @throws RigError USAGE: path too long, line unknown, another guard is running. */
export async function runGuard(options: GuardOptions): Promise<RunningGuard> {
  const { gpio, enableLine, watchdogLine, note } = options;
  checkLines(gpio, [enableLine, watchdogLine]);
  await takePath(checkSocketPath(options.socket));
  let wire: JsonLines | undefined;
  const send = (object: JsonObject): boolean => wire?.send(object) ?? false;
  const core = new GuardCore({ ...options, send }, performance.now());
  await core.start();
  const server = createServer((socket) => {
    if (wire === undefined) wire = serve(socket, core);
    else refuse(socket);
  });
  await listen(server, options.socket);
  note("ready", { pid: process.pid, socket: options.socket });
  const timer = setInterval(() => setImmediate(() => core.tick(performance.now())), TICK_ms);
  return { core, ended: finished() };

  async function finished(): Promise<End> {
    const end = await core.ended;
    clearInterval(timer);
    server.close();
    await wire?.finish(FINISH_ms);
    await gpio.close();
    note("exit", { end });
    return end;
  }
}

function serve(socket: Socket, core: GuardCore): JsonLines {
  return new JsonLines(socket, {
    message: (object) => core.message(object, performance.now()),
    malformed: (why) => core.malformed(why),
    ended: (why) => core.gone(why),
  });
}

function refuse(socket: Socket): void {
  socket.on("error", () => socket.destroy());
  socket.end(`${JSON.stringify({ id: null, ok: false, error: "this guard already has a controller" })}\n`);
}

function checkLines(gpio: GpioBackend, wanted: readonly string[]): void {
  const present = Object.keys(gpio.lines());
  for (const line of wanted) {
    if (present.includes(line)) continue;
    throw new RigError("USAGE", `there is no line ${line} here; there are ${present.join(", ")}`, { line });
  }
}

/** Removes the socket of a guard that has died; one that answers keeps it. */
async function takePath(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const taken = await new Promise<boolean>((resolve) => {
    const probe = createConnection(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (taken) throw new RigError("USAGE", `another guard is running at ${path}: end it first`, { path });
  unlinkSync(path);
}

/** For the owner only, from the first moment: the mode of the socket follows the mask when it is made. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const mask = process.umask(0o177);
    server.once("error", (error) => {
      process.umask(mask);
      reject(new RigError("USAGE", `the guard cannot listen at ${path}: ${error.message}`, { path }));
    });
    server.listen(path, () => {
      process.umask(mask);
      chmodSync(path, 0o600);
      resolve();
    });
  });
}
