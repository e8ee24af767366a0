/** Parts of an adapter under test that feel its temperature, alone and in the whole world. */
import { describe, expect, test } from "vitest";
import { parseAdapterUnderTest } from "../../../drivers/twin/world/adapterUnderTest.ts";
import {
  activePart,
  createActive,
  createCutout,
  cutoutPart,
  open_ohm,
} from "../../../drivers/twin/world/protection.ts";

/** Resistance while the place goes through these temperatures, a second each. */
function through(part: ReturnType<typeof createActive>, temperatures: readonly number[], dt_s = 1): number[] {
  return temperatures.map((degC) => {
    part.step(dt_s, () => degC);
    return part.ohm;
  });
}
const active = (fields: object) => createActive(activePart.parse({ lag_s: 0, ...fields }));
const steps = (ohm: readonly number[]): number[] => ohm.map((r) => Math.round(r));

describe("active proximity", () => {
  test("electronic: two steps up, normal again only below recovery", () => {
    expect(steps(through(active({}), [25, 79, 80, 89, 90, 85, 70, 65.1, 65, 30]))).toEqual([
      0, 0, 120, 120, 330, 330, 330, 330, 0, 0,
    ]);
  });

  test("thermostats come back one after the other", () => {
    expect(steps(through(active({ kind: "thermostat" }), [25, 80, 90, 76, 75, 66, 65]))).toEqual([
      0, 120, 330, 330, 120, 120, 0,
    ]);
  });

  test("a PTC follows the temperature both ways; an NTC falls with it", () => {
    const ptc = active({ kind: "ptc" });
    const [cold = 0, hot = 0, again = 0] = through(ptc, [25, 85, 25]);
    expect([cold, again].every((r) => r < 0.01)).toBe(true);
    expect(hot).toBeCloseTo(120, 0);
    const [at25 = 0, at80 = 0] = through(active({ kind: "ntc" }), [25, 80]);
    expect(at25).toBeCloseTo(1e5, 3);
    expect(at80).toBeGreaterThan(1e4);
    expect(at80).toBeLessThan(1.5e4);
  });

  test("one that sticks never returns; one that chatters falls back to normal for half of each time", () => {
    expect(steps(through(active({ sticks: true }), [25, 81, 25, -10]))).toEqual([0, 120, 120, 120]);
    const levels = steps(
      through(
        active({ chatter_s: 4 }),
        Array.from({ length: 12 }, () => 85),
      ),
    );
    expect(new Set(levels)).toEqual(new Set([0, 120]));
  });

  test("follows with its time constant, and by the hottest of its places", () => {
    const part = createActive(activePart.parse({ lag_s: 100, at: ["evse.DC+", "body"] }));
    const at = (place: string) => (place === "body" ? 20 : 90);
    part.step(0, () => 20);
    part.step(100, at);
    // 20 + 70 (1 - 1/e) is 64 degC; two time constants later it has passed 80.
    expect(part.ohm).toBeLessThan(1);
    part.step(200, at);
    expect(Math.round(part.ohm)).toBe(120);
  });
});

test("a cut-out opens at its trip and closes at its reset", () => {
  const part = createCutout(cutoutPart.parse({ opens: "CP", lag_s: 0 }));
  expect(through(part, [25, 94, 95, 71, 70]).map((r) => r === open_ohm)).toEqual([false, false, true, true, false]);
});

test("a cut-out in PP is refused where the topology changes PP itself", () => {
  const file = "adapter: x\nfamily: A\npp: { topology: LOCAL }\nthermal_cutout: { opens: PP }\n";
  expect(() => parseAdapterUnderTest(file)).toThrow(/thermal_cutout.*topology PASS only/);
});
