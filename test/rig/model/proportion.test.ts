/** Bounds of a share against published tables and the binomial distribution itself. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { betaBelow, shareOf } from "../../../rig/model/proportion.ts";

test.each([
  // Clopper-Pearson, 95 %, two-sided; rule of three: 1 - 0.025^(1/n) for none of n.
  [0, 10, 0, 0.3085],
  [10, 10, 0.6915, 1],
  [5, 10, 0.18709, 0.81291],
  [1, 3000, 0.0000084392, 0.0018557],
])("%i of %i", (n, of, low, high) => {
  const share = shareOf(n, of, 0.95);
  expect(share.low).toBeCloseTo(low, 4);
  expect(share.high).toBeCloseTo(high, 4);
});

test("none of n has the closed form", () => {
  for (const n of [1, 30, 3000, 10_000]) expect(shareOf(0, n, 0.95).high).toBeCloseTo(1 - 0.025 ** (1 / n), 9);
});

test("of nothing nothing is known", () => {
  expect(shareOf(0, 0, 0.95)).toMatchObject({ low: 0, high: 1 });
});

test("the bounds hold the share, and a tail of the binomial is what was asked for", () => {
  const tail = (k: number, n: number, p: number): number => (k < 0 ? 0 : k >= n ? 1 : betaBelow(1 - p, n - k, k + 1));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(), (of, some) => {
      const n = some % (of + 1);
      const { low, high } = shareOf(n, of, 0.95);
      expect(low).toBeLessThanOrEqual(n / of);
      expect(high).toBeGreaterThanOrEqual(n / of);
      if (n < of) expect(tail(n, of, high)).toBeCloseTo(0.025, 6);
      if (n > 0) expect(1 - tail(n - 1, of, low)).toBeCloseTo(0.025, 6);
    }),
    { numRuns: 60 },
  );
});

test.each([
  [-1, 3],
  [4, 3],
  [0.5, 3],
])("%d of %d is no share", (n, of) => {
  expect(() => shareOf(n, of, 0.95)).toThrow(RangeError);
});
