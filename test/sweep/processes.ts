/** The processes of a sweep point: twin, controller and guard, started and ended by their own ids only. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startTime } from "../../rig/guard/controllerProcess.ts";
import { mono_ms } from "./clocks.ts";

export const pause = (for_ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, for_ms)));

export type Line = Readonly<Record<string, unknown>>;

export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** What it has said on stderr, at most 20 kB. */
  readonly stderr: () => string;
  readonly gone: Promise<void>;
}

const stderr_max = 20_000;

/** Starts a program of this folder; each JSON line of its stdout goes to `line`. */
export function start(program: "twin" | "controller", order: object, line: (line: Line) => void): Child {
  const file = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (said.length < stderr_max) said += chunk.toString("utf8");
  });
  createInterface({ input: child.stdout }).on("line", (text) => line(JSON.parse(text) as Line));
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return { process: child, pid: child.pid ?? 0, stderr: () => said, gone };
}

/** Waits until `done`, in small steps. False when the time is over. */
export async function until(done: () => boolean, within_ms: number, every_ms = 10): Promise<boolean> {
  const end_ms = mono_ms() + within_ms;
  while (!done()) {
    if (mono_ms() >= end_ms) return false;
    await pause(every_ms);
  }
  return true;
}

export const isRunning = (pid: number): boolean => startTime(pid) !== undefined && !isZombie(pid);

function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return true;
    throw error;
  }
}

/** Process id of the last guard that wrote to this log; 0 while there is none. */
export function guardPid(log: string): number {
  if (!existsSync(log)) return 0;
  const ready = readFileSync(log, "utf8")
    .split("\n")
    .filter((text) => text.includes('"event":"ready"'))
    .at(-1);
  return ready === undefined ? 0 : Number((JSON.parse(ready) as { pid?: unknown }).pid);
}

/** A signal to a process that may be gone by now. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  if (pid <= 1) return false;
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
