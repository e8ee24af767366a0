import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  iecThreeReadings,
  ieeeHold,
  isStable,
  isStableOver,
  meanBetween,
  type Sample,
  stabilisationRules,
  ulThreeReadings,
} from "../../../procedures/analysis/stabilise.ts";

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

describe("the other named rules", () => {
  const line = (per_min: number, until_s = 7200): Sample[] =>
    Array.from({ length: until_s }, (_, i) => ({ t_s: i + 1, value: (per_min * (i + 1)) / 60 }));

  test("intervals of 10 % grow with the time: the same slope is stable early and not late", () => {
    // Between readings pass 5 min until 50 min, 12 min at 2 h: 0.15 K/min are 0.75 K and 1.8 K.
    expect(isStable(ulThreeReadings, line(0.15), 0, 2400)).toBe(true);
    expect(isStable(ulThreeReadings, line(0.15), 0, 7200)).toBe(false);
    expect(isStable(ulThreeReadings, line(-0.15), 0, 7200)).toBe(false);
  });

  test("2 K over 15 min must hold for 30 min more", () => {
    const slowing = (t_s: number): number => (t_s < 3600 ? (0.3 * t_s) / 60 : 18);
    const samples = line(0).map(({ t_s }) => ({ t_s, value: slowing(t_s) }));
    expect(isStable(ieeeHold, samples, 0, 3600 + 900)).toBe(false);
    expect(isStable(ieeeHold, samples, 0, 3600 + 900 + 1800)).toBe(true);
  });

  test("a rule on the rise does not count what the ambient does", () => {
    const ambient = line(0.3);
    const contact = ambient.map(({ t_s, value }) => ({ t_s, value: value + 30 }));
    const record = { contact, ambient };
    expect(isStableOver(iecThreeReadings, record, 0, 3000)).toBe(false);
    expect(isStableOver({ ...iecThreeReadings, on: "rise" }, record, 0, 3000)).toBe(true);
    expect(isStableOver({ ...iecThreeReadings, on: "rise" }, { contact, ambient: [] }, 0, 3000)).toBe(false);
  });

  test.each(stabilisationRules)("$id: empty, NaN and infinity are never stable", (rule) => {
    const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const back = fc.integer({ min: 0, max: 29 });
    fc.assert(
      fc.property(fc.integer({ min: 4000, max: 7200 }), back, bad, (now_s, before_s, value) => {
        const flat = line(0);
        expect(isStable(rule, flat, 0, now_s)).toBe(true);
        flat[now_s - before_s - 1] = { t_s: now_s - before_s, value };
        expect(isStable(rule, flat, 0, now_s)).toBe(false);
        expect(isStable(rule, [], 0, now_s)).toBe(false);
        expect(isStable(rule, line(0), 0, value)).toBe(false);
        expect(isStable(rule, line(0), value, now_s)).toBe(false);
      }),
      { numRuns: 30 },
    );
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
