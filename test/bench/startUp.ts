/**
 * Row 3: from exec to the first question that an instrument receives (`*IDN?`), seen by the simulated instruments and not
 * by the program that is timed; what the program then holds in memory; and the guard, from its exec until it is armed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTwin, type TwinHandle } from "../../drivers/twin/server.ts";
import type { TwinEvent } from "../../drivers/twin/twinLog.ts";
import { loadAdapterUnderTest } from "../../drivers/twin/world/adapterUnderTest.ts";
import { createWorld } from "../../drivers/twin/world/world.ts";
import { loadBench } from "../../rig/bench/benchFile.ts";
import { defaultBench } from "../../rig/cli/defaults.ts";
import { root } from "../../rig/cli/root.ts";
import { spawnGuard } from "../../rig/guard/spawn.ts";
import { type Figure, repeated } from "./figure.ts";

const identityQuestion_hex = Buffer.from("*IDN?", "latin1").toString("hex");
const first_ms = 30_000;
const program = join(root, "dist", "rig", "cli", "main.js");

interface Listening {
  readonly dir: string;
  readonly twin: TwinHandle;
  /** Called with each event of the simulated instruments. */
  listener: (event: TwinEvent) => void;
}

async function listening(): Promise<Listening> {
  const dir = mkdtempSync(join(tmpdir(), "rig-bench-start-"));
  const bench = loadBench(defaultBench);
  const adapter = loadAdapterUnderTest(join(root, "drivers", "twin", "adapters", "healthy-a.yaml"));
  const world = createWorld({ bench, adapter, fitted: false, wall_ms: () => performance.now() });
  const log = (event: TwinEvent): void => on.listener(event);
  const twin = await startTwin({ bench, world, dir, speed: "max", log });
  const on: Listening = { dir, twin, listener: () => undefined };
  return on;
}

interface First {
  readonly after_s: number;
  readonly resident_MB: number;
}

/** Largest resident set so far, MB (10^6 bytes). Linux: proc(5), VmHWM in KiB. */
function resident_MB(pid: number | undefined): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return (Number(line?.[1]) * 1024) / 1e6;
}

async function first(on: Listening, args: readonly string[]): Promise<First> {
  const started = performance.now();
  const child = spawn(process.execPath, [program, ...args, "--ports", on.dir], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    return await new Promise<First>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no question within ${first_ms} ms: ${said}`)), first_ms);
      child.once("exit", (code) => reject(new Error(`rig ${args[0]} ended first (${code}): ${said}`)));
      on.listener = ({ what, facts }) => {
        if (what !== "rx" || !String(facts["hex"]).includes(identityQuestion_hex)) return;
        on.listener = () => undefined;
        clearTimeout(timer);
        resolve({ after_s: (performance.now() - started) / 1000, resident_MB: resident_MB(child.pid) });
      };
    });
  } finally {
    await ended(child, gone);
  }
}

/** An orderly end, so that a run brings its guard down with it. */
async function ended(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.exitCode === null) child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), first_ms);
  await gone;
  clearTimeout(timer);
}

async function doctor(on: Listening): Promise<readonly Figure[]> {
  const { after_s, resident_MB } = await first(on, ["doctor"]);
  return [
    {
      row: 3,
      name: "rig doctor: exec to first instrument question",
      value: after_s,
      unit: "s",
      budget: 0.25,
      reference: "OpenHTF 0.39 s",
    },
    {
      row: 3,
      name: "rig doctor: resident by then",
      value: resident_MB,
      unit: "MB",
      budget: 90,
      reference: "OpenHTF 70 MB",
    },
  ];
}

async function run(on: Listening): Promise<readonly Figure[]> {
  const store = join(on.dir, "store");
  const args = ["run", "dc-screening", "--serial", "BENCH", "--simulated-operator", "--store", store];
  const { after_s, resident_MB } = await first(on, args);
  return [
    { row: 3, name: "rig run: exec to first question, preflight included", value: after_s, unit: "s" },
    { row: 3, name: "rig run: resident by then", value: resident_MB, unit: "MB" },
  ];
}

async function guard(on: Listening): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(on.dir, "guard-"));
  const started = performance.now();
  const client = await spawnGuard({
    socket: join(folder, "guard.sock"),
    gpio: `twin:${on.twin.ports.gpio}`,
    enableLine: "EN",
    watchdogLine: "WD",
    log: join(folder, "guard.log"),
    signal: AbortSignal.timeout(first_ms),
  });
  await client.arm([]);
  const value = (performance.now() - started) / 1000;
  await client.release();
  return [{ row: 3, name: "guard: exec until armed", value, unit: "s" }];
}

async function bareNode(): Promise<readonly Figure[]> {
  const started = performance.now();
  const child = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
  return [{ row: 0, name: "node alone: exec to exit", value: (performance.now() - started) / 1000, unit: "s" }];
}

export async function benchStartUp(): Promise<readonly Figure[]> {
  const on = await listening();
  try {
    return [
      ...(await repeated(() => doctor(on))),
      ...(await repeated(() => guard(on))),
      ...(await repeated(() => run(on))),
      ...(await repeated(bareNode)),
    ];
  } finally {
    await on.twin.close();
    rmSync(on.dir, { recursive: true, force: true });
  }
}
