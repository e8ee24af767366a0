import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Sample } from "../../../procedures/analysis/stabilise.ts";
import { fitRise } from "../../../procedures/analysis/thermalFit.ts";

/** One sample each 10 s of R - A1 exp(-t/T1) - A2 exp(-t/T2). */
const warming = (R: number, A1: number, T1: number, A2: number, T2: number, until_s: number): Sample[] =>
  Array.from({ length: until_s / 10 }, (_, i) => {
    const t_s = 10 * (i + 1);
    return { t_s, value: R - A1 * Math.exp(-t_s / T1) - A2 * Math.exp(-t_s / T2) };
  });

describe("the two-exponential fit", () => {
  test("finds the final rise, the time constants and what is missing, from a noiseless record of 1.5 slow constants", () => {
    const fit = fitRise(warming(48, 20, 240, 28, 2400, 3600), 0);
    // The grid is 2 to 3 % fine in T2: 0.6 K of the final rise here, which the floor of the band holds.
    expect(Math.abs((fit?.rise_K ?? 0) - 48)).toBeLessThan(0.8);
    expect(Math.abs((fit?.slow_s ?? 0) / 2400 - 1)).toBeLessThan(0.15);
    expect((fit?.fast_s ?? 0) / 240).toBeCloseTo(1, 0);
    expect(Math.abs((fit?.missing_K ?? 0) - 28 * Math.exp(-1.5))).toBeLessThan(0.8);
    expect(fit?.residual_K).toBeLessThan(0.05);
  });

  test("of a rise that begins in the middle gives the same final rise", () => {
    expect(fitRise(warming(48, 20, 240, 28, 2400, 4200), 600)?.rise_K).toBeCloseTo(48, 0);
  });

  test("of a contact that is already steady misses nothing", () => {
    const fit = fitRise(warming(30, 0, 1, 0, 1, 3600), 0);
    expect(fit).toMatchObject({ rise_K: 30, missing_K: 0, slow_s: 0 });
  });

  test("never has negative amplitudes: a cooling contact is not predicted below what it has", () => {
    const cooling = warming(20, -15, 300, -15, 2400, 3600);
    const fit = fitRise(cooling, 0);
    expect(fit?.missing_K).toBe(0);
    expect(fit?.rise_K).toBeGreaterThan(20);
  });

  describe("with a draught that cools the slow part by 8 K for 10 min", () => {
    /** A door open from 35 to 45 min, or to 55: response of the slow part to its final value being lower. */
    const draught = (until_s: number, to_s: number): Sample[] => {
      const step = (since_s: number): number => (since_s > 0 ? 1 - Math.exp(-since_s / 2400) : 0);
      return warming(48, 20, 240, 28, 2400, until_s).map(({ t_s, value }) => ({
        t_s,
        value: value - 8 * (step(t_s - 2100) - step(t_s - to_s)) + 0.05 * Math.sin(t_s * t_s),
      }));
    };

    test("finds it when it is over, and predicts what the still air would give", () => {
      const fit = fitRise(draught(3900, 2700), 240);
      expect(fit?.event).toBeDefined();
      expect(Math.abs((fit?.event?.from_s ?? 0) - 2100)).toBeLessThanOrEqual(180);
      expect(Math.abs((fit?.event?.to_s ?? 0) - 2700)).toBeLessThanOrEqual(180);
      expect(Math.abs((fit?.rise_K ?? 0) - 48)).toBeLessThan(1.5);
    });

    test("does not take it for the end while it lasts: the range still reaches the still air's rise", () => {
      const fit = fitRise(draught(3000, 3300), 240);
      expect(fit?.event?.from_s).toBeGreaterThan(1900);
      // Of the depth of a draught that is not over little is known yet: 1.5 K.
      expect(fit?.high_K).toBeGreaterThan(46.5);
      expect(fit?.rise_K).toBeLessThan(46.5);
    });

    test("sees none in a record without one", () => {
      expect(fitRise(draught(2100, 2700), 240)?.event).toBeUndefined();
      expect(fitRise(warming(48, 20, 240, 28, 2400, 3900), 240)?.event?.from_s ?? 0).toBeLessThan(3900);
    });
  });

  test("too short, empty and broken records have no fit", () => {
    const good = warming(48, 20, 240, 28, 2400, 3600);
    expect(fitRise([], 0)).toBeUndefined();
    expect(fitRise(good.slice(0, 59), 0)).toBeUndefined();
    expect(fitRise(good, Number.NaN)).toBeUndefined();
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(fitRise([...good.slice(0, 100), { t_s: 1010, value }, ...good.slice(101)], 0)).toBeUndefined();
    }
  });

  test("whatever the record, no NaN and no infinity come out", () => {
    const sample = fc.tuple(fc.double({ min: 0, max: 200 }), fc.double());
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 80 }), fc.double(), (steps, start_s) => {
        let t_s = 0;
        const samples = steps.map(([dt, value]) => {
          t_s += Number.isFinite(dt) ? dt : 1;
          return { t_s, value };
        });
        const fit = fitRise(samples, start_s);
        expect(fit === undefined || Object.values(fit).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
