import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { openStore } from "../../../rig/store/database.ts";
import { createRun, type StoreJournal } from "../../../rig/store/journal.ts";
import { openReader } from "../../../rig/store/reader.ts";
import { Series } from "../../../rig/store/series.ts";
import { newRun, read, tempDir, ticking } from "./fixture.ts";

const done = { verdict: "not-judged", ending: "completed" } as const;
const open: StoreJournal[] = [];

async function start(dir: string): Promise<StoreJournal> {
  const journal = await createRun(dir, newRun, { clock: ticking() });
  open.push(journal);
  return journal;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((journal) => journal.close()));
});

test("points come back bit by bit, from memory and from the store", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  const values = [0, -0, 1e-300, Number.MAX_VALUE, Number.NaN, Math.PI];
  values.forEach((value, i) => {
    journal.point("thermal/T.evse.DC+", "degC", i * 0.1, value);
  });
  const live = journal.points("thermal/T.evse.DC+", 2);
  expect([...live.values]).toEqual(values.slice(2));
  expect(live.total).toBe(6);
  await journal.finish(done);
  const reader = await openReader(dir);
  const stored = reader.series(1, "thermal/T.evse.DC+");
  expect([...stored.values]).toEqual(values);
  expect([...stored.t_s]).toEqual(values.map((_, i) => i * 0.1));
  expect(stored.unit).toBe("degC");
  expect(reader.record(1).series).toEqual([{ series: "thermal/T.evse.DC+", unit: "degC", points: 6 }]);
  expect(reader.fault(1)).toBeUndefined();
  reader.close();
});

test("a waveform keeps its spacing; a second of the same name stands beside it", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  const values = Float64Array.from({ length: 70_000 }, (_, i) => Math.round(Math.sin(i / 50) * 127) / 127);
  const wave = { name: "CP_S", series: "pilot/adapter/B/5/CP_S", unit: "V", t0_s: 2, dt_s: 1e-6, values } as const;
  expect(journal.keep(wave)).toEqual({ series: wave.series, unit: "V", points: 70_000 });
  expect(journal.keep({ ...wave, values: new Float64Array(0) }).series).toBe(`${wave.series}#2`);
  expect(journal.points(wave.series, 69_999).t_s[0]).toBeCloseTo(2.069999, 9);
  await journal.finish(done);
  const reader = await openReader(dir);
  const stored = reader.series(1, wave.series);
  expect(Buffer.from(stored.values.buffer).equals(Buffer.from(values.buffer))).toBe(true);
  expect(stored.t_s[1]).toBeCloseTo(2.000001, 9);
  expect(reader.series(1, `${wave.series}#2`).total).toBe(0);
  expect(reader.record(1).series[0]).toMatchObject({ points: 70_000, even: { t0_s: 2, dt_s: 1e-6 } });
  expect(() => reader.series(1, "none")).toThrow("RUN_UNKNOWN");
  reader.close();
});

test("samples of a converter with few steps are stored deflated", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  const values = Float64Array.from({ length: 10_000 }, (_, i) => (i % 100 < 50 ? 12 : -12));
  journal.keep({ name: "CP_S", series: "w", unit: "V", t0_s: 0, dt_s: 1e-6, values });
  await journal.finish(done);
  const db = await openStore(dir);
  const stored = db.prepare("SELECT sum(length(data)) AS bytes FROM chunk").get();
  db.close();
  expect(Number(stored?.["bytes"])).toBeLessThan(8_000);
});

test("what is sent to the worker in any portions is the series", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1500 }), { maxLength: 12 }), (portions) => {
      const series = new Series(0, "s", "1");
      const rows = new Map<number, Float64Array>();
      const fresh: number[] = [];
      let n = 0;
      for (const portion of portions) {
        for (let i = 0; i < portion; i++) series.add(n, -n++);
        for (let message = series.unsent(); message !== undefined; message = series.unsent()) {
          rows.set(message.first, Float64Array.from(message.data));
          fresh.push(...message.data.subarray(2 * (message.fresh - message.first)).filter((_, i) => i % 2 === 0));
        }
      }
      const stored = [...rows.entries()].sort(([a], [b]) => a - b).flatMap(([, data]) => [...data]);
      const all = Array.from({ length: n }, (_, i) => i);
      expect(stored.filter((_, i) => i % 2 === 0)).toEqual(all);
      expect(fresh).toEqual(all);
      expect([...series.points(0).t_s]).toEqual(all);
    }),
    { numRuns: 40 },
  );
});

test("points are in the store with the next flush, without any event", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  for (let i = 0; i < 1024; i++) journal.point("T", "degC", i, i);
  const reader = await openReader(dir);
  await expect.poll(() => reader.record(1).series[0]?.points, { timeout: 5000 }).toBe(1024);
  reader.close();
  await journal.finish(done);
});

test("a million points round trip and the chain covers them", async () => {
  const dir = tempDir();
  const journal = await start(dir);
  const n = 1_000_000;
  for (let i = 0; i < n; i++) journal.point("T", "degC", i / 10, Math.sqrt(i));
  await journal.durable(journal.append(read(1)));
  expect(journal.points("T", n - 1)).toEqual({
    t_s: Float64Array.of((n - 1) / 10),
    values: Float64Array.of(Math.sqrt(n - 1)),
    total: n,
  });
  await journal.finish(done);
  const reader = await openReader(dir);
  const { values, total } = reader.series(1, "T");
  expect(total).toBe(n);
  expect(values.every((value, i) => value === Math.sqrt(i))).toBe(true);
  const db = await openStore(dir);
  db.exec("UPDATE chunk SET data = zeroblob(length(data)) WHERE first = (SELECT max(first) FROM chunk)");
  db.close();
  expect(reader.fault(1)).toBe("points of series T were changed");
  reader.close();
});

test("a point in another unit or at no time is refused", async () => {
  const journal = await start(tempDir());
  journal.point("T", "degC", 0, 1);
  expect(() => journal.point("T", "K", 1, 1)).toThrow(RangeError);
  expect(() => journal.point("T", "degC", Number.NaN, 1)).toThrow(RangeError);
  expect(journal.points("none", 0).total).toBe(0);
  expect(journal.points("T", 0).total).toBe(1);
});
