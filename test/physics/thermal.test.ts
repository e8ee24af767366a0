/** The thermal ladder against solutions that do not use its stepping: closed forms, and the balance of energy. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createThermal, type Loss } from "../../drivers/twin/world/thermal.ts";

const shapeOf = (t1_s: number, t2_s: number, pole: number, body: number) => ({
  t1_s,
  t2_s,
  pole_to_body_K_per_W: { "DC+": pole, "DC-": pole },
  body_to_ambient_K_per_W: body,
  grip_share: 0.6,
});
const shapes = fc
  .record({
    t1_s: fc.double({ min: 60, max: 600, noNaN: true }),
    t2_s: fc.double({ min: 3000, max: 6000, noNaN: true }),
    pole: fc.double({ min: 0.2, max: 2, noNaN: true }),
    body: fc.double({ min: 0.1, max: 1, noNaN: true }),
  })
  .map(({ t1_s, t2_s, pole, body }) => shapeOf(t1_s, t2_s, pole, body));
const watts = fc.double({ min: 0.5, max: 30, noNaN: true });
const at = (thermal: ReturnType<typeof createThermal>, place: string): number => thermal.at(place) as number;

/** Rise of a pole's three places over time with these losses, sampled. */
function run(shape: ReturnType<typeof shapeOf>, losses: readonly Loss[], dt_s: number, steps: number) {
  const thermal = createThermal(shape, 20);
  const seen = [thermal];
  const rows: Record<string, number>[] = [];
  for (let n = 0; n < steps; n += 1) {
    thermal.step(dt_s, losses);
    rows.push(Object.fromEntries(["evse.DC+", "bar.DC+", "body", "enclosure"].map((p) => [p, at(thermal, p)])));
  }
  return { thermal: seen[0] as typeof thermal, rows };
}

describe("the thermal ladder", () => {
  test("constant losses add up: the response to two is the sum of the responses to each", () => {
    fc.assert(
      fc.property(shapes, watts, watts, fc.integer({ min: 1, max: 40 }), (shape, a_W, b_W, steps) => {
        const a = [{ place: "evse.DC+", watt20: a_W, perKelvin: 0 }];
        const b = [{ place: "ev.DC-", watt20: b_W, perKelvin: 0 }];
        const rise = (losses: readonly Loss[]) => at(run(shape, losses, 173, steps).thermal, "evse.DC+") - 20;
        expect(rise([...a, ...b])).toBeCloseTo(rise(a) + rise(b), 8);
      }),
      { numRuns: 40 },
    );
  });

  test("without losses what is left decays as one exponential in the end, and never rises", () => {
    fc.assert(
      fc.property(shapes, watts, (shape, power_W) => {
        const { thermal } = run(shape, [{ place: "bar.DC+", watt20: power_W, perKelvin: 0 }], 600, 20);
        let before_J = thermal.stored_J();
        for (let n = 0; n < 25; n += 1) {
          thermal.step(600, []);
          expect(thermal.stored_J()).toBeLessThan(before_J);
          before_J = thermal.stored_J();
        }
        // All faster modes are gone: equal ratios over equal times, which is what exp(-t/tau) means.
        const over = (): number => at(thermal, "body") - 20;
        const [first, second, third] = [0, 1, 2].map(() => {
          thermal.step(600, []);
          return over();
        }) as [number, number, number];
        expect(second / first).toBeCloseTo(third / second, 3);
      }),
      { numRuns: 25 },
    );
  });

  test("in the steady state all power leaves through the enclosure", () => {
    fc.assert(
      fc.property(shapes, watts, watts, (shape, a_W, b_W) => {
        const losses = [
          { place: "bar.DC+", watt20: a_W, perKelvin: 0 },
          { place: "bar.DC-", watt20: b_W, perKelvin: 0 },
        ];
        const { thermal } = run(shape, losses, 20_000, 20);
        expect(thermal.leaving_W()).toBeCloseTo(a_W + b_W, 5);
        // Enclosure to room: 40 W/K, a closed form of the whole power.
        expect(at(thermal, "enclosure") - 20).toBeCloseTo((a_W + b_W) / 40, 5);
      }),
      { numRuns: 25 },
    );
  });

  test("a watt at one place warms another as much as a watt there warms the first: heat conduction is reciprocal", () => {
    const places = ["evse.DC+", "bar.DC+", "ev.DC+", "evse.DC-", "bar.DC-", "evse.PE", "signal"] as const;
    fc.assert(
      fc.property(shapes, fc.constantFrom(...places), fc.constantFrom(...places), watts, (shape, x, y, power_W) => {
        const rise = (from: string, to: string): number =>
          at(run(shape, [{ place: from, watt20: power_W, perKelvin: 0 }], 20_000, 20).thermal, to) - 20;
        expect(rise(x, y)).toBeCloseTo(rise(y, x), 6);
      }),
      { numRuns: 25 },
    );
  });

  test("a loss that rises with temperature ends at the closed form P (1 - 20 a) / (1 - a P R) of the whole ladder", () => {
    const shape = shapeOf(210, 2000, 0.6, 0.38);
    const steady = (perKelvin: number): number =>
      at(run(shape, [{ place: "bar.DC+", watt20: 20, perKelvin }], 50_000, 20).thermal, "bar.DC+");
    const R_K_per_W = (steady(0) - 20) / 20;
    const a = 0.00393;
    // T = 20 + R P (1 + a (T - 20))
    expect(steady(a)).toBeCloseTo(20 + (R_K_per_W * 20) / (1 - a * R_K_per_W * 20), 5);
  });

  test("energy given is stored or has left, within 0.01 %, whatever the losses do", () => {
    fc.assert(
      fc.property(shapes, fc.array(watts, { minLength: 3, maxLength: 6 }), (shape, levels) => {
        const thermal = createThermal(shape, 23);
        let given_J = 0;
        let left_J = 0;
        const dt_s = 2;
        for (const power_W of levels) {
          for (let n = 0; n < 200; n += 1) {
            const before_W = thermal.leaving_W();
            thermal.step(dt_s, [{ place: "evse.DC+", watt20: power_W, perKelvin: 0 }]);
            left_J += (dt_s * (before_W + thermal.leaving_W())) / 2;
            given_J += dt_s * power_W;
          }
        }
        expect(Math.abs(thermal.stored_J() + left_J - given_J) / given_J).toBeLessThan(1e-4);
      }),
      { numRuns: 15 },
    );
  });
});
