import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  crossing,
  inside_V,
  type Look,
  onset,
  recovery,
  reversals,
  signalOf,
  type Windows,
} from "../../../procedures/analysis/foldback.ts";
import { hysteresis_K, thinned } from "../../../procedures/analysis/hysteresis.ts";

const windows: Windows = { normal: [1.23, 1.82], foldback: [1.9, 2.3], shutdown: [2.38, 3.16] };
const volts = { normal: 1.5, foldback: 2.1, shutdown: 2.8, other: 4.4 } as const;
const u_K = 0.5;

const look = (t_s: number, contact_degC: number, pp_V: number, peak_degC = contact_degC): Look => ({
  t_s,
  contact_degC,
  peak_degC,
  pp_V,
});
const heating = (...steps: readonly (readonly [number, number])[]): Look[] =>
  steps.map(([degC, pp_V], i) => look(60 * i, degC, pp_V));
const isSignal = (one: Look): boolean => signalOf(one.pp_V, windows) !== "normal";

describe("signals", () => {
  test("a level is the window that it lies in, edges included; between windows and beyond it is none", () => {
    expect([1.23, 1.82, 1.9, 2.38, 3.16].map((v) => signalOf(v, windows))).toEqual([
      "normal",
      "normal",
      "foldback",
      "shutdown",
      "shutdown",
    ]);
    for (const v of [0, 1.229, 1.85, 2.34, 4.46, Number.NaN, Infinity, -Infinity]) {
      expect(signalOf(v, windows)).toBe("other");
    }
  });

  test("the distance to the nearer edge is negative outside, and no number for none", () => {
    expect(inside_V(1.33, windows.normal)).toBeCloseTo(0.1, 9);
    expect(inside_V(1.72, windows.normal)).toBeCloseTo(0.1, 9);
    expect(inside_V(1.92, windows.normal)).toBeCloseTo(-0.1, 9);
    expect(inside_V(Number.NaN, windows.normal)).toBeNaN();
  });
});

describe("where a signal begins", () => {
  test("a jump lies in the middle of the two readings, with half their distance as a rectangle", () => {
    const found = onset(heating([78, volts.normal], [82, volts.foldback]), isSignal, windows.normal[1], u_K);
    expect(found?.value).toBeCloseTo(80, 9);
    expect(found?.u).toBeCloseTo(Math.hypot(2 / Math.sqrt(3), u_K), 9);
  });

  test("a gradual change is interpolated at the edge of the window", () => {
    const found = onset(heating([78, 1.8], [82, 1.9]), isSignal, windows.normal[1], u_K);
    expect(found?.value).toBeCloseTo(78 + 4 * 0.2, 9);
  });

  test("counts by the hottest that the adapter has felt, not by the reading in the pause", () => {
    const looks = [look(0, 77, volts.normal, 78.5), look(60, 78, volts.foldback, 81.5)];
    expect(onset(looks, isSignal, windows.normal[1], u_K)?.value).toBeCloseTo(80, 9);
  });

  test("is not known when it is there from the first reading on, or never", () => {
    expect(onset(heating([78, volts.foldback], [82, volts.foldback]), isSignal, 1.82, u_K)).toBeUndefined();
    expect(onset(heating([78, volts.normal], [82, volts.normal]), isSignal, 1.82, u_K)).toBeUndefined();
    expect(onset([], isSignal, 1.82, u_K)).toBeUndefined();
  });

  test("the true threshold is within two standard uncertainties and the interval, wherever the readings fall", () => {
    const spread = fc.double({ min: 0.2, max: 6, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 60, max: 100, noNaN: true }),
        fc.array(spread, { minLength: 2 }),
        (true_degC, steps) => {
          let degC = 40;
          const looks = steps.map((step, i) => {
            degC += step;
            return look(i, degC, degC >= true_degC ? volts.foldback : volts.normal);
          });
          const found = onset(looks, isSignal, windows.normal[1], u_K);
          if (found) expect(Math.abs(found.value - true_degC)).toBeLessThanOrEqual(Math.sqrt(3) * found.u);
          else expect(degC < true_degC || (looks[0]?.contact_degC ?? 0) >= true_degC).toBe(true);
        },
      ),
    );
  });
});

describe("where it ends", () => {
  test("the first reading in the normal window counts, by the coldest so far", () => {
    const looks = heating([90, volts.shutdown], [66, volts.shutdown], [64, volts.normal], [60, volts.normal]);
    expect(recovery(looks, windows, u_K)).toMatchObject({ value: 65, index: 2 });
  });

  test("an adapter that stays at its signal, or is normal from the start, has no recovery", () => {
    expect(recovery(heating([90, volts.shutdown], [40, volts.shutdown]), windows, u_K)).toBeUndefined();
    expect(recovery(heating([90, volts.normal], [40, volts.normal]), windows, u_K)).toBeUndefined();
    expect(recovery([], windows, u_K)).toBeUndefined();
  });

  test("the width of the loop carries both uncertainties, and is unknown without both ends", () => {
    expect(hysteresis_K({ value: 80, u: 0.6 }, { value: 65, u: 0.8 })).toEqual({ value: 15, u: 1 });
    expect(hysteresis_K({ value: 80, u: 0.6 }, undefined)).toBeUndefined();
    expect(hysteresis_K({ value: Number.NaN, u: 0.6 }, { value: 65, u: 0.8 })).toBeUndefined();
  });
});

describe("chatter", () => {
  const of = (...pp: number[]): Look[] => pp.map((v, i) => look(i, 80, v));

  test("a sound way up and down has none; each step back counts, whatever lies between windows", () => {
    const { normal, foldback, shutdown, other } = volts;
    expect(reversals(of(normal, foldback, other, foldback, shutdown), windows, "heating")).toBe(0);
    expect(reversals(of(shutdown, foldback, normal), windows, "cooling")).toBe(0);
    expect(reversals(of(normal, foldback, normal, foldback, shutdown), windows, "heating")).toBe(1);
    expect(reversals(of(shutdown, normal, shutdown, normal, foldback, normal), windows, "cooling")).toBe(2);
  });

  test("an empty record, and one with a level that is no number, are no record without chatter", () => {
    expect(reversals([], windows, "heating")).toBeUndefined();
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      expect(reversals(of(volts.normal, bad), windows, "cooling")).toBeUndefined();
    }
  });
});

describe("whatever the record", () => {
  const any = fc.record({ t_s: fc.double(), contact_degC: fc.double(), peak_degC: fc.double(), pp_V: fc.double() });

  test("no NaN and no infinity come out as a threshold", () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), fc.double(), (looks, edge_V) => {
        for (const found of [onset(looks, isSignal, edge_V, u_K), recovery(looks, windows, u_K)]) {
          if (found) expect([found.value, found.u].every(Number.isFinite)).toBe(true);
        }
      }),
    );
  });

  test("a crossing with a number that is none has no temperature", () => {
    const point = fc.record({ degC: fc.double(), pp_V: fc.double() });
    fc.assert(
      fc.property(point, point, fc.double(), fc.double(), (before, after, edge_V, u) => {
        const found = crossing(before, after, edge_V, u);
        const whole = [before.degC, before.pp_V, after.degC, after.pp_V, edge_V, u].every(Number.isFinite);
        expect(found === undefined || (whole && Number.isFinite(found.value) && found.u >= 0)).toBe(true);
      }),
    );
  });

  test("thinning keeps the order, and every change of the signal with the reading before it", () => {
    const pick = fc.constantFrom(...Object.values(volts));
    fc.assert(
      fc.property(fc.array(pick, { maxLength: 60 }), (levels) => {
        const looks = levels.map((pp_V, i) => look(i, 80 - i, pp_V));
        const kept = thinned(looks, windows, 15);
        expect([...kept].sort((a, b) => a.t_s - b.t_s)).toEqual(kept);
        const changes = (list: readonly Look[]): number =>
          list.filter(
            (one, i) => i > 0 && signalOf(one.pp_V, windows) !== signalOf((list[i - 1] as Look).pp_V, windows),
          ).length;
        expect(changes(kept)).toBe(changes(looks));
      }),
    );
  });
});
