/** Which units are tried again by bytes, and when their ending counts as another. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exitOf } from "../../../../rig/cli/commands/coverage.ts";
import { compareByBytes, spread } from "../../../../rig/cli/faultCoverage/byBytes.ts";
import type { CoverageResult, UnitResult } from "../../../../rig/model/coverage.ts";

const sound: UnitResult = {
  unit: 0,
  class: "healthy",
  faults: [],
  type: "generic-a-pass",
  bench_seed: 1,
  noise_seed: 1,
  standing: "sound",
  truth: { row: "none", quantity: "none", value: 0, beyond_U: -5 },
  verdict: "pass-screening",
  ending: "completed",
  by: null,
  rows: [],
  cause: null,
};
const hot: UnitResult = { ...sound, standing: "faulty", class: "hot-grip", verdict: "fail" };

async function differing(kind: UnitResult, bytes: UnitResult, near: readonly string[] = []) {
  const trials = { tryByBytes: async () => bytes, nearRows: async () => new Set(near) };
  const { different } = await compareByBytes(trials, [kind], 1, () => undefined);
  return different.map((one) => (one.near ? "near" : "otherwise"));
}

test("units are taken from all classes by their share, whatever the rhythm in which classes come round", () => {
  const drawn = fc.record({ classes: fc.integer({ min: 1, max: 24 }), rounds: fc.integer({ min: 10, max: 40 }) });
  fc.assert(
    fc.property(drawn, ({ classes, rounds }) => {
      const all = Array.from({ length: classes * rounds }, (_, unit) => ({
        ...sound,
        unit,
        class: `c${unit % classes}`,
      }));
      const taken = spread(all, 2 * classes);
      expect(new Set(taken.map(({ unit }) => unit)).size).toBe(2 * classes);
      for (let c = 0; c < classes; c += 1) expect(taken.filter((one) => one.class === `c${c}`)).toHaveLength(2);
    }),
  );
});

describe("a unit that ends otherwise by bytes", () => {
  const at = (by: string, rows: readonly string[]): UnitResult => ({ ...hot, by, rows });

  test("is told by its verdict and by the first judgement that did not pass", async () => {
    expect(await differing(sound, sound)).toEqual([]);
    expect(await differing(sound, { ...sound, verdict: "fail", by: "pe.r", rows: ["pe.r"] })).toEqual(["otherwise"]);
    expect(await differing(hot, { ...hot, verdict: "pass-screening" })).toEqual(["otherwise"]);
    expect(await differing(at("th.rise/ev.DC+", ["th.rise"]), at("th.rise/evse.DC+", ["th.rise"]))).toEqual([
      "otherwise",
    ]);
  });

  test("is told apart where the unit, or the judgement that differs, lies near a limit", async () => {
    const near = { ...sound, standing: "near" } as const;
    expect(await differing(near, { ...near, verdict: "fail", by: "pe.r", rows: ["pe.r"] })).toEqual(["near"]);
    const [kind, bytes] = [
      at("th.rise/ev.DC+", ["th.rise", "th.grip.nonmetal"]),
      at("th.rise/evse.DC+", ["th.rise", "th.grip.nonmetal"]),
    ];
    expect(await differing(kind, bytes, ["th.rise"])).toEqual(["near"]);
    expect(await differing(kind, at("th.grip.nonmetal/1", ["th.grip.nonmetal"]), ["th.rise"])).toEqual(["near"]);
    // Near its limit or not: a faulty unit that passes by bytes is no matter of noise.
    expect(await differing(kind, { ...hot, verdict: "pass-screening" }, ["th.rise"])).toEqual(["otherwise"]);
    // What is left agrees on nothing.
    expect(await differing(kind, at("pe.r", ["pe.r"]), ["th.rise"])).toEqual(["otherwise"]);
    expect(await differing(kind, at("pe.r", ["pe.r"]), ["cp.neg"])).toEqual(["otherwise"]);
  });

  test("ends the command by code 20 unless noise decides", () => {
    const one = { unit: 3, class: "hot-grip", kind: hot, bytes: sound };
    const result = { escapes: [], wrong_fails: [] } as unknown as CoverageResult;
    expect(exitOf({ ...result, by_bytes: null })).toBe(0);
    expect(exitOf({ ...result, by_bytes: { units: 1, different: [{ ...one, near: true }] } })).toBe(0);
    expect(exitOf({ ...result, by_bytes: { units: 1, different: [{ ...one, near: false }] } })).toBe(20);
  });
});
