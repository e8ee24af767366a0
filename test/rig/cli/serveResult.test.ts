/** What the station says after a run: hot parts from the record, failing contacts, the next step by the retest policy. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resultOf } from "../../../rig/cli/commands/serveResult.ts";
import { dispose } from "../../../rig/ledger/dispositions.ts";
import type { RetestPolicy } from "../../../rig/model/limits.ts";
import type { Outcome } from "../../../rig/model/verdict.ts";
import { createRun } from "../../../rig/store/journal.ts";
import { judged, newRun, note, ticking } from "../store/fixture.ts";

const dir = mkdtempSync(join(tmpdir(), "rig-result-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Made {
  readonly outcome: Outcome;
  readonly retest?: RetestPolicy;
  readonly serial?: string;
  /** Last temperature of a contact; undefined: no current was driven and nothing read. */
  readonly degC?: number;
  readonly procedure?: string;
}

async function add({ outcome, retest, serial = "SN-1", degC, procedure = "dc-screening" }: Made): Promise<number> {
  const limits = { ...newRun.limits, ...(retest ? { retest } : {}) };
  const head = { ...newRun, limits, procedure: { ...newRun.procedure, id: procedure } };
  const journal = await createRun(dir, { ...head, adapter: { ...newRun.adapter, serial } }, { clock: ticking() });
  if (degC !== undefined) {
    const command = { do: "call", role: "source", op: "output", args: { on: true } };
    journal.append({ type: "issued", lane: "main", attempt: 1, command, effect: "energise" });
    for (const [i, value] of [20, degC + 20, degC].entries()) {
      journal.point("thermal/T.evse.DC+", "degC", 10 + i, value);
      journal.point("thermal/T.ambient.1", "degC", 10 + i, 23);
    }
  }
  journal.append(judged(outcome.verdict === "fail" ? "fail" : "pass"));
  journal.append(note({ kind: "end" }));
  await journal.finish(outcome);
  return journal.run.run;
}

const fail: Outcome = { verdict: "fail", ending: "completed" };
const pass: Outcome = { verdict: "pass", ending: "completed" };
const policy: RetestPolicy = { reseats: 1, by: ["technician"], counts: "last" };
const { after, thermal, pilot } = resultOf(dir);
const nextOf = async (run: number) => (await after(run))?.next;
let first: number;

beforeAll(async () => {
  expect(await after(1)).toBeUndefined();
  first = await add({ outcome: fail, retest: policy });
});

test("a first fail may be repeated once by whom the policy names; the second is for QA; a disposition is shown", async () => {
  expect(await nextOf(first)).toEqual({ is: "retest", number: 1, of: 1, by: ["technician"] });
  const found = await after(first);
  expect(found?.failing.length).toBe(1);
  expect(found?.cooling).toEqual({ is: "cold" });
  const second = await add({ outcome: fail, retest: policy });
  expect(await nextOf(second)).toMatchObject({ is: "reject", why: expect.stringMatching(/1 retest, 1 made: QA must/) });
  const decision = { serial: "SN-1", runs: ["R000001"], simulated: true, reason: "bent", by: "Quinn" } as const;
  await dispose(dir, { ...decision, decision: "rework" });
  expect(await nextOf(first)).toEqual({ is: "decided", decision: "rework", by: "Quinn" });
});

test("without a policy QA is called; a pass over an open fail names it; a rig at fault is no adapter's", async () => {
  const failed = await add({ outcome: fail, serial: "SN-2" });
  expect(await nextOf(failed)).toEqual({ is: "qa" });
  const passed = await add({ outcome: pass, serial: "SN-2" });
  expect(await nextOf(passed)).toEqual({
    is: "passed",
    verdict: "pass",
    openFails: [`R${String(failed).padStart(6, "0")}`],
  });
  const ended = async (outcome: Outcome) => nextOf(await add({ outcome, serial: "SN-3" }));
  expect(await ended({ verdict: "not-judged", ending: "rig-error" })).toEqual({ is: "engineer" });
  expect(await ended({ verdict: "not-judged", ending: "stopped" })).toEqual({ is: "repeat" });
  expect(await ended({ verdict: "inconclusive", ending: "completed" })).toEqual({ is: "undecided" });
  const golden = await add({ outcome: fail, procedure: "golden-check", serial: "SN-4" });
  expect(await nextOf(golden)).toEqual({ is: "engineer" });
});

test("hot parts are told from the last reading of the record, with the time since", async () => {
  const hot = await after(await add({ outcome: pass, degC: 70 }));
  expect(hot?.cooling).toMatchObject({ is: "hot", where: "T.evse.DC+", hottest_degC: 70, ambient_degC: 23 });
  const again = await after(first + 0);
  expect(again?.cooling.is).toBe("cold");
  expect((await after(await add({ outcome: pass, degC: 40 })))?.cooling).toMatchObject({ is: "cool", by: "reading" });
  expect((await after(await add({ outcome: pass, degC: Number.NaN })))?.cooling).toMatchObject({ is: "unknown" });
});

test("what an earlier run left hot is not forgotten by one that drives no current", async () => {
  await add({ outcome: pass, degC: 80 });
  const next = await add({ outcome: { verdict: "not-judged", ending: "stopped" } });
  expect((await after(next))?.cooling).toMatchObject({ is: "hot", hottest_degC: 80 });
  await add({ outcome: pass, degC: 30 });
  expect((await after(await add({ outcome: fail })))?.cooling).toEqual({ is: "cold" });
});

test("limits come from the head; a run without a pilot has no capture; no run is nothing", async () => {
  expect(await thermal(first)).toEqual({});
  expect(await thermal(9999)).toBeUndefined();
  expect(await pilot(first, -1)).toBeUndefined();
  await expect(after(9999)).rejects.toThrow(/RUN_UNKNOWN/);
});
