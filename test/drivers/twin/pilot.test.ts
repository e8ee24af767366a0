import { describe, expect, test } from "vitest";
import { adapterWith, bypass, rigWith, type TestRig, throughAdapter } from "./testBench.ts";

function pilotRig(options: Parameters<typeof rigWith>[0] = {}): TestRig {
  const rig = rigWith(options);
  rig.world.pilot.rails(12, 12);
  rig.world.pilot.railsOutput(true);
  rig.world.pilot.wave("high", 1000, 50);
  rig.world.pilot.output(true);
  return rig;
}

const states = { A: [], B: ["KR2"], C: ["KR2", "KR3"], D: ["KR2", "KR4"] } as const;
const volt = (rig: TestRig, name: string): number => {
  const seen = rig.channel(name);
  if (seen === "overload") throw new Error("overload");
  return seen;
};

describe("the pilot's states", () => {
  test.each([
    ["A", 11.4, 12.6],
    ["B", 8.37, 9.59],
    ["C", 5.47, 6.53],
    ["D", 2.59, 3.28],
  ] as const)("state %s through a healthy adapter lies in its window, 10 mV from the bypass at most", (state, min, max) => {
    const rig = pilotRig();
    rig.close(throughAdapter, states[state]);
    const through = volt(rig, "CP_S");
    rig.close(bypass, states[state]);
    expect(through).toBeGreaterThan(min);
    expect(through).toBeLessThan(max);
    expect(Math.abs(through - volt(rig, "CP_S"))).toBeLessThan(0.01);
  });

  test("the negative level is the minus rail", () => {
    const rig = pilotRig();
    rig.world.pilot.wave("low", 1000, 50);
    rig.close(throughAdapter, "KR2");
    expect(volt(rig, "CP_S")).toBeCloseTo(-12, 1);
    expect(volt(rig, "CP_V")).toBeCloseTo(-12, 1);
  });

  test("KE shorts the pilot: state E", () => {
    const rig = pilotRig();
    rig.close(throughAdapter, "KE");
    expect(Math.abs(volt(rig, "CP_S"))).toBeLessThan(0.01);
  });

  test("with rails or generator off nothing drives the pilot", () => {
    const rig = pilotRig();
    rig.world.pilot.railsOutput(false);
    rig.close(throughAdapter, "KR2");
    expect(Math.abs(volt(rig, "CP_S"))).toBeLessThan(0.02);
  });
});

describe("what an adapter breaks (domain.md 2.4)", () => {
  const shift = (fields: Parameters<typeof adapterWith>[0], name: string, state: keyof typeof states): number => {
    const [good, bad] = [pilotRig(), pilotRig({ adapter: adapterWith(fields) })];
    for (const rig of [good, bad]) rig.close(throughAdapter, states[state]);
    return volt(bad, name) - volt(good, name);
  };

  test("10 ohm in CP moves the vehicle's face by -2.2 mV/ohm and the station's by +0.8 mV/ohm in B", () => {
    const fields = { paths: { CP: { bar_ohm: 10.01 } } };
    expect(shift(fields, "CP_V", "B") / 10).toBeCloseTo(-0.0022, 3);
    expect(shift(fields, "CP_S", "B") / 10).toBeCloseTo(0.0008, 3);
    expect(shift(fields, "CP_V", "C") / 10).toBeCloseTo(-0.0028, 3);
  });

  test.each([
    [1e4, -0.61, 0.02],
    [1e5, -0.065, 0.005],
    [1e6, -0.007, 0.002],
  ])("a leak of %d ohm from CP to PE moves B by %d V", (leak_ohm, expected, tolerance) => {
    const moved = shift({ leaks: [{ between: ["evse.CP", "evse.PE"], ohm: leak_ohm }] }, "CP_S", "B");
    expect(Math.abs(moved - expected)).toBeLessThan(tolerance);
  });

  test("an open CP leaves the station in state A and the vehicle without a pilot", () => {
    const rig = pilotRig({ adapter: adapterWith({ paths: { CP: { open: "bar" } } }) });
    rig.close(throughAdapter, "KR2");
    expect(volt(rig, "CP_S")).toBeGreaterThan(11.4);
    expect(Math.abs(volt(rig, "CP_V"))).toBeLessThan(0.05);
  });

  test("a diode in CP keeps the negative level from the vehicle", () => {
    const rig = pilotRig({ adapter: adapterWith({ paths: { CP: { diode_anode: "evse" } } }) });
    rig.world.pilot.wave("low", 1000, 50);
    rig.close(throughAdapter, "KR2", "KSC");
    expect(volt(rig, "CP_S")).toBeLessThan(-11);
    expect(volt(rig, "CP_V")).toBeGreaterThan(-1);
  });
});

/** Share of samples above the middle of the swing, %. */
const dutyOf = (wave: Float64Array): number => {
  const [low, high] = [Math.min(...wave), Math.max(...wave)];
  return (100 * wave.filter((v) => v > (low + high) / 2).length) / wave.length;
};

describe("the pilot's waveform", () => {
  test.each([5, 10, 50, 96])("a duty of %d %% arrives within 0.1 points", (duty_pct) => {
    const rig = pilotRig();
    rig.world.pilot.wave("square", 1000, duty_pct);
    rig.close(throughAdapter, "KR2", "KSC");
    const [station, vehicle] = rig.world.scope.acquire([1, 2], 1e-7, 10_000, 0);
    expect(Math.abs(dutyOf(station as Float64Array) - duty_pct)).toBeLessThan(0.1);
    expect(Math.abs(dutyOf(vehicle as Float64Array) - duty_pct)).toBeLessThan(0.1);
  });

  test("the falling edge decays with 1 kohm times all capacitance", () => {
    const rig = pilotRig({ adapter: adapterWith({ cp_pe_farad: 2e-9 }) });
    rig.world.pilot.wave("square", 1000, 50);
    // State A: below zero the vehicle's diode blocks, so that the driver's 1 kohm alone moves the level.
    rig.close(throughAdapter, "KSC");
    const [wave] = rig.world.scope.acquire([1], 1e-7, 10_000, 0) as [Float64Array];
    const cross = (level: number): number => wave.findIndex((v, i) => i > 3000 && v < level);
    // From +12 V towards -12 V: the time from 0 V to -12 + 24/e^2 V, measured against ln(2 - ...) exactly.
    const tau_s = 1e-7 * (cross(-6) - cross(0)) * (1 / Math.log(2));
    // 0.3 + 0.5 nF of the fixture, 2 nF of the adapter, two probes of 12 pF; the parts are within 5 %.
    expect(tau_s).toBeGreaterThan(1000 * 2.7e-9);
    expect(tau_s).toBeLessThan(1000 * 2.95e-9);
  });

  test("a voltmeter sees the mean of both levels", () => {
    const rig = pilotRig();
    rig.world.pilot.wave("square", 1000, 50);
    rig.close(throughAdapter, "KR2");
    expect(volt(rig, "CP_S")).toBeCloseTo((8.97 - 12) / 2, 1);
  });

  test("an open KSC shows no pilot", () => {
    const rig = pilotRig();
    rig.world.pilot.wave("square", 1000, 50);
    rig.close(throughAdapter, "KR2");
    const [wave] = rig.world.scope.acquire([1], 1e-6, 1000, 0) as [Float64Array];
    expect(Math.max(...wave.map(Math.abs))).toBeLessThan(0.2);
  });
});

describe("proximity (domain.md 3)", () => {
  const windows = [
    ["unmated", [], 4.13, 4.78],
    ["latched", ["KPP1", "KPP2"], 1.23, 1.82],
    ["pressed", ["KPP1"], 2.38, 3.16],
  ] as const;

  test.each(windows)("a passing adapter shows the station's plug %s", (_, relays, min, max) => {
    const rig = rigWith();
    rig.close(throughAdapter, "KV5", "KV27", relays);
    expect(volt(rig, "PP_V")).toBeGreaterThan(min);
    expect(volt(rig, "PP_V")).toBeLessThan(max);
  });

  test("a local resistor is latched at 150 ohm and pressed at 480 ohm, whatever the station does", () => {
    const rig = rigWith({ adapter: adapterWith({ pp: { topology: "LOCAL" } }) });
    rig.close(throughAdapter, "KV5", "KV27", "KPP1", "KPP2");
    expect(volt(rig, "PP_V")).toBeCloseTo(1.51, 1);
    rig.world.operator.latch("adapter", true);
    expect(volt(rig, "PP_V")).toBeCloseTo(2.76, 1);
  });

  test("680 ohm reads as button pressed", () => {
    const rig = rigWith({ adapter: adapterWith({ pp: { topology: "LOCAL", latched_ohm: 680 } }) });
    rig.close(throughAdapter, "KV5", "KV27");
    expect(volt(rig, "PP_V")).toBeCloseTo(3.11, 1);
  });

  test("a switch in series adds 330 ohm when the adapter's latch is pressed", () => {
    const rig = rigWith({ adapter: adapterWith({ pp: { topology: "SERIES_SW" } }) });
    rig.close(throughAdapter, "KV5", "KV27", "KPP1", "KPP2");
    expect(volt(rig, "PP_V")).toBeCloseTo(1.51, 1);
    rig.world.operator.latch("adapter", true);
    expect(volt(rig, "PP_V")).toBeCloseTo(2.76, 1);
  });
});
