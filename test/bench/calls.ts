/**
 * Row 1: what a call costs on an instrument that answers at once: plan, admission by the real safety layer of the
 * reference bench, deadline, journal. Reads are not flushed one by one; an energising call waits for the disk.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBench } from "../../rig/bench/benchFile.ts";
import { defaultBench } from "../../rig/cli/defaults.ts";
import { realClock } from "../../rig/engine/clocks.ts";
import { Engine } from "../../rig/engine/engine.ts";
import { LivePerformer } from "../../rig/engine/live.ts";
import { memoryJournal } from "../../rig/engine/memoryJournal.ts";
import type { Instrument } from "../../rig/kinds/kinds.ts";
import type { Clock } from "../../rig/model/clock.ts";
import type { LimitSet } from "../../rig/model/limits.ts";
import { reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { call, role } from "../../rig/plan/words.ts";
import { createSafety } from "../../rig/safety/admission.ts";
import { createRun } from "../../rig/store/journal.ts";
import type { Journal } from "../../rig/store/types.ts";
import { type Figure, repeated } from "./figure.ts";
import { head } from "./head.ts";

const daq = role("daq", "daq");
const milliohm = role("milliohm", "milliohm");
const reads = 10_000;
const energising = 500;
const warmUp = 2000;

const limits: LimitSet = { id: "none", revision: "1", title: "none", hash: "0", rows: {} };

const bench = loadBench(defaultBench);

const common = {
  identity: { model: "instant", serial: "1", firmware: "1", raw: "instant", unverified: [] },
  safe: [],
  fence: () => undefined,
  close: async () => undefined,
};

function instruments(clock: Clock): { readonly daq: Instrument<"daq">; readonly milliohm: Instrument<"milliohm"> } {
  const origin = () => ({ raw: "+1.234000E-03", t_s: clock.bench_s() });
  const one = async () => ({ "102": reading("V", 0.001234, 1e-6, origin()) });
  return {
    daq: { kind: "daq", ...common, call: { scan: async () => null, next: one, once: one } },
    milliohm: { kind: "milliohm", ...common, call: { read: async () => reading("ohm", 0.0002, 1e-6, origin()) } },
  };
}

function* asks(n: number): Plan<void> {
  for (let i = 0; i < n; i += 1) yield* call(daq, "once", { channels: [102] });
}

function* energises(n: number): Plan<void> {
  for (let i = 0; i < n; i += 1) yield* call(milliohm, "read", { range_ohm: 0.01, current_A: 1, lowPower: false });
}

/** Levels of a healthy bench, so that the interlocks admit. */
const healthy = Object.fromEntries(
  Object.values(bench.gpio.lines).map(({ id, healthy: level }) => [id, level !== "low"]),
);

async function run(journal: Journal, clock: Clock, body: () => Plan<void>): Promise<void> {
  const end = new AbortController();
  const safety = createSafety({ bench, clock, safeOff: async () => ({ ok: true }), lines: () => healthy });
  const ask = async () => ({ answer: true, by: "bench" });
  const performer = new LivePerformer({ clock, journal, safety, instruments: instruments(clock), ask });
  const { error } = await new Engine({
    performer,
    limits,
    approved: true,
    end,
    planned: [],
    earthProved: () => undefined,
    safeOff: async () => undefined,
  }).run(body);
  if (error) throw error;
}

async function timed(calls: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / calls;
}

async function inMemory(): Promise<readonly Figure[]> {
  const clock = realClock();
  const journal = () => memoryJournal({ ...head, run: 1, id: "R000001", uid: "u", started: "" }, clock);
  await run(journal(), clock, () => asks(warmUp));
  const value = await timed(reads, () => run(journal(), clock, () => asks(reads)));
  return [{ row: 1, name: "read call, journal in memory", value, unit: "ms", budget: 0.02 }];
}

/** The last event is on disk before the time is taken. */
async function onDisk(): Promise<readonly Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), "rig-bench-calls-"));
  const clock = realClock();
  const journal = await createRun(dir, head, { clock });
  const flushed = async (body: () => Plan<void>): Promise<void> => {
    await run(journal, clock, body);
    const last = journal.append({ type: "note", lane: "main", attempt: 1, body: { kind: "end" } });
    await journal.durable(last);
  };
  try {
    await flushed(() => asks(warmUp));
    const read_ms = await timed(reads, () => flushed(() => asks(reads)));
    await flushed(() => energises(energising / 5));
    const energise_ms = await timed(energising, () => flushed(() => energises(energising)));
    await journal.finish({ verdict: "not-judged", ending: "completed" });
    const reference = "OpenHTF 0.54 ms a phase, not durable";
    return [
      { row: 1, name: "read call, journal in SQLite", value: read_ms, unit: "ms", budget: 0.1, reference },
      { row: 1, name: "energising call with its own flush to disk", value: energise_ms, unit: "ms" },
    ];
  } finally {
    await journal.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

export const benchCalls = async (): Promise<readonly Figure[]> => [
  ...(await repeated(inMemory)),
  ...(await repeated(onDisk)),
];
