/** Pilot and proximity: levels, waves, times, switches, thermal signalling, interruptions. */
import fc from "fast-check";
import {
  crossing,
  inside_V,
  type Look,
  onset,
  recovery,
  reversals,
  signalOf,
  type Windows,
} from "../../../../procedures/analysis/foldback.ts";
import { hysteresis_K, thinned } from "../../../../procedures/analysis/hysteresis.ts";
import { openingsOf, type Watching } from "../../../../procedures/analysis/intermittent.ts";
import {
  holdsWhenHot,
  type ProximityFound,
  type ProximityState,
  proximityByOhm,
  proximityByVolt,
  type2Code,
  vehicleVolt,
} from "../../../../procedures/analysis/proximityState.ts";
import {
  actuationOf,
  type Change,
  cleanActuation,
  latchSequence,
} from "../../../../procedures/analysis/proximitySwitch.ts";
import { bad, good, held, noNumbers, odd, oneOf, passesAsNumber, small } from "./held.ts";

const windows: Windows = { normal: [1.23, 1.82], foldback: [2.38, 3.16], shutdown: [4.13, 4.78] };
const look = (t_s: number, degC: number, pp_V: number): Look => ({ t_s, contact_degC: degC, peak_degC: degC, pp_V });
/** Heating to a signal at the fourth reading; cooling from it to normal at the fourth. */
const heating = [look(0, 60, 1.5), look(10, 65, 1.5), look(20, 70, 1.5), look(30, 75, 2.8)];
const cooling = [look(0, 90, 2.8), look(10, 85, 2.8), look(20, 80, 2.8), look(30, 75, 1.5)];
const spoiltLook = (looks: readonly Look[], names: readonly (keyof Look)[]): fc.Arbitrary<readonly Look[]> =>
  fc
    .tuple(odd, fc.nat(looks.length - 1), fc.constantFrom(...names))
    .map(([x, at, name]) => looks.map((one, i) => (i === at ? { ...one, [name]: x } : one)));
/** The level at the change itself, before or after it. */
const spoiltEdge = (looks: readonly Look[]): fc.Arbitrary<readonly Look[]> =>
  fc.tuple(odd, fc.constantFrom(2, 3)).map(([pp_V, at]) => looks.map((one, i) => (i === at ? { ...one, pp_V } : one)));
const none = fc.constantFrom<readonly Look[]>([], heating.slice(0, 1), cooling.slice(3));
const signalled = (one: Look): boolean => signalOf(one.pp_V, windows) === "foldback";
const finite = (one: object | undefined): boolean => one !== undefined;

const sides = fc.tuple(
  fc.record({ degC: fc.constant(70), pp_V: small }),
  fc.record({ degC: fc.constant(75), pp_V: small.map((v) => v + 2) }),
  fc.constant(1.82),
  fc.constant(0.5),
);
const oddSide = fc
  .tuple(odd, fc.boolean())
  .map(([x, level]) => (level ? { degC: 70, pp_V: x } : { degC: x, pp_V: 1.5 }));

const edge = (high: boolean, ns: string, seq: number) => ({ line: "W1", high, ns, seq });
const quiet: Watching = {
  edges: [edge(false, "2000000", 1), edge(true, "3000000", 2)],
  startsHigh: true,
  from_ns: "1000000",
  to_ns: "9000000",
  seq: 0,
  last_seq: 2,
};
const oddText = fc.constantFrom("NaN", "Infinity", "-1", "", "1e3");
const spoiltWatch: fc.Arbitrary<Watching> = fc.oneof(
  fc.tuple(oddText, fc.constantFrom("from_ns", "to_ns")).map(([ns, name]) => ({ ...quiet, [name]: ns })),
  fc.tuple(odd, fc.constantFrom("seq", "last_seq")).map(([x, name]) => ({ ...quiet, [name]: x })),
  oddText.map((ns) => ({ ...quiet, edges: [edge(false, ns, 1)] })),
  odd.map((seq) => ({ ...quiet, edges: [edge(false, "2000000", seq)] })),
  fc.constant({ ...quiet, edges: [], to_ns: quiet.from_ns }),
);

const changes: readonly Change[] = [
  { t_s: 1, pressed: true },
  { t_s: 1.005, pressed: false },
  { t_s: 1.01, pressed: true },
];
const spoiltChanges = fc
  .tuple(odd, fc.nat(2))
  .map(([t_s, at]) => changes.map((one, i) => (i === at ? { ...one, t_s } : one)));
const clean = { transitions: 1, bounce_s: 0.01, endsPressed: true };
const isState = ({ is }: ProximityFound): boolean => is !== "invalid";
const volts = fc.record({ value: fc.double({ min: 1.3, max: 1.7, noNaN: true }), u: fc.constant(0.001) });
const ohms = fc.record({ value: fc.double({ min: 140, max: 160, noNaN: true }), u: fc.constant(0.1) });
const latched: ProximityFound = { is: "state", state: "latched" };

export const signals = {
  "foldback.signalOf": held((pp_V: number) => signalOf(pp_V, windows), {
    sound: fc.tuple(fc.double({ min: 1.3, max: 1.7, noNaN: true })),
    spoilt: fc.tuple(odd),
    says: (signal) => signal !== "other",
  }),
  "foldback.inside_V": held((pp_V: number) => inside_V(pp_V, windows.normal), {
    sound: fc.tuple(fc.double({ min: 1.3, max: 1.7, noNaN: true })),
    spoilt: fc.tuple(odd),
    says: (margin_V) => margin_V >= 0 || passesAsNumber(margin_V),
  }),
  "foldback.crossing": held(crossing, {
    sound: sides,
    spoilt: oneOf(sides, { 0: oddSide, 1: oddSide, 2: odd, 3: odd }),
    says: finite,
  }),
  "foldback.onset": held((looks: readonly Look[], u: number) => onset(looks, signalled, 1.82, u), {
    sound: fc.constant([heating, 0.5]),
    spoilt: oneOf(fc.constant([heating, 0.5] as const), {
      0: fc.oneof(spoiltLook(heating, ["peak_degC"]), spoiltEdge(heating), none),
      1: odd,
    }),
    says: finite,
  }),
  "foldback.recovery": held((looks: readonly Look[], u: number) => recovery(looks, windows, u), {
    sound: fc.constant([cooling, 0.5]),
    spoilt: oneOf(fc.constant([cooling, 0.5] as const), {
      0: fc.oneof(spoiltLook(cooling, ["contact_degC"]), spoiltEdge(cooling), none),
      1: odd,
    }),
    says: finite,
  }),
  "foldback.reversals": held((looks: readonly Look[]) => reversals(looks, windows, "heating"), {
    sound: fc.constant([heating]),
    spoilt: fc.tuple(fc.oneof(spoiltLook(heating, ["pp_V"]), none)),
    says: (count) => count !== undefined,
  }),
  "hysteresis.hysteresis_K": held(hysteresis_K, {
    sound: fc.tuple(good, good),
    spoilt: oneOf(fc.tuple(good, good), {
      0: fc.oneof(bad, fc.constant(undefined)),
      1: fc.oneof(bad, fc.constant(undefined)),
    }),
    says: finite,
  }),
  "hysteresis.thinned": held((looks: readonly Look[], every_s: number) => thinned(looks, windows, every_s), {
    sound: fc.constant([heating, 10]),
    spoilt: fc.tuple(fc.constant<readonly Look[]>([]), fc.oneof(odd, small)),
    // Chooses among readings and makes none.
    says: (kept) => kept.length > 0,
  }),
  "intermittent.openingsOf": held((watched: Watching) => openingsOf("W1", watched), {
    sound: fc.constant([quiet]),
    spoilt: fc.tuple(spoiltWatch),
    says: finite,
  }),
  "proximitySwitch.actuationOf": held((list: readonly Change[]) => actuationOf(false, list), {
    sound: fc.constant([changes]),
    spoilt: fc.tuple(fc.oneof(spoiltChanges, fc.constant([]))),
    says: (a) => cleanActuation(a, true, 0),
  }),
  "proximitySwitch.cleanActuation": held(cleanActuation, {
    sound: fc.constant([clean, true, 1e-4, 2]),
    spoilt: oneOf(fc.constant([clean, true, 1e-4, 2] as const), {
      0: fc.oneof(
        fc.constant(undefined),
        odd.map((x) => ({ ...clean, transitions: x })),
        odd.map((x) => ({ ...clean, bounce_s: x })),
      ),
      2: odd,
      3: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
    }),
    says: (isClean) => isClean,
  }),
  "proximitySwitch.latchSequence": held(latchSequence, {
    sound: fc.constant([["open", "pressed", "latched"]] as [readonly ProximityState[]]),
    spoilt: fc.constantFrom<[readonly ProximityState[]]>([[]], [["open"]], [["latched"]], [["pressed", "latched"]]),
    says: (sequence) => sequence === "healthy",
  }),
  "proximityState.proximityByVolt": held(proximityByVolt, {
    sound: fc.tuple(volts, fc.constant(2)),
    spoilt: oneOf(fc.tuple(volts, fc.constant(2)), {
      0: fc.oneof(bad, fc.constant(undefined)),
      1: fc.constant(Number.NaN),
    }),
    says: isState,
  }),
  "proximityState.proximityByOhm": held(proximityByOhm, {
    sound: fc.tuple(ohms, fc.constant(2)),
    spoilt: oneOf(fc.tuple(ohms, fc.constant(2)), {
      0: fc.oneof(bad, fc.constant(undefined)),
      1: fc.constant(Number.NaN),
    }),
    says: isState,
  }),
  "proximityState.vehicleVolt": held(vehicleVolt, {
    sound: fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true })),
    // Infinity is a plug that is not there: the open level.
    spoilt: fc.tuple(fc.constantFrom(Number.NaN, Number.NEGATIVE_INFINITY)),
    says: passesAsNumber,
  }),
  "proximityState.type2Code": held(type2Code, {
    sound: fc.tuple(fc.constantFrom(100, 220, 680, 1500)),
    spoilt: fc.tuple(odd),
    says: finite,
  }),
  "proximityState.holdsWhenHot": held(
    (value: number, u: number) => holdsWhenHot(latched, proximityByVolt({ value, u })),
    {
      sound: fc.tuple(fc.constant(1.5), fc.constant(0.001)),
      spoilt: fc.oneof(fc.tuple(odd, small), fc.tuple(small, odd)),
      says: (holds) => holds === "yes",
    },
  ),
  "proximityState.bothLatches": noNumbers("from two positions of a switch to their nominal resistance"),
};
