import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openStore } from "../../../rig/store/database.ts";
import { createRun, type RunOptions, type StoreJournal } from "../../../rig/store/journal.ts";
import { closeInterrupted, openReader, type Reader } from "../../../rig/store/reader.ts";
import type { NewRun } from "../../../rig/store/types.ts";
import { enter, judged, newRun, note, read, tempDir, ticking, withSerial } from "./fixture.ts";

const workers: Worker[] = [];
const watch = (worker: Worker): void => void workers.push(worker);
beforeAll(() => void process.on("worker", watch));
afterAll(() => void process.off("worker", watch));

const open: StoreJournal[] = [];
const pass = { verdict: "pass", ending: "completed" } as const;
const none = { verdict: "not-judged", ending: "completed" } as const;

async function start(dir: string, head: NewRun = newRun, options: Partial<RunOptions> = {}): Promise<StoreJournal> {
  const journal = await createRun(dir, head, { clock: ticking(), ...options });
  open.push(journal);
  return journal;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((journal) => journal.close()));
});

async function reading<R>(dir: string, body: (reader: Reader) => R): Promise<R> {
  const reader = await openReader(dir);
  try {
    return body(reader);
  } finally {
    reader.close();
  }
}

test("an event is in the store when durable resolves, while the run goes on", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  const seq = journal.append(read(1));
  await journal.durable(seq);
  const record = await reading(dir, (reader) => reader.record(journal.run.run));
  expect(record.outcome).toBeUndefined();
  expect(record.events).toMatchObject([{ seq: 1, type: "issued", command: { n: 1 }, lane: "main" }]);
});

test("durable of an event includes all before it, in the order of append", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  for (let i = 1; i <= 500; i++) expect(journal.append(read(i))).toBe(i);
  await journal.durable(500);
  const { events } = await reading(dir, (reader) => reader.record(1));
  expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
});

test("events queued together share commits", async () => {
  const journal = await start(tempDir());
  const waits: Promise<void>[] = [];
  for (let i = 0; i < 1000; i++) waits.push(journal.durable(journal.append(read(i))));
  await Promise.all(waits);
  expect(journal.commits).toBeGreaterThan(0);
  expect(journal.commits).toBeLessThan(300);
});

test("durable of an event that was never appended is refused", async () => {
  const journal = await start(tempDir());
  await expect(journal.durable(1)).rejects.toThrow(RangeError);
});

test("what JSON would change silently is refused and leaves no gap in the numbers", async () => {
  const journal = await start(tempDir());
  expect(() => journal.append(note({ value: Number.NaN }))).toThrow(TypeError);
  expect(journal.append(read(1))).toBe(1);
  await journal.durable(1);
});

test("a finished run reads back as it was written, with a chain that holds", async () => {
  const dir = tempDir();
  const journal = await start(dir, withSerial("=1+1\u202e</script>"));
  journal.append(enter("PE"));
  journal.append(judged("pass"));
  await journal.finish(pass);
  await reading(dir, (reader) => {
    const record = reader.record("R000001");
    expect(record.outcome).toEqual(pass);
    expect(record.head).toEqual(journal.run);
    expect(record.head.adapter.serial).toBe("=1+1\u202e</script>");
    expect(record.measurements).toHaveLength(1);
    expect(record.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(reader.fault(1)).toBeUndefined();
  });
  expect(() => journal.append(read(1))).toThrow("finished");
});

test("runs have gapless numbers and each carries the hash of the one before", async () => {
  const dir = tempDir();
  for (let i = 1; i <= 3; i++) {
    const journal = await start(dir, withSerial(`SN-${i}`));
    expect(journal.run.id).toBe(`R00000${i}`);
    await journal.finish(none);
  }
  await reading(dir, (reader) => {
    expect(reader.list().map((row) => row.run)).toEqual([3, 2, 1]);
    expect(reader.list({ serial: "SN-2" }).map((row) => row.run)).toEqual([2]);
    expect(reader.list({ verdict: "not-judged", before: 3, limit: 1 }).map((row) => row.run)).toEqual([2]);
    expect(reader.list({ verdict: "fail" })).toEqual([]);
    expect(reader.record(2).previousHash).toBe(reader.record(1).hash);
    expect(reader.record(3).previousHash).toBe(reader.record(2).hash);
    expect(() => reader.record(4)).toThrow("RUN_UNKNOWN");
    expect(() => reader.record("../etc")).toThrow("RUN_UNKNOWN");
  });
});

test("a second run is refused while the first one is being written", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  await expect(start(dir)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  await journal.finish(none);
  expect((await start(dir)).run.run).toBe(2);
});

test("a run given up by this process is closed by its next run, never as a pass", async () => {
  const dir = tempDir();
  const first = await start(dir);
  first.append(enter("wiring"));
  await first.durable(first.append(judged("pass")));
  await first.close();
  const second = await start(dir);
  expect(second.run.run).toBe(2);
  const { outcome } = await reading(dir, (reader) => reader.record(1));
  expect(outcome).toEqual({
    verdict: "not-judged",
    ending: "rig-error",
    firstCause: "the program ended during the run (step wiring)",
  });
});

test("a full disk breaks the journal: nothing waits for ever and there is no pass", async () => {
  const dir = tempDir();
  const journal = await start(dir, newRun, { max_bytes: 400_000 });
  await journal.durable(journal.append(judged("pass")));
  const failing = async () => {
    for (let i = 0; i < 5000; i++) await journal.durable(journal.append(note({ filler: "x".repeat(500) })));
  };
  await expect(failing()).rejects.toMatchObject({ code: "STORAGE_FAILED", message: expect.stringContaining("full") });
  expect(journal.broken.aborted).toBe(true);
  await expect(journal.durable(1)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  await expect(journal.finish(pass)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  expect(() => journal.append(read(1))).toThrow("STORAGE_FAILED");
  const record = await reading(dir, (reader) => reader.record(1));
  expect(record.outcome).toBeUndefined();
  expect(record.measurements).toHaveLength(1);
});

test("the death of the store's thread rejects all who wait", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  const waiting = journal.durable(journal.append(read(1)));
  const outcome = expect(waiting).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  await workers.at(-1)?.terminate();
  await outcome;
  expect(journal.broken.aborted).toBe(true);
  await expect(journal.finish(none)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
});

test("a judgement changed on disk is found by the read-back: no pass is written", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  await journal.durable(journal.append(judged("fail")));
  const db = await openStore(dir);
  db.exec("DROP TRIGGER event_sealed");
  db.exec(`UPDATE event SET text = replace(text, '"verdict":"fail"', '"verdict":"pass"')`);
  db.close();
  await expect(journal.finish(pass)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  const [row] = await reading(dir, (reader) => reader.list());
  expect(row?.outcome).toBeUndefined();
});

test("a pass without a single judgement is refused", async () => {
  const journal = await start(tempDir());
  journal.append(read(1));
  await expect(journal.finish(pass)).rejects.toThrow("no judgement, yet a pass");
});

test("a stored fail of the adapter cannot be renamed; one of the rig is no fail", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  journal.append(judged("pass"));
  journal.append(judged("fail", "rig"));
  journal.append(judged("fail"));
  await expect(journal.finish(pass)).rejects.toThrow("a fail is stored");
  const next = await start(dir);
  expect((await reading(dir, (reader) => reader.record(1))).outcome?.verdict).toBe("fail");
  next.append(judged("pass"));
  next.append(judged("fail", "rig"));
  await next.finish({ verdict: "pass", ending: "rig-error" });
});

test("close writes what is still queued, without an outcome", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  journal.append(read(1));
  journal.point("T", "degC", 0, 20);
  await journal.close();
  const record = await reading(dir, (reader) => reader.record(1));
  expect(record.events).toHaveLength(1);
  expect(record.series).toMatchObject([{ series: "T", points: 1 }]);
  expect(record.outcome).toBeUndefined();
  await expect(journal.durable(1)).resolves.toBeUndefined();
  expect(() => journal.append(read(2))).toThrow("STORAGE_FAILED");
});

test("what is appended while the run is finished is refused, not lost in silence", async () => {
  const journal = await start(tempDir());
  journal.append(judged("pass"));
  const finished = journal.finish(pass);
  expect(() => journal.append(read(2))).toThrow("STORAGE_FAILED");
  expect(() => journal.point("T", "degC", 0, 20)).toThrow("STORAGE_FAILED");
  await finished;
});

test("a store that vanishes during the run cannot hold a pass", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  await journal.durable(journal.append(judged("pass")));
  rmSync(dir, { recursive: true });
  await expect(journal.finish(pass)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
});

test("closeInterrupted leaves alone a run that is being written", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  expect(await closeInterrupted(dir)).toEqual([]);
  await journal.finish(none);
});

test("a path that is no directory is an error that names it", async () => {
  const file = join(tempDir(), "file");
  writeFileSync(file, "");
  await expect(start(file)).rejects.toMatchObject({ code: "FILE_UNREADABLE", message: expect.stringContaining(file) });
  await expect(openReader(file)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  expect(await closeInterrupted(join(file, "none"))).toEqual([]);
});

test("a clock that is set during the run leaves a note", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  journal.append(read(1));
  const real = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => real() + 3_600_000);
  journal.append(read(2));
  vi.restoreAllMocks();
  await journal.durable(3);
  const { notes } = await reading(dir, (reader) => reader.record(1));
  expect(notes).toMatchObject([{ seq: 2, kind: "clock", body: { kind: "clock" } }]);
  expect(notes[0]?.body["stepped_s"]).toBeCloseTo(3600, 1);
});

test("closed runs and events cannot be changed or deleted by a query", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  journal.append(judged("fail"));
  await journal.finish({ verdict: "fail", ending: "completed" });
  const db = await openStore(dir);
  try {
    expect(() => db.exec("DELETE FROM run")).toThrow("never deleted");
    expect(() => db.exec("UPDATE run SET verdict = 'pass'")).toThrow("never changed");
    expect(() => db.exec("DELETE FROM event")).toThrow("never deleted");
    expect(() => db.exec("UPDATE event SET text = ''")).toThrow("never changed");
  } finally {
    db.close();
  }
});
