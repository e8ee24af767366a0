import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectControl } from "../../drivers/twin/controlClient.ts";

/** `rig safe` and `rig resume` on a twin of its own whose controller and guard were killed. Needs the build in dist/. */
const root = join(import.meta.dirname, "..", "..");
const main = join(root, "dist", "rig", "cli", "main.js");
const children: ChildProcess[] = [];
const folders: string[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "rig-safe-test-"));
  folders.push(made);
  return made;
};

async function twinAt(speed: string): Promise<{ dir: string; child: ChildProcess }> {
  const dir = folder();
  const adapter = join(root, "drivers", "twin", "adapters", "healthy-a.yaml");
  const child = spawn(process.execPath, [main, "twin", "--adapter", adapter, "--dir", dir, "--speed", speed]);
  children.push(child);
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  return { dir, child };
}

/** The current flows; how far the jumps of a fast twin have come when this is said differs from run to run. */
const hot = /Temperature rise: [1-9]\d* min/;

/** Starts a run and resolves when its output holds `text`; the guard's process id comes from the store's guard.log. */
async function runUntil(dir: string, store: string, text: RegExp): Promise<ChildProcess> {
  const args = [main, "run", "dc-screening", "--no-soak", "--serial", "T-1", "--ports", dir, "--store", store];
  const child = spawn(process.execPath, [...args, "--simulated-operator"]);
  children.push(child);
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (text.test(said)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`the run ended with ${code} before ${text}: ${said.slice(-500)}`)));
  });
  return child;
}

/** Process ids of guards whose command line names this store's log. */
function guardsOf(store: string): number[] {
  const lines = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" }).split("\n");
  const own = lines.filter((line) => line.includes("guard/main.js") && line.includes(join(store, "guard.log")));
  return own.map((line) => Number.parseInt(line, 10));
}

const rig = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: "utf8", timeout: 120_000 });

test("rig safe proves a bench safe whose controller and guard were killed at current, with a broken store beside", async () => {
  const { dir } = await twinAt("max");
  const store = folder();
  const run = await runUntil(dir, store, hot);
  const guards = guardsOf(store);
  expect(guards).toHaveLength(1);
  run.kill("SIGKILL");
  for (const pid of guards) process.kill(pid, "SIGKILL");
  writeFileSync(join(store, "rig.sqlite"), "no database");
  const done = rig("safe", "--ports", dir, "--json");
  expect(JSON.parse(done.stdout)).toMatchObject({ safe: true, silent: [] });
  expect(done.status).toBe(0);
}, 120_000);

test("rig safe names what does not answer, makes the rest safe and does not claim more", async () => {
  const { dir } = await twinAt("max");
  const { control } = JSON.parse(readFileSync(join(dir, "ports.json"), "utf8")) as { control: string };
  const client = await connectControl(control, AbortSignal.timeout(10_000));
  const { ports } = JSON.parse(readFileSync(join(dir, "ports.json"), "utf8")) as { ports: Record<string, unknown> };
  const port = Object.keys(ports).find((name) => /src|source/i.test(name)) ?? "";
  await client.request({ do: "misbehave", port, mode: "silent" }, 5000);
  client.close();
  const done = rig("safe", "--ports", dir, "--json");
  const said = JSON.parse(done.stdout) as {
    safe: boolean;
    silent: string[];
    evidence: { action: string; ok: boolean }[];
  };
  expect(done.status).toBe(40);
  expect(said.safe).toBe(false);
  expect(said.silent.join("\n")).toMatch(/source/);
  expect(said.evidence.find(({ action }) => action === "matrix read back")).toMatchObject({ ok: true });
}, 120_000);

test("a killed run goes on in the same record with a chain that holds; a closed one does not", async () => {
  const { dir } = await twinAt("max");
  const store = folder();
  const run = await runUntil(dir, store, hot);
  run.kill("SIGKILL");
  await new Promise((resolve) => run.once("exit", resolve));
  // Its guard makes the bench safe and ends.
  await expect.poll(() => guardsOf(store)).toEqual([]);
  const done = rig("resume", "1", "--ports", dir, "--store", store, "--simulated-operator", "--json");
  expect(done.stderr).toMatch(/Resuming R000001 at checkpoint "signals"/);
  expect(done.status).toBe(0);
  const shown = rig("show", "1", "--store", store);
  expect(shown.stdout).toMatch(/PASS \(screening\)/);
  expect(shown.stdout).not.toMatch(/hash chain does not hold/);
  const again = rig("resume", "1", "--ports", dir, "--store", store, "--simulated-operator");
  expect(again.status).toBe(2);
  expect(again.stderr).toMatch(/is closed/);
}, 180_000);
