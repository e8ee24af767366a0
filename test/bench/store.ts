/**
 * Row 2: what a series point costs, in time, in memory and until it is on disk; beside it what the journal costs: an
 * append with its reply, a durable round trip, the end of a run.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRun, type StoreJournal } from "../../rig/store/journal.ts";
import { openReader } from "../../rig/store/reader.ts";
import { type Figure, quantile, repeated } from "./figure.ts";
import { head } from "./head.ts";

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
const many_points = 2 ** 20;

const sleep = (for_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, for_ms));

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
  return times;
}

interface Cost {
  readonly us: number;
  readonly bytes: number;
}

/** Time until the last point is on disk, and the memory that the points stay in. */
async function points(journal: StoreJournal, n: number): Promise<Cost> {
  const before = held_bytes();
  const start = performance.now();
  for (let i = 0; i < n; i++) {
    journal.point("thermal/T", "degC", i * 0.1, 20 + i * 1e-6);
    // The loop yields as a run does, so that chunks are written while points come in.
    if (i % 10_000 === 9_999) await new Promise(setImmediate);
  }
  await journal.durable(journal.append(issued));
  const us = ((performance.now() - start) * 1000) / n;
  return { us, bytes: (held_bytes() - before) / n };
}

/** Series live in shared buffers; the small objects around them are not in this figure (see docs/bench.md). */
const held_bytes = (): number => process.memoryUsage().arrayBuffers;

/** Nobody asks for it: how long until one more point is seen in the database by another connection. */
async function untilStored(journal: StoreJournal, dir: string): Promise<number> {
  await journal.durable(journal.append(issued));
  const reader = await openReader(dir);
  try {
    const start = performance.now();
    journal.point("slow/T", "degC", 1, 20);
    while (performance.now() - start < 10_000) {
      await sleep(5);
      const known = reader.record(journal.run.run).series.some(({ series }) => series === "slow/T");
      if (known && reader.series(journal.run.run, "slow/T").total === 1) return performance.now() - start;
    }
    return Number.POSITIVE_INFINITY;
  } finally {
    reader.close();
  }
}

async function pass(): Promise<readonly Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), "rig-bench-store-"));
  const clock = { bench_s: () => performance.now() / 1000 };
  const opening = performance.now();
  const journal = await createRun(dir, head, { clock });
  const open_ms = performance.now() - opening;
  try {
    const stored_ms = await untilStored(journal, dir);
    await journal.finish({ verdict: "not-judged", ending: "completed" });
    return [
      { row: 2, name: "series point on disk, nobody asking", value: stored_ms, unit: "ms", budget: 1000 },
      { row: 0, name: "store: open and create a run", value: open_ms, unit: "ms" },
      ...(await loaded(dir, clock)),
    ];
  } finally {
    await journal.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function loaded(dir: string, clock: { readonly bench_s: () => number }): Promise<readonly Figure[]> {
  const journal = await createRun(dir, head, { clock });
  try {
    const calls_ms = await appendAndReply(journal, 10_000);
    const times = await roundTrips(journal, 1000);
    const point = await points(journal, many_points);
    const finishing = performance.now();
    await journal.finish({ verdict: "not-judged", ending: "completed" });
    const finish_ms = performance.now() - finishing;
    const read_ms = await timeToRead(dir, journal.run.run);
    const cost = (value: number, unit: string, budget: number, reference: string): Figure => ({
      row: 2,
      name: unit === "B" ? "series point in memory" : "series point, chunk commits included",
      value,
      unit,
      budget,
      reference,
    });
    return [
      cost(point.us, "us", 0.2, "OpenHTF 5.2 us"),
      cost(point.bytes, "B", 16, "OpenHTF 290 B"),
      { row: 0, name: "store: append and reply, durable by group commit", value: calls_ms, unit: "ms" },
      { row: 0, name: "store: durable round trip, p50", value: quantile(times, 0.5), unit: "ms" },
      { row: 0, name: "store: durable round trip, p99", value: quantile(times, 0.99), unit: "ms" },
      { row: 0, name: "store: finish with read-back of 21,000 events", value: finish_ms, unit: "ms" },
      { row: 0, name: "store: read 1,048,576 points", value: read_ms, unit: "ms" },
    ];
  } finally {
    await journal.close();
  }
}

async function timeToRead(dir: string, run: number): Promise<number> {
  const reader = await openReader(dir);
  try {
    const start = performance.now();
    reader.series(run, "thermal/T");
    return performance.now() - start;
  } finally {
    reader.close();
  }
}

export const benchStore = (): Promise<readonly Figure[]> => repeated(pass);
