/** What a station needs before a run: `rig ready` as a process, the arguments of a resume, the latch. */
import { fork } from "node:child_process";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { RigError } from "../../model/errors.ts";
import type { BeforeDeps, Looking } from "../../station/before.ts";
import type { Prepared } from "../../station/prepared.ts";
import { closeRun } from "../../store/reader.ts";
import { clearLatch, latchPath, readLatch } from "../latchFile.ts";
import { root } from "../root.ts";
import { twinPorts } from "../twinPorts.ts";

const program = join(root, "dist", "rig", "cli", "main.js");

/** `common`: store, bench and ports, as options. */
export function beforeOf(
  { store, ports }: { readonly store: string; readonly ports?: string },
  common: readonly string[],
): Omit<BeforeDeps, "bench" | "live" | "catalogue"> {
  return {
    look: ({ by, procedure, adapter, serial }) =>
      looking(["ready", procedure, `--adapter=${adapter}`, `--serial=${serial}`, `--operator=${by}`, ...common]),
    resumeArgs: (run, by) => ["resume", String(run), `--operator=${by}`, ...common],
    close: async (run, why) => void (await closeRun(store, run, why)),
    reset: (by, reason, seen) => {
      const path = latchPath(store, ports === undefined ? undefined : twinPorts(ports));
      const latched = readLatch(path);
      if (seen !== undefined && latched && !seen.endsWith(`${latched.rule}: ${latched.why}`)) {
        throw new RigError("USAGE", "another trip is latched than the page showed: look again, and see to its cause");
      }
      return clearLatch(path, by, reason);
    },
  };
}

function looking(args: readonly string[]): Looking {
  const child = fork(program, [...args], {
    env: { ...process.env, RIG_STATION: "1" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    said = `${said}${bytes}`.slice(0, 500);
  });
  // It tries plans on every core: pages and streams go first.
  child.once("spawn", () => child.pid !== undefined && setPriority(child.pid, constants.priority.PRIORITY_LOW));
  return {
    onPrepared: (listener) => {
      child.on("message", (message) => {
        const told = message as { readonly is?: string; readonly prepared?: Prepared };
        if (told.is === "prepared" && told.prepared) listener(told.prepared);
      });
    },
    onExit: (listener) => {
      child.once("exit", (code, signal) => listener(said.split("\n")[0] || `code ${code ?? signal}`));
      child.once("error", (error) => listener(error.message));
    },
    stop: () => void child.kill("SIGTERM"),
  };
}
