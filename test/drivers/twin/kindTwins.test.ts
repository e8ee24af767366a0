import { describe, expect, test } from "vitest";
import { openKindTwin } from "../../../drivers/twin/kindTwins.ts";
import { loadAdapterUnderTest } from "../../../drivers/twin/world/adapterUnderTest.ts";
import { noDeviations } from "../../../drivers/twin/world/deviations.ts";
import { createWorld, type TwinWorld } from "../../../drivers/twin/world/world.ts";
import type { Instrument, Io, Kind, Waveform } from "../../../rig/kinds/kinds.ts";
import type { Clock } from "../../../rig/model/clock.ts";
import { bench, fourWire, healthy, throughAdapter } from "./testBench.ts";

interface Opened {
  readonly world: TwinWorld;
  readonly waves: Waveform[];
  readonly io: Io;
  time_s: number;
  role<K extends Kind>(name: string, kind: K): Instrument<K>;
}

function opened(options: Partial<Parameters<typeof createWorld>[0]> = {}): Opened {
  const world = createWorld({ bench, adapter: healthy, watchdog: "ideal", ...options });
  const waves: Waveform[] = [];
  const self: Opened = {
    world,
    waves,
    time_s: 0,
    io: {
      signal: new AbortController().signal,
      deadline_wall_ms: Number.POSITIVE_INFINITY,
      keep(wave) {
        waves.push(wave);
        return { series: wave.name, unit: "V", points: wave.values.length };
      },
    },
    role<K extends Kind>(name: string, kind: K): Instrument<K> {
      const entry = bench.instruments[name];
      if (entry?.kind !== kind) throw new Error(`${name} is not a ${kind}`);
      return openKindTwin(name, entry, bench, world, clock) as unknown as Instrument<K>;
    },
  };
  const clock: Clock = {
    bench_s: () => self.time_s,
    wall_ms: () => 0,
    sleep: async () => undefined,
    allWaiting: () => undefined,
  };
  return self;
}

describe("kind twins", () => {
  test("every instrument of the bench has one", () => {
    const { world } = opened();
    const clock: Clock = {
      bench_s: () => 0,
      wall_ms: () => 0,
      sleep: async () => undefined,
      allWaiting: () => undefined,
    };
    for (const [role, entry] of Object.entries(bench.instruments)) {
      expect(openKindTwin(role, entry, bench, world, clock).kind).toBe(entry.kind);
    }
  });

  test("a pattern closes exactly its relays and the milliohm meter reads through them", async () => {
    const rig = opened();
    const matrix = rig.role("matrix", "matrix");
    const closed = fourWire("evse.PE", "ev.PE").sort();
    expect(await matrix.call.pattern({ closed }, rig.io)).toEqual({ closed });
    const seen = await rig
      .role("milliohm", "milliohm")
      .call.read({ range_ohm: 0.01, current_A: 1, lowPower: false }, rig.io);
    expect(seen.is).toBe("value");
    if (seen.is !== "value") return;
    expect(Math.abs(seen.value - 1.012e-3)).toBeLessThan(3 * seen.u + 1e-5);
    expect(seen.u).toBeGreaterThan(0);
    expect(await matrix.call.pattern({ closed: [] }, rig.io)).toEqual({ closed: [] });
    const open = await rig
      .role("milliohm", "milliohm")
      .call.read({ range_ohm: 0.01, current_A: 1, lowPower: false }, rig.io);
    expect(open).toMatchObject({ is: "invalid", code: "contact-error" });
  });

  test("relays open before others close", async () => {
    const rig = opened();
    const matrix = rig.role("matrix", "matrix");
    await matrix.call.pattern({ closed: ["KP1.A", "KP2.A"] }, rig.io);
    await matrix.call.pattern({ closed: ["KP1.X", "KP2.A"] }, rig.io);
    const moves = rig.world.log.entries().flatMap((e) => (e.what === "relay" ? [`${e.relay} ${e.closed}`] : []));
    expect(moves).toEqual(["KP1.A true", "KP2.A true", "KP1.A false", "KP1.X true"]);
  });

  test("set-points beyond the instrument are refused and change nothing", async () => {
    const rig = opened();
    const refused = { code: "SETPOINT_OUT_OF_RANGE" };
    await expect(rig.role("source", "source").call.set({ voltage_V: 11, current_A: 1 }, rig.io)).rejects.toMatchObject(
      refused,
    );
    await expect(rig.role("load", "load").call.set({ current_A: 721 }, rig.io)).rejects.toMatchObject(refused);
    await expect(rig.role("matrix", "matrix").call.pattern({ closed: ["K1A"] }, rig.io)).rejects.toMatchObject(refused);
    const none = { range_ohm: 5000, current_A: 1, lowPower: false };
    await expect(rig.role("milliohm", "milliohm").call.read(none, rig.io)).rejects.toMatchObject(refused);
    expect(rig.world.source.state()).toEqual({ voltage_V: 0, current_A: 0, on: false });
  });

  test("a power run by calls: the bank shares the current and a scan shows it", async () => {
    const rig = opened();
    await rig.role("contactor", "matrix").call.pattern({ closed: ["K1A", "K1B"] }, rig.io);
    await rig.role("gpio", "gpio").call.enable({ on: true }, rig.io);
    await rig.role("source", "source").call.set({ voltage_V: 4, current_A: 550 }, rig.io);
    await rig.role("load", "load").call.set({ current_A: 500 }, rig.io);
    await rig.role("load", "load").call.input({ on: true }, rig.io);
    await rig.role("source", "source").call.output({ on: true }, rig.io);
    const daq = rig.role("daq", "daq");
    await daq.call.scan({ channels: [101, 102, 201, 211], every_s: 1 }, rig.io);
    rig.time_s = 600;
    const scan = await daq.call.next({}, rig.io);
    const value = (channel: number): number => {
      const reading = scan[channel];
      return reading?.is === "value" ? reading.value : Number.NaN;
    };
    expect(value(101) / 1e-4).toBeCloseTo(500, -1);
    expect(value(201)).toBeGreaterThan(value(211) + 10);
    expect(scan[102]?.t_s).toBe(600);
    const { current } = await rig.role("load", "load").call.measure({}, rig.io);
    expect(current.is === "value" && Math.abs(current.value - 500) < 2).toBe(true);
  });

  test("reading a scan that was never started is refused", async () => {
    const rig = opened();
    await expect(rig.role("daq", "daq").call.next({}, rig.io)).rejects.toMatchObject({ code: "INSTRUMENT_REFUSED" });
  });

  test("a capture keeps one series a channel with 8 bits and at most 200,000 points", async () => {
    const rig = opened();
    await rig.role("matrix", "matrix").call.pattern({ closed: [...throughAdapter, "KR2", "KSC"] }, rig.io);
    await rig.role("rails", "rails").call.set({ plus_V: 12, minus_V: 12 }, rig.io);
    await rig.role("rails", "rails").call.output({ on: true }, rig.io);
    await rig.role("generator", "generator").call.wave({ shape: "square", frequency_Hz: 1000, duty_pct: 10 }, rig.io);
    await rig.role("generator", "generator").call.output({ on: true }, rig.io);
    const refs = await rig
      .role("scope", "scope")
      .call.capture({ channels: [1, 2], span_s: 0.03, trigger_V: 0, as: "ref" }, rig.io);
    expect(refs.map(({ series }) => series)).toEqual(["CP_S", "CP_V"]);
    const wave = rig.waves[0] as Waveform;
    expect(wave.values.length).toBeLessThanOrEqual(200_000);
    expect(wave.dt_s * wave.values.length).toBeCloseTo(0.03, 6);
    expect((wave.values[50] as number) % 0.125).toBeCloseTo(0, 9);
    expect(Math.max(...wave.values.subarray(0, 300))).toBeCloseTo(9, 0);
  });

  test("another instrument's identity is refused, a fenced one never answers again", async () => {
    const rig = opened();
    const wrong = createWorld({
      bench,
      adapter: healthy,
      deviations: { ...noDeviations, identity: { daq: "ACME,1" } },
    });
    const clock: Clock = {
      bench_s: () => 0,
      wall_ms: () => 0,
      sleep: async () => undefined,
      allWaiting: () => undefined,
    };
    const entry = bench.instruments["daq"];
    if (entry === undefined) throw new Error("no daq");
    expect(() => openKindTwin("daq", entry, bench, wrong, clock)).toThrow(/IDENTITY_MISMATCH/);
    const daq = rig.role("daq", "daq");
    daq.fence("lost");
    await expect(daq.call.once({ channels: [101] }, rig.io)).rejects.toMatchObject({ code: "PORT_FENCED" });
  });

  test("the pole of 400 uohm shows in drops and milliohm meter alike", async () => {
    const rig = opened({ adapter: loadAdapterUnderTest("drivers/twin/adapters/pole-400u.yaml") });
    await rig.role("matrix", "matrix").call.pattern({ closed: fourWire("evse.DC+", "ev.DC+") }, rig.io);
    const seen = await rig
      .role("milliohm", "milliohm")
      .call.read({ range_ohm: 0.01, current_A: 1, lowPower: false }, rig.io);
    expect(seen.is === "value" && Math.abs(seen.value - 4e-4) < 1.5e-5).toBe(true);
  });
});
