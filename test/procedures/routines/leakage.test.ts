import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leakOf } from "../../../procedures/routines/leakage.ts";
import { above, below, invalid, type Reading, reading } from "../../../rig/model/reading.ts";

const origin = { raw: "x", t_s: 0 };
const volt = (value: number, u = 1e-5): Reading => reading("V", value, u, origin);
const rails = fc.constantFrom(5, 12);

describe("the leakage circuit's reading", () => {
  test("gives back the resistance that made the voltage, within its own uncertainty", () => {
    fc.assert(
      fc.property(rails, fc.double({ min: 2, max: 7, noNaN: true }), (rail_V, log_ohm) => {
        const ohm = 10 ** log_ohm;
        const r = leakOf(volt((rail_V * 1e5) / (ohm + 1e5)), rail_V);
        expect(r.is).toBe("value");
        if (r.is === "value") expect(Math.abs(r.value - ohm)).toBeLessThan(2 * r.u);
      }),
    );
  });

  test.each([5, 12])("from %s V, above 100 Mohm it says so and gives no number", (rail_V) => {
    const at = (ohm: number) => leakOf(volt((rail_V * 1e5) / (ohm + 1e5)), rail_V);
    expect(at(1e9)).toMatchObject({ is: "above", bound: 100e6 });
    expect(at(10e6)).toMatchObject({ is: "value" });
    expect(leakOf(volt(0), rail_V)).toMatchObject({ is: "above" });
    expect(leakOf(volt(-1e-4), rail_V)).toMatchObject({ is: "above" });
  });

  test("what is claimed to be above 100 Mohm is so even at the far end of the voltmeter's uncertainty", () => {
    fc.assert(
      fc.property(rails, fc.double({ min: 0, max: 0.05, noNaN: true }), (rail_V, v) => {
        const r = leakOf(volt(v, 1e-4), rail_V);
        if (r.is === "value") expect(r.value - 2 * r.u).toBeLessThan(100e6);
        if (r.is === "above") expect((1e5 * (rail_V - v)) / v).toBeGreaterThan(90e6);
      }),
    );
  });

  test("the rail beyond the voltmeter's range is a path of at most 500 ohm, not a fault of the meter", () => {
    expect(leakOf(invalid("V", "overload", origin), 12)).toMatchObject({ is: "below", bound: 500 });
  });

  test.each([
    ["an invalid reading", invalid("V", "not-a-number", origin)],
    ["a bound above", above("V", 10, origin)],
    ["a bound below", below("V", 10, origin)],
    ["a number that is none", volt(Number.NaN)],
    ["an uncertainty that is none", volt(1, Number.NaN)],
  ])("%s never becomes a value", (_, r) => {
    expect(leakOf(r, 5).is).toBe("invalid");
  });

  test("a channel that is missing is an error of the program", () => {
    expect(() => leakOf(undefined, 5)).toThrow(RangeError);
  });
});
