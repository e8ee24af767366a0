/** The program's drivers against the simulated devices, over real terminals and sockets: two readings of a manual. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTwin, type TwinHandle } from "../../../../drivers/twin/server.ts";
import { loadAdapterUnderTest } from "../../../../drivers/twin/world/adapterUnderTest.ts";
import { createWorld, type TwinWorld } from "../../../../drivers/twin/world/world.ts";
import { loadBench } from "../../../../rig/bench/benchFile.ts";
import { type OpenedBench, openBench } from "../../../../rig/cli/openBench.ts";
import type { Instrument, Io, Kind, Waveform } from "../../../../rig/kinds/kinds.ts";
import type { Bench, PortAddress } from "../../../../rig/model/bench.ts";

const dir = mkdtempSync(join(tmpdir(), "twin-"));
let handle: TwinHandle;
let world: TwinWorld;
let opened: OpenedBench;
let waves: Waveform[] = [];

const io = (): Io => ({
  signal: new AbortController().signal,
  deadline_wall_ms: performance.now() + 10_000,
  keep: (wave) => {
    waves.push(wave);
    return { series: wave.name, unit: "V", points: wave.values.length };
  },
});

const clock = {
  bench_s: () => world.now_s(),
  wall_ms: () => performance.now(),
  allWaiting: () => undefined,
  sleep: async (for_s: number) => world.advance(world.now_s() + for_s),
};

/** The bench file with the addresses of the twin. */
function moved(bench: Bench): Bench {
  return { ...bench, ports: handle.ports.ports as unknown as Record<string, PortAddress> };
}

function role<K extends Kind>(name: string, _kind: K): Instrument<K> {
  const instrument = opened.instruments[name];
  if (instrument === undefined) throw opened.failed[name] ?? new Error(`no ${name}`);
  return instrument as unknown as Instrument<K>;
}

beforeAll(async () => {
  const bench = loadBench("benches/rb-1.yaml");
  const adapter = loadAdapterUnderTest("drivers/twin/adapters/healthy-a.yaml");
  world = createWorld({ bench, adapter, watchdog: "ideal" });
  handle = await startTwin({ bench, world, dir, speed: "max" });
  const roles = ["matrix", "contactor", "milliohm", "daq", "source", "load", "generator", "rails", "scope"];
  opened = await openBench(moved(bench), roles, clock, new AbortController().signal);
}, 60_000);

afterAll(async () => {
  await opened.close();
  await handle.close();
  rmSync(dir, { recursive: true, force: true });
});

test("every driver opens and accepts the identity", () => {
  expect(opened.failed).toEqual({});
});

test("matrix and contactor move their relays and read them back", async () => {
  const closed = ["MX.evse.PE.FH", "MX.ev.PE.FL", "KR2"];
  expect((await role("matrix", "matrix").call.pattern({ closed }, io())).closed.toSorted()).toEqual(closed.toSorted());
  expect((await role("contactor", "matrix").call.pattern({ closed: ["K1A"] }, io())).closed).toEqual(["K1A"]);
  expect((await role("contactor", "matrix").call.pattern({ closed: [] }, io())).closed).toEqual([]);
  expect((await role("matrix", "matrix").call.pattern({ closed: [] }, io())).closed).toEqual([]);
});

test("the milliohm meter reads PE through the matrix, and an open is no number", async () => {
  const matrix = role("matrix", "matrix");
  const closed = [
    "K_ISO.evse.PE",
    "K_ISO.ev.PE",
    "KM.OHM",
    "MX.evse.PE.FH",
    "MX.evse.PE.SH",
    "MX.ev.PE.FL",
    "MX.ev.PE.SL",
  ];
  await matrix.call.pattern({ closed }, io());
  const meter = role("milliohm", "milliohm");
  const args = { range_ohm: 0.1, current_A: 1, lowPower: false };
  const reading = await meter.call.read(args, io());
  expect(reading).toMatchObject({ is: "value", unit: "ohm" });
  if (reading.is === "value") expect(reading.value).toBeLessThan(0.005);
  const low = await meter.call.read({ range_ohm: 1, current_A: 0.001, lowPower: true }, io());
  expect(low.is).toBe("value");
  await matrix.call.pattern({ closed: [] }, io());
  expect((await meter.call.read(args, io())).is).not.toBe("value");
});

test("the DAQ scans on time and once", async () => {
  const daq = role("daq", "daq");
  const once = await daq.call.once({ channels: [101, 201, 211] }, io());
  expect(once["101"]).toMatchObject({ is: "value", unit: "V" });
  expect(once["201"]).toMatchObject({ is: "value", unit: "degC" });
  await daq.call.scan({ channels: [101, 102, 201], every_s: 1 }, io());
  world.advance(world.now_s() + 2.5);
  for (let scan = 0; scan < 3; scan++) {
    const next = await daq.call.next({}, io());
    expect(Object.keys(next).toSorted()).toEqual(["101", "102", "201"]);
    expect(next["201"]).toMatchObject({ is: "value" });
  }
});

test("source and load take set-points, switch and measure", async () => {
  const source = role("source", "source");
  await source.call.set({ voltage_V: 4, current_A: 100 }, io());
  await source.call.output({ on: false }, io());
  expect(world.source.state()).toMatchObject({ voltage_V: 4, current_A: 100, on: false });
  expect((await source.call.measure({}, io())).current.is).toBe("value");
  const load = role("load", "load");
  await load.call.set({ current_A: 90 }, io());
  expect([0, 1, 2].map((unit) => world.load.state(unit).current_A)).toEqual([30, 30, 30]);
  await load.call.input({ on: true }, io());
  expect(world.load.state(2).on).toBe(true);
  expect((await load.call.measure({}, io())).voltage.is).toBe("value");
  await load.call.input({ on: false }, io());
  expect(world.load.state(2).on).toBe(false);
});

test("pilot: generator and rails drive it, the scope sees both ends of it", async () => {
  await role("rails", "rails").call.set({ plus_V: 12, minus_V: 12 }, io());
  await role("rails", "rails").call.output({ on: true }, io());
  const generator = role("generator", "generator");
  await generator.call.wave({ shape: "high", frequency_Hz: 1000, duty_pct: 50 }, io());
  expect(world.pilot.state().shape).toBe("high");
  await generator.call.wave({ shape: "low", frequency_Hz: 1000, duty_pct: 50 }, io());
  expect(world.pilot.state().shape).toBe("low");
  await generator.call.wave({ shape: "square", frequency_Hz: 1000, duty_pct: 25 }, io());
  await generator.call.output({ on: true }, io());
  expect(world.pilot.state()).toMatchObject({ shape: "square", duty_pct: 25, on: true, railsOn: true, plus_V: 12 });
  await role("matrix", "matrix").call.pattern({ closed: ["KP1.X", "KP2.X", "KSC", "KG"] }, io());
  waves = [];
  const refs = await role("scope", "scope").call.capture(
    { channels: [1, 2], span_s: 0.02, trigger_V: 0, as: "square" },
    io(),
  );
  expect(refs).toHaveLength(2);
  for (const { values, dt_s } of waves) {
    expect(dt_s).toBeLessThanOrEqual(1e-7);
    expect(values.length * dt_s).toBeGreaterThan(0.0199);
    const high = values.filter((value) => value > 5).length / values.length;
    expect(high).toBeCloseTo(0.25, 1);
    expect(values.reduce((a, b) => Math.max(a, b), 0)).toBeCloseTo(12, 0);
  }
  const rails = await role("rails", "rails").call.measure({}, io());
  expect(rails.minus).toMatchObject({ is: "value" });
  await generator.call.output({ on: false }, io());
  await role("rails", "rails").call.output({ on: false }, io());
  expect(world.pilot.state()).toMatchObject({ on: false, railsOn: false });
});
