/** A real station that is asked to reload or to end as soon as it has opened its store, long before it is up. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endAll, type Running, rig } from "./rigProcess.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rig-station-signals-"));
});
afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

/** Sent at the first sign that the process has of itself. */
async function begun(signal: NodeJS.Signals): Promise<Running> {
  const store = join(folder, "store");
  const station = rig("serve", "--port", "0", "--store", store);
  const ended = station.ended.then(() => true);
  const moment = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 1));
  while (!existsSync(store)) if (await Promise.race([ended, moment()])) break;
  station.child.kill(signal);
  return station;
}

test("SIGUSR2 is answered when it is up, and it goes on", async () => {
  const station = await begun("SIGUSR2");
  await station.says(/Station of RB-1 on http/);
  await station.says(/it has no certificate/);
  station.child.kill("SIGTERM");
  expect(await station.ended).toBe(0);
});

test("SIGHUP ends it in order: by itself, with exit code 0", async () => {
  const station = await begun("SIGHUP");
  expect(await station.ended).toBe(0);
  expect(station.text()).toMatch(/SIGHUP: the station ends/);
});
