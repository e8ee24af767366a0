/** A fail is closed by QA's disposition and by nothing else. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { disposeOf } from "../../../rig/cli/commands/dispositions.ts";
import { authorise } from "../../../rig/ledger/authorisations.ts";
import { dispose, dispositionsOf, failsOf, handingOutBarred, openFailsOf } from "../../../rig/ledger/dispositions.ts";
import { appendEntry, Ledger, openLedger } from "../../../rig/ledger/ledger.ts";
import type { Ending, Verdict } from "../../../rig/model/verdict.ts";
import { verdicts } from "../../../rig/model/verdict.ts";
import type { Reader, RunRow } from "../../../rig/store/reader.ts";
import type { RunFilter } from "../../../rig/store/runFilter.ts";
import { addRun } from "../evidence/fixture.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "rig-dispositions-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const row = (run: number, verdict: Verdict, over: Partial<RunRow> & { readonly ending?: Ending } = {}): RunRow => {
  const { ending = "completed", ...rest } = over;
  return {
    ...{ run, id: `R${String(run).padStart(6, "0")}`, started: "2026-11-23T08:00:00.000Z", procedure: "dc-screening" },
    ...{ adapter: "generic-a-pass", serial: "SN-1", operator: "Tom", simulated: false, outcome: { verdict, ending } },
    ...rest,
  };
};

/** A reader of these runs that pages and filters as the store does. */
const readerOf = (rows: readonly RunRow[]): Pick<Reader, "list"> => ({
  list: ({ serial, verdict, before = Number.POSITIVE_INFINITY, limit = 50 }: RunFilter = {}) =>
    [...rows]
      .sort((a, b) => b.run - a.run)
      .filter((r) => (serial === undefined || r.serial === serial) && r.run < before)
      .filter((r) => verdict === undefined || r.outcome?.verdict === verdict)
      .slice(0, limit),
});

const none = new Ledger(undefined, "");
const scrap = (runs: readonly string[], over: object = {}) =>
  dispose(dir, {
    ...{ serial: "SN-1", runs, simulated: false, decision: "scrap", reason: "burnt contact", by: "Quinn" },
    ...over,
  });
const open = async (rows: readonly RunRow[], serial = "SN-1"): Promise<readonly string[]> => {
  const ledger = await openLedger(dir);
  try {
    return openFailsOf(ledger, readerOf(rows), serial).map(({ id }) => id);
  } finally {
    ledger.close();
  }
};

test("no sequence of later runs closes a fail, whatever they say", () => {
  const later = fc.array(fc.constantFrom(...verdicts), { maxLength: 40 });
  fc.assert(
    fc.property(later, later, fc.constantFrom<Verdict>("fail", "fail-conditional"), (before, after, fail) => {
      const rows = [...before, fail, ...after].map((verdict, i) => row(i + 1, verdict));
      const expected = rows.filter((r) => r.outcome?.verdict.startsWith("fail")).map((r) => r.id);
      expect(openFailsOf(none, readerOf(rows), "SN-1").map(({ id }) => id)).toEqual(expected);
      expect(expected).toContain(row(before.length + 1, fail).id);
    }),
  );
});

test("scrap bars every run of the adapter, rework those that began before it; a twin's decision bars nothing real", async () => {
  const barred = async (started: string, simulated = false) => {
    const ledger = await openLedger(dir);
    try {
      return handingOutBarred(ledger, { serial: "SN-1", started, simulated });
    } finally {
      ledger.close();
    }
  };
  const [old, later] = ["2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"];
  expect(await barred(old)).toBeUndefined();
  await scrap(["R000001"], { decision: "rework" });
  expect([await barred(old, true), await barred(later)]).toEqual([undefined, undefined]);
  expect(await barred(old)).toMatch(/^D-000001 of Quinn ordered a rework/);
  await scrap(["R000002"]);
  expect(await barred(later)).toBe("D-000002 of Quinn scrapped this serial number");
  await scrap(["R000003"], { decision: "use-as-is" });
  expect([await barred(later), typeof (await barred(old))]).toEqual([undefined, "string"]);
});

test("a disposition closes the runs that it names, and no others", async () => {
  const rows = [row(1, "fail"), row(2, "pass"), row(3, "fail"), row(4, "pass"), row(5, "fail", { serial: "SN-2" })];
  expect(await open(rows)).toEqual(["R000001", "R000003"]);
  await scrap(["R000001"]);
  expect(await open(rows)).toEqual(["R000003"]);
  await scrap(["R000003"]);
  expect(await open(rows)).toEqual([]);
  expect(await open(rows, "SN-2")).toEqual(["R000005"]);
});

test("a disposition of another serial number closes nothing", async () => {
  await scrap(["R000001"], { serial: "SN-2" });
  expect(await open([row(1, "fail")])).toEqual(["R000001"]);
});

test("a name written otherwise is the same person: who ran it decides nothing, who is QA does", async () => {
  const run = await addRun(dir, { operator: "Kim Example", outcome: { verdict: "fail", ending: "completed" } });
  const asked = { store: dir, json: true, runs: run, decision: "rework", reason: "seen" };
  await expect(disposeOf("SN-1", { ...asked, by: "KIM  example" })).rejects.toThrow(/another person decides/);
  const qa = { grant: true, procedure: "all", until: "2999-01-01", role: "qa" } as const;
  await expect(authorise(dir, { operator: "Quinn", by: "quinn", body: qa })).rejects.toThrow(/the same person/);
  await authorise(dir, { operator: "Quinn", by: "Bob", body: qa });
  expect((await scrap([run], { by: "QUINN" })).by).toBe("QUINN");
});

test("more fails than a page holds are all found, and checks of artefacts are none", () => {
  const rows = Array.from({ length: 2300 }, (_, i) => row(i + 1, "fail"));
  expect(failsOf(readerOf(rows), "SN-1")).toHaveLength(2300);
  expect(failsOf(readerOf([row(1, "fail", { procedure: "golden-check" })]), "SN-1")).toEqual([]);
});

test("numbers run without gaps over all serial numbers, and a refused one takes none", async () => {
  expect((await scrap(["R000001"])).body.number).toBe("D-000001");
  await expect(scrap(["R000002", "R000001"])).rejects.toThrow(/R000001 was disposed of before, by D-000001/);
  expect((await scrap(["R000003"], { serial: "SN-9" })).body.number).toBe("D-000002");
  const ledger = await openLedger(dir);
  expect(dispositionsOf(ledger).map(({ body }) => body.number)).toEqual(["D-000001", "D-000002"]);
  expect(dispositionsOf(ledger, "SN-9").map(({ by }) => by)).toEqual(["Quinn"]);
  ledger.close();
});

describe("what is refused", () => {
  test.each([
    [{ runs: [] }, /runs: name at least one run/],
    [{ runs: ["42"] }, /a run is called like R000042/],
    [{ decision: "forget" }, /decision/],
    [{ reason: "  " }, /reason: must not be empty/],
    [{ reason: "a\nb" }, /one line/],
    [{ reason: "x".repeat(401) }, /at most 400/],
    [{ by: " " }, /needs the name/],
  ])("%j", async (over, message) => {
    await expect(scrap(["R000001"], over)).rejects.toThrow(message);
    expect(await open([row(1, "fail")])).toEqual(["R000001"]);
  });

  test("somebody who is not QA, once operators are registered", async () => {
    const grant = { grant: true, procedure: "all", until: "2099-01-01" };
    await authorise(dir, { operator: "Tom", by: "Head", body: { ...grant, role: "technician" } });
    await expect(scrap(["R000001"], { by: "Tom" })).rejects.toThrow(/"Tom" holds no authorisation as qa/);
    await authorise(dir, { operator: "Quinn", by: "Head", body: { ...grant, role: "qa" } });
    expect((await scrap(["R000001"])).body.number).toBe("D-000001");
  });

  test("an entry that is no disposition is never passed over", async () => {
    await appendEntry(dir, { kind: "disposition", subject: "SN-1", by: "Quinn", body: { runs: ["R000001"] } });
    await expect(open([row(1, "fail")])).rejects.toThrow(/entry 1 of the ledger is no disposition/);
  });
});
