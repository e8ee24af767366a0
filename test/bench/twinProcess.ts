/** The simulated bench as a process of its own, so that it does not share the event loop with what is timed. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectControl } from "../../drivers/twin/controlClient.ts";
import { loadBench } from "../../rig/bench/benchFile.ts";
import { defaultBench } from "../../rig/cli/defaults.ts";
import { root } from "../../rig/cli/root.ts";
import { twinPorts, withPorts } from "../../rig/cli/twinPorts.ts";
import type { Bench } from "../../rig/model/bench.ts";
import type { Data } from "../../rig/model/data.ts";

const ready_ms = 20_000;

export interface TwinProcess {
  /** The reference bench with this twin's ports. */
  readonly bench: Bench;
  /** Sends one request to the control socket. */
  control(request: Readonly<Record<string, Data>>): Promise<Data>;
  close(): Promise<void>;
}

export async function twinProcess(adapter: string, speed: "1" | "max"): Promise<TwinProcess> {
  const dir = mkdtempSync(join(tmpdir(), "rig-bench-twin-"));
  const program = join(root, "dist", "rig", "cli", "main.js");
  const file = join(root, "drivers", "twin", "adapters", adapter);
  const args = [program, "twin", "--adapter", file, "--dir", dir, "--speed", speed];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await ready(child);
  const ports = twinPorts(dir);
  const control = await connectControl(ports.control, new AbortController().signal);
  return {
    bench: withPorts(loadBench(defaultBench), ports),
    control: (request) => control.request(request, ready_ms),
    close: async () => {
      control.close();
      const gone = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.kill("SIGTERM")) await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the twin is not ready after ${ready_ms} ms`)), ready_ms);
    child.once("exit", (code) => reject(new Error(`the twin ended (${code}) before it was ready`)));
    child.stdout?.once("data", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
