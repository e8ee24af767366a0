/** What the review shows of decisions about a run and its adapter: the same as its reports. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { decisionsOn } from "../../../rig/cli/reportFiles.ts";
import { answering } from "../../../rig/cli/review/answer.ts";
import { dispose } from "../../../rig/ledger/dispositions.ts";
import { recordFinding } from "../../../rig/ledger/doubts.ts";
import type { StandingView } from "../../../rig/station/reviewTypes.ts";
import { openReader } from "../../../rig/store/reader.ts";
import { addRun, person } from "../evidence/fixture.ts";
import { tempDir } from "../store/fixture.ts";

const fail = { verdict: "fail", ending: "completed" } as const;
const decided = { decision: "rework", reason: "contact renewed", by: "Queenie" } as const;
let dir: string;

const standing = async (run: number): Promise<StandingView> =>
  (await answering({ store: dir, keys: dir })("run", { run, name: "Queenie" })).standing;

beforeEach(async () => {
  dir = tempDir();
  await addRun(dir, { outcome: fail });
  await addRun(dir, { outcome: fail });
  await addRun(dir);
  await addRun(dir, { simulated: true, outcome: fail });
  await addRun(dir, { serial: "SN-2" });
});

async function asReported(run: number) {
  const reader = await openReader(dir);
  try {
    return await decisionsOn(dir, reader, reader.record(run));
  } finally {
    reader.close();
  }
}

test("dispositions and open fails of the adapter, of the same kind of bench only", async () => {
  await dispose(dir, { serial: "SN-1", runs: ["R000001"], simulated: false, ...decided });
  const own = await standing(1);
  expect(own.disposition).toMatchObject({ number: "D-000001", by: "Queenie" });
  expect([own.dispositions, own.openFails]).toEqual([[], ["R000002"]]);
  const later = await standing(3);
  expect(later.disposition).toBeUndefined();
  expect(later.dispositions).toMatchObject([{ number: "D-000001", decision: "rework", runs: ["R000001"] }]);
  expect(later.openFails).toEqual((await asReported(3)).openFails);
  for (const run of [4, 5]) expect((await standing(run)).dispositions).toEqual([]);
  expect((await standing(4)).openFails).toEqual(["R000004"]);
  expect((await standing(5)).openFails).toEqual([]);
});

test("a doubt of a calibration, of a fail as of a pass, until it is decided about", async () => {
  const runs = ["R000002", "R000003"].map((run) => ({ run, state: "lost", now: "CANNOT BE SAID" }) as const);
  const from = { instrument: "MO-7", certificate: "C-4711", file: "f".repeat(64), since: "2026-05-01" };
  await recordFinding(dir, { ...from, touched: 2, by: "Cora", runs });
  for (const run of [2, 3]) {
    expect((await standing(run)).doubts).toEqual([expect.stringMatching(/in doubt by calibration .* found by Cora/)]);
    expect((await asReported(run)).doubts).toHaveLength(1);
  }
  expect((await standing(5)).doubts).toEqual([]);
});

test("a ledger that lacks what the run had seen, and that nobody signs over it", async () => {
  await person(dir, "Queenie", "qa");
  await addRun(dir, { serial: "SN-6" });
  expect((await standing(6)).ledgerLacks).toBeUndefined();
  for (const end of ["", "-wal", "-shm"]) rmSync(join(dir, `ledger.sqlite${end}`), { force: true });
  const seen = await standing(6);
  expect(seen.ledgerLacks).toMatch(/lacks entries that R000006 had seen/);
  expect(seen.ledgerLacks).toBe((await asReported(6)).ledgerLacks);
  expect(seen.may.map(({ why }) => why)).toEqual(Array(4).fill(expect.stringMatching(/ledger lacks/)));
  // A run that had seen nothing misses nothing; but nothing is signed over such a ledger.
  const other = await standing(5);
  expect([other.ledgerLacks, other.may[0]?.why]).toEqual([undefined, expect.stringMatching(/R000006 had seen/)]);
});
