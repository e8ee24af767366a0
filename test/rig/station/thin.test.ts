/** Thinning for a screen loses no peak, whatever the numbers are. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { thinned, thinnedEven } from "../../../rig/station/thin.ts";

const values = fc.array(fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e6, max: 1e6 }), { maxLength: 500 });
const most = fc.integer({ min: 2, max: 60 });
const times = (count: number) => Array.from({ length: count }, (_, i) => i);

test("every point lies between kept ones of its own time: no peak and no dip is lost, and time goes on", () => {
  fc.assert(
    fc.property(values, most, (all, n) => {
      const t = times(all.length);
      const kept = thinned(t, all, n);
      expect(kept.t_s.length).toBe(kept.values.length);
      expect(kept.t_s.length).toBeLessThanOrEqual(Math.max(n, 2) + 1);
      for (let i = 1; i < kept.t_s.length; i += 1) expect(kept.t_s[i]).toBeGreaterThan(kept.t_s[i - 1] as number);
      const each = all.length <= n ? 1 : Math.ceil(all.length / Math.floor(n / 2));
      for (const [i, value] of all.entries()) {
        const from = Math.floor(i / each) * each;
        const near = kept.values.filter((_, k) => {
          const at = kept.t_s[k] as number;
          return at >= from && at < from + each;
        });
        expect(Math.max(...near)).toBeGreaterThanOrEqual(value);
        expect(Math.min(...near)).toBeLessThanOrEqual(value);
      }
      expect(kept.values.every((value) => all.includes(value))).toBe(true);
    }),
  );
});

test("a sensor that was lost is seen as lost, and the peak beside it too", () => {
  fc.assert(
    fc.property(values, most, fc.nat(), (all, n, where) => {
      if (all.length === 0) return;
      const at = where % all.length;
      const holed = all.with(at, Number.NaN);
      const kept = thinned(times(all.length), holed, n);
      expect(kept.values.some(Number.isNaN)).toBe(true);
      const finite = holed.filter(Number.isFinite);
      if (finite.length > 0) expect(kept.values.filter(Number.isFinite)).toContain(Math.max(...finite));
    }),
  );
});

test("a waveform as it is stored is thinned to the same", () => {
  fc.assert(
    fc.property(values, most, (all, n) => {
      const even = thinnedEven(Float64Array.from(all), 1, n);
      expect(even).toEqual(
        all.length <= n ? thinnedEven(Float64Array.from(all), 1, n) : thinned(times(all.length), all, n),
      );
      if (all.length > 0) expect(Math.max(...even.values)).toBe(Math.max(...all));
      expect(even.t_s.length).toBeLessThanOrEqual(n + 1);
    }),
  );
});

test("few points come back as they are", () => {
  expect(thinned([1, 2, 3], [5, 4, 6], 10)).toEqual({ t_s: [1, 2, 3], values: [5, 4, 6] });
});
