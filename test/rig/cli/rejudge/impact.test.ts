import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, impact, impactText, type Touched, touchedRuns } from "../../../../rig/cli/commands/impact.ts";
import { foundRuns } from "../../../../rig/cli/rejudge/doubting.ts";
import { impactCsv } from "../../../../rig/cli/rejudge/impactCsv.ts";
import { progressOf } from "../../../../rig/cli/rejudge/many.ts";
import { rolesOf } from "../../../../rig/cli/rejudge/rejudge.ts";
import { openLedger } from "../../../../rig/ledger/ledger.ts";
import type { Correction } from "../../../../rig/model/correction.ts";
import type { Reader } from "../../../../rig/store/reader.ts";
import type { RunRecord } from "../../../../rig/store/types.ts";
import { addRun, person, signAs } from "../../evidence/fixture.ts";
import { benches, type StoredSample, storedRun } from "./storedRun.ts";

const dir = mkdtempSync(join(tmpdir(), "rig-impact-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const meter = (gain: number): Correction => ({
  ...{ instrument: "OHM-1", certificate: "C-1", hash: "" },
  errors: [{ op: "read", unit: "ohm", gain, offset: 0 }],
});
const options = { store: dir, instrument: "OHM-1", since: "2026-11-01", asFound: "f.yaml", csv: false, json: false };

/** Runs of one store: the sample under other numbers, days, serial numbers and customers. */
function storeOf(
  sample: StoredSample,
  runs: readonly { readonly started: string; readonly head?: object; readonly with?: object }[],
): Reader {
  const records = runs.map(({ started, head, with: other }, i): RunRecord => {
    const id = `R00000${i + 1}`;
    const own = { ...sample.record.head, ...head, run: i + 1, id, started };
    const made = { ...sample.record, ...other, head: own } as RunRecord;
    // The label is confirmed in a prompt, so the record holds the serial number there too.
    const serial = JSON.stringify(made.head.adapter.serial).slice(1, -1);
    return { ...made, events: JSON.parse(JSON.stringify(made.events).replaceAll("SN-1", serial)) };
  });
  const rows = records
    .map(({ head }) => ({ run: head.run, id: head.id, started: head.started, outcome: {} }))
    .reverse();
  const record = (run: number) => records[run - 1];
  return { ...sample.reader, list: () => rows, record } as unknown as Reader;
}

let sample: StoredSample;
let reader: Reader;
beforeAll(async () => {
  sample = await storedRun({ procedure: "incoming" });
  const adapter = (serial: string) => ({ ...sample.record.head.adapter, serial });
  reader = storeOf(sample, [
    { started: "2026-10-31T23:59:59.000Z" },
    { started: "2026-11-02T10:00:00.000Z", head: { adapter: adapter("SN-7"), order: { customer: { name: "ACME" } } } },
    { started: "2026-11-03T10:00:00.000Z", head: { adapter: adapter('=cmd|"x"') } },
    { started: "2026-11-04T10:00:00.000Z", with: { instruments: [{ role: "milliohm", serial: "OHM-2" }] } },
    { started: "2026-11-05T10:00:00.000Z", with: { outcome: undefined } },
  ]);
  // The ledger of a store whose second run is signed: this one's signatures are about R000002 too.
  for (const operator of ["Kim", "Kim"]) await addRun(dir, { operator });
  await signAs(dir, "R000002", await person(dir, "Tom Example", "technician"), "finished");
  await signAs(dir, "R000002", await person(dir, "Bob Example", "qa"), "released");
}, 60_000);

const touchedBy = async (gain: number): Promise<readonly Touched[]> =>
  touchedRuns(reader, await openLedger(dir), meter(gain), "2026-11-01T00:00:00.000Z", benches);

describe("the impact of an instrument", () => {
  test("is on the runs since that day in which its serial number answered, with customer and signatures", async () => {
    const touched = await touchedBy(1.0001);
    expect(touched.map(({ run, serial, customer }) => [run, serial, customer])).toEqual([
      ["R000002", "SN-7", "ACME"],
      ["R000003", '=cmd|"x"', ""],
      ["R000005", "SN-1", ""],
    ]);
    expect(touched[0]?.signatures).toMatchObject([
      { by: "Tom Example", meaning: "finished" },
      { by: "Bob Example", meaning: "released" },
    ]);
    expect(touched.map(({ holds }) => holds)).toEqual([true, true, undefined]);
  });

  test("that could not be said of a run ends with 10, and says why", async () => {
    const touched = await touchedBy(1.0001);
    expect(touched[2]?.refused).toMatch(/R000005 has no outcome yet/);
    expect(codeOf(touched)).toBe(10);
    expect(codeOf(touched.slice(0, 2))).toBe(0);
  });

  test("cannot be said of a record that today's program does not reproduce: no pass is called lost, none is called whole", async () => {
    const events = sample.record.events.filter(({ type }) => type !== "step");
    const older = storeOf(sample, [{ started: "2026-11-02T10:00:00.000Z", with: { events } }]);
    const touched = await touchedRuns(older, await openLedger(dir), meter(0.01), "2026-11-01T00:00:00.000Z", benches);
    expect(touched[0]).toMatchObject({ holds: "unknown", now: "CANNOT BE SAID" });
    expect(codeOf(touched)).toBe(10);
    expect(impactText(options, meter(0.01), touched).join("\n")).toMatch(/cannot be said of 1 passes \(R000001\)/);
  });

  test("cannot be said where the as-found file corrects no reading of a run that used the instrument", async () => {
    const amiss = { ...meter(0.01), errors: [{ op: "reed", unit: "ohm", gain: 0.01, offset: 0 }] } as Correction;
    const touched = await touchedRuns(reader, await openLedger(dir), amiss, "2026-11-01T00:00:00.000Z", benches);
    expect(touched[0]).toMatchObject({ holds: "unknown", now: "CANNOT BE SAID" });
    expect(codeOf(touched.slice(0, 2))).toBe(10);
    expect(impactText(options, amiss, touched).join("\n")).toMatch(/corrects no reading of this run: look at op/);
  });

  test("of an instrument that no run used is wrong usage, which names the serial numbers that are known", async () => {
    const asFound = join(dir, "as-found.yaml");
    const errors = "errors: [{ op: read, unit: ohm, gain: 1.001, offset: 0 }]\n";
    writeFileSync(asFound, `as_found: OHM-1\ncertificate: C-1\ndate: 2026-11-20\n${errors}`);
    const asked = impact({ ...options, since: "2000-01-01", asFound });
    await expect(asked).rejects.toThrow(/no run since 2000-01-01 used OHM-1; its runs name MO-7 .*USAGE/);
  });

  test("names the passes that do not hold any more, their customers and signed reports, and ends with 20", async () => {
    const touched = await touchedBy(0.01);
    expect(touched[0]).toMatchObject({ before: "PASS (screening)", holds: false });
    expect(codeOf(touched)).toBe(20);
    const text = impactText(options, meter(0.01), touched).join("\n");
    expect(text).toMatch(
      /R000002 {2}2026-11-02 {2}SN-7, ACME {2}incoming: PASS \(screening\) -> .*signed: Tom Example .*; Bob Example/,
    );
    expect(text).toMatch(/3 runs used it: 2 passes do not hold any more/);
    expect(text).toMatch(/serial numbers: SN-7, =cmd/);
    expect(text).toMatch(/customers: ACME\n {2}signed reports: R000002$/);
    expect(text).toMatch(/reading .* -> /);
  });

  test("puts lost passes in doubt, those that cannot be said, and runs that go on; what holds is no doubt", async () => {
    const states = async (gain: number) => foundRuns(await touchedBy(gain)).map(({ run, state }) => [run, state]);
    const going = ["R000005", "unknown"];
    expect(await states(0.01)).toEqual([["R000002", "lost"], ["R000003", "lost"], going]);
    expect(await states(1.0001)).toEqual([["R000002", "holds"], ["R000003", "holds"], going]);
  });

  test("is a table whose cells are data: no formula, no broken line", async () => {
    const lines = impactCsv(await touchedBy(0.01)).split("\r\n");
    expect(lines[0]).toMatch(/^run,started,serial,customer,.*,why$/);
    const hostile = lines.find((line) => line.startsWith("R000003"));
    expect(hostile).toContain(`,"'=cmd|""x""",`);
    const columns = (line: string) => line.replace(/"(?:[^"]|"")*"/g, "").split(",").length;
    expect(new Set(lines.filter((line) => line !== "").map(columns))).toEqual(new Set([17]));
  });
});

test("a bank of instruments in one role is found by each serial number, and n/a by none of its own", () => {
  expect([...rolesOf(sample.record, "L-2")]).toEqual(["load"]);
  expect([...rolesOf(sample.record, "L-1, L-2")]).toEqual([]);
});

test("a pass over many runs says how far it is and what is left, at most every two seconds", () => {
  let at_ms = 0;
  const said: string[] = [];
  const tick = progressOf(
    10,
    (line) => said.push(line.trim()),
    () => at_ms,
  );
  for (let i = 0; i < 10; i += 1, at_ms += 1000) tick();
  expect(said).toEqual([
    "2 of 10 runs, about 8 s left",
    "4 of 10 runs, about 6 s left",
    "6 of 10 runs, about 4 s left",
    "8 of 10 runs, about 2 s left",
  ]);
});
