import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkAmbient,
  projected_degC,
  ratePerMinute,
  resistanceOverTime,
  riseOverLagged,
  thermalResistance_K_per_W,
} from "../../../procedures/analysis/thermalAmbient.ts";
import {
  type DecisionRule,
  type DecisionState,
  decide,
  type Prediction,
  predict,
  undecided,
} from "../../../procedures/analysis/thermalDecision.ts";

const rule = { limit_K: 50, purpose: "engineering" } as const;

const seen = (t_min: number, more: Partial<Prediction> = {}, slow_min = 30): Prediction => ({
  t_s: t_min * 60,
  fit: {
    rise_K: 40,
    low_K: 39.5,
    high_K: 40.5,
    fast_s: 240,
    slow_s: slow_min * 60,
    slowMax_s: slow_min * 60,
    residual_K: 0.03,
    missing_K: 2,
    points: 110,
  },
  rise_K: 40,
  growth_per_h: 0,
  band_K: 1.4,
  passBand_K: 1.4,
  failBand_K: 1,
  measured_K: 38,
  ...more,
});

const verdictAfter = (
  predictions: readonly (Prediction | undefined)[],
  purpose: DecisionRule["purpose"] = "engineering",
) => predictions.reduce<DecisionState>((state, p) => decide(state, { ...rule, purpose }, p), undecided).verdict;

describe("the guarded decision", () => {
  test("passes after three equal outcomes, not after two", () => {
    expect(verdictAfter([40, 45].map((t) => seen(t)))).toBeUndefined();
    expect(verdictAfter([40, 45, 50].map((t) => seen(t)))).toEqual({ is: "pass", by: "predicted", t_s: 3000 });
  });

  test("in production by a fail alone, in regression by both, in a qualification by none", () => {
    const outcomes = (rise_K: number, purpose: DecisionRule["purpose"]) =>
      verdictAfter(
        [60, 65, 70].map((t) => seen(t, { rise_K })),
        purpose,
      )?.is;
    const all = (["production", "regression", "qualification"] as const).map((one) => [
      outcomes(60, one),
      outcomes(40, one),
    ]);
    expect(all).toEqual([
      ["fail", undefined],
      ["fail", "pass"],
      [undefined, undefined],
    ]);
  });

  const near = { rise_K: 48 };

  test("near the limit never before 30 min, nor before 1.2 fitted slow constants, nor before the largest that fits", () => {
    expect(verdictAfter([15, 20, 25, 29].map((t) => seen(t, near, 10)))).toBeUndefined();
    expect(verdictAfter([40, 45, 50, 55].map((t) => seen(t, near, 50)))).toBeUndefined();
    const wide = seen(50).fit;
    expect(
      verdictAfter([40, 45, 50].map((t) => seen(t, { ...near, fit: { ...wide, slowMax_s: 3600 } }))),
    ).toBeUndefined();
  });

  test("far from the limit 0.8 fitted slow constants are enough, and never less than 30 min", () => {
    const far = { rise_K: 36 };
    expect(verdictAfter([30, 35, 39].map((t) => seen(t, far, 50)))).toBeUndefined();
    expect(verdictAfter([30, 35, 40].map((t) => seen(t, far, 50)))).toMatchObject({ is: "pass", t_s: 2400 });
    expect(verdictAfter([30, 35, 40].map((t) => seen(t, near, 50)))).toBeUndefined();
    expect(verdictAfter([10, 15, 20, 25].map((t) => seen(t, far, 10)))).toBeUndefined();
  });

  test("another explanation of the record begins the row anew", () => {
    const explained = (t_min: number, from_min: number | undefined) => {
      const { fit } = seen(t_min);
      return seen(t_min, {
        fit: from_min === undefined ? fit : { ...fit, event: { from_s: 60 * from_min, to_s: undefined } },
      });
    };
    expect(verdictAfter([explained(40, 20), explained(45, 20), explained(50, 21)])).toMatchObject({ is: "pass" });
    expect(verdictAfter([explained(40, 20), explained(45, 20), explained(50, 30)])).toBeUndefined();
    expect(verdictAfter([explained(40, undefined), explained(45, undefined), explained(50, 30)])).toBeUndefined();
    expect(verdictAfter([explained(40, 20), explained(45, 20), explained(50, undefined)])).toBeUndefined();
  });

  test("a prediction missing or another outcome begins the row anew", () => {
    expect(verdictAfter([seen(40), seen(45), undefined, seen(55), seen(60)])).toBeUndefined();
    expect(verdictAfter([seen(40), seen(45), seen(50, { rise_K: 49.5 }), seen(55), seen(60)])).toBeUndefined();
  });

  test("a measured excess fails at once, at any time and for any purpose", () => {
    expect(verdictAfter([seen(6, { measured_K: 50.6 })], "qualification")).toMatchObject({
      is: "fail",
      by: "measured",
    });
    expect(verdictAfter([seen(6, { measured_K: 50.4 })])).toBeUndefined();
  });

  test("in a qualification no prediction decides", () => {
    expect(
      verdictAfter(
        [40, 45, 50, 55, 60].map((t) => seen(t)),
        "qualification",
      ),
    ).toBeUndefined();
  });

  test("a growing resistance is not failed by a prediction", () => {
    const hot = { rise_K: 55, measured_K: 45 };
    expect(verdictAfter([40, 45, 50].map((t) => seen(t, hot)))).toMatchObject({ is: "fail", by: "predicted" });
    expect(verdictAfter([40, 45, 50].map((t) => seen(t, { ...hot, growth_per_h: 0.05 })))).toBeUndefined();
  });

  test("a verdict stays", () => {
    expect(verdictAfter([seen(6, { measured_K: 51 }), ...[40, 45, 50].map((t) => seen(t))])).toMatchObject({
      is: "fail",
    });
  });

  test("an empty record, NaN and infinity are never a pass", () => {
    const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 359 }), bad, fc.boolean(), (at, value, ofAmbient) => {
        const contact = Array.from({ length: 360 }, (_, i) => ({ t_s: 10 * (i + 1), value: 40 }));
        const ambient = contact.map(({ t_s }) => ({ t_s, value: 25 }));
        (ofAmbient ? ambient : contact)[at] = { t_s: 10 * (at + 1), value };
        const prediction = predict({ contact, ambient, start_s: 0 });
        // The first 6 min are not fitted; a broken ambient stays in what follows it.
        if (at * 10 >= 360 || ofAmbient) expect(prediction).toBeUndefined();
        expect(decide(undecided, { ...rule, limit_K: value }, seen(60)).verdict).toBeUndefined();
      }),
      { numRuns: 40 },
    );
    expect(predict({ contact: [], ambient: [], start_s: 0 })).toBeUndefined();
  });
});

describe("ambient, projection and rates", () => {
  const flat = (value: number, slope = 0) =>
    Array.from({ length: 2400 }, (_, i) => ({ t_s: i + 1, value: value + slope * i }));

  test.each([
    ["25 degC, steady", flat(25), true, ""],
    ["19 degC", flat(19), false, "outside 20 to 40"],
    ["41 degC", flat(41), false, "outside 20 to 40"],
    ["a drift of 1.2 K in 30 min", flat(25, 1.2 / 1800), false, "drifted"],
    ["a drift of 0.8 K in 30 min", flat(25, 0.8 / 1800), true, ""],
    ["no samples", [], false, "not measured"],
    ["a NaN", [...flat(25).slice(0, -1), { t_s: 2400, value: Number.NaN }], false, "not measured"],
  ])("%s", (_, samples, valid, why) => {
    const check = checkAmbient(samples, 2400);
    expect(check.valid).toBe(valid);
    expect(check.why).toContain(why);
  });

  test("a drifting ambient that the contact follows late is no rise", () => {
    const ambient = flat(25, 1.5 / 3600);
    const lag_s = 2400;
    let state = 25;
    const contact = ambient.map(({ t_s, value }) => {
      state += (1 - Math.exp(-1 / lag_s)) * (value - state);
      return { t_s, value: state };
    });
    const last = (ambient.at(-1)?.value ?? 0) - state;
    expect(last).toBeGreaterThan(0.3);
    expect(riseOverLagged(contact, ambient, lag_s).at(-1)?.value).toBeCloseTo(0, 2);
  });

  test("projection, rate, K/W and R(t)", () => {
    expect(projected_degC(42, 40)).toBe(82);
    expect(projected_degC(Number.NaN, 50)).toBeUndefined();
    expect(ratePerMinute(flat(30, 0.01), 2400, 600)).toBeCloseTo(0.6, 9);
    expect(ratePerMinute([], 2400, 600)).toBeUndefined();
    expect(thermalResistance_K_per_W(50, 500, 1e-4)).toBeCloseTo(2, 9);
    expect(thermalResistance_K_per_W(50, 0, 1e-4)).toBeUndefined();
    const drop = [0, 1, 2].map((t_s) => ({ t_s, value: 0.05 }));
    const current = [0, 500, 500].map((value, t_s) => ({ t_s, value }));
    expect(resistanceOverTime(drop, current, 450)).toEqual([1, 2].map((t_s) => ({ t_s, value: 1e-4 })));
  });
});
