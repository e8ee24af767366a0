import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at20degC, drift_V, estimate, type OnOff, resistanceOf } from "../../../procedures/analysis/resistance.ts";

const exact = (value: number) => ({ value, u: 0 });
const onOff = (ohm: number, current_A: number, offset_V: number, drift = 0): OnOff => ({
  on_V: exact(ohm * current_A + offset_V + drift / 2),
  on_A: exact(current_A),
  before_V: exact(offset_V),
  after_V: exact(offset_V + drift),
  before_A: exact(0),
  after_A: exact(0),
});

describe("resistance from current on and off", () => {
  test("takes out any constant offset and a drift in proportion to time", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 2e-5, max: 1e-2, noNaN: true }),
        fc.double({ min: 10, max: 500, noNaN: true }),
        fc.double({ min: -1e-4, max: 1e-4, noNaN: true }),
        fc.double({ min: -5e-6, max: 5e-6, noNaN: true }),
        (ohm, current_A, offset_V, drift) => {
          const r = resistanceOf(onOff(ohm, current_A, offset_V, drift));
          expect(Math.abs(r.value - ohm)).toBeLessThan(1e-9);
          expect(r.u).toBeGreaterThanOrEqual(Math.abs(drift) / 2 / current_A - 1e-12);
        },
      ),
    );
  });

  test("its uncertainty holds the shunt's share and the voltmeter's", () => {
    const r = resistanceOf({ ...onOff(1e-4, 100, 0), on_V: { value: 1e-2, u: 1e-5 }, on_A: { value: 100, u: 0.1 } });
    expect(r.u).toBeCloseTo(Math.hypot(1e-5 / 100, (1e-4 * 0.1) / 100), 12);
  });

  test("no current or no samples give no finite resistance", () => {
    expect(Number.isFinite(resistanceOf(onOff(1e-4, 0, 1e-6)).value)).toBe(false);
    expect(resistanceOf({ ...onOff(1e-4, 100, 0), on_V: estimate([], 0) }).value).toBeNaN();
  });

  test("the drift is the change of the offset, whatever its sign", () => {
    expect(drift_V(onOff(1e-4, 100, 1e-6, -3e-6))).toBeCloseTo(3e-6, 12);
  });

  test("copper at 45 degC is taken back to 20 degC", () => {
    expect(at20degC({ value: 1.09825e-4, u: 0 }, 45, 0).value).toBeCloseTo(1e-4, 9);
  });
});

describe("an estimate", () => {
  test("of one number has the instrument's uncertainty, of none has no value", () => {
    expect(estimate([3], 0.5)).toEqual({ value: 3, u: 0.5 });
    expect(estimate([], 0.5).value).toBeNaN();
  });

  test("one bad sample spoils it", () => {
    expect(estimate([1, Number.NaN, 1], 0).value).toBeNaN();
  });
});
