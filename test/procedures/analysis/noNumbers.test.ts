/** What is no number, not finite or not there never comes out of an analysis as something that could pass. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hysteresis_K } from "../../../procedures/analysis/hysteresis.ts";
import { classify, type PairReading } from "../../../procedures/analysis/pairMap.ts";
import {
  at20degC,
  drift_V,
  type Estimate,
  estimate,
  matings,
  meanOf,
  type OnOff,
  resistanceOf,
} from "../../../procedures/analysis/resistance.ts";
import { stillToCome, type ThreeReadings } from "../../../procedures/analysis/settled.ts";
import type { Sample } from "../../../procedures/analysis/stabilise.ts";
import {
  checkAmbient,
  projected_degC,
  ratePerMinute,
  resistanceOverTime,
  riseOverLagged,
  thermalResistance_K_per_W,
} from "../../../procedures/analysis/thermalAmbient.ts";
import { fitRise, roughSlow_s } from "../../../procedures/analysis/thermalFit.ts";
import type { AdapterNetlist } from "../../../rig/model/adapter.ts";
import type { Limit } from "../../../rig/model/limits.ts";
import { reading } from "../../../rig/model/reading.ts";
import { judge } from "../../../rig/model/verdict.ts";

const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const small = fc.double({ min: 1e-6, max: 1, noNaN: true });
const good: fc.Arbitrary<Estimate> = fc.record({ value: small, u: fc.double({ min: 0, max: 1e-3, noNaN: true }) });
const bad: fc.Arbitrary<Estimate> = fc.oneof(fc.record({ value: odd, u: small }), fc.record({ value: small, u: odd }));
const finite = ({ value, u }: Estimate): boolean => Number.isFinite(value) && Number.isFinite(u);

/** A row that any finite number, however large or small, would pass. */
const words = { id: "x", title: "x", source: "x", edition: "x", clause: "x", approvedBy: "x" };
const anything: Limit = {
  ...words,
  unit: "ohm",
  rule: "simple",
  k: 2,
  subject: "adapter",
  confidence: "P",
  max: 1e300,
};
const passes = ({ value, u }: Estimate): boolean => {
  const verdict = judge(anything, reading("ohm", value, u, { raw: "x", t_s: 0 }), true);
  return verdict === "pass" || verdict === "pass-screening";
};

describe("resistances", () => {
  const parts = ["on_V", "on_A", "before_V", "after_V", "before_A", "after_A"] as const;
  const six = fc.record({ on_V: good, on_A: good, before_V: good, after_V: good, before_A: good, after_A: good });

  test("one bad part of six spoils the resistance, and no row passes it", () => {
    fc.assert(
      fc.property(six, bad, fc.constantFrom(...parts), (all, one, part) => {
        const r = resistanceOf({ ...all, [part]: one } as OnOff);
        expect(finite(r)).toBe(false);
        expect(passes(r)).toBe(false);
      }),
    );
  });

  test("so does a bad sample, mating or temperature; nothing at all is no mean", () => {
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 8 }), odd, fc.nat(8), (values, one, at) => {
        const spoilt = [...values.slice(0, at), one, ...values.slice(at)];
        expect(passes(estimate(spoilt, 1e-6))).toBe(false);
        expect(Number.isFinite(drift_V({ before_V: { value: one, u: 0 }, after_V: { value: 0, u: 0 } } as OnOff))).toBe(
          false,
        );
      }),
    );
    fc.assert(
      fc.property(good, bad, odd, (fine, one, degC) => {
        expect(passes(at20degC(one, 25, 1))).toBe(false);
        expect(passes(at20degC(fine, degC, 1))).toBe(false);
        expect(passes(at20degC(fine, 25, degC))).toBe(false);
        expect(
          passes(
            meanOf([
              { ...fine, parts: [] },
              { ...one, parts: [] },
            ]),
          ),
        ).toBe(false);
        expect(passes(matings([fine, one, fine]).mean)).toBe(false);
      }),
    );
    expect(passes(estimate([], 1e-6))).toBe(false);
    expect(passes(matings([]).mean)).toBe(false);
  });
});

test("the width of a hysteresis needs two numbers", () => {
  fc.assert(
    fc.property(good, bad, (fine, one) => {
      expect(hysteresis_K(fine, one)).toBeUndefined();
      expect(hysteresis_K(one, fine)).toBeUndefined();
    }),
  );
  expect(hysteresis_K(undefined, { value: 1, u: 0 })).toBeUndefined();
});

test("what is still to come is no number as soon as one of the readings is none", () => {
  const three = fc.tuple(small, small, small);
  fc.assert(
    fc.property(
      fc.array(three, { minLength: 1, maxLength: 6 }),
      three,
      odd,
      fc.nat(2),
      fc.boolean(),
      (all, of, x, at, own) => {
        const spoilt = (r: ThreeReadings): ThreeReadings => [
          at === 0 ? x : r[0],
          at === 1 ? x : r[1],
          at === 2 ? x : r[2],
        ];
        // Of the place itself only the last two count.
        if (own && at === 0) return;
        const rest = own ? stillToCome(all, spoilt(of), 0.01) : stillToCome([...all, spoilt(of)], of, 0.01);
        expect(Number.isFinite(rest.value)).toBe(false);
      },
    ),
  );
});

describe("heat", () => {
  const samples = fc.array(small, { minLength: 20, maxLength: 60 });
  const traceOf = (values: readonly number[]): readonly Sample[] =>
    values.map((value, i) => ({ t_s: i, value: 25 + value }));

  test("a number that is none, in the time that counts, is no ambient and no rate", () => {
    fc.assert(
      fc.property(samples, odd, fc.nat(19), (values, x, back) => {
        const trace = traceOf(values);
        const end_s = trace.length - 1;
        const spoilt = trace.map((s) => (s.t_s === end_s - back ? { ...s, value: x } : s));
        expect(checkAmbient(trace, end_s).valid).toBe(true);
        expect(checkAmbient(spoilt, end_s)).toMatchObject({ valid: false, why: "the ambient was not measured" });
        expect(ratePerMinute(spoilt, end_s, 60)).toBeUndefined();
      }),
    );
    expect(checkAmbient([], 10).valid).toBe(false);
    expect(ratePerMinute([], 10, 60)).toBeUndefined();
  });

  test("a rise with one number that is none has no time constant and no fit", () => {
    const rise = Array.from({ length: 360 }, (_, i): Sample => ({ t_s: 10 * i, value: 40 - 40 * Math.exp(-i / 180) }));
    expect(roughSlow_s(rise, 0)).toBeGreaterThan(1000);
    fc.assert(
      fc.property(odd, fc.integer({ min: 1, max: 359 }), (x, at) => {
        const spoilt = rise.map((s, i) => (i === at ? { ...s, value: x } : s));
        expect(roughSlow_s(spoilt, 0)).toBeUndefined();
        expect(fitRise(spoilt, 0)).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });

  test("projections and thermal resistances of no number are none; a drop without a current is left out", () => {
    fc.assert(
      fc.property(odd, (x) => {
        expect(projected_degC(x, 40)).toBeUndefined();
        expect(thermalResistance_K_per_W(x, 500, 1e-4)).toBeUndefined();
        if (x !== Number.POSITIVE_INFINITY) {
          expect(thermalResistance_K_per_W(40, 500, x)).toBeUndefined();
          expect(resistanceOverTime([{ t_s: 0, value: 1 }], [{ t_s: 0, value: x }], 1)).toEqual([]);
        }
        expect(resistanceOverTime([{ t_s: 0, value: x }], [{ t_s: 0, value: 500 }], 1)).toEqual([]);
        const rises = riseOverLagged([{ t_s: 0, value: 40 }], [{ t_s: 0, value: x }], 600);
        for (const { value } of rises) expect(Number.isFinite(value)).toBe(false);
      }),
    );
  });
});

test("a pair map calls no path whole whose reading is no number", () => {
  const netlist = {
    contacts: [],
    nets: [["evse.CP", "ev.CP"]],
    parts: [],
    unpopulated: [],
  } as unknown as AdapterNetlist;
  fc.assert(
    fc.property(fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY), fc.boolean(), small, (x, forward, ohm) => {
      const pair = {
        a: "evse.CP",
        b: "ev.CP",
        forward_ohm: forward ? x : ohm,
        reverse_ohm: forward ? ohm : x,
      } as PairReading;
      expect(classify(netlist, [pair], 1e6).map(({ is }) => is)).not.toContain("path");
    }),
  );
});
