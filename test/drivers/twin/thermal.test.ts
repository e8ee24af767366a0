import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadAdapterUnderTest } from "../../../drivers/twin/world/adapterUnderTest.ts";
import { applyExponential, exponential } from "../../../drivers/twin/world/matrix.ts";
import { createThermal, type Loss } from "../../../drivers/twin/world/thermal.ts";
import { energise, rigWith } from "./testBench.ts";

const shape = {
  t1_s: 210,
  t2_s: 2000,
  pole_to_body_K_per_W: { "DC+": 0.6, "DC-": 0.6 },
  body_to_ambient_K_per_W: 0.38,
  grip_share: 0.6,
};
const losses = (perKelvin: number): Loss[] => [
  { place: "evse.DC+", watt20: 8, perKelvin },
  { place: "bar.DC+", watt20: 10, perKelvin },
  { place: "ev.DC-", watt20: 8, perKelvin },
];

describe("heat", () => {
  test("what is put in is stored or has left", () => {
    const thermal = createThermal(shape, 23);
    let left_J = 0;
    const dt_s = 2;
    for (let n = 0; n < 3000; n++) {
      const before_W = thermal.leaving_W();
      thermal.step(dt_s, losses(0));
      left_J += (dt_s * (before_W + thermal.leaving_W())) / 2;
    }
    const given_J = 26 * 3000 * dt_s;
    expect(Math.abs(thermal.stored_J() + left_J - given_J) / given_J).toBeLessThan(1e-4);
  });

  test("in the end all power leaves and the enclosure stands at power over conductance", () => {
    const thermal = createThermal(shape, 23);
    for (let n = 0; n < 200; n++) thermal.step(600, losses(0));
    expect(thermal.leaving_W()).toBeCloseTo(26, 6);
    expect(thermal.at("enclosure")).toBeCloseTo(23 + 26 / 40, 6);
  });

  test("copper's coefficient raises the steady loss to P20 (1 + a (T - 20))", () => {
    const thermal = createThermal(shape, 20);
    for (let n = 0; n < 200; n++) thermal.step(600, losses(0.00393));
    const expected_W = losses(0.00393).reduce(
      (sum, { place, watt20, perKelvin }) => sum + watt20 * (1 + perKelvin * ((thermal.at(place) as number) - 20)),
      0,
    );
    expect(thermal.leaving_W()).toBeCloseTo(expected_W, 6);
  });

  test("the length of the steps does not matter", () => {
    const [fine, coarse] = [createThermal(shape, 23), createThermal(shape, 23)];
    for (let n = 0; n < 7200; n++) fine.step(0.5, losses(0.00393));
    for (let n = 0; n < 60; n++) coarse.step(60, losses(0.00393));
    for (const place of ["evse.DC+", "body", "grip.1", "enclosure"]) {
      expect(fine.at(place)).toBeCloseTo(coarse.at(place) as number, 7);
    }
  });

  test("a matrix exponential of a rotation is the rotation", () => {
    const turned = exponential(Float64Array.from([0, -1, 1, 0]), 2, 30);
    expect(turned[0]).toBeCloseTo(Math.cos(30), 9);
    expect(turned[2]).toBeCloseTo(Math.sin(30), 9);
  });
});

const hours = (rig: ReturnType<typeof rigWith>, until_s: number, each?: (t_s: number) => void): void => {
  for (let t = 60; t <= until_s; t += 60) {
    rig.world.advance(t);
    each?.(t);
  }
};
const rise = (rig: ReturnType<typeof rigWith>, place: string): number =>
  (rig.world.temperature(place) as number) - (rig.world.temperature("ambient.1") as number);

describe("a power run at 500 A", () => {
  test("a healthy adapter rises 36 to 44 K, its grips stay below 60 degC, stable after 60 to 90 min", () => {
    const rig = rigWith();
    energise(rig, 500);
    const tens: number[] = [];
    let stable_s = 0;
    hours(rig, 4 * 3600, (t) => {
      if (t % 600 !== 0) return;
      tens.push(rig.world.temperature("ev.DC+") as number);
      const [a, b, c] = tens.slice(-3);
      if (stable_s > 0 || a === undefined || b === undefined || c === undefined) return;
      if (b - a <= 2 && c - b <= 2) stable_s = t;
    });
    for (const place of ["evse.DC+", "ev.DC+", "evse.DC-", "ev.DC-"]) {
      expect(rise(rig, place)).toBeGreaterThan(36);
      expect(rise(rig, place)).toBeLessThan(44);
    }
    expect(rig.world.temperature("grip.1")).toBeLessThan(60);
    expect(stable_s / 60).toBeGreaterThanOrEqual(60);
    expect(stable_s / 60).toBeLessThanOrEqual(90);
  });

  test("the drop follows copper's temperature", () => {
    const rig = rigWith();
    energise(rig, 500);
    const cold = rig.channel("V.DC+") as number;
    hours(rig, 7200);
    const mean = (["evse.DC+", "bar.DC+", "ev.DC+"] as const).reduce(
      (sum, place) => sum + (place === "bar.DC+" ? 0.4 : 0.3) * (rig.world.temperature(place) as number),
      0,
    );
    expect((rig.channel("V.DC+") as number) / cold).toBeCloseTo((1 + 0.00393 * (mean - 20)) / (1 + 0.00393 * 3), 3);
  });

  test("a hot contact passes cold and rises above 50 K below 100 degC", () => {
    const rig = rigWith({ adapter: loadAdapterUnderTest("drivers/twin/adapters/hot-contact.yaml") });
    energise(rig, 500);
    const cold_ohm = (rig.channel("V.DC+") as number) / 500;
    expect(cold_ohm).toBeLessThan(0.00014);
    hours(rig, 4 * 3600);
    expect(Math.max(rise(rig, "evse.DC+"), rise(rig, "ev.DC+"))).toBeGreaterThan(52);
    expect(rig.world.temperature("evse.DC+")).toBeLessThan(100);
  });

  test("when the current stops the adapter cools", () => {
    const rig = rigWith();
    energise(rig, 500);
    hours(rig, 3600);
    const hot = rise(rig, "ev.DC+");
    rig.world.source.output(false);
    rig.world.advance(3600 + 4 * 3600);
    expect(hot).toBeGreaterThan(30);
    expect(rise(rig, "ev.DC+")).toBeLessThan(1);
  });

  test("thermocouples read their place within a kelvin; open, frozen and swapped ones do not", () => {
    const rig = rigWith({
      deviations: {
        ...rigWith().world.deviations,
        thermocouple: { "T.evse.DC-": "open", "T.ev.DC-": "frozen", "T.PE": { swappedWith: "T.evse.DC+" } },
      },
    });
    energise(rig, 500);
    const frozen = rig.world.daq.thermocouple(205);
    hours(rig, 3600);
    const read = (channel: number): number => rig.world.daq.thermocouple(channel) as number;
    expect(Math.abs(read(201) - (rig.world.temperature("evse.DC+") as number))).toBeLessThan(1);
    expect(rig.world.daq.thermocouple(204)).toBe("open");
    expect(read(205)).toBe(frozen);
    expect(Math.abs(read(207) - (rig.world.temperature("evse.DC+") as number))).toBeLessThan(1);
  });

  test("110 degC opens the over-temperature relay and with it the source", () => {
    const adapter = { ...loadAdapterUnderTest("drivers/twin/adapters/hot-contact.yaml") };
    const rig = rigWith({ adapter: { ...adapter, thermal: { ...adapter.thermal, dc_plus_to_body_K_per_W: 4 } } });
    energise(rig, 500);
    hours(rig, 3600);
    expect(rig.world.log.entries().some((e) => e.what === "line" && e.line === "OT" && !e.high)).toBe(true);
    expect(rig.world.log.entries().some((e) => e.what === "enable" && !e.on && e.why === "safety relay")).toBe(true);
  });
});

/** All entries of a matrix that are not zero. */
function sparse(matrix: Float64Array, n: number) {
  const at = [...matrix.keys()].filter((i) => matrix[i] !== 0);
  return {
    n,
    rows: Int32Array.from(at, (i) => Math.floor(i / n)),
    columns: Int32Array.from(at, (i) => i % n),
    values: Float64Array.from(at, (i) => matrix[i] as number),
  };
}

const entries = fc.double({ min: -0.1, max: 0.1, noNaN: true });
const systems = fc.integer({ min: 1, max: 6 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    matrix: fc.array(fc.oneof(fc.constant(0), entries), { minLength: n * n, maxLength: n * n }),
    vector: fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: n, maxLength: n }),
    t: fc.double({ min: 0, max: 25, noNaN: true }),
  }),
);

describe("a step without the matrix that it would be", () => {
  const matrix = Float64Array.from([-0.05, 0.04, 0.3, 0.02, -0.03, 0.1, 0, 0, 0]);

  test("is the product of the exponential and the temperatures", () => {
    fc.assert(
      fc.property(systems, ({ n, matrix: values, vector: start, t }) => {
        const dense = Float64Array.from(values);
        const vector = Float64Array.from(start);
        const by = exponential(dense, n, t);
        const expected = start.map((_, i) => start.reduce((sum, value, j) => sum + (by[n * i + j] ?? 0) * value, 0));
        expect(applyExponential(sparse(dense, n), t, vector)).toBe(true);
        const largest = Math.max(1, ...expected.map(Math.abs), ...start.map(Math.abs));
        for (const [i, value] of expected.entries()) {
          expect(Math.abs((vector[i] ?? 0) - value)).toBeLessThan(1e-12 * largest * Math.exp(0.1 * n * t));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("is left to the matrix where it is long", () => {
    const vector = Float64Array.from([30, 25, 1]);
    expect(applyExponential(sparse(matrix, 3), 1e4, vector)).toBe(false);
    expect([...vector]).toEqual([30, 25, 1]);
  });

  test("a long step leads where many short ones lead", () => {
    const once = createThermal(shape, 23);
    const often = createThermal(shape, 23);
    once.step(3000, losses(0.004));
    for (let n = 0; n < 600; n++) often.step(5, losses(0.004));
    for (const place of ["bar.DC+", "body", "grip.1", "cable", "enclosure"]) {
      expect(once.at(place)).toBeCloseTo(often.at(place) ?? Number.NaN, 9);
    }
    expect(once.at("bar.DC+")).toBeGreaterThan(30);
  });

  test("losses of one step are not those of the next", () => {
    const thermal = createThermal(shape, 23);
    for (let n = 0; n < 3; n++) thermal.step(1, [{ place: "bar.DC+", watt20: 10, perKelvin: 0 }]);
    const before = thermal.at("bar.DC-") ?? Number.NaN;
    thermal.step(1, [{ place: "bar.DC-", watt20: 10, perKelvin: 0 }]);
    expect((thermal.at("bar.DC-") ?? Number.NaN) - before).toBeGreaterThan(0.05);
    const warm = thermal.at("bar.DC-") ?? Number.NaN;
    thermal.step(1, []);
    expect(thermal.at("bar.DC-") ?? Number.NaN).toBeLessThan(warm);
  });
});
