/** What a failed calibration did to runs: until somebody has judged them again or decided, no label and no release. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentOf, doubtsOf, shownVerdict } from "../../../reports/content.ts";
import { disposeOf } from "../../../rig/cli/commands/dispositions.ts";
import { rejudgeCommand } from "../../../rig/cli/commands/rejudge.ts";
import { runStanding } from "../../../rig/cli/openFails.ts";
import { decisionsOn, writeLabels } from "../../../rig/cli/reportFiles.ts";
import { verifyFile } from "../../../rig/evidence/verifyFile.ts";
import { authorise } from "../../../rig/ledger/authorisations.ts";
import { type DoubtEntry, doubtEndKind, doubtKind, openDoubts } from "../../../rig/ledger/doubtFold.ts";
import { endDoubt, type FoundRun, openDoubtsOf, recordFinding, runsInDoubt } from "../../../rig/ledger/doubts.ts";
import { appendEntry, openLedger } from "../../../rig/ledger/ledger.ts";
import { openReader } from "../../../rig/store/reader.ts";
import { addRun, exported, person, saidOf, signAs, verified } from "../evidence/fixture.ts";
import { tempDir } from "../store/fixture.ts";

const file = "f".repeat(64);
const from = { instrument: "MO-7", certificate: "C-4711", file };
const lost = (run: string): FoundRun => ({ run, state: "lost", now: "FAIL" });
const holds = (run: string): FoundRun => ({ run, state: "holds", now: "PASS" });
const find = (dir: string, runs: readonly FoundRun[], over: object = {}) =>
  recordFinding(dir, { ...from, since: "2026-05-01", touched: runs.length, by: "Quinn Example", runs, ...over });

async function open(dir: string, run = "R000001"): Promise<readonly string[]> {
  const ledger = await openLedger(dir);
  try {
    return openDoubtsOf(ledger, { id: run, serial: "SN-1" }).map(({ instrument }) => instrument);
  } finally {
    ledger.close();
  }
}

const dispose = (dir: string, decision: string, runs = "R000001", by = "Quinn Example") =>
  disposeOf("SN-1", { store: dir, json: true, runs, decision, by, reason: "looked at" });

/** One released run. */
async function released() {
  const dir = tempDir();
  const run = await addRun(dir);
  const people = { ann: await person(dir, "Ann Example", "technician"), bob: await person(dir, "Bob Example", "qa") };
  await signAs(dir, run, people.ann, "finished");
  return { dir, run, ...people };
}

describe("a finding", () => {
  test("is one entry about the instrument and one about each run in doubt, written together", async () => {
    const { dir, run } = await released();
    const unknown: FoundRun = { run: "R000009", state: "unknown", now: "CANNOT BE SAID" };
    expect(await find(dir, [lost(run), unknown, holds("R000003")])).toEqual({
      number: "I-000001",
      doubts: 2,
      ended: 0,
    });
    const ledger = await openLedger(dir);
    expect(ledger.fault()).toBeUndefined();
    expect(ledger.all().slice(-3)).toMatchObject([
      { kind: "impact", subject: "MO-7", by: "Quinn Example", body: { touched: 3, lost: 1, unknown: 1, ended: 0 } },
      { kind: "doubt", subject: run, body: { finding: "I-000001", state: "lost", certificate: "C-4711" } },
      { kind: "doubt", subject: "R000009", body: { state: "unknown" } },
    ]);
    expect([...runsInDoubt(ledger)]).toEqual([run, "R000009"]);
    ledger.close();
  });

  test("with a field that cannot be written writes nothing at all", async () => {
    const { dir, run } = await released();
    const before = (await openLedger(dir)).head();
    const bad = find(dir, [lost(run), { ...lost("R000002"), now: "a\u202eb" }]);
    await expect(bad).rejects.toThrow(/doubt: now: printable characters in one line/);
    await expect(find(dir, [lost(run)], { by: " " })).rejects.toThrow(/needs the name of who decides/);
    expect((await openLedger(dir)).head()).toEqual(before);
  });
});

describe("while a run is in doubt", () => {
  test("it is not labelled, not released, and no report calls it a pass", async () => {
    const { dir, run, bob } = await released();
    await find(dir, [lost(run)]);
    const why =
      /in doubt by calibration C-4711 of MO-7 since \d{4}-\d\d-\d\d \(I-000001; with its readings corrected: FAIL\)/;
    await expect(signAs(dir, run, bob, "released")).rejects.toThrow(why);
    await expect(writeLabels(dir, 1, dir, ["svg"])).rejects.toThrow(why);
    const reader = await openReader(dir);
    const record = reader.record(1);
    expect((await runStanding(dir, reader, record.head)).join("\n")).toMatch(why);
    const content = contentOf(record, new Map(), undefined, await decisionsOn(dir, reader, record));
    expect(doubtsOf(content).join("\n")).toMatch(why);
    expect(shownVerdict(content).words).toBe("NO VERDICT");
    reader.close();
  });

  test("another run of the same adapter is not", async () => {
    const { dir, run, ann, bob } = await released();
    await find(dir, [lost(run)]);
    const next = await addRun(dir);
    await signAs(dir, next, ann, "finished");
    await expect(signAs(dir, next, bob, "released")).resolves.toMatchObject({ statement: { meaning: "released" } });
  });
});

describe("a doubt ends", () => {
  test("when the run is judged again and holds: by a later finding, or alone", async () => {
    const { dir, run } = await released();
    await find(dir, [lost(run)]);
    expect(await find(dir, [holds(run)])).toMatchObject({ number: "I-000002", doubts: 0, ended: 1 });
    expect(await open(dir)).toEqual([]);
    await find(dir, [lost(run)]);
    await endDoubt(dir, { ...from, run, serial: "SN-1", now: "PASS", by: "Quinn Example" });
    expect(await open(dir)).toEqual([]);
    const again = endDoubt(dir, { ...from, run, serial: "SN-1", now: "PASS", by: "Quinn Example" });
    await expect(again).rejects.toThrow(/R000001 is not in doubt by a calibration of MO-7/);
  });

  test("for its own instrument alone", async () => {
    const { dir, run } = await released();
    await find(dir, [lost(run)]);
    await find(dir, [lost(run)], { instrument: "DAQ-1" });
    await find(dir, [holds(run)]);
    expect(await open(dir)).toEqual(["DAQ-1"]);
  });

  test("by a disposition of QA made after it; a new finding opens it again, and it can be decided again", async () => {
    const { dir, run, bob } = await released();
    await expect(dispose(dir, "use-as-is")).rejects.toThrow(/R000001 is pass: only a fail, or a run in doubt/);
    await find(dir, [lost(run)]);
    await expect(dispose(dir, "retest-accepted")).rejects.toThrow(
      /of a run in doubt decide rework, use-as-is or scrap/,
    );
    await dispose(dir, "use-as-is");
    expect(await open(dir)).toEqual([]);
    await signAs(dir, run, bob, "released");
    await expect(dispose(dir, "scrap")).rejects.toThrow(/only a fail, or a run in doubt/);
    await find(dir, [lost(run)]);
    expect(await open(dir)).toEqual(["MO-7"]);
    await dispose(dir, "scrap");
    expect(await open(dir)).toEqual([]);
    await expect(writeLabels(dir, 1, dir, ["svg"])).rejects.toThrow(/D-000002 of Quinn Example scrapped/);
  });

  test("by QA alone where operators are registered", async () => {
    const { dir, run } = await released();
    await find(dir, [lost(run)]);
    const body = { grant: true, procedure: "all", role: "technician", until: "2099-01-01" };
    await authorise(dir, { operator: "Tom", by: "Ann", body });
    await expect(find(dir, [holds(run)], { by: "Tom" })).rejects.toThrow(/only QA ends a doubt/);
    const own = endDoubt(dir, { ...from, run, serial: "SN-1", now: "PASS", by: "Tom" });
    await expect(own).rejects.toThrow(/only QA ends a doubt/);
    await expect(find(dir, [lost("R000002")], { by: "Tom" })).resolves.toMatchObject({ doubts: 1 });
  });

  test("and not by a name without a run and a calibration", async () => {
    const dir = tempDir();
    const asked = { store: dir, all: false, json: false, by: "Quinn Example" };
    await expect(rejudgeCommand("1", { ...asked, limits: "l.yaml" })).rejects.toThrow(
      /--by ends the doubt about one run/,
    );
    await expect(rejudgeCommand(undefined, { ...asked, all: true, calibration: "c.yaml" })).rejects.toThrow(
      /--by ends/,
    );
  });

  test("never by what stands before it, whatever the order of entries", () => {
    const instruments = ["A", "B"] as const;
    const step = fc.record({
      what: fc.constantFrom("doubt", "end", "disposition"),
      instrument: fc.constantFrom(...instruments),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const made = steps.map((one, i) => ({ ...one, seq: i + 1 }));
        const entries = made.flatMap(({ what, instrument, seq }): DoubtEntry[] =>
          what === "disposition"
            ? []
            : [{ seq, utc: "", by: "", kind: what === "doubt" ? doubtKind : doubtEndKind, body: { instrument } }],
        );
        const closings = made.flatMap(({ what, seq }) => (what === "disposition" ? [{ seq, runs: ["R000001"] }] : []));
        const last = (of: (one: (typeof made)[number]) => boolean): number => made.findLast(of)?.seq ?? 0;
        const expected = instruments.filter((name) => {
          const doubt = last(({ what, instrument }) => what === "doubt" && instrument === name);
          const end = last(({ what, instrument }) => what === "end" && instrument === name);
          return doubt > end && doubt > last(({ what }) => what === "disposition");
        });
        const found = openDoubts(entries, closings, "R000001").map(({ instrument }) => instrument);
        expect([...found].sort()).toEqual(expected);
        expect(openDoubts(entries, closings, "R000001", 1)).toEqual([]);
      }),
    );
  });

  test("a doubt that cannot be read is open", async () => {
    const { dir, run } = await released();
    await appendEntry(dir, { kind: "doubt", subject: run, by: "x", body: {} });
    expect(await open(dir)).toEqual(["?"]);
  });
});

describe("an exported file", () => {
  const codeOf = (bytes: Buffer, key: string, dir: string): readonly [number, string] => {
    const [path, pem] = [join(dir, "e.jsonl"), join(dir, "k.pem")];
    writeFileSync(path, bytes);
    writeFileSync(pem, key);
    const said: string[] = [];
    return [verifyFile({ file: path, key: [pem], head: [], json: false }, (line) => said.push(line)), said.join("\n")];
  };

  test("of a released run that came into doubt says so and ends with 10; after a disposition it is whole again", async () => {
    const { dir, run, bob } = await released();
    await signAs(dir, run, bob, "released");
    const pem = String(bob.pair.publicKey.export({ type: "spki", format: "pem" }));
    expect(codeOf(await exported(dir, run), pem, dir)[0]).toBe(0);
    await find(dir, [lost(run)]);
    const [code, said] = codeOf(await exported(dir, run), pem, dir);
    expect(code).toBe(10);
    expect(said).toMatch(/^SIGNED, IN DOUBT/);
    expect(said).toMatch(/\? in doubt by calibration C-4711 of MO-7/);
    await dispose(dir, "use-as-is");
    expect(codeOf(await exported(dir, run), pem, dir)[0]).toBe(0);
  });

  test("in which somebody released a run in doubt past the program is found", async () => {
    const { dir, run, bob } = await released();
    await find(dir, [lost(run)]);
    await dispose(dir, "use-as-is");
    await signAs(dir, run, bob, "released");
    const bytes = await exported(dir, run);
    expect(saidOf(verified(bytes, [bob.key]))).toEqual([]);
    // The same ledger, had the disposition been about another run.
    const other = bytes.toString("utf8").replace('\\"runs\\":[\\"R000001\\"]', '\\"runs\\":[\\"R000002\\"]');
    expect(saidOf(verified(Buffer.from(other), [bob.key])).join("\n")).toMatch(
      /signature of Bob Example \(released, entry \d+\): the run was in doubt by calibration C-4711/,
    );
  });
});
