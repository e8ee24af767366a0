/** A tiny bench for engine tests: one matrix, one source, one DAQ, all in memory, on virtual time. */

import { jumpingClock } from "../../../rig/engine/clocks.ts";
import { Engine, type EngineParts } from "../../../rig/engine/engine.ts";
import { LivePerformer } from "../../../rig/engine/live.ts";
import { type MemoryJournal, memoryJournal } from "../../../rig/engine/memoryJournal.ts";
import { ReplayPerformer } from "../../../rig/engine/replay.ts";
import type { Instrument, Io } from "../../../rig/kinds/kinds.ts";
import type { Data } from "../../../rig/model/data.ts";
import type { Limit, LimitSet } from "../../../rig/model/limits.ts";
import { reading } from "../../../rig/model/reading.ts";
import type { Body, Call } from "../../../rig/plan/commands.ts";
import type { Safety } from "../../../rig/plan/parts.ts";
import { role } from "../../../rig/plan/words.ts";
import type { Event, RunHead } from "../../../rig/store/types.ts";

export const matrix = role("matrix", "matrix");
export const source = role("source", "source");
export const daq = role("daq", "daq");

/** A reading without uncertainty. */
export const volt = (value: number) => reading("V", value, 0, { raw: String(value), t_s: 0 });

const limit = (row: Partial<Limit> & { id: string }): Limit => ({
  title: row.id,
  unit: "V",
  max: 10,
  rule: "simple",
  k: 2,
  subject: "adapter",
  source: "test",
  edition: "1",
  clause: "1",
  confidence: "P",
  approvedBy: "test",
  ...row,
});

export const limits: LimitSet = {
  id: "test",
  revision: "1",
  title: "test",
  hash: "0",
  rows: Object.fromEntries(
    [
      limit({ id: "v" }),
      limit({ id: "house", confidence: "H" }),
      limit({ id: "rig", subject: "rig" }),
      limit({ id: "rig.pe.open.r", subject: "rig" }),
      limit({ id: "pe.r.screen" }),
      limit({ id: "pe.r" }),
    ].map((l) => [l.id, l]),
  ),
};

const type = {
  id: "t",
  maker: "m",
  model: "x",
  family: "A" as const,
  rating: { current_A: 500, voltage_V: 1000, ambient_min_degC: -30, ambient_max_degC: 40 },
  pp: { topology: "PASS" as const },
  parts: { idElement: false, tempSensors: false, latchSwitch: false, acContactsPopulated: false },
  source: "test",
  confidence: "H" as const,
};

export const head: RunHead = {
  run: 1,
  id: "R000001",
  uid: "u",
  started: "2026-01-01T00:00:00.000Z",
  procedure: { id: "p", revision: 1, hash: "0" },
  limits,
  bench: { id: "b", hash: "0", file: "b.yaml" },
  adapter: { ...type, serial: "S1", label: "S1", hash: "0" },
  software: { version: "0", hash: "0", node: "20" },
  operator: "test",
  simulated: true,
  options: {},
  waivers: [],
};

export interface Rig {
  readonly log: string[];
  readonly journal: MemoryJournal;
  readonly end: AbortController;
  run(body: Body<void>, planned?: readonly string[]): ReturnType<Engine["run"]>;
}

export interface Behaviour {
  /** Of the run: what was accepted although it is not proved. */
  readonly waivers?: readonly { readonly id: string }[];
  readonly matrix?: (closed: readonly string[], io: Io) => Promise<readonly string[]>;
  readonly volt?: (n: number) => number | Error;
  readonly refuse?: (call: Call) => string | undefined;
  readonly recheck?: (call: Call) => string | undefined;
  readonly ask?: () => Promise<Data>;
  readonly pausing?: EngineParts["pausing"];
}

export function rig(behaviour: Behaviour = {}): Rig {
  const log: string[] = [];
  const clock = jumpingClock((to_s) => void log.push(`advance ${to_s.toFixed(2)}`));
  const journal = memoryJournal(head, clock);
  const end = new AbortController();
  const instruments = { matrix: matrixOf(behaviour, log), source: sourceOf(log), daq: daqOf(behaviour, log, clock) };
  const tripped = new AbortController();
  const safety: Safety = {
    admit: (call) => {
      const why = behaviour.refuse?.(call);
      return why ? { ok: false, rule: "exclusive", why, code: "SWITCHING_REFUSED" } : { ok: true };
    },
    recheck: (call) => {
      const why = behaviour.recheck?.(call);
      return why ? { ok: false, rule: "interlock-open", why, code: "INTERLOCK_OPEN" } : { ok: true };
    },
    settled: () => undefined,
    failed: () => undefined,
    provePe: () => void log.push("pe proved"),
    tripped: tripped.signal,
    safeOff: async () => null,
  };
  const performer = new LivePerformer({
    clock,
    journal,
    safety,
    instruments,
    ask: async () => ({ answer: (await behaviour.ask?.()) ?? true, by: "test" }),
  });
  return {
    log,
    journal,
    end,
    run: (body, planned = []) =>
      new Engine({
        performer,
        limits,
        approved: true,
        end,
        planned,
        waivers: behaviour.waivers ?? [],
        ...(behaviour.pausing ? { pausing: behaviour.pausing } : {}),
        earthProved: () => safety.provePe(),
        safeOff: async (why) => void log.push(`safe-off: ${why}`),
      }).run(body),
  };
}

/** Runs the plan again from the record of a finished run. */
export function replay(journal: MemoryJournal, body: Body<void>, events: readonly Event[] = journal.events) {
  const performer = new ReplayPerformer(events, (name, from, total) => journal.series(name, from, total));
  const end = new AbortController();
  performer.exhausted.addEventListener("abort", () => end.abort(performer.exhausted.reason), { once: true });
  return new Engine({
    performer,
    limits,
    approved: true,
    end,
    planned: [],
    earthProved: () => undefined,
    safeOff: async () => undefined,
  }).run(body);
}

const common = (log: string[], name: string) => ({
  identity: { model: name, serial: "1", firmware: "1", raw: name, unverified: [] },
  safe: [],
  fence: (why: string) => void log.push(`${name} fenced: ${why}`),
  close: async () => undefined,
});

function matrixOf(behaviour: Behaviour, log: string[]): Instrument<"matrix"> {
  return {
    kind: "matrix",
    ...common(log, "matrix"),
    call: {
      pattern: async ({ closed }, io) => {
        log.push(`matrix ${closed.join(",") || "none"}`);
        return { closed: behaviour.matrix ? await behaviour.matrix(closed, io) : closed };
      },
      readBack: async () => ({ closed: [] }),
    },
  };
}

function sourceOf(log: string[]): Instrument<"source"> {
  const zero = { raw: "0", t_s: 0 };
  return {
    kind: "source",
    ...common(log, "source"),
    call: {
      set: async (point) => {
        log.push(`source ${point.voltage_V} V ${point.current_A} A`);
        return null;
      },
      output: async ({ on }) => {
        log.push(`source ${on ? "on" : "off"}`);
        return null;
      },
      measure: async () => ({ voltage: reading("V", 0, 0, zero), current: reading("A", 0, 0, zero) }),
    },
  };
}

function daqOf(behaviour: Behaviour, log: string[], clock: { bench_s(): number }): Instrument<"daq"> {
  let n = 0;
  const read = async (channels: readonly number[]) => {
    n += 1;
    const value = behaviour.volt?.(n) ?? 1;
    if (value instanceof Error) throw value;
    const origin = { raw: String(value), t_s: clock.bench_s() };
    return Object.fromEntries(channels.map((c) => [String(c), reading("V", value, 0, origin)]));
  };
  return {
    kind: "daq",
    ...common(log, "daq"),
    call: { scan: async () => null, next: () => read([101]), once: ({ channels }) => read(channels) },
  };
}
