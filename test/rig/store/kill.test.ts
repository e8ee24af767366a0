import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { closeInterrupted, openReader } from "../../../rig/store/reader.ts";
import { newRun, tempDir } from "./fixture.ts";

const script = fileURLToPath(new URL("./child.mjs", import.meta.url));
const deadline_ms = 30_000;

/** Runs the child until `stop` says so; its whole output, line by line. */
async function output(child: ChildProcess, stop: (lines: number) => boolean): Promise<string[]> {
  let text = "";
  let errors = "";
  child.stderr?.on("data", (data: Buffer) => {
    errors += data;
  });
  child.stdout?.on("data", (data: Buffer) => {
    text += data;
    if (stop(text.split("\n").length)) child.kill("SIGKILL");
  });
  await once(child, "close", { signal: AbortSignal.timeout(deadline_ms) });
  expect(errors).toBe("");
  // The last line may be cut in the middle by the kill.
  return text.split("\n").slice(0, -1);
}

const acknowledged = (lines: readonly string[]): number[] =>
  lines.filter((line) => line.startsWith("durable ")).map((line) => Number(line.slice(8)));

test.each([
  2, 40, 170,
])("kill -9 after %i lines loses no acknowledged event and the next start closes the run", async (n) => {
  const dir = tempDir();
  const child = spawn(process.execPath, [script, dir, JSON.stringify(newRun)], { stdio: ["ignore", "pipe", "pipe"] });
  const lines = await output(child, (count) => count > n);
  const seqs = acknowledged(lines);
  expect(lines[0]).toBe("run R000001");

  const closed = await closeInterrupted(dir);
  expect(closed.map((run) => run.id)).toEqual(["R000001"]);
  const reader = await openReader(dir);
  const record = reader.record(1);
  expect(record.events.map((event) => event.seq)).toEqual(record.events.map((_, i) => i + 1));
  expect(record.events.length).toBeGreaterThanOrEqual(seqs.at(-1) ?? 0);
  expect(record.outcome).toMatchObject({ verdict: "not-judged", ending: "rig-error" });
  expect(record.outcome?.firstCause).toMatch(/^the program ended during the run \((step endless|no step was open)\)$/);
  expect(reader.fault(1)).toBeUndefined();
  reader.close();
  expect(await closeInterrupted(dir)).toEqual([]);
});

test("a run that another living program writes is left alone", async () => {
  const dir = tempDir();
  const child = spawn(process.execPath, [script, dir, JSON.stringify(newRun)], { stdio: ["ignore", "pipe", "pipe"] });
  await once(child.stdout, "data", { signal: AbortSignal.timeout(deadline_ms) });
  expect(await closeInterrupted(dir)).toEqual([]);
  child.kill("SIGKILL");
  await once(child, "close", { signal: AbortSignal.timeout(deadline_ms) });
  expect(await closeInterrupted(dir)).toHaveLength(1);
});

test("a file that cannot grow ends the run without a pass; what was acknowledged stays", async () => {
  const dir = tempDir();
  // 512-byte blocks in bash's posix mode, 1 KiB else: a limit between 0.5 and 1 MB either way.
  const limited = 'ulimit -f 1000 && exec "$0" "$@"';
  const child = spawn("bash", ["-c", limited, process.execPath, script, dir, JSON.stringify(newRun)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = await output(child, () => false);
  expect(lines).toContain("broken STORAGE_FAILED");
  expect(lines).toContain("caught STORAGE_FAILED");
  expect(lines.at(-1)).toBe("unfinished STORAGE_FAILED");
  const seqs = acknowledged(lines);
  expect(seqs.length).toBeGreaterThan(10);
  await closeInterrupted(dir);
  const reader = await openReader(dir);
  const record = reader.record(1);
  expect(record.events.length).toBeGreaterThanOrEqual(seqs.at(-1) ?? 0);
  expect(record.outcome).toMatchObject({ verdict: "not-judged", ending: "rig-error" });
  reader.close();
});
