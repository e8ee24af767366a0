/** The lock is what the record says: it survives every restart, names artefact and row, and opens only after a right answer. */
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { unlock } from "../../../rig/cli/commands/lock.ts";
import { histories, lockLines, lockOf, openedLock, refuseLocked, suspectsOf } from "../../../rig/cli/lock.ts";
import { lockText } from "../../../rig/cli/lockText.ts";
import type { Outcome } from "../../../rig/model/verdict.ts";
import { appendAudit } from "../../../rig/store/audit.ts";
import { type CheckHistory, type CheckRun, noHistory, readChecks } from "../../../rig/store/checks.ts";
import { createRun } from "../../../rig/store/journal.ts";
import type { NewRun } from "../../../rig/store/types.ts";
import { judged, newRun, note, tempDir, ticking } from "../store/fixture.ts";

/** What the commands print is of no interest here. */
beforeEach(() => {
  const spy = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  return () => spy.mockRestore();
});

const passed: Outcome = { verdict: "pass-screening", ending: "completed" };
const failed: Outcome = { verdict: "not-judged", ending: "rig-error", firstCause: "wrong" };

interface Kept {
  readonly procedure?: string;
  readonly artefact?: string;
  readonly serial?: string;
  readonly right?: boolean;
  /** Undefined: the program dies before the end. */
  readonly outcome?: Outcome;
  readonly simulated?: boolean;
  readonly bench?: string;
}

/** One run in the store, as a session leaves it. */
async function keep(dir: string, run: Kept): Promise<number> {
  const head: NewRun = {
    ...newRun,
    procedure: { ...newRun.procedure, id: run.procedure ?? "dc-screening" },
    bench: { ...newRun.bench, id: run.bench ?? "RB-1" },
    adapter: { ...newRun.adapter, serial: run.serial ?? "SN-1" },
    simulated: run.simulated ?? false,
    options: run.artefact === undefined ? {} : { artefact: { id: run.artefact } },
  };
  const journal = await createRun(dir, head, { clock: ticking() });
  if (run.right !== undefined) {
    const { artefact = "" } = run;
    const answer = {
      kind: "artefact-answer",
      artefact,
      right: run.right,
      row: "pe.r",
      says: `${artefact} reads wrong`,
    };
    await journal.durable(journal.append(note(answer)));
  }
  // A run that passes has judged something, and the store looks whether it has.
  if (run.outcome === passed) journal.append(judged("pass-screening"));
  if (run.outcome) await journal.finish(run.outcome);
  await journal.close();
  return journal.run.run;
}

const right = { procedure: "golden-check", artefact: "gold", right: true, outcome: passed } as const;
const wrong = { procedure: "golden-check", artefact: "gold", right: false, outcome: failed } as const;
const challenged = { procedure: "challenge-check", artefact: "bad" } as const;
const adapter = { outcome: passed } as const;

const real = { bench: "RB-1", simulated: false } as const;
/** A walk of the thermocouples that found one bad: it ends in a fault of the rig. */
async function keepWalk(dir: string, bad: readonly string[]): Promise<void> {
  const head: NewRun = { ...newRun, procedure: { ...newRun.procedure, id: "thermocouple-walk" }, simulated: false };
  const journal = await createRun(dir, { ...head, bench: { ...newRun.bench, id: "RB-1" } }, { clock: ticking() });
  await journal.durable(journal.append(note({ kind: "walk", channels: [], bad: [...bad] })));
  await journal.finish(failed);
  await journal.close();
}

const all = ["golden-check", "challenge-check", "thermocouple-walk"];
const lockIn = async (dir: string) => lockOf(await readChecks(dir, real, all));

describe("a walk that found a bad channel", () => {
  test("is a wrong answer in words, and locks nothing", async () => {
    const dir = tempDir();
    await keepWalk(dir, ["TC3 did not rise"]);
    const history = await readChecks(dir, real, all);
    expect(history.checks.map(({ answer, says }) => [answer, says])).toEqual([["wrong", "TC3 did not rise"]]);
    expect(lockOf(history)).toBeUndefined();
  });

  test("that was stopped after channels that were all good has answered nothing", async () => {
    const dir = tempDir();
    await keepWalk(dir, []);
    expect((await readChecks(dir, real, all)).checks.map(({ answer }) => answer)).toEqual(["none"]);
  });
});

describe("a wrong answer", () => {
  test("locks, names artefact, row, run and remedy, and lists the runs since the last right one", async () => {
    const dir = tempDir();
    for (const run of [adapter, right, adapter, adapter, wrong]) await keep(dir, run);
    const lock = await lockIn(dir);
    if (!lock) throw new Error("not locked");
    const suspects = await suspectsOf(dir, lock);
    expect(suspects.map((row) => row.run)).toEqual([3, 4]);
    expect(() => refuseLocked(lock, suspects.length)).toThrow(
      /RB-1 is locked: R000005: gold reads wrong \(row pe\.r\); its last right answer was R000002; repair the rig.*2 runs are suspect.*RIG_LOCKED/,
    );
    expect(lockText(lock, suspects).join("\n")).toMatch(/LOCKED[\s\S]*R000003[\s\S]*R000004/);
  });

  test("without a right one before it casts doubt on every run of the bench", async () => {
    const dir = tempDir();
    for (const run of [adapter, wrong]) await keep(dir, run);
    const lock = await lockIn(dir);
    expect(lock && (await suspectsOf(dir, lock)).map((row) => row.run)).toEqual([1]);
    expect(lock && lockLines(lock)[0]).toMatch(/it has never answered rightly/);
  });

  test("counts when the program dies right after it, before and after the run is closed", async () => {
    const dir = tempDir();
    await keep(dir, { procedure: "golden-check", artefact: "gold", right: false });
    expect((await lockIn(dir))?.wrong[0]?.check.row).toBe("pe.r");
    // The next run of this process closes what it gave up.
    await keep(dir, adapter);
    expect((await lockIn(dir))?.wrong[0]?.check).toMatchObject({ row: "pe.r", answer: "wrong", run: 1 });
  });

  test("of one artefact is not repaired by the right answer of another", async () => {
    const dir = tempDir();
    await keep(dir, { ...challenged, right: true, outcome: passed });
    for (const run of [adapter, wrong]) await keep(dir, run);
    await keep(dir, { ...challenged, right: true, outcome: passed });
    const lock = await lockIn(dir);
    expect(lock?.wrong.map((w) => [w.check.artefact, w.repaired])).toEqual([["gold", undefined]]);
    expect(await unlock({ store: dir, json: true }).catch(String)).toBe(40);
  });

  test("of a simulated bench, or of another bench, does not lock this one", async () => {
    const dir = tempDir();
    await keep(dir, { ...wrong, simulated: true });
    await keep(dir, { ...wrong, bench: "RB-2" });
    expect(await lockIn(dir)).toBeUndefined();
    expect((await histories(dir)).map((h) => [h.bench, h.simulated, lockOf(h) !== undefined])).toEqual([
      ["RB-1", true, true],
      ["RB-2", false, true],
    ]);
  });
});

test("a check that gave no answer neither locks nor renews", async () => {
  const dir = tempDir();
  await keep(dir, right);
  await keep(dir, { procedure: "golden-check", artefact: "gold", outcome: failed });
  const history = await readChecks(dir, real, all);
  expect(history.checks.map((c) => c.answer)).toEqual(["none", "right"]);
  expect(lockOf(history)).toBeUndefined();
});

describe("unlocking", () => {
  const by = { by: "Bob", reason: "sense lead renewed", json: true } as const;

  test("is refused before a right answer, whoever asks", async () => {
    const dir = tempDir();
    for (const run of [right, adapter, wrong]) await keep(dir, run);
    await expect(unlock({ store: dir, ...by })).rejects.toThrow(/repeat golden-check.*RIG_LOCKED/);
    expect(await lockIn(dir)).toBeDefined();
  });

  test("is not done by the right answer alone, but by a named person with a reason, and is kept", async () => {
    const dir = tempDir();
    for (const run of [right, adapter, wrong, right]) await keep(dir, run);
    expect((await lockIn(dir))?.wrong[0]?.repaired?.id).toBe("R000004");
    await expect(unlock({ store: dir, by: "Bob", json: true })).rejects.toThrow(/--reason is missing/);
    await expect(unlock({ store: dir, by: " ", reason: "x", json: true })).rejects.toThrow(/LABEL_INVALID/);
    await expect(unlock({ store: dir, by: "Bob", reason: "a\nb", json: true })).rejects.toThrow(/one line/);
    expect(await unlock({ store: dir, ...by })).toBe(0);
    const history = await readChecks(dir, real, all);
    expect(lockOf(history)).toBeUndefined();
    const opened = openedLock(history);
    expect(opened?.unlocked).toMatchObject({ by: "Bob", reason: "sense lead renewed", upTo: 3, after: [4] });
    expect(opened && (await suspectsOf(dir, opened)).map((row) => row.run)).toEqual([2]);
  });

  test("does not cover the next wrong answer", async () => {
    const dir = tempDir();
    for (const run of [right, wrong, right]) await keep(dir, run);
    await unlock({ store: dir, ...by });
    for (const run of [adapter, wrong]) await keep(dir, run);
    const lock = await lockIn(dir);
    expect(lock && (await suspectsOf(dir, lock)).map((row) => row.run)).toEqual([4]);
  });

  test("asks which bench when several are locked", async () => {
    const dir = tempDir();
    for (const simulated of [true, false]) for (const run of [wrong, right]) await keep(dir, { ...run, simulated });
    await expect(unlock({ store: dir, ...by })).rejects.toThrow(/several benches are locked.*--of/);
    await expect(unlock({ store: dir, ...by, of: "RB-2" })).rejects.toThrow(
      /--of "RB-2" is not locked; locked are .*"RB-1 \(simulated\)"/,
    );
    expect(await unlock({ store: dir, ...by, of: "RB-1 (simulated)" })).toBe(0);
    expect(await lockIn(dir)).toBeDefined();
  });

  test("nothing locked: nothing is written", async () => {
    const dir = tempDir();
    await keep(dir, right);
    expect(await unlock({ store: dir, ...by })).toBe(0);
    expect((await readChecks(dir, real, all)).audit).toEqual([]);
  });
});

const check = (run: number, answer: CheckRun["answer"], artefact: string): CheckRun => ({
  ...{
    run,
    id: `R${run}`,
    hash: "",
    started: "",
    ended: "",
    procedure: "golden-check",
    artefact,
    serial: "",
    operator: "",
  },
  ...{ answer, row: "", says: "" },
});

test("property: locked exactly when some wrong answer is later than the last unlocking", () => {
  const answers = fc.array(
    fc.tuple(fc.constantFrom<CheckRun["answer"]>("right", "wrong", "none"), fc.constantFrom("a", "b")),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(answers, fc.nat(12), (list, upTo) => {
      const checks = list.map(([answer, artefact], i) => check(i + 1, answer, artefact)).reverse();
      const entry = {
        seq: 1,
        hash: "",
        kind: "unlocked",
        utc: "",
        by: "",
        reason: "",
        upTo,
        after: [],
        ...real,
      } as const;
      const history: CheckHistory = { ...noHistory(real), checks, audit: upTo > 0 ? [entry] : [] };
      const lock = lockOf(history);
      const wrongs = checks.filter((c) => c.answer === "wrong" && c.run > upTo);
      expect(lock !== undefined).toBe(wrongs.length > 0);
      for (const w of lock?.wrong ?? []) {
        expect(w.lastRight === undefined || w.lastRight.run < w.first.run).toBe(true);
        expect(w.repaired === undefined || w.repaired.run > w.check.run).toBe(true);
        expect(lock?.after ?? 0).toBeLessThanOrEqual(w.lastRight?.run ?? 0);
      }
    }),
  );
});

test("an entry of the audit that was changed is noticed, and nothing is believed of it", async () => {
  const dir = tempDir();
  for (const run of [wrong, right]) await keep(dir, run);
  await unlock({ store: dir, by: "Bob", reason: "repaired", json: true });
  const { openStore, closeStore } = await import("../../../rig/store/database.ts");
  const db = await openStore(dir);
  expect(() => db.exec("UPDATE audit SET text = '{}'")).toThrow(/never changed/);
  expect(() => db.exec("DELETE FROM audit")).toThrow(/never shortened/);
  db.exec("DROP TRIGGER audit_sealed; UPDATE audit SET text = replace(text, 'Bob', 'Eve')");
  closeStore(db);
  await expect(readChecks(dir, real, all)).rejects.toThrow(/entry 1 of the audit was changed/);
  await expect(
    appendAudit(dir, { kind: "unlocked", utc: "", by: "x", reason: "y", upTo: 1, after: [], ...real }),
  ).rejects.toThrow(/STORAGE_FAILED/);
});
