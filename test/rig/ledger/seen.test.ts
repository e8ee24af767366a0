/** A ledger that was deleted, cut or exchanged is a whole shorter one: runs that had seen more show it. E5. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { backupsIn, makeBackup, verifyBackup } from "../../../rig/cli/backup/backup.ts";
import { head } from "../../../rig/cli/commands/evidence.ts";
import { beginningOf } from "../../../rig/cli/head.ts";
import { readInputs } from "../../../rig/cli/inputs.ts";
import { lackingFor } from "../../../rig/cli/openFails.ts";
import { writeLabels } from "../../../rig/cli/reportFiles.ts";
import { appendEntry, openLedger } from "../../../rig/ledger/ledger.ts";
import { lacking, ledgerNow } from "../../../rig/ledger/seen.ts";
import { noHash } from "../../../rig/store/chain.ts";
import { closeStore, openStore } from "../../../rig/store/database.ts";
import { createRun } from "../../../rig/store/journal.ts";
import { openReader } from "../../../rig/store/reader.ts";
import { addRun, exported, person, saidOf, signAs, verified } from "../evidence/fixture.ts";
import { newRun, tempDir, ticking } from "../store/fixture.ts";

const ledgerFile = (dir: string) => join(dir, "ledger.sqlite");
const decide = (dir: string, what: string) =>
  appendEntry(dir, { kind: "test", subject: "SN-9", by: "Ann", body: { what } });

async function lackingIn(dir: string): Promise<string | undefined> {
  const [ledger, reader] = [await openLedger(dir), await openReader(dir)];
  try {
    return lacking(ledger, reader.ledgersSeen());
  } finally {
    ledger.close();
    reader.close();
  }
}

/** Three entries, then a run that had seen them; `lost` says what becomes of the ledger after it. */
async function store(lost: (dir: string) => Promise<void> | void = () => undefined): Promise<string> {
  const dir = tempDir();
  for (const what of ["one", "two", "three"]) await decide(dir, what);
  await addRun(dir);
  await lost(dir);
  return dir;
}

const deleted = (dir: string): void => rmSync(ledgerFile(dir));

/** Deleted, and as many entries made anew as there were: its chain holds, its numbers fit. */
async function exchanged(dir: string): Promise<void> {
  deleted(dir);
  for (const what of ["four", "five", "six", "seven"]) await decide(dir, what);
}

describe("what runs had seen of the ledger", () => {
  test("stands in the head of each run, and is given once for each state, with the first run that saw it", async () => {
    const dir = await store(async (at) => {
      await addRun(at);
      await decide(at, "four");
      await addRun(at);
    });
    const reader = await openReader(dir);
    const { ledger } = reader.record(1).head;
    expect(ledger?.entries).toBe(3);
    expect(reader.ledgersSeen()).toEqual([
      { run: 1, ...ledger },
      { run: 3, ...(await ledgerNow(dir)) },
    ]);
    reader.close();
    expect(await lackingIn(dir)).toBeUndefined();
  });

  test("is what a run that begins takes from its store", async () => {
    const dir = await store();
    const inputs = readInputs({ procedure: "incoming", adapter: "generic-a-pass", serial: "SN-1", operator: "kim" });
    expect((await beginningOf(inputs, dir)).ledger).toEqual(await ledgerNow(dir));
    expect((await beginningOf(inputs, tempDir())).ledger).toEqual({ entries: 0, hash: noHash });
  });

  test("is found by an index, whatever the number of runs", async () => {
    const db = await openStore(await store());
    const plan = db
      .prepare(
        `EXPLAIN QUERY PLAN SELECT json_extract(head, '$.ledger.entries'), json_extract(head, '$.ledger.hash'), min(run)
         FROM run WHERE json_extract(head, '$.ledger.entries') IS NOT NULL GROUP BY 1, 2`,
      )
      .all();
    expect(plan.map(({ detail }) => String(detail)).join()).toContain("USING INDEX run_ledger");
    closeStore(db);
  });

  test("is nothing for a record of an older program: it takes any ledger", async () => {
    const dir = tempDir();
    const journal = await createRun(dir, newRun, { clock: ticking() });
    await journal.finish({ verdict: "not-judged", ending: "stopped" });
    expect(journal.run.ledger).toBeUndefined();
    expect(await lackingIn(dir)).toBeUndefined();
    await decide(dir, "one");
    expect(await lackingIn(dir)).toBeUndefined();
    expect(saidOf(verified(await exported(dir, "R000001")))).toEqual([]);
  });
});

describe("a ledger that lacks something is named with the run that knows", () => {
  test.each([
    ["deleted", deleted, /lacks entries that R000001 had seen when it began: 3 entries, none is there/],
    [
      "begun anew",
      async (dir: string) => {
        deleted(dir);
        await decide(dir, "four");
      },
      /lacks entries that R000001 had seen when it began: 3 entries, 1 is there/,
    ],
    ["exchanged for a longer one", exchanged, /entry 3 of the ledger is not the one that R000001 had seen/],
  ] as const)("%s: nothing is labelled, signed, backed up, nor given out as a head", async (_name, lose, why) => {
    const dir = await store(lose);
    expect(await lackingIn(dir)).toMatch(why);
    const refused = { code: "LEDGER_LACKS", message: expect.stringMatching(why) };
    await expect(writeLabels(dir, 1, dir, ["svg"])).rejects.toMatchObject(refused);
    await expect(head({ store: dir, json: true })).rejects.toMatchObject(refused);
    const medium = join(tempDir(), "medium");
    await expect(makeBackup(dir, medium, new Date())).rejects.toThrow(why);
    expect(await backupsIn(medium)).toEqual([]);
    const ann = await person(dir, "Ann Example", "technician");
    await expect(signAs(dir, "R000001", ann, "finished")).rejects.toMatchObject({ code: "LEDGER_LACKS" });
    const reader = await openReader(dir);
    expect(await lackingFor(dir, reader.record(1).head)).toMatch(/R000001 had seen/);
    reader.close();
  });

  test("also when runs after it saw the new one", async () => {
    const dir = await store(async (at) => {
      await exchanged(at);
      await addRun(at);
    });
    expect(await lackingIn(dir)).toMatch(/R000001 had seen/);
    const reader = await openReader(dir);
    expect(await lackingFor(dir, reader.record(2).head)).toBeUndefined();
    reader.close();
  });

  test("and not when it is whole: all of it goes on", async () => {
    const dir = await store();
    await decide(dir, "four");
    const ann = await person(dir, "Ann Example", "technician");
    await signAs(dir, "R000001", ann, "finished");
    await verifyBackup((await makeBackup(dir, join(tempDir(), "medium"), new Date())).folder);
    expect(saidOf(verified(await exported(dir, "R000001"), [ann.key]))).toEqual([]);
  });

  test("nor when a run that saw a new decision began between the copies of a backup", async () => {
    const dir = await store();
    const copied: string[] = [];
    const { manifest } = await makeBackup(dir, join(tempDir(), "medium"), new Date(), undefined, async (file) => {
      copied.push(file);
      if (copied.length > 1) return;
      await decide(dir, "four");
      await addRun(dir);
    });
    expect(copied).toEqual(["ledger.sqlite", "rig.sqlite", "ledger.sqlite", "rig.sqlite"]);
    expect(manifest).toMatchObject({ runs: 2, ledger: { entries: 4 } });
  });
});

describe("an exported file", () => {
  test.each([
    ["deleted", deleted, /entry 3 of the ledger: missing: the run had seen it when it began, and it ends with entry 0/],
    ["exchanged", exchanged, /entry 3 of the ledger: is not the one that the run had seen when it began/],
  ] as const)("of a store whose ledger was %s does not verify", async (_name, lose, why) => {
    const bytes = await exported(await store(lose), "R000001");
    expect(saidOf(verified(bytes)).join("\n")).toMatch(why);
    expect(verified(bytes).state).toBe("damaged");
  });
});
