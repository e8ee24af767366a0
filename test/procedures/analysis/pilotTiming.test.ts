import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inTime, type Reaction, reactions, staysOf, togglesOf } from "../../../procedures/analysis/pilotTiming.ts";

const volts = { A: 12, B: 9, C: 6, D: 3 } as const;

/** Levels every 10 ms of states that last so long. */
function levels(...states: readonly (readonly [keyof typeof volts, number])[]) {
  const samples: { t_s: number; level: { value: number; u: number } }[] = [];
  let t_s = 0;
  for (const [state, for_s] of states) {
    for (let i = 0; i < Math.round(for_s / 0.01); i += 1) {
      samples.push({ t_s, level: { value: volts[state], u: 0.01 } });
      t_s += 0.01;
    }
  }
  return samples;
}

describe("states over time", () => {
  test("equal neighbours are one stay, and stays follow each other without a gap", () => {
    const stays = staysOf(levels(["A", 1], ["B", 0.5], ["C", 2])) ?? [];
    expect(stays.map(({ state }) => state)).toEqual(["A", "B", "C"]);
    for (let i = 1; i < stays.length; i += 1) expect(stays[i]?.from_s).toBe(stays[i - 1]?.to_s);
    expect((stays[1]?.to_s ?? 0) - (stays[1]?.from_s ?? 0)).toBeCloseTo(0.5, 6);
  });

  test("a record that is empty, runs backwards or has no times is none; a level between states is unclear", () => {
    expect(staysOf([])).toBeUndefined();
    const level = { value: 9, u: 0 };
    expect(
      staysOf([
        { t_s: 1, level },
        { t_s: 1, level },
      ]),
    ).toBeUndefined();
    expect(
      staysOf([
        { t_s: 0, level },
        { t_s: Number.NaN, level },
      ]),
    ).toBeUndefined();
    const unclear = staysOf([
      { t_s: 0, level: { value: Number.NaN, u: 0 } },
      { t_s: 1, level },
    ]);
    expect(unclear?.[0]?.state).toBe("unclear");
  });
});

describe("short B-C-B sequences", () => {
  test("two legal toggles of 0.3 s are found as one sequence", () => {
    const stays = staysOf(levels(["B", 2], ["C", 0.3], ["B", 0.3], ["C", 0.3], ["B", 2])) ?? [];
    expect(togglesOf(stays)).toEqual([expect.objectContaining({ times: 2, legal: true })]);
  });

  test("too short, too long or too many are found and are not legal", () => {
    const found = (...c: readonly number[]) => {
      const states = c.flatMap((for_s) => [["C", for_s] as const, ["B", 0.3] as const]);
      return togglesOf(staysOf(levels(["B", 2], ...states, ["B", 2])) ?? []).map(({ legal, times }) => [legal, times]);
    };
    expect(found(0.1)).toEqual([[false, 1]]);
    expect(found(0.6)).toEqual([[false, 1]]);
    expect(found(0.3, 0.3, 0.3, 0.3)).toEqual([[false, 4]]);
  });

  test("charging is no toggle", () => {
    expect(togglesOf(staysOf(levels(["B", 2], ["C", 5], ["B", 2])) ?? [])).toEqual([]);
    expect(togglesOf([])).toEqual([]);
  });
});

describe("reaction times", () => {
  const ids = Object.keys(reactions) as Reaction[];

  test("what is no number, or comes before its event, is never in time", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ids),
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
        (id, bad) => {
          expect(inTime(id, bad, 1, 0)).toBe("unclear");
          expect(inTime(id, 0, bad, 0)).toBe("unclear");
          expect(inTime(id, 0, 7, bad)).toBe("unclear");
          expect(inTime(id, 1, 0.5, 0)).toBe("unclear");
        },
      ),
    );
  });

  test("yes and no never turn into each other by being less sure, only into unclear", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ids),
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (id, took_s, u_s) => {
          const [sure, unsure] = [inTime(id, 0, took_s, 0), inTime(id, 0, took_s, u_s)];
          expect([sure, "unclear"]).toContain(unsure);
        },
      ),
    );
  });

  test("100 ms to remove power; 6 s before opening under load", () => {
    expect(inTime("T.off", 0, 0.09, 0.001)).toBe("yes");
    expect(inTime("T.off", 0, 0.11, 0.001)).toBe("no");
    expect(inTime("T.off", 0, 0.1, 0.001)).toBe("unclear");
    expect(inTime("T.X1", 0, 6.1, 0.01)).toBe("yes");
    expect(inTime("T.X1", 0, 5, 0.01)).toBe("no");
  });
});
