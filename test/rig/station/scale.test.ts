/** Axes of the page: every value is inside, one value alone has a place, and none makes none that is no number. */
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

interface Scale {
  spanOf(values: readonly number[], alone: (value: number) => number): readonly [number, number];
  tenth(value: number): number;
}
let scale: Scale;

beforeAll(async () => {
  scale = (await import(
    pathToFileURL(`${import.meta.dirname}/../../../rig/station/page/scale.ts`).href
  )) as unknown as Scale;
});

test("one reading alone stands in the middle of a tenth on either side, and nothing at all has an axis too", () => {
  expect(scale.spanOf([12], scale.tenth)).toEqual([12 - 1.2, 12 + 1.2]);
  expect(scale.spanOf([-5, -5, -5], scale.tenth)).toEqual([-5.5, -4.5]);
  expect(scale.spanOf([0], scale.tenth)).toEqual([-1, 1]);
  expect(scale.spanOf([1_700_000_000], () => 3600)).toEqual([1_699_996_400, 1_700_003_600]);
  expect(scale.spanOf([], scale.tenth)).toEqual([0, 1]);
  expect(scale.spanOf([Number.NaN, Number.POSITIVE_INFINITY], scale.tenth)).toEqual([0, 1]);
});

test("every value is inside and off the edge, whatever they are", () => {
  const size = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(fc.array(size, { minLength: 1 }), (values) => {
      const [from, to] = scale.spanOf(values, scale.tenth);
      expect(from < to && values.every((value) => value >= from && value <= to)).toBe(true);
    }),
  );
});
