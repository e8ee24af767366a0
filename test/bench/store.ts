/** What the journal costs: an append with its reply, a durable round trip, a series point, a list of many runs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRun, type StoreJournal } from "../../rig/store/journal.ts";
import { openReader } from "../../rig/store/reader.ts";
import type { NewRun } from "../../rig/store/types.ts";

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly budget: number;
}

const head: NewRun = {
  procedure: { id: "bench-store", revision: 1, hash: "0" },
  limits: { id: "none", revision: "1", title: "none", rows: {}, hash: "0" },
  bench: { id: "none", hash: "0", file: "none" },
  adapter: {
    id: "none",
    maker: "none",
    model: "none",
    family: "A",
    rating: { current_A: 1, voltage_V: 1, ambient_min_degC: 0, ambient_max_degC: 1 },
    pp: { topology: "PASS" },
    parts: { idElement: false, tempSensors: false, latchSwitch: false, acContactsPopulated: false },
    source: "none",
    confidence: "H",
    serial: "none",
    label: "none",
    hash: "0",
  },
  software: { version: "0", hash: "0", node: process.version },
  operator: "bench",
  simulated: true,
  options: {},
  waivers: [],
};

const lane = "main";
const args = { channels: [101, 102, 103] };
const issued = {
  type: "issued",
  lane,
  attempt: 1,
  command: { do: "call", role: "daq", kind: "daq", op: "once", args },
  effect: "read",
} as const;
const reply = { "101": { is: "value", unit: "V", value: 0.001234, u: 1e-6, raw: "+1.234000E-03", t_s: 12.5 } };

/** Calls in flight before the disk is waited for. */
const window = 256;

async function appendAndReply(journal: StoreJournal, calls: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < calls; i++) {
    const to = journal.append(issued);
    const seq = journal.append({ type: "replied", lane, attempt: 1, to, reply });
    if (i % window === window - 1) await journal.durable(seq - window);
  }
  await journal.durable(2 * calls);
  return (performance.now() - start) / calls;
}

async function roundTrips(journal: StoreJournal, n: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < n; i++) {
    const start = performance.now();
    await journal.durable(journal.append(issued));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

async function points(journal: StoreJournal, n: number): Promise<{ us: number; bytes: number }> {
  const before = process.memoryUsage();
  const start = performance.now();
  for (let i = 0; i < n; i++) {
    journal.point("thermal/T", "degC", i * 0.1, 20 + i * 1e-6);
    // The loop yields as a run does, so that chunks are written while points come in.
    if (i % 10_000 === 9_999) await new Promise(setImmediate);
  }
  await journal.durable(journal.append(issued));
  const us = ((performance.now() - start) * 1000) / n;
  const after = process.memoryUsage();
  return { us, bytes: (after.arrayBuffers - before.arrayBuffers) / n };
}

export async function benchStore(): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), "rig-bench-store-"));
  try {
    const opening = performance.now();
    const clock = { bench_s: () => performance.now() / 1000 };
    const journal = await createRun(dir, head, { clock });
    const open_ms = performance.now() - opening;
    await appendAndReply(journal, 1000);
    const first = await createdAfter(journal, dir, clock);
    return [{ name: "store: open and create a run", value: open_ms, unit: "ms", budget: 150 }, ...first];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function createdAfter(
  warm: StoreJournal,
  dir: string,
  clock: { readonly bench_s: () => number },
): Promise<Figure[]> {
  await warm.finish({ verdict: "not-judged", ending: "completed" });
  const journal = await createRun(dir, head, { clock });
  const calls_ms = await appendAndReply(journal, 10_000);
  const times = await roundTrips(journal, 1000);
  const point = await points(journal, 2 ** 20);
  const finishing = performance.now();
  await journal.finish({ verdict: "not-judged", ending: "completed" });
  const finish_ms = performance.now() - finishing;
  const reader = await openReader(dir);
  const reading = performance.now();
  reader.series(journal.run.run, "thermal/T");
  const read_ms = performance.now() - reading;
  reader.close();
  return [
    { name: "store: append and reply, durable by group commit", value: calls_ms, unit: "ms", budget: 0.1 },
    { name: "store: durable round trip, p50", value: times[500] ?? Number.NaN, unit: "ms", budget: 1 },
    { name: "store: durable round trip, p99", value: times[990] ?? Number.NaN, unit: "ms", budget: 5 },
    { name: "store: series point, chunk commits included", value: point.us, unit: "us", budget: 0.2 },
    { name: "store: series point in memory", value: point.bytes, unit: "B", budget: 16 },
    { name: "store: finish with read-back of 21,000 events", value: finish_ms, unit: "ms", budget: 1000 },
    { name: "store: read 1,048,576 points", value: read_ms, unit: "ms", budget: 500 },
  ];
}
