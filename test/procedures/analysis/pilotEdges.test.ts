import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pilotEdges, timeConstant } from "../../../procedures/analysis/pilotEdges.ts";

const dt_s = 1e-7;

/** A pilot through one R and C, two periods and a half. */
function wave(tau_s: number, duty_pct: number, high_V = 12, low_V = -12, phase = 0): Float64Array {
  const period_s = 1e-3;
  const high_s = (period_s * duty_pct) / 100;
  return Float64Array.from({ length: 32_000 }, (_, i) => {
    const t = (i * dt_s + phase * period_s) % period_s;
    const decay = (since_s: number) => Math.exp(-since_s / tau_s);
    const swing = high_V - low_V;
    return t < high_s ? high_V - swing * decay(t) : low_V + swing * decay(t - high_s);
  });
}

describe("edges of a pilot", () => {
  test("rise and fall of one R and C are ln 9 time constants, whatever the duty, levels and phase", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5e-6, max: 6e-6, noNaN: true }),
        fc.constantFrom(10, 50, 90),
        fc.double({ min: 3, max: 12, noNaN: true }),
        fc.double({ min: 0.3, max: 0.9, noNaN: true }),
        (tau_s, duty, high_V, phase) => {
          const edges = pilotEdges(wave(tau_s, duty, high_V, -12, phase), dt_s);
          if (!edges) throw new Error("no edges");
          // Straight lines between samples of 0.1 us.
          expect(Math.abs(edges.rise_s / (Math.log(9) * tau_s) - 1)).toBeLessThan(0.03);
          expect(Math.abs(edges.fall_s / (Math.log(9) * tau_s) - 1)).toBeLessThan(0.03);
          expect(Math.abs(timeConstant(edges).value / tau_s - 1)).toBeLessThan(0.03);
          // From the middle (0.69 tau) until 95 % (3 tau).
          expect(Math.abs(edges.settle_s - 2.3 * tau_s)).toBeLessThan(0.1 * tau_s + 2 * dt_s);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("more capacitance is a longer edge, always", () => {
    const taus = [0.5, 0.6, 0.8, 1.2, 2, 4].map((us) => pilotEdges(wave(us * 1e-6, 50, 12, -12, 0.4), dt_s));
    for (let i = 1; i < taus.length; i += 1) expect(taus[i]?.rise_s).toBeGreaterThan(taus[i - 1]?.rise_s ?? 0);
  });

  test("ripple is what stays on the settled level", () => {
    const rippled = wave(1e-6, 50, 12, -12, 0.4).map((v, i) => v + 0.1 * Math.sin(i / 9));
    expect(pilotEdges(rippled, dt_s)?.ripple_V).toBeCloseTo(0.2, 1);
    expect(pilotEdges(wave(1e-6, 50, 12, -12, 0.4), dt_s)?.ripple_V).toBeLessThan(0.001);
  });

  test("no signal, a sample that is no number, or nothing at all gives no edges", () => {
    expect(pilotEdges(new Float64Array(), dt_s)).toBeUndefined();
    expect(pilotEdges(new Float64Array(20_000).fill(12), dt_s)).toBeUndefined();
    expect(pilotEdges(wave(1e-6, 50), Number.NaN)).toBeUndefined();
    fc.assert(
      fc.property(
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
        fc.integer({ min: 0, max: 31_999 }),
        (bad, at) => {
          const spoilt = wave(1e-6, 50);
          spoilt[at] = bad;
          expect(pilotEdges(spoilt, dt_s)).toBeUndefined();
        },
      ),
      { numRuns: 20 },
    );
  });
});
