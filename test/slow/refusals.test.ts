/** What is refused on a bench that is there and powered: nothing is switched or energised, as the twin saw it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endAll, rig, startTwin, type Twin } from "./rigProcess.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rig-refuse-"));
});
afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

const bench = (...more: readonly string[]): Promise<Twin> => startTwin(join(folder, "bench"), "healthy-a", ...more);
const run = (twin: Twin, store: string, ...more: readonly string[]) =>
  rig(
    "run",
    "dc-screening",
    "--serial",
    "SN-1",
    "--ports",
    twin.dir,
    "--store",
    store,
    "--simulated-operator",
    ...more,
  );

/** Nothing closed, nothing enabled, no source on: not once. */
async function expectUntouched(twin: Twin): Promise<void> {
  const moved = (await twin.history()).filter(
    (e) =>
      (e.what === "relay" && e.closed) ||
      (e.what === "enable" && e.on) ||
      (e.what === "source" && e.on) ||
      (e.what === "load" && e.on),
  );
  expect(moved).toEqual([]);
}

test("an instrument that answers another identity is named, with what was expected", async () => {
  writeFileSync(join(folder, "identity.yaml"), 'identity: { milliohm: "ACME,OHM-O-MATIC,7,1.0" }\n');
  const twin = await bench("--deviations", join(folder, "identity.yaml"));
  const one = run(twin, join(folder, "store"));
  expect(await one.ended).toBe(40);
  expect(one.text()).toMatch(/ACME,OHM-O-MATIC.*HIOKI,RM3545|HIOKI,RM3545.*ACME,OHM-O-MATIC/);
  expect(one.text()).not.toMatch(/\n\s+at /);
  await expectUntouched(twin);
});

test.each([
  ["a file in place of the store", "file"],
  ["a store where nothing can be written", "/sys/store"],
])("%s ends the run before anything is opened", async (_, where) => {
  const store = where.startsWith("/") ? where : join(folder, where);
  if (!where.startsWith("/")) writeFileSync(store, "not a store\n");
  const twin = await bench();
  const one = run(twin, store);
  expect([2, 40]).toContain(await one.ended);
  expect(one.text()).toContain(store);
  expect(one.text()).not.toMatch(/\n\s+at /);
  await expectUntouched(twin);
});

test("a procedure for a bench that the twin does not simulate is refused", async () => {
  const twin = await bench();
  const one = run(twin, join(folder, "store"), "--bench", "nowhere.yaml");
  expect(await one.ended).toBe(2);
  expect(one.text()).toMatch(/^nowhere\.yaml: cannot be read/);
  await expectUntouched(twin);
});
