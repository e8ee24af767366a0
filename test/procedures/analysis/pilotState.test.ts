import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  detectorWindows,
  diodePresence,
  evResistance,
  ladderOhm,
  ladderStates,
  pilotStateNames,
  stateOfLevel,
  stateOfWave,
} from "../../../procedures/analysis/pilotState.ts";

const noNumber = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const volt = fc.double({ min: -15, max: 15, noNaN: true });
const u = fc.double({ min: 0, max: 2, noNaN: true });

describe("the state of a level", () => {
  test.each([
    [12, "A"],
    [9, "B"],
    [6, "C"],
    [3, "D"],
    [0, "E"],
    [-12, "F"],
  ] as const)("%d V is state %s", (value, state) => {
    expect(stateOfLevel({ value, u: 0.01 })).toEqual({ is: "state", state });
  });

  test("what is no number is never a state", () => {
    fc.assert(
      fc.property(noNumber, u, (bad, good) => {
        expect(stateOfLevel({ value: bad, u: good }).is).toBe("invalid");
        expect(stateOfLevel({ value: good, u: bad }).is).toBe("invalid");
        expect(stateOfWave({ value: bad, u: 0 }, { value: -12, u: 0 }).is).toBe("invalid");
        expect(stateOfWave({ value: 9, u: 0 }, { value: bad, u: 0 }).is).toBe("invalid");
      }),
    );
    expect(stateOfLevel(undefined).is).toBe("invalid");
    expect(stateOfLevel({ value: 9, u: -0.1 }).is).toBe("invalid");
  });

  test("a level that reaches into two windows, or into a gap, fits several", () => {
    expect(stateOfLevel({ value: 10.5, u: 0.2 })).toEqual({ is: "several", states: ["A", "B"] });
    expect(stateOfLevel({ value: 10.3, u: 0.05 })).toEqual({ is: "several", states: ["B", "none"] });
    expect(stateOfLevel({ value: 10.5, u: 0.01 }).is).toBe("invalid");
  });

  test("a state is only said when the whole of value +-2 u lies in its window, and less u never unsays it", () => {
    fc.assert(
      fc.property(volt, u, fc.double({ min: 0, max: 1, noNaN: true }), (value, wide, share) => {
        const found = stateOfLevel({ value, u: wide });
        if (found.is !== "state") return;
        const window = detectorWindows[found.state];
        expect(value - 2 * wide).toBeGreaterThanOrEqual(window.min);
        expect(value + 2 * wide).toBeLessThanOrEqual(window.max);
        expect(stateOfLevel({ value, u: wide * share })).toEqual(found);
      }),
    );
  });

  test("the windows are apart, so no level is surely two states", () => {
    const sorted = pilotStateNames.map((name) => detectorWindows[name]).sort((a, b) => a.min - b.min);
    for (let i = 1; i < sorted.length; i += 1) expect(sorted[i]?.min).toBeGreaterThan(sorted[i - 1]?.max ?? 0);
  });

  test("a PWM needs its full negative half", () => {
    const high = { value: 9, u: 0.01 };
    expect(stateOfWave(high, { value: -12, u: 0.01 })).toEqual({ is: "state", state: "B" });
    expect(stateOfWave(high, { value: -9, u: 0.01 }).is).toBe("invalid");
    expect(stateOfWave(high, { value: -10, u: 0.1 }).is).toBe("invalid");
    expect(stateOfWave({ value: 0, u: 0.01 }, { value: -12, u: 0.01 }).is).toBe("invalid");
  });
});

describe("the vehicle's diode", () => {
  test("a full negative half shows it, a mirrored one shows that it is missing", () => {
    expect(diodePresence({ value: 9, u: 0.01 }, { value: -12, u: 0.01 }, -12)).toBe("present");
    expect(diodePresence({ value: 8.8, u: 0.01 }, { value: -8.8, u: 0.01 }, -12)).toBe("absent");
    expect(diodePresence({ value: 9, u: 0.01 }, { value: -10.5, u: 0.01 }, -12)).toBe("unknown");
    expect(diodePresence({ value: 11.9, u: 0.1 }, { value: -12, u: 0.1 }, -12)).toBe("unknown");
  });

  test("numbers that are none, and any scatter as wide as the picture, leave it unknown", () => {
    fc.assert(
      fc.property(noNumber, fc.integer({ min: 0, max: 4 }), (bad, k) => {
        const v = [9, 0.01, -12, 0.01, -12].map((good, i) => (i === k ? bad : good)) as [
          number,
          number,
          number,
          number,
          number,
        ];
        expect(diodePresence({ value: v[0], u: v[1] }, { value: v[2], u: v[3] }, v[4])).toBe("unknown");
      }),
    );
    expect(diodePresence({ value: 9, u: 2 }, { value: -12, u: 0.01 }, -12)).toBe("unknown");
  });
});

describe("the resistor behind a level", () => {
  const level = (ohm: number, diode_V: number): number => (12 / 1000 + diode_V / ohm) / (1 / 1000 + 1 / ohm);

  test("the true resistor lies in the span for any legal diode", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 100, max: 5000, noNaN: true }),
        fc.double({ min: 0.55, max: 0.85, noNaN: true }),
        fc.double({ min: 0, max: 0.02, noNaN: true }),
        (ohm, diode_V, scatter) => {
          const span = evResistance({ value: level(ohm, diode_V), u: scatter }, 12, 1000);
          expect(span?.min_ohm).toBeLessThanOrEqual(ohm * (1 + 1e-9));
          expect(span?.max_ohm).toBeGreaterThanOrEqual(ohm * (1 - 1e-9));
        },
      ),
    );
  });

  test("an unloaded pilot and numbers that are none have no resistor", () => {
    expect(evResistance({ value: 12, u: 0.001 }, 12, 1000)).toBeUndefined();
    expect(evResistance({ value: 0.5, u: 0 }, 12, 1000)).toBeUndefined();
    fc.assert(
      fc.property(noNumber, (bad) => void expect(evResistance({ value: bad, u: 0 }, 12, 1000)).toBeUndefined()),
    );
    expect(evResistance({ value: 9, u: Number.NaN }, 12, 1000)).toBeUndefined();
  });

  test("each ladder is its own state at both tolerances, and none between", () => {
    for (const state of ["B", "C", "D"] as const) {
      for (const share of [-0.03, 0, 0.03]) {
        const ohm = ladderOhm(state, share);
        expect(ladderStates({ min_ohm: ohm, max_ohm: ohm })).toEqual([state]);
      }
    }
    expect(ladderStates({ min_ohm: 1500, max_ohm: 1500 })).toEqual([]);
    expect(ladderStates({ min_ohm: 200, max_ohm: 3000 })).toEqual(["B", "C", "D"]);
  });
});
