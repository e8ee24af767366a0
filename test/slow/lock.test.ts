/** A wrong answer of an artefact through the real program: the bench is locked for every program that starts after it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endAll, rig, startTwin, type Twin } from "./rigProcess.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rig-lock-"));
});
afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

const store = (): string => join(folder, "store");
const bench = (name: string, adapter: string, ...more: readonly string[]): Promise<Twin> =>
  startTwin(join(folder, name), adapter, ...more);
const run = (twin: Twin, procedure: string, serial: string, ...more: readonly string[]) =>
  rig("run", procedure, "--serial", serial, "--ports", twin.dir, "--store", store(), "--simulated-operator", ...more);

async function ended(one: ReturnType<typeof rig>): Promise<{ code: number | null; text: string }> {
  const code = await one.ended;
  return { code, text: one.text() };
}

test("a challenge artefact that passes locks the bench; a right answer and a named person open it", async () => {
  const healthy = await bench("healthy", "healthy-a");
  const wrong = await ended(run(healthy, "challenge-check", "BAD-A-1"));
  expect(wrong.code).toBe(40);
  expect(wrong.text).toMatch(/must fail at power\.dc\.r\/DC\+, and every judgement passed/);
  expect(wrong.text).toMatch(/RB-1 \(simulated\) is LOCKED/);

  const before = (await healthy.history()).length;
  const refused = await ended(run(healthy, "dc-screening", "SN-1"));
  expect(refused.code).toBe(40);
  expect(refused.text).toMatch(/is locked: R000001: challenge artefact challenge-pole-400u \(BAD-A-1\).*RIG_LOCKED/);
  expect((await healthy.history()).length).toBe(before);

  const doctor = await ended(rig("doctor", "--ports", healthy.dir, "--store", store()));
  expect([doctor.code, /LOCKED[\s\S]*Not ready for a run/.test(doctor.text)]).toEqual([40, true]);
  const unlock = ["unlock", "--store", store(), "--by", "Ann", "--reason", "limit corrected"];
  expect(await ended(rig(...unlock))).toMatchObject({
    code: 40,
    text: expect.stringMatching(/repeat challenge-check/),
  });

  const bad = await bench("bad", "pole-400u");
  expect((await ended(run(bad, "challenge-check", "BAD-A-1"))).code).toBe(0);
  expect((await ended(run(bad, "incoming", "SN-1"))).text).toMatch(/R000002 answered rightly since/);
  expect((await ended(rig(...unlock))).code).toBe(0);
  const listed = await ended(rig("runs", "--suspect", "--json", "--store", store()));
  expect(JSON.parse(listed.text)).toMatchObject({ locks: [{ locked: false, unlocked: { by: "Ann" }, suspects: [] }] });
}, 300_000);

test("a bench that is held to a walk and has none passes conditionally, and says so", async () => {
  const file = join(folder, "bench.yaml");
  const walk = "thermocouple-walk: { every_h: 168, simulated: ";
  writeFileSync(file, readFileSync("benches/rb-1.yaml", "utf8").replace(`${walk}waived`, `${walk}enforced`));
  const twin = await bench("bench", "healthy-a", "--bench", file);
  const one = await ended(run(twin, "drop-matings", "SN-1", "--bench", file));
  expect(one.text).toMatch(
    /condition:thermocouple-walk: thermocouple-walk is due every 168 h, none was ever done rightly/,
  );
  expect(one.text).toMatch(/PASS \(conditional\)/);
  expect(one.code).toBe(10);
}, 300_000);
