import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pilotWave } from "../../../procedures/analysis/pilotWave.ts";

/** Sampling of the reference bench's oscilloscope for 22 ms. */
const dt_s = 2e-7;
const count = 110_000;

interface Shape {
  readonly duty_pct: number;
  readonly tau_s: number;
  readonly phase: number;
  readonly high_V: number;
  readonly low_V: number;
  readonly noise_V?: number;
  readonly frequency_Hz?: number;
  readonly seed?: number;
}

/** A square wave behind one RC, in its steady state, with uniform noise and the steps of 8 bits on 32 V. */
function wave(shape: Shape): Float64Array {
  const { duty_pct, tau_s, phase, high_V, low_V, noise_V = 0, frequency_Hz = 1000, seed = 1 } = shape;
  const period_s = 1 / frequency_Hz;
  const on_s = (period_s * duty_pct) / 100;
  const off_s = period_s - on_s;
  const swing = high_V - low_V;
  const fall = Math.exp(-off_s / tau_s);
  const rise = Math.exp(-on_s / tau_s);
  // Shares of the swing that are missing at the end of each half.
  const bottom = (fall * (1 - rise)) / (1 - rise * fall);
  const top = 1 - (1 - bottom) * rise;
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Float64Array.from({ length: count }, (_, i) => {
    const t_s = (i * dt_s + phase * period_s) % period_s;
    const share = t_s < on_s ? 1 - (1 - bottom) * Math.exp(-t_s / tau_s) : top * Math.exp(-(t_s - on_s) / tau_s);
    const volt = low_V + swing * share + noise_V * 2 * random();
    return Math.round(volt * 8) / 8;
  });
}

const shapes = fc.record({
  duty_pct: fc.double({ min: 5, max: 96, noNaN: true }),
  tau_s: fc.double({ min: 3e-7, max: 5.5e-6, noNaN: true }),
  phase: fc.double({ min: 0, max: 0.999, noNaN: true }),
  high_V: fc.constantFrom(12, 9, 6, 3),
  low_V: fc.constant(-12),
  noise_V: fc.double({ min: 0, max: 0.2, noNaN: true }),
  seed: fc.nat({ max: 2 ** 31 }),
});

describe("a pilot wave", () => {
  test("gives the duty cycle within 0.02 points whatever capacitance, noise and phase", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const found = pilotWave(wave(shape), dt_s);
        expect(Math.abs((found?.duty_pct ?? Number.NaN) - shape.duty_pct)).toBeLessThan(0.02);
      }),
      { numRuns: 40, seed: 4 },
    );
  });

  test.each([5, 10, 16, 50, 96])("gives frequency and levels at a duty cycle of %s %%", (duty_pct) => {
    const found = pilotWave(wave({ duty_pct, tau_s: 2e-6, phase: 0.3, high_V: 9, low_V: -12, noise_V: 0.1 }), dt_s);
    expect(found?.frequency_Hz).toBeCloseTo(1000, 1);
    expect(found?.high_V).toBeCloseTo(9, 0);
    expect(found?.low_V).toBeCloseTo(-12, 0);
    expect(found?.periods).toBeGreaterThanOrEqual(20);
  });

  test("gives as levels the middle ones of the sorted samples, whether values repeat or each is another", () => {
    const middle = (values: readonly number[]): number | undefined =>
      values.toSorted((a, b) => a - b)[values.length >> 1];
    fc.assert(
      fc.property(shapes, fc.boolean(), (shape, steps) => {
        const all = wave(shape).filter((_, i) => i % 20 === 0);
        const samples = steps ? all : all.map((v, i) => v + 1e-3 * Math.sin(i * 12.9898));
        const [min, max] = [Math.min(...samples), Math.max(...samples)];
        const found = pilotWave(samples, 20 * dt_s);
        expect(found?.high_V).toBe(middle([...samples].filter((v) => v > max - (max - min) / 4)));
        expect(found?.low_V).toBe(middle([...samples].filter((v) => v < min + (max - min) / 4)));
      }),
      { numRuns: 40 },
    );
  });

  test("tells another frequency from 1 kHz", () => {
    const found = pilotWave(
      wave({ duty_pct: 50, tau_s: 1e-6, phase: 0, high_V: 9, low_V: -12, frequency_Hz: 1030 }),
      dt_s,
    );
    expect(found?.frequency_Hz).toBeCloseTo(1030, 0);
  });

  test("a capacitance that is the same on both edges is not taken for duty", () => {
    const at = (tau_s: number) =>
      pilotWave(wave({ duty_pct: 5, tau_s, phase: 0.1, high_V: 6, low_V: -12 }), dt_s)?.duty_pct ?? Number.NaN;
    expect(Math.abs(at(5.5e-6) - at(3e-7))).toBeLessThan(0.02);
  });
});

describe("what is no pilot wave", () => {
  const good = wave({ duty_pct: 50, tau_s: 1e-6, phase: 0, high_V: 9, low_V: -12 });
  const spoiled = (at: number, value: number): Float64Array => good.map((v, i) => (i === at ? value : v));

  test.each<[string, Float64Array, number]>([
    ["an empty capture", new Float64Array(), dt_s],
    ["a flat line", new Float64Array(count).fill(9), dt_s],
    ["noise below one volt", Float64Array.from({ length: count }, (_, i) => 0.3 * Math.sin(i * 7919)), dt_s],
    ["one number that is none", spoiled(5000, Number.NaN), dt_s],
    ["one infinity", spoiled(5000, Number.POSITIVE_INFINITY), dt_s],
    ["no time between samples", good, 0],
    ["a time that is no number", good, Number.NaN],
    ["less than two periods", good.slice(0, 7000), dt_s],
  ])("%s has no values", (_, samples, step_s) => {
    expect(pilotWave(samples, step_s)).toBeUndefined();
  });

  test("random samples are refused or give finite numbers, and never throw", () => {
    fc.assert(
      fc.property(fc.float64Array({ maxLength: 400 }), fc.double(), (samples, step_s) => {
        const found = pilotWave(samples, step_s);
        if (found) for (const value of [found.duty_pct, found.duty_s_pct]) expect(Number.isFinite(value)).toBe(true);
      }),
    );
  });
});
