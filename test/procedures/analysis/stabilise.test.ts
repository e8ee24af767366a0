import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { iecThreeReadings, isStable, meanBetween, type Sample } from "../../../procedures/analysis/stabilise.ts";

/** One sample a second of a body that warms towards `final` with a time constant. */
const warming = (final: number, tau_s: number, until_s: number): Sample[] =>
  Array.from({ length: until_s }, (_, i) => ({ t_s: i + 1, value: final * (1 - Math.exp(-(i + 1) / tau_s)) }));

describe("three readings ten minutes apart", () => {
  test("are stable when none rises more than 2 K, and not a moment before three exist", () => {
    const flat = warming(30, 1, 3000);
    expect(isStable(iecThreeReadings, flat, 0, 1200)).toBe(false);
    expect(isStable(iecThreeReadings, flat, 0, 1231)).toBe(true);
  });

  test("a slope of 2.1 K in ten minutes is not stable, one of 1.9 K is", () => {
    const slope = (per_s: number): Sample[] => Array.from({ length: 2000 }, (_, i) => ({ t_s: i, value: per_s * i }));
    expect(isStable(iecThreeReadings, slope(2.1 / 600), 0, 1900)).toBe(false);
    expect(isStable(iecThreeReadings, slope(1.9 / 600), 0, 1900)).toBe(true);
  });

  test("readings taken before the current was on do not count", () => {
    expect(isStable(iecThreeReadings, warming(30, 1, 3000), 1000, 2200)).toBe(false);
  });

  test("a rise of more than 2 K between any two of the three is never stable", () => {
    fc.assert(
      fc.property(fc.double({ min: 2.1, max: 40, noNaN: true }), fc.boolean(), (jump, early) => {
        const at_s = early ? 900 : 1500;
        const samples = Array.from({ length: 2000 }, (_, i) => ({ t_s: i, value: i > at_s ? jump : 0 }));
        expect(isStable(iecThreeReadings, samples, 0, 1900)).toBe(false);
      }),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("a reading with %s in it is not stable", (value) => {
    const samples = warming(30, 1, 3000).map((s) => (s.t_s === 1890 ? { ...s, value } : s));
    expect(isStable(iecThreeReadings, samples, 0, 1900)).toBe(false);
  });

  test("a gap where a reading should be is not stable", () => {
    const samples = warming(30, 1, 3000).filter((s) => s.t_s < 1260 || s.t_s > 1310);
    expect(isStable(iecThreeReadings, samples, 0, 1900)).toBe(false);
  });
});

describe("a mean over time", () => {
  test("is that of the samples after its start and up to its end", () => {
    const samples = [1, 2, 3, 4].map((t_s) => ({ t_s, value: 10 * t_s }));
    expect(meanBetween(samples, 1, 3)).toBe(25);
  });

  test("of no samples is no number", () => {
    expect(meanBetween([], 0, 10)).toBeNaN();
  });
});
