/** Temperatures: stabilisation, ambient, and the prediction with all its parts. */
import fc from "fast-check";
import {
  iecThreeReadings,
  isStable,
  isStableOver,
  meanBetween,
  type Sample,
} from "../../../../procedures/analysis/stabilise.ts";
import {
  checkAmbient,
  projected_degC,
  ratePerMinute,
  resistanceOverTime,
  riseOverLagged,
  thermalResistance_K_per_W,
} from "../../../../procedures/analysis/thermalAmbient.ts";
import {
  type DecisionState,
  decide,
  guarded,
  outcomeOf,
  type Prediction,
  predict,
  undecided,
} from "../../../../procedures/analysis/thermalDecision.ts";
import { fitRise, roughSlow_s } from "../../../../procedures/analysis/thermalFit.ts";
import { held, odd, oneOf, passesAsNumber, spoiltField } from "./held.ts";

const flat: readonly Sample[] = Array.from({ length: 241 }, (_, i) => ({ t_s: 10 * i, value: 25 + 0.01 * (i % 3) }));
const end_s = 2400;
const rise: readonly Sample[] = flat.map(({ t_s }) => ({ t_s, value: 40 - 40 * Math.exp(-t_s / 900) }));
const hot = rise.map(({ t_s, value }) => ({ t_s, value: value + 25 }));

/** A sample among the last `last` with no number in it. */
const spoiltTrace = (trace: readonly Sample[], last: number): fc.Arbitrary<readonly Sample[]> =>
  fc
    .tuple(odd, fc.nat(last - 1), fc.constantFrom("value", "t_s"))
    .map(([x, back, name]) => trace.map((s, i) => (i === trace.length - 1 - back ? { ...s, [name]: x } : s)));
const withLast = (trace: readonly Sample[]): readonly Sample[] =>
  trace.map((s, i) => (i === 240 && !Number.isFinite(s.t_s) ? { t_s: end_s, value: Number.NaN } : s));
const noTrace = fc.constant<readonly Sample[]>([]);
const lone = fc.constant(flat.slice(-1));

const stable = fc.constant([iecThreeReadings, flat, 0, end_s] as const);
/** The last reading, of 30 s. */
const spoiltEnd = fc.oneof(spoiltTrace(flat, 3), noTrace, lone);
const overAmbient = fc.constant([
  { ...iecThreeReadings, on: "rise" as const },
  { contact: flat, ambient: flat },
  0,
  end_s,
] as const);

const record = { contact: hot, ambient: flat, resistance: flat, start_s: 0 };
const spoiltRecord = fc.oneof(
  // Before the fit begins, and before the half hour of the resistance, nothing counts.
  fc.oneof(spoiltTrace(hot, 180), noTrace, lone).map((contact) => ({ ...record, contact })),
  // The last time without an ambient sample is left out.
  fc.oneof(spoiltTrace(flat, 180), noTrace, lone).map((ambient) => ({ ...record, ambient: withLast(ambient) })),
  fc.oneof(spoiltTrace(flat, 100), noTrace, lone).map((resistance) => ({ ...record, resistance })),
  odd.map((start_s) => ({ ...record, start_s })),
);

const prediction: Prediction = {
  t_s: 3600,
  fit: {
    rise_K: 40,
    low_K: 39.5,
    high_K: 40.5,
    fast_s: 240,
    slow_s: 1800,
    slowMax_s: 1800,
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
};
const numbers = ["t_s", "rise_K", "growth_per_h", "band_K", "passBand_K", "failBand_K", "measured_K"] as const;
const fitted = ["rise_K", "low_K", "high_K", "slow_s", "slowMax_s", "missing_K"] as const;
const spoiltPrediction: fc.Arbitrary<Prediction> = fc.oneof(
  spoiltField(fc.constant(prediction), numbers),
  spoiltField(fc.constant(prediction.fit), fitted).map((fit) => ({ ...prediction, fit })),
);
const rule = { limit_K: 50, purpose: "engineering" } as const;
/** Two equal outcomes are behind it: the next decides. */
const ready: DecisionState = { row: { outcome: "pass", event: undefined, since_s: 3000, looks: 2 } };
const asked = fc.constant([prediction, 50] as const);

const flowing = [{ t_s: 0, value: 500 }];
const drop = [{ t_s: 0, value: 0.1 }];

export const heat = {
  "stabilise.isStable": held(isStable, {
    sound: stable,
    spoilt: oneOf(stable, { 1: spoiltEnd, 2: odd, 3: odd }),
    says: (is) => is,
  }),
  "stabilise.isStableOver": held(isStableOver, {
    sound: overAmbient,
    spoilt: oneOf(overAmbient, {
      1: fc.oneof(
        spoiltEnd.map((contact) => ({ contact, ambient: flat })),
        spoiltEnd.map((ambient) => ({ contact: flat, ambient })),
      ),
      2: odd,
      3: odd,
    }),
    says: (is) => is,
  }),
  "stabilise.meanBetween": held(meanBetween, {
    sound: fc.constant([flat, end_s - 30, end_s]),
    spoilt: oneOf(fc.constant([flat, end_s - 30, end_s] as const), {
      0: fc.oneof(spoiltTrace(flat, 3), noTrace),
      1: odd,
      2: odd,
    }),
    says: passesAsNumber,
  }),
  "thermalAmbient.checkAmbient": held(checkAmbient, {
    sound: fc.constant([flat, end_s]),
    spoilt: oneOf(fc.constant([flat, end_s] as const), { 0: spoiltEnd, 1: odd }),
    says: ({ valid }) => valid,
  }),
  "thermalAmbient.projected_degC": held(projected_degC, {
    sound: fc.constant([40, 40]),
    spoilt: fc.tuple(odd, fc.constantFrom(40, 50)),
    says: passesAsNumber,
  }),
  "thermalAmbient.riseOverLagged": held(riseOverLagged, {
    sound: fc.constant([hot, flat, 600]),
    // Of the contact its own samples only, of the ambient all that follow: the last one says whether it shows.
    spoilt: oneOf(fc.constant([hot, flat, 600] as const), {
      0: fc.oneof(spoiltTrace(hot, 1), noTrace),
      1: fc.oneof(
        odd.map((x) => flat.map((s, i) => (i === 100 ? { ...s, value: x } : s))),
        fc
          .constantFrom(Number.NaN, Number.NEGATIVE_INFINITY)
          .map((x) => flat.map((s, i) => (i === 100 ? { ...s, t_s: x } : s))),
        noTrace,
      ),
      2: odd,
    }),
    says: (rises) => passesAsNumber(rises.at(-1)?.value) && passesAsNumber(rises.at(-1)?.t_s),
  }),
  "thermalAmbient.ratePerMinute": held(ratePerMinute, {
    sound: fc.constant([flat, end_s, 600]),
    spoilt: oneOf(fc.constant([flat, end_s, 600] as const), {
      0: fc.oneof(
        fc.tuple(odd, fc.nat(50)).map(([x, back]) => flat.map((s, i) => (i === 240 - back ? { ...s, value: x } : s))),
        fc.nat(50).map((back) => flat.map((s, i) => (i === 240 - back ? { ...s, t_s: Number.NaN } : s))),
        noTrace,
        lone,
      ),
      1: odd,
      // An infinite window is the whole record.
      2: fc.constantFrom(Number.NaN, Number.NEGATIVE_INFINITY),
    }),
    says: passesAsNumber,
  }),
  "thermalAmbient.thermalResistance_K_per_W": held(thermalResistance_K_per_W, {
    sound: fc.constant([40, 500, 1e-4]),
    spoilt: oneOf(fc.constant([40, 500, 1e-4] as const), { 0: odd, 1: odd, 2: odd }),
    says: passesAsNumber,
  }),
  "thermalAmbient.resistanceOverTime": held(resistanceOverTime, {
    sound: fc.constant([drop, flowing, 1]),
    spoilt: oneOf(fc.constant([drop, flowing, 1] as const), {
      0: fc.oneof(
        odd.map((value) => [{ t_s: 0, value }]),
        odd.map((t_s) => [{ t_s, value: 0.1 }]),
        noTrace,
      ),
      1: fc.oneof(
        odd.map((value) => [{ t_s: 0, value }]),
        odd.map((t_s) => [{ t_s, value: 500 }]),
        noTrace,
      ),
      2: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
    }),
    says: (trace) => trace.length > 0,
  }),
  "thermalDecision.predict": held(predict, {
    sound: fc.constant([record]),
    spoilt: fc.tuple(spoiltRecord),
    says: (found) => found !== undefined,
    runs: 60,
  }),
  "thermalDecision.guarded": held(guarded, {
    sound: asked,
    spoilt: oneOf(asked, { 0: spoiltPrediction, 1: odd }),
    says: (is) => is,
  }),
  "thermalDecision.outcomeOf": held(outcomeOf, {
    sound: asked,
    spoilt: oneOf(asked, { 0: spoiltPrediction, 1: odd }),
    says: (outcome) => outcome !== "open",
  }),
  "thermalDecision.decide": held(decide, {
    sound: fc.constant([ready, rule, prediction]),
    spoilt: fc.oneof(
      fc.oneof(spoiltPrediction, fc.constant(undefined)).map((p) => [ready, rule, p] as const),
      odd.map((limit_K) => [ready, { ...rule, limit_K }, prediction] as const),
      fc.constant([undecided, rule, prediction] as const),
    ),
    says: ({ verdict }) => verdict !== undefined,
  }),
  "thermalFit.fitRise": held(fitRise, {
    sound: fc.constant([rise, 0]),
    spoilt: oneOf(fc.constant([rise, 0] as const), { 0: fc.oneof(spoiltTrace(rise, 240), noTrace, lone), 1: odd }),
    says: (found) => found !== undefined,
    runs: 40,
  }),
  "thermalFit.roughSlow_s": held(roughSlow_s, {
    sound: fc.constant([rise, 0]),
    spoilt: oneOf(fc.constant([rise, 0] as const), { 0: fc.oneof(spoiltTrace(rise, 240), noTrace, lone), 1: odd }),
    says: (found) => found !== undefined,
    runs: 40,
  }),
};
