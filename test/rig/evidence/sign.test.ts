import { describe, expect, test } from "vitest";
import { readClockState } from "../../../rig/cli/clockState.ts";
import { linesOf } from "../../../rig/evidence/lines.ts";
import { verify } from "../../../rig/evidence/verify/verifier.ts";
import { wordsOf } from "../../../rig/evidence/words.ts";
import { dispose } from "../../../rig/ledger/dispositions.ts";
import { revocationEntry } from "../../../rig/ledger/keyEntries.ts";
import { appendEntry } from "../../../rig/ledger/ledger.ts";
import { spkiOf } from "../../../rig/ledger/signing.ts";
import { createRun } from "../../../rig/store/journal.ts";
import { newRun, ticking } from "../store/fixture.ts";
import { addRun, exported, newPair, person, saidOf, signAs, verified } from "./fixture.ts";
import { entriesOf, standing, useSignBench } from "./signBench.ts";

const bench = useSignBench();

test("E5: a technician finishes, QA releases; the statement names run, chain, ledger, person, meaning and reason", async () => {
  const { dir, run, ann, quinn } = await bench();
  await signAs(dir, run, ann, "finished", { reason: "all steps as procedure" });
  const { statement } = await signAs(dir, run, quinn, "released");
  expect(statement).toMatchObject({
    run,
    name: "Quinn Example",
    role: "qa",
    meaning: "released",
    edition: 1,
    verdict: "pass",
    ending: "completed",
    ledger: { entries: 3 },
    chain: { run: 1 },
    waived: [],
  });
  expect(statement.mark).toBeUndefined();
  expect(await standing(dir, run)).toMatchObject({ state: "released", edition: 1, faults: [] });
});

describe("roles are separate", () => {
  test("a technician cannot release, QA cannot finish", async () => {
    const { dir, run, ann, quinn } = await bench();
    await expect(signAs(dir, run, ann, "released")).rejects.toThrow(
      /signed by qa; key \w+ of Ann Example is for technician/,
    );
    await expect(signAs(dir, run, quinn, "finished")).rejects.toThrow(/signed by technician/);
    expect(await entriesOf(dir)).toBe(2);
  });

  test("nobody releases what was not finished", async () => {
    const { dir, run, quinn } = await bench();
    await expect(signAs(dir, run, quinn, "released")).rejects.toThrow(/no technician has finished/);
  });

  test("who ran the test cannot release it, however the name is written", async () => {
    const { dir, run, ann } = await bench({ operator: "KIM  example" });
    const kim = await person(dir, "Kim Example", "qa");
    await signAs(dir, run, ann, "finished");
    await expect(signAs(dir, run, kim, "released")).rejects.toThrow(/Kim Example ran this test/);
    await expect(signAs(dir, run, kim, "rejected")).rejects.toThrow(/Kim Example ran this test/);
  });

  test("who finished it cannot release it with another key of the same name", async () => {
    const { dir, run, ann } = await bench();
    const annAsQa = await person(dir, "ann example", "qa");
    await signAs(dir, run, ann, "finished");
    await expect(signAs(dir, run, annAsQa, "released")).rejects.toThrow(/finished this run: another person of QA/);
  });

  test("nothing is signed twice; a rejection after a release stands, and no release after it", async () => {
    const { dir, run, ann, quinn } = await bench();
    await signAs(dir, run, ann, "finished");
    await expect(signAs(dir, run, ann, "finished")).rejects.toThrow(/finished already/);
    await signAs(dir, run, quinn, "released");
    await expect(signAs(dir, run, quinn, "released")).rejects.toThrow(/released already/);
    await signAs(dir, run, quinn, "rejected");
    await expect(signAs(dir, run, quinn, "released")).rejects.toThrow(/is rejected: only an amended report/);
    expect(await standing(dir, run)).toMatchObject({ state: "rejected" });
  });
});

describe("keys", () => {
  test("unregistered, revoked and expired ones sign nothing", async () => {
    const { dir, run, ann } = await bench();
    const foreign = { ...ann, pair: newPair() };
    await expect(signAs(dir, run, foreign, "finished")).rejects.toThrow(/is not registered in this store/);
    await appendEntry(dir, revocationEntry(ann.key, "Quinn Example", "laptop lost"));
    await expect(signAs(dir, run, ann, "finished")).rejects.toThrow(/was revoked by entry 3/);
    const old = await person(dir, "Olga Example", "technician", "2020-01-01T00:00:00.000Z");
    await expect(signAs(dir, run, old, "finished")).rejects.toThrow(/expired on 2020-01-01: rotate it/);
    expect(await entriesOf(dir)).toBe(4);
  });
});

describe("E9: the clock", () => {
  const off = { synchronised: false, source: "test" };
  const unknown = { synchronised: null, source: "test" };

  test.each([off, unknown])("a machine whose clock is %o signs no real run", async (clock) => {
    const { dir, run, ann } = await bench();
    await expect(signAs(dir, run, ann, "finished", { clock })).rejects.toThrow(
      /clock of this machine is not.*CLOCK_UNPROVED/,
    );
    expect(await entriesOf(dir)).toBe(2);
  });

  test.each([
    [null, /was not known to be synchronised/],
    [{ kind: "clock", synchronised: false, source: "test" }, /was not known to be synchronised/],
    [{ kind: "clock", synchronised: null, source: "test" }, /was not known to be synchronised/],
    [{ kind: "clock", stepped_s: 3600 }, /was set by 3600 s during the run/],
  ])("a real run that recorded %o is not signed", async (clock, why) => {
    const { dir, run, ann } = await bench({ clock });
    await expect(signAs(dir, run, ann, "finished")).rejects.toThrow(why);
  });

  test("on a twin's run it is waived in words in what is signed, which says SIMULATED", async () => {
    const { dir, run, ann } = await bench({ simulated: true, clock: null });
    const { statement } = await signAs(dir, run, ann, "finished", { clock: unknown });
    expect(statement.mark).toBe("SIMULATED");
    expect(statement.waived).toEqual([
      "the run's clock was not known to be synchronised",
      "the clock of this machine is not known to be synchronised: test",
    ]);
  });

  test("a clock behind what the store holds signs nothing, not even a twin's run", async () => {
    const { dir, run, ann } = await bench({ simulated: true });
    const now = () => new Date("2020-01-01T00:00:00Z");
    await expect(signAs(dir, run, ann, "finished", { now })).rejects.toThrow(/the clock says 2020-01-01.*written at/);
  });

  test("the state of the real clock is asked with a deadline and always answered", async () => {
    const { synchronised, source } = await readClockState();
    expect([true, false, null]).toContain(synchronised);
    expect(source).not.toBe("");
    expect(source).not.toContain("\n");
  });
});

describe("what is no pass", () => {
  const fail = { verdict: "fail", ending: "completed", firstCause: "too hot" } as const;

  test.each([
    fail,
    { verdict: "inconclusive", ending: "completed" } as const,
    { verdict: "pass", ending: "stopped" } as const,
  ])("%o is not released, but rejected", async (outcome) => {
    const { dir, run, ann, quinn } = await bench({ outcome });
    await signAs(dir, run, ann, "finished");
    await expect(signAs(dir, run, quinn, "released")).rejects.toThrow(/released only by a QA disposition/);
    await signAs(dir, run, quinn, "rejected");
    expect(await standing(dir, run)).toMatchObject({ state: "rejected" });
  });

  test("a run that was given leave to pass early is finished and rejected, never released", async () => {
    const { dir, run, ann, quinn } = await bench({ options: { early: "engineering" } });
    await signAs(dir, run, ann, "finished");
    await expect(signAs(dir, run, quinn, "released")).rejects.toThrow(/run for engineering \(--early\).*run it again/);
    await signAs(dir, run, quinn, "rejected");
    expect(await standing(dir, run)).toMatchObject({ state: "rejected" });
  });

  const disposed = (dir: string, run: string, decision: "use-as-is" | "scrap" | "rework") =>
    dispose(dir, {
      serial: "SN-1",
      runs: [run],
      simulated: false,
      decision,
      reason: "seen by QA",
      by: "Quinn Example",
    });

  test("a disposition that lets it be used is named in the release; any other does not help", async () => {
    const { dir, run, ann, quinn } = await bench({ outcome: fail });
    const second = await addRun(dir, { outcome: fail, serial: "SN-1" });
    await signAs(dir, run, ann, "finished");
    await signAs(dir, second, ann, "finished");
    await disposed(dir, second, "scrap");
    await expect(signAs(dir, second, quinn, "released")).rejects.toThrow(/fail of R000001 is open/);
    await disposed(dir, run, "use-as-is");
    await expect(signAs(dir, second, quinn, "released")).rejects.toThrow(/released only by a QA disposition/);
    const { statement } = await signAs(dir, run, quinn, "released");
    expect(statement).toMatchObject({ disposition: "D-000002", verdict: "fail" });
    expect(verified(await exported(dir, run), [quinn.key]).state).toBe("signed");
  });

  test("a scrapped adapter is released by no run, a reworked one only by a run after the rework", async () => {
    const releasedAfter = async (decision: "scrap" | "rework") => {
      const { dir, run, ann, quinn } = await bench();
      await disposed(dir, await addRun(dir, { outcome: fail, serial: "SN-1" }), decision);
      await signAs(dir, run, ann, "finished");
      return signAs(dir, run, quinn, "released");
    };
    await expect(releasedAfter("scrap")).rejects.toThrow(/D-000001 of Quinn Example scrapped this serial number/);
    await expect(releasedAfter("rework")).rejects.toThrow(
      /D-000001 of Quinn Example ordered a rework after this run began/,
    );
  });

  test("a later pass is not released while the fail is open; a fail on a twin holds nothing real back", async () => {
    const { dir, run, ann, quinn } = await bench({ outcome: fail, simulated: true });
    const real = await addRun(dir);
    await signAs(dir, real, ann, "finished");
    await signAs(dir, real, quinn, "released");
    const other = await addRun(dir, { simulated: true });
    await signAs(dir, other, ann, "finished");
    await expect(signAs(dir, other, quinn, "released")).rejects.toThrow(new RegExp(`fail of ${run} is open`));
  });
});

test("a run that goes on, or whose chain is broken, is not signed", async () => {
  const { dir, ann } = await bench();
  const journal = await createRun(dir, { ...newRun, simulated: false }, { clock: ticking() });
  await expect(signAs(dir, journal.run.id, ann, "finished")).rejects.toThrow(/has not ended.*RUN_OPEN/);
  await expect(exported(dir, journal.run.id)).rejects.toThrow(/has not ended/);
  await journal.finish({ verdict: "not-judged", ending: "stopped" });
  const { openStore } = await import("../../../rig/store/database.ts");
  const db = await openStore(dir);
  db.exec("DROP TRIGGER event_sealed; UPDATE event SET text = replace(text, 'MO-7', 'MO-8') WHERE run = 1");
  db.close();
  await expect(signAs(dir, "R000001", ann, "finished")).rejects.toThrow(/hash chain of R000001 does not hold: event 2/);
  expect(saidOf(verified(await exported(dir, "R000001"), [ann.key]))[0]).toMatch(
    /event 2: does not fit the hash chain/,
  );
});

test("E5: a key is given whole: another one of the same id vouches for nothing", async () => {
  const { dir, run, ann } = await bench();
  await signAs(dir, run, ann, "finished");
  const lines = () => linesOf([file]);
  const file = await exported(dir, run);
  expect(verify(lines(), { keys: new Set([ann.key]), heads: [] }).state).toBe("unsigned");
  expect(verify(lines(), { keys: new Set([spkiOf(ann.pair.publicKey)]), heads: [] }).state).toBe("signed");
});

test("E5: what a key says that was not given is not what the file is said to be", async () => {
  const { dir, run, ann } = await bench();
  const mallory = await person(dir, "Mallory Made", "qa");
  await signAs(dir, run, ann, "finished");
  await signAs(dir, run, mallory, "released");
  const found = verified(await exported(dir, run), [ann.key]);
  expect(found).toMatchObject({ state: "signed", signOff: { state: "finished" }, claimed: "released" });
  expect(wordsOf("f", found)[2]).toMatch(/edition 1 of the report is finished; "released" only by a key that was not/);
  expect(verified(await exported(dir, run), [ann.key, mallory.key]).signOff.state).toBe("released");
  await signAs(dir, run, mallory, "amended");
  await signAs(dir, run, mallory, "rejected");
  const later = verified(await exported(dir, run), [ann.key]);
  expect(later).toMatchObject({ state: "unsigned", signOff: { state: "rejected", edition: 2 } });
});

test("an amendment makes a new edition: unsigned, the old signatures kept, signed anew", async () => {
  const { dir, run, ann, quinn } = await bench();
  await expect(signAs(dir, run, quinn, "amended")).rejects.toThrow(/nothing was signed yet/);
  await signAs(dir, run, ann, "finished");
  await signAs(dir, run, quinn, "released");
  await expect(signAs(dir, run, ann, "amended")).rejects.toThrow(/signed by qa/);
  await signAs(dir, run, quinn, "amended", { reason: "name of the customer corrected" });
  expect(await standing(dir, run)).toMatchObject({ state: "unsigned", edition: 2, signed: [], amendments: 1 });
  await expect(signAs(dir, run, quinn, "released")).rejects.toThrow(/no technician has finished/);
  await signAs(dir, run, ann, "finished");
  await signAs(dir, run, quinn, "released");
  const after = await standing(dir, run);
  expect(after).toMatchObject({ state: "released", edition: 2, faults: [] });
  expect(after.all.map(({ statement }) => statement?.edition)).toEqual([1, 1, 2, 2]);
  const result = verified(await exported(dir, run), [quinn.key]);
  expect(saidOf(result)).toEqual([]);
  expect(result.signOff).toMatchObject({ state: "released", edition: 2 });
});

test("two who sign at the same time: both entries stand, each for its own place in the ledger", async () => {
  const { dir, run, ann } = await bench();
  const second = await addRun(dir, { serial: "SN-2" });
  await Promise.all([signAs(dir, run, ann, "finished"), signAs(dir, second, ann, "finished")]);
  for (const one of [run, second]) expect(await standing(dir, one)).toMatchObject({ state: "finished", faults: [] });
});
