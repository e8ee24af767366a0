/** Every way to stop a run in the middle of the power steps, as the twin saw it (S4), and what the record then says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Outcome } from "../../rig/model/verdict.ts";
import { openReader } from "../../rig/store/reader.ts";
import { endAll, left, processesOf, type Running, rig, safe, startTwin, type Twin } from "./rigProcess.ts";

let folder: string;
let twin: Twin;
let store: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "rig-stop-"));
  store = join(folder, "store");
  twin = await startTwin(join(folder, "bench"), "healthy-a");
});

afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

const start = (): Running =>
  rig("run", "dc-screening", "--serial", "SN-1", "--ports", twin.dir, "--store", store, "--simulated-operator");

/** Waits until the bench carries more than 100 A. */
async function underPower(run: Running): Promise<void> {
  await run.says(/Temperature rise/);
  const powered = async () => expect((await twin.history()).some(isPower)).toBe(true);
  await vi.waitFor(powered, { timeout: 20_000, interval: 100 });
}

const isPower = (entry: Awaited<ReturnType<Twin["history"]>>[number]): boolean =>
  entry.what === "current" && entry.source_A > 200;

async function outcome(): Promise<Outcome | undefined> {
  const reader = await openReader(store);
  try {
    return reader.list({ limit: 1 })[0]?.outcome;
  } finally {
    reader.close();
  }
}

describe("a run that a person or the system stops under power", () => {
  test.each([
    "SIGINT",
    "SIGTERM",
    "SIGHUP",
  ] as const)("%s: safe bench, closed record, exit code 30, no guard left", async (name) => {
    const run = start();
    await underPower(run);
    run.child.kill(name);
    expect(await run.ended).toBe(30);
    expect(left(await twin.history())).toEqual(safe);
    expect(await outcome()).toMatchObject({ ending: "stopped", verdict: "not-judged" });
    expect((await outcome())?.firstCause).toContain(`stopped by ${name}`);
    await vi.waitFor(() => expect(processesOf(store)).toEqual([]), { timeout: 5000 });
  });
});

describe("a controller that is killed under power", () => {
  test("the guard brings EN low and ends; the next start closes the run", async () => {
    const run = start();
    await underPower(run);
    run.child.kill("SIGKILL");
    await run.ended;
    const off = async () => {
      const { enable, current_A } = left(await twin.history());
      expect({ enable, current_A }).toEqual({ enable: false, current_A: 0 });
    };
    await vi.waitFor(off, { timeout: 5000, interval: 20 });
    await vi.waitFor(() => expect(processesOf(store)).toEqual([]), { timeout: 10_000 });
    const next = start();
    await next.says(/Closed an interrupted run: R000001/);
    next.child.kill("SIGKILL");
    await next.ended;
    const reader = await openReader(store);
    const first = reader.record("R000001");
    reader.close();
    expect(first.outcome).toMatchObject({ verdict: "not-judged" });
    expect(first.outcome?.ending).not.toBe("completed");
  });
});
