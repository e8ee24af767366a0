import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { duration, quantity, valueText } from "../../../reports/text/quantity.ts";

const text = (...of: Parameters<typeof valueText>) => {
  const { value, uncertainty, unit } = valueText(...of);
  return `${value} ± ${uncertainty} ${unit}`;
};

describe("numbers for people", () => {
  test.each([
    ["ohm", 98.4e-6, 1.9e-6, "98.4 ± 1.9 µΩ"],
    ["ohm", 0.00312, 0.00004, "3.120 ± 0.040 mΩ"],
    ["V", 8.981, 0.008, "8.9810 ± 0.0080 V"],
    ["V", -0.0023, 0.0022, "\u22122.3 ± 2.2 mV"],
    ["K", 38.6, 1.4, "38.6 ± 1.4 K"],
    ["degC", 0.061, 0.02, "0.061 ± 0.020 °C"],
    ["ohm", 2.1e7, 2e5, "21.00 ± 0.20 MΩ"],
    ["F", 9.5e-11, 1e-12, "95.0 ± 1.0 pF"],
  ] as const)("%s %s with U %s reads %s", (unit, value, U, expected) => {
    expect(text(unit, value, U)).toBe(expected);
  });

  test("a value beyond its limit never reads like the limit", () => {
    expect(valueText("ohm", 150.04e-6, 2e-6, [150e-6]).value).toBe("150.04");
    expect(valueText("ohm", 150.04e-6, 2e-6).value).toBe("150.0");
    expect(valueText("ohm", 150e-6, 2e-6, [150e-6]).value).toBe("150.0");
  });

  test("a printed value lies on the same side of the limit as the value itself", () => {
    const size = fc.double({ min: 0.1, max: 1000, noNaN: true });
    fc.assert(
      fc.property(size, fc.double({ min: -0.01, max: 0.01, noNaN: true }), size, (limit, off, U) => {
        const value = limit * (1 + off);
        fc.pre(Math.abs(value - limit) > limit * 1e-8);
        const { value: printed, unit } = valueText("K", value, U, [limit]);
        expect(unit).toBe("K");
        expect(Math.sign(Number(printed) - limit)).toBe(Math.sign(value - limit));
      }),
    );
  });

  test("numbers alone carry prefix and unit, kelvin and degree Celsius none", () => {
    expect(quantity("ohm", 1e6)).toBe("1\u00a0MΩ");
    expect(quantity("ohm", 1.5e-4)).toBe("150\u00a0µΩ");
    expect(quantity("V", -12.6)).toBe("\u221212.6\u00a0V");
    expect(quantity("K", 0.002)).toBe("0.002\u00a0K");
    expect(quantity("1", 3)).toBe("3");
    expect(quantity("V", 0)).toBe("0\u00a0V");
  });

  test("what is no number is never printed as one", () => {
    expect(quantity("V", Number.NaN)).toBe("no number");
    fc.assert(
      fc.property(fc.double(), (v) => {
        expect(quantity("ohm", v)).not.toMatch(/NaN|Infinity/);
      }),
    );
  });

  test("durations", () => {
    expect([12, 390, 3840, Number.NaN].map(duration)).toEqual([
      "12\u00a0s",
      "6\u00a0min 30\u00a0s",
      "1\u00a0h 04\u00a0min",
      "unknown",
    ]);
  });
});
