import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cornerName,
  cornerStates,
  cornersOf,
  legalCapacitance_F,
  lowestLevel,
  stationLevel,
  throughCorners,
  worstMargin,
  worstShift,
} from "../../../procedures/analysis/pilotCorners.ts";
import { legalWindows } from "../../../procedures/analysis/pilotState.ts";

const none = { series_ohm: { value: 0, u: 0 }, leak_ohm: { value: Number.POSITIVE_INFINITY, u: 0 } };
const with_ = (series: number, leak: number) => ({
  series_ohm: { value: series, u: 0 },
  leak_ohm: { value: leak, u: 0 },
});
const states = fc.constantFrom(...cornerStates);
const series = fc.double({ min: 0, max: 2000, noNaN: true });
const leak = fc.double({ min: 100, max: 1e8, noNaN: true });

describe("corners without an adapter", () => {
  test("their extremes are the published windows of domain.md 2.1, to the last digit given there", () => {
    for (const state of cornerStates) {
      const levels = throughCorners(state, none).map(({ level }) => level.value);
      expect(Math.min(...levels)).toBeCloseTo(legalWindows[state].min, 2);
      expect(Math.abs(Math.max(...levels) - legalWindows[state].max)).toBeLessThan(0.006);
    }
  });

  test("there are 4, 16, 32 and 32 of them, all different", () => {
    expect(cornerStates.map((state) => cornersOf(state).length)).toEqual([4, 16, 32, 32]);
    for (const state of cornerStates) {
      const names = cornersOf(state).map((corner) => cornerName(state, corner));
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

describe("corners through an adapter", () => {
  test("more series resistance never lowers, less leak resistance never raises a level", () => {
    fc.assert(
      fc.property(states, series, series, leak, leak, (state, r1, r2, l1, l2) => {
        for (const corner of cornersOf(state)) {
          const at = (r: number, l: number) => stationLevel(state, corner, r, l);
          expect(at(Math.max(r1, r2), l1)).toBeGreaterThanOrEqual(at(Math.min(r1, r2), l1) - 1e-12);
          expect(at(r1, Math.min(l1, l2))).toBeLessThanOrEqual(at(r1, Math.max(l1, l2)) + 1e-12);
        }
      }),
    );
  });

  test("+0.8 and +3.2 mV per ohm at the station in B and C, and -0.61 V by 10 kohm in B", () => {
    const nominal = { rail_V: 12, source_ohm: 1000, diode_V: 0.7, r2_share: 0, r3_share: 0 };
    const perOhm = (["B", "C"] as const).map(
      (state) => 1000 * (stationLevel(state, nominal, 1, 1e12) - stationLevel(state, nominal, 0, 1e12)),
    );
    expect(perOhm[0]).toBeCloseTo(0.81, 1);
    expect(perOhm[1]).toBeCloseTo(3.2, 1);
    const leaked = stationLevel("B", nominal, 0, 1e4) - stationLevel("B", nominal, 0, 1e12);
    expect(leaked).toBeCloseTo(-0.61, 2);
  });

  test("an open pilot shows every corner of B, C and D as A", () => {
    for (const state of ["B", "C", "D"] as const) {
      for (const { level } of throughCorners(state, with_(Number.POSITIVE_INFINITY, 1e9))) {
        expect(level.value).toBeGreaterThan(11.39);
      }
    }
  });

  test("the worst corner is the one with the least margin, and what is no number is always the worst", () => {
    fc.assert(
      fc.property(states, series, leak, (state, r, l) => {
        const results = throughCorners(state, with_(r, l));
        const margins = results.map(({ margin_V }) => margin_V);
        expect(worstMargin(results)?.margin_V).toBe(Math.min(...margins));
        const shifts = results.map(({ shift }) => Math.abs(shift.value));
        expect(Math.abs(worstShift(results)?.shift.value ?? 0)).toBe(Math.max(...shifts));
      }),
    );
    fc.assert(
      fc.property(states, fc.constantFrom(Number.NaN, -1, Number.NEGATIVE_INFINITY), (state, bad) => {
        for (const parameters of [with_(bad, 1e9), with_(0, bad)]) {
          expect(worstMargin(throughCorners(state, parameters))?.margin_V).toBeNaN();
          expect(worstShift(throughCorners(state, parameters))?.shift.value).toBeNaN();
        }
      }),
    );
    expect(worstMargin([])).toBeUndefined();
    expect(worstShift([])).toBeUndefined();
  });

  test("uncertainty of a parameter widens the level", () => {
    const unsure = { series_ohm: { value: 10, u: 5 }, leak_ohm: { value: 1e5, u: 2e4 } };
    for (const { level } of throughCorners("C", unsure)) expect(level.u).toBeGreaterThan(0.01);
  });
});

describe("the shortest low half", () => {
  test("a legal system without adapter gets below -10 V, 10 nF more do not let it", () => {
    expect(lowestLevel({ value: 0, u: 0 }).value).toBeLessThan(-11);
    expect(lowestLevel({ value: 1e-8, u: 0 }).value).toBeGreaterThan(-10);
    expect(legalCapacitance_F).toBeCloseTo(5.5e-9, 12);
  });

  test("more capacitance never makes it more negative; what is no number stays none", () => {
    const farad = fc.double({ min: 0, max: 1e-7, noNaN: true });
    fc.assert(
      fc.property(farad, farad, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((value) => lowestLevel({ value, u: 0 }).value);
        expect(more).toBeGreaterThanOrEqual(less as number);
      }),
    );
    expect(lowestLevel({ value: Number.NaN, u: 0 }).value).toBeNaN();
    expect(lowestLevel({ value: Number.POSITIVE_INFINITY, u: 0 }).value).toBeNaN();
  });
});
