/** The control pilot: states, corners, waves, edges, timing. */
import fc from "fast-check";
import {
  type Corner,
  type CornerResult,
  cornerName,
  cornersOf,
  lowestLevel,
  type PilotParameters,
  stationLevel,
  throughCorners,
  worstMargin,
  worstShift,
} from "../../../../procedures/analysis/pilotCorners.ts";
import { type PilotEdges, pilotEdges, timeConstant } from "../../../../procedures/analysis/pilotEdges.ts";
import {
  diodePresence,
  evResistance,
  ladderOhm,
  ladderStates,
  type StateFound,
  stateOfLevel,
  stateOfWave,
} from "../../../../procedures/analysis/pilotState.ts";
import { inTime, type Stay, staysOf, togglesOf } from "../../../../procedures/analysis/pilotTiming.ts";
import { pilotWave } from "../../../../procedures/analysis/pilotWave.ts";
import { bad, held, noNumbers, odd, oneOf, passes, passesAsNumber, small, spoiltField, type Value } from "./held.ts";

const level = (value: number): fc.Arbitrary<Value> => fc.constant({ value, u: 0.01 });
const badLevel = fc.oneof(bad, fc.constant(undefined));
const isState = ({ is }: StateFound): boolean => is !== "invalid";

const corner: fc.Arbitrary<Corner> = fc.constantFrom(...cornersOf("C"));
const cornerNumbers = ["rail_V", "source_ohm", "diode_V", "r2_share", "r3_share"] as const;
const station = fc.tuple(fc.constant("C" as const), corner, small, fc.constant(1e6));
const notResistance = fc.constantFrom(Number.NaN, Number.NEGATIVE_INFINITY);
const parameters: PilotParameters = { series_ohm: { value: 0.1, u: 0.01 }, leak_ohm: { value: 1e9, u: 1e7 } };
/** An infinite resistance is an open pilot, or no leak; an uncertainty is always finite. */
const badResistance = (value: number): fc.Arbitrary<Value> =>
  fc.oneof(
    notResistance.map((x) => ({ value: x, u: 0.01 })),
    odd.map((u) => ({ value, u })),
  );
const badParameters: fc.Arbitrary<PilotParameters> = fc.oneof(
  badResistance(0.1).map((series_ohm) => ({ ...parameters, series_ohm })),
  badResistance(1e9).map((leak_ohm) => ({ ...parameters, leak_ohm })),
);
const results = throughCorners("B", parameters);
const badResults: fc.Arbitrary<readonly CornerResult[]> = fc.oneof(
  fc.constant([]),
  fc.tuple(badParameters, fc.nat(results.length - 1)).map(([p, at]) => {
    const spoilt = throughCorners("B", p);
    return results.map((one, i) => (i === at ? (spoilt[i] as CornerResult) : one));
  }),
);

const dt_s = 1e-5;
/** Five periods of 1 kHz at 30 %, with edges of two samples. */
const wave = Float64Array.from({ length: 500 }, (_, i) => {
  const at = i % 100;
  return at < 30 ? 9 : at < 32 ? 9 - 7 * (at - 29) : at > 97 ? -12 + 7 * (at - 97) : -12;
});
const spoiltWave = fc.oneof(
  fc.tuple(odd, fc.nat(wave.length - 1)).map(([x, at]) => wave.map((v, i) => (i === at ? x : v))),
  fc.constantFrom(new Float64Array(), Float64Array.of(9), new Float64Array(500)),
);
const captured = fc.constant([wave, dt_s] as const);
const spoiltCapture = oneOf(captured, { 0: spoiltWave, 1: fc.oneof(odd, fc.constantFrom(0, -1)) });
const edges: PilotEdges = { edges: 9, rise_s: 2e-5, fall_s: 2e-5, settle_s: 3e-5, ripple_V: 0, edge_u_s: 1e-7 };

const samples = [0, 1, 2, 3].map((t_s) => ({ t_s, level: { value: 9, u: 0.01 } }));
const stays: readonly Stay[] = [
  { state: "B", from_s: 0, to_s: 1 },
  { state: "C", from_s: 1, to_s: 1.3 },
  { state: "B", from_s: 1.3, to_s: 2 },
];
/** Of the C between two B: its ends make the toggle. */
const spoiltStays = fc
  .tuple(odd, fc.constantFrom("from_s", "to_s"))
  .map(([x, name]) => stays.map((one) => (one.state === "C" ? { ...one, [name]: x } : one)));
const reaction = fc.constant(["T.C2on", 1, 2, 0.01, 2] as const);

const loaded = fc.tuple(level(9), fc.constant(12), fc.constant(1000), fc.constant(2));
const span = { min_ohm: 2700, max_ohm: 2750 };

export const pilots = {
  "pilotState.stateOfLevel": held(stateOfLevel, {
    sound: fc.tuple(level(9), fc.constant(2)),
    spoilt: oneOf(fc.tuple(level(9), fc.constant(2)), { 0: badLevel, 1: fc.constant(Number.NaN) }),
    says: isState,
  }),
  "pilotState.stateOfWave": held(stateOfWave, {
    sound: fc.tuple(level(9), level(-12), fc.constant(2)),
    spoilt: oneOf(fc.tuple(level(9), level(-12), fc.constant(2)), {
      0: badLevel,
      1: badLevel,
      2: fc.constant(Number.NaN),
    }),
    says: isState,
  }),
  "pilotState.diodePresence": held(diodePresence, {
    sound: fc.tuple(level(9), fc.oneof(level(-12), level(-9)), fc.constant(-12)),
    spoilt: oneOf(fc.tuple(level(9), level(-12), fc.constant(-12)), { 0: bad, 1: bad, 2: odd }),
    says: (presence) => presence !== "unknown",
  }),
  "pilotState.evResistance": held(evResistance, {
    sound: loaded,
    spoilt: oneOf(loaded, { 0: bad, 1: odd, 2: odd, 3: odd }),
    says: (found) => found !== undefined,
  }),
  "pilotState.ladderOhm": held(ladderOhm, {
    sound: fc.tuple(fc.constantFrom("B", "C", "D"), fc.constantFrom(-0.03, 0, 0.03)),
    spoilt: fc.tuple(fc.constantFrom("B", "C", "D"), odd),
    says: passesAsNumber,
  }),
  "pilotState.ladderStates": held(ladderStates, {
    sound: fc.constant([span]),
    spoilt: fc.tuple(spoiltField(fc.constant(span), ["min_ohm", "max_ohm"])),
    says: (states) => states.length > 0,
  }),
  "pilotCorners.stationLevel": held(stationLevel, {
    sound: station,
    spoilt: oneOf(station, { 1: spoiltField(corner, cornerNumbers), 2: notResistance, 3: notResistance }),
    says: passesAsNumber,
  }),
  "pilotCorners.throughCorners": held((p: PilotParameters) => throughCorners("B", p), {
    sound: fc.constant([parameters]),
    spoilt: fc.tuple(badParameters),
    says: (all) => all.some(({ level: at, shift }) => passes(at) || passes(shift)),
  }),
  "pilotCorners.worstMargin": held(worstMargin, {
    sound: fc.constant([results]),
    spoilt: fc.tuple(badResults),
    says: (worst) => worst !== undefined && passes(worst.level),
  }),
  "pilotCorners.worstShift": held(worstShift, {
    sound: fc.constant([results]),
    spoilt: fc.tuple(badResults),
    says: (worst) => worst !== undefined && passes(worst.shift),
  }),
  "pilotCorners.lowestLevel": held(lowestLevel, {
    sound: fc.constant([{ value: 1e-9, u: 1e-11 }]),
    spoilt: fc.tuple(
      fc.oneof(
        odd.map((value) => ({ value, u: 0 })),
        odd.map((u) => ({ value: 1e-9, u })),
      ),
    ),
    says: passes,
  }),
  "pilotCorners.cornersOf": noNumbers("the corners of the legal tolerances, which are constants"),
  "pilotCorners.cornerName": noNumbers(`words for a corner: ${cornerName("B", results[0]?.corner as Corner)}`),
  "pilotEdges.pilotEdges": held((v: Float64Array, dt: number) => pilotEdges(v, dt), {
    sound: captured,
    spoilt: spoiltCapture,
    says: (found) => found !== undefined,
  }),
  "pilotEdges.timeConstant": held(timeConstant, {
    sound: fc.constant([edges]),
    spoilt: fc.tuple(spoiltField(fc.constant(edges), ["rise_s", "fall_s", "edge_u_s"])),
    says: passes,
  }),
  "pilotTiming.staysOf": held(staysOf, {
    sound: fc.constant([samples]),
    spoilt: fc.tuple(
      fc.oneof(
        fc.tuple(odd, fc.nat(3)).map(([t_s, at]) => samples.map((one, i) => (i === at ? { ...one, t_s } : one))),
        bad.map((one) => samples.map(({ t_s }) => ({ t_s, level: one }))),
        fc.constantFrom([], samples.slice(0, 1)),
      ),
    ),
    says: (found) => found?.some(({ state }) => state !== "unclear") === true,
  }),
  "pilotTiming.togglesOf": held(togglesOf, {
    sound: fc.constant([stays]),
    spoilt: fc.tuple(fc.oneof(spoiltStays, fc.constantFrom([], stays.slice(1, 2)))),
    says: (found) => found.some(({ legal }) => legal),
  }),
  "pilotTiming.inTime": held(inTime, {
    sound: reaction,
    spoilt: oneOf(reaction, { 1: odd, 2: odd, 3: odd, 4: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) }),
    says: (answer) => answer === "yes",
  }),
  "pilotWave.pilotWave": held((v: Float64Array, dt: number) => pilotWave(v, dt), {
    sound: captured,
    spoilt: spoiltCapture,
    says: (found) => found !== undefined,
  }),
};
