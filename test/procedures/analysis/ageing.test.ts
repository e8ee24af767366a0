import fc from "fast-check";
import { expect, test } from "vitest";
import { growth_K, growth_pct } from "../../../procedures/analysis/ageing.ts";
import { matings } from "../../../procedures/analysis/resistance.ts";
import { combined } from "../../../rig/model/uncertainty.ts";

const ohm = fc.record({
  value: fc.double({ min: 1e-5, max: 1e-3, noNaN: true }),
  u: fc.double({ min: 0, max: 1e-5, noNaN: true }),
});
const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

test("a growth of or to what is not finite is no number, and neither is one of nothing", () => {
  fc.assert(
    fc.property(ohm, odd, fc.boolean(), (good, bad, value) => {
      const broken = value ? { value: bad, u: 0 } : { value: good.value, u: bad };
      for (const growth of [growth_pct, growth_K]) {
        expect(growth(good, broken).value).toBeNaN();
        expect(growth(broken, good).value).toBeNaN();
      }
      expect(growth_pct({ value: 0, u: 0 }, good).value).toBeNaN();
      expect(growth_pct({ value: -good.value, u: 0 }, good).value).toBeNaN();
    }),
  );
});

test("growth is that of the values, and as unsure as both together", () => {
  fc.assert(
    fc.property(ohm, ohm, (before, now) => {
      const pct = growth_pct(before, now);
      expect(before.value * (1 + pct.value / 100)).toBeCloseTo(now.value, 12);
      expect(pct.u).toBeGreaterThanOrEqual((100 * now.u) / before.value - 1e-12);
      expect(growth_K(before, now).u).toBeCloseTo(Math.hypot(before.u, now.u), 12);
    }),
  );
});

test("matings: fewer than two, more than ten, or any that is not finite give no mean", () => {
  const one = { value: 1e-4, u: 1e-6 };
  expect(matings([]).mean.value).toBeNaN();
  expect(matings([one]).mean.value).toBeNaN();
  expect(matings(Array.from({ length: 11 }, () => one)).mean.value).toBeNaN();
  fc.assert(
    fc.property(fc.array(ohm, { minLength: 1, maxLength: 9 }), odd, fc.nat(9), (good, bad, at) => {
      const each = [...good.slice(0, at), { value: bad, u: 0 }, ...good.slice(at)];
      expect(matings(each).mean.value).toBeNaN();
      expect(matings(each).spread_pct.value).toBeNaN();
    }),
  );
});

test("matings: the mean lies between them, and is never surer than one measurement or the scatter over root n", () => {
  fc.assert(
    fc.property(fc.array(ohm, { minLength: 2, maxLength: 10 }), (each) => {
      const { mean, spread_pct, budget } = matings(each);
      const values = each.map((r) => r.value);
      expect(mean.value).toBeGreaterThanOrEqual(Math.min(...values) * (1 - 1e-12));
      expect(mean.value).toBeLessThanOrEqual(Math.max(...values) * (1 + 1e-12));
      expect(mean.u).toBeGreaterThanOrEqual(Math.max(...each.map((r) => r.u)) - 1e-18);
      expect(mean.u).toBeCloseTo(Math.hypot(budget.measurement, budget.remating), 15);
      expect(spread_pct.value).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("three matings of 100, 104 and 102 uohm: s is 2 uohm, t for two degrees of freedom widens it", () => {
  const { mean, spread_pct, budget } = matings([1.0e-4, 1.04e-4, 1.02e-4].map((value) => ({ value, u: 0 })));
  expect(mean.value).toBeCloseTo(1.02e-4, 12);
  expect(budget.remating).toBeCloseTo((2.265 * 2e-6) / Math.sqrt(3), 12);
  expect(spread_pct.value).toBeCloseTo(3.9216, 3);
});

test("the parts of a mean, a spread and a growth give their u, to the last digit that counts", () => {
  fc.assert(
    fc.property(fc.array(ohm, { minLength: 2, maxLength: 10 }), ohm, ohm, (each, before, now) => {
      const { mean, spread_pct } = matings(each);
      for (const one of [mean, spread_pct, growth_pct(before, now), growth_K(before, now)]) {
        expect(one.parts?.length).toBe(2);
        expect(Math.abs(combined(one.parts ?? []) - one.u)).toBeLessThanOrEqual(1e-12 * one.u + 1e-300);
      }
    }),
  );
  expect(matings([]).mean.parts).toBeUndefined();
});
