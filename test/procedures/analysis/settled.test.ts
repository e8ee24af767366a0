/** What is still to come of a rise, against exponentials whose end is known. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { stillToCome, type ThreeReadings } from "../../../procedures/analysis/settled.ts";

const approach = (end: number, start: number, tau_s: number, from_s: number, every_s = 600): ThreeReadings => {
  const at = (t_s: number): number => end + (start - end) * Math.exp(-t_s / tau_s);
  return [at(from_s), at(from_s + every_s), at(from_s + 2 * every_s)];
};

test("the end of one exponential is found exactly", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 20, max: 120, noNaN: true }),
      fc.double({ min: 600, max: 5000, noNaN: true }),
      fc.double({ min: 0, max: 4000, noNaN: true }),
      (end, tau_s, from_s) => {
        const readings = approach(end, 0, tau_s, from_s);
        const { value, u } = stillToCome([readings, readings], readings, 1e-9);
        expect(readings[2] + value).toBeCloseTo(end, 3);
        expect(u).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

test("a small place takes its slowing down from the others", () => {
  const all = [40, 45, 50, 42].map((end) => approach(end, 0, 2400, 3000));
  const grip = approach(12, 0, 2400, 3000);
  expect(grip[2] + stillToCome(all, grip, 0.01).value).toBeCloseTo(12, 6);
});

test("what has settled has nothing to come, with the noise as its uncertainty", () => {
  const still: ThreeReadings = [30, 30.01, 30.005];
  expect(stillToCome([still], still, 0.02)).toEqual({ value: 0, u: 2 * Math.SQRT2 * 0.02 });
});

test.each([
  ["a rise that does not slow down", [20, 30, 40] as const],
  ["a rise that gets faster", [20, 21, 30] as const],
  ["a fall and a rise", [30, 20, 30] as const],
  ["NaN", [20, Number.NaN, 30] as const],
  ["infinity", [20, 25, Number.POSITIVE_INFINITY] as const],
])("%s is never a number", (_, readings) => {
  const { value, u } = stillToCome([readings], readings, 0.01);
  expect(value).toBeNaN();
  expect(u).toBeNaN();
});

test("no places are no number", () => {
  expect(stillToCome([], [1, 2, 3], 0.01).value).toBeNaN();
});
