/** Starts the guard in its own session, so that nothing that ends the controller's terminal or process group ends it. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkSocketPath } from "../../drivers/gpio/jsonLines.ts";
import { formatLineMap, type LineMap } from "../../drivers/gpio/lineMap.ts";
import { RigError } from "../model/errors.ts";
import { connectGuard } from "./client.ts";
import type { GuardClient } from "./types.ts";

export interface SpawnOptions {
  /** Unix socket, at most 107 bytes. */
  readonly socket: string;
  /** Lines: `twin:<path>`, `chip:<label>`, `sysfs:<label>`. */
  readonly gpio: string;
  /** Which line of the chip is which; not for a twin. */
  readonly map?: LineMap;
  /** The machine's watchdog, for instance /dev/watchdog. */
  readonly watchdog?: string;
  readonly enableLine: string;
  readonly watchdogLine: string;
  /** Log file, appended to. What cannot be logged goes to the same file by stderr. */
  readonly log: string;
  readonly signal: AbortSignal;
  readonly within_ms?: number;
  /** See ConnectOptions. */
  readonly patience?: number;
}

/** The compiled program, also when this file runs from its source. */
function program(): string {
  const own = fileURLToPath(import.meta.url);
  if (own.endsWith(".js")) return fileURLToPath(new URL("./main.js", import.meta.url));
  return fileURLToPath(new URL("../../dist/rig/guard/main.js", import.meta.url));
}

/** Without what systemd gave to the controller: the guard must not answer for it. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { NOTIFY_SOCKET: _socket, WATCHDOG_USEC: _limit, WATCHDOG_PID: _whose, ...env } = process.env;
  return env;
}

/** @throws RigError GUARD_LOST when it does not start: its last words are in the log. */
export async function spawnGuard(options: SpawnOptions): Promise<GuardClient> {
  const socket = checkSocketPath(options.socket);
  const lines = `${options.enableLine},${options.watchdogLine}`;
  const args = ["--socket", socket, "--gpio", options.gpio, "--lines", lines, "--log", options.log];
  if (options.map !== undefined) args.push("--map", formatLineMap(options.map));
  if (options.watchdog !== undefined) args.push("--watchdog", options.watchdog);
  const log = openSync(options.log, "a", 0o600);
  const failed = new AbortController();
  try {
    const child = spawn(process.execPath, [program(), ...args], {
      detached: true,
      stdio: ["ignore", log, log],
      env: ownEnvironment(),
    });
    const gone = (why: string): void =>
      failed.abort(new RigError("GUARD_LOST", `the guard did not start (${why}): see ${options.log}`, { why }));
    child.once("error", (error) => gone(error.message));
    child.once("exit", (code, signal) => gone(`exit ${code ?? signal ?? "unknown"}`));
    child.unref();
    const { within_ms, patience = 1 } = options;
    const signal = AbortSignal.any([options.signal, failed.signal]);
    try {
      return await connectGuard({ socket, signal, patience, ...(within_ms === undefined ? {} : { within_ms }) });
    } catch (error) {
      // Nobody will ever arm it: left alone it would hold the lines until its own time-out.
      child.kill("SIGTERM");
      throw error;
    }
  } finally {
    closeSync(log);
  }
}
