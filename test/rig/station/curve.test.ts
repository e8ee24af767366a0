/** A curve of any length stays small, and no peak of it is ever lost. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Curve } from "../../../rig/station/curve.ts";

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });

test("what is drawn is bounded, in order of time, and has the smallest and the largest of all that came", () => {
  fc.assert(
    fc.property(
      values,
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0.001, max: 20, noNaN: true }),
      (some, times, dt_s) => {
        const curve = new Curve("degC");
        const all: number[] = [];
        for (let round = 0; round < times; round += 1) {
          curve.add(
            some.map((_, i) => (all.length + i) * dt_s),
            some,
          );
          all.push(...some);
        }
        const { t_s, values: drawn } = curve.drawn();
        expect(t_s.length).toBeLessThanOrEqual(2048);
        expect(drawn.length).toBe(t_s.length);
        expect(t_s.every((t, i) => i === 0 || t > (t_s[i - 1] ?? 0))).toBe(true);
        expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([Math.min(...all), Math.max(...all)]);
        expect(curve.last).toBe(some.at(-1));
      },
    ),
  );
});

test("every peak stands where it was, to within a span", () => {
  const curve = new Curve("degC");
  const peaks = [3_000, 70_001, 143_999];
  for (let i = 0; i < 144_000; i += 1) curve.add([i / 10], [peaks.includes(i) ? 100 + i : Math.sin(i)]);
  const { t_s, values: drawn } = curve.drawn();
  for (const peak of peaks) {
    const at = drawn.indexOf(100 + peak);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(Math.abs((t_s[at] ?? Number.NaN) - peak / 10)).toBeLessThan(16);
  }
});

test("as long as there is room every point is there; what came before is not added again", () => {
  const curve = new Curve("degC");
  curve.add([0, 1, 2], [5, 6, 7]);
  curve.add([1, 2, 3], [9, 9, 8]);
  expect(curve.drawn()).toEqual({ t_s: [0, 1, 2, 3], values: [5, 6, 7, 8] });
});

test("curves of one scan keep common times, however long they are", () => {
  const [a, b] = [new Curve("degC"), new Curve("degC")];
  for (let i = 0; i < 50_000; i += 1) {
    a.add([i / 10], [Math.sin(i)]);
    b.add([i / 10], [Math.cos(i)]);
  }
  expect(a.drawn().t_s).toEqual(b.drawn().t_s);
});

test("a reading that is no number is left out", () => {
  const curve = new Curve("degC");
  curve.add([0, 1, 2], [1, Number.NaN, 3]);
  expect(curve.drawn()).toEqual({ t_s: [0, 2], values: [1, 3] });
});
