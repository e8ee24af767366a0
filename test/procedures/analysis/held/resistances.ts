/** Resistances, their growth, control charts, pairs of contacts, insulation. */
import fc from "fast-check";
import { growth_K, growth_pct } from "../../../../procedures/analysis/ageing.ts";
import { charted } from "../../../../procedures/analysis/controlChart.ts";
import { insulationPairs, matingGroups, voltageClass } from "../../../../procedures/analysis/insulationPlan.ts";
import { classify, explain, type Found, type PairReading } from "../../../../procedures/analysis/pairMap.ts";
import {
  at20degC,
  type Budgeted,
  drift_V,
  estimate,
  matings,
  meanOf,
  type OnOff,
  resistanceOf,
} from "../../../../procedures/analysis/resistance.ts";
import { stillToCome, type ThreeReadings } from "../../../../procedures/analysis/settled.ts";
import { type AdapterNetlist, type AdapterType, netlistOf } from "../../../../rig/model/adapter.ts";
import type { Contact } from "../../../../rig/model/contacts.ts";
import { bad, good, held, noNumbers, odd, oneOf, passes, passesAsNumber, small, type Value } from "./held.ts";

const two = fc.tuple(good, good);
const sixth = fc.record({ on_V: good, before_V: good, after_V: good, before_A: good, after_A: good });
/** The current with the source on is far from that without. */
const onOff: fc.Arbitrary<OnOff> = sixth.map((r) => ({ ...r, on_A: { value: 100, u: 0.01 } }));
const spoiltOnOff = (parts: readonly (keyof OnOff)[]): fc.Arbitrary<[OnOff]> =>
  fc.tuple(onOff, bad, fc.constantFrom(...parts)).map(([all, one, part]) => [{ ...all, [part]: one }]);
const six = ["on_V", "on_A", "before_V", "after_V", "before_A", "after_A"] as const;

const numbers = fc.array(small, { minLength: 2, maxLength: 8 });
/** One of a list replaced. */
const withOne = <T>(list: fc.Arbitrary<readonly T[]>, other: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
  fc.tuple(list, other, fc.nat(20)).map(([all, one, at]) => all.map((was, i) => (i === at % all.length ? one : was)));
const values = fc.array(good, { minLength: 2, maxLength: 10 });
const nothing = fc.constant<readonly Value[]>([]);
const lone = good.map((one): readonly Value[] => [one]);
const asBudgeted = (list: readonly Value[]): readonly Budgeted[] => list.map((one) => ({ ...one, parts: [] }));

const answers = fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 8, maxLength: 12 });
const chart = fc.tuple(answers, fc.constant(1), fc.constant(0.1));

const three: fc.Arbitrary<ThreeReadings> = fc
  .tuple(small, small)
  .map(([from, step]): ThreeReadings => [from, from + 2 * step, from + 3 * step]);
const toCome = fc.tuple(fc.array(three, { minLength: 1, maxLength: 6 }), three, fc.constant(1e-4));
const oddThree = fc.tuple(three, odd, fc.nat(2)).map(([r, x, at]) => r.map((v, i) => (i === at ? x : v)));
/** Of the place itself only the last two count. */
const oddOwn = fc.tuple(three, odd, fc.constantFrom(1, 2)).map(([r, x, at]) => r.map((v, i) => (i === at ? x : v)));

const netlist: AdapterNetlist = {
  contacts: ["evse.CP", "ev.CP", "evse.PP"],
  nets: [["evse.CP", "ev.CP"], ["evse.PP"]],
  parts: [],
  unpopulated: [],
};
const pairsOf = (b: Contact, ohm: number): PairReading => ({ a: "evse.CP", b, forward_ohm: ohm, reverse_ohm: ohm });
const unreadPair = fc
  .tuple(fc.constantFrom<Contact>("ev.CP", "evse.PP"), fc.constantFrom(Number.NaN, -Infinity), fc.boolean())
  .chain(([b, x, forward]) =>
    fc.oneof(small, odd).map(
      (other): PairReading => ({
        a: "evse.CP",
        b,
        forward_ohm: forward ? x : other,
        reverse_ohm: forward ? other : x,
      }),
    ),
  );
/** A path that is whole, or a pair that must be apart and of which nothing is told. */
const isWhole = (found: readonly Found[], [, [pair]]: readonly [AdapterNetlist, readonly PairReading[], number]) =>
  pair?.b === "ev.CP" ? found.some(({ is }) => is === "path") : found.length === 0;

const adapterType = {
  family: "A",
  pp: { topology: "PASS" },
  parts: { idElement: false, tempSensors: false, latchSwitch: false, acContactsPopulated: false },
} as unknown as AdapterType;
const whole = netlistOf(adapterType);
const bare: AdapterNetlist = { ...whole, nets: [], contacts: [], unpopulated: [] };
const polesOnly: AdapterNetlist = {
  ...whole,
  nets: whole.nets.filter((net) => net[0]?.includes("DC")),
  unpopulated: [],
};

export const resistances = {
  "ageing.growth_pct": held(growth_pct, { sound: two, spoilt: oneOf(two, { 0: bad, 1: bad }), says: passes }),
  "ageing.growth_K": held(growth_K, { sound: two, spoilt: oneOf(two, { 0: bad, 1: bad }), says: passes }),
  "controlChart.charted": held(charted, {
    sound: chart,
    spoilt: oneOf(chart, {
      0: fc.oneof(
        withOne(answers, odd),
        fc.constant([]),
        small.map((one) => [one]),
      ),
      1: odd,
      2: odd,
    }),
    says: ({ says, z }) => says === "in-control" || says === "warn" || Number.isFinite(z),
  }),
  "resistance.estimate": held(estimate, {
    sound: fc.tuple(numbers, small),
    spoilt: fc.oneof(
      fc.tuple(withOne(numbers, odd), small),
      fc.tuple(numbers, odd),
      fc.constant([[], 1e-6] as [number[], number]),
    ),
    says: passes,
  }),
  "resistance.resistanceOf": held(resistanceOf, { sound: fc.tuple(onOff), spoilt: spoiltOnOff(six), says: passes }),
  "resistance.meanOf": held((list: readonly Value[]) => meanOf(asBudgeted(list)), {
    sound: fc.tuple(values),
    spoilt: fc.tuple(fc.oneof(withOne(values, bad), nothing)),
    says: passes,
  }),
  "resistance.drift_V": held(drift_V, {
    sound: fc.tuple(onOff),
    spoilt: fc
      .tuple(onOff, odd, fc.constantFrom("before_V", "after_V"))
      .map(([r, value, part]): [OnOff] => [{ ...r, [part]: { value, u: 0 } }]),
    says: passesAsNumber,
  }),
  "resistance.at20degC": held(at20degC, {
    sound: fc.tuple(good, fc.constant(25), fc.constant(1)),
    spoilt: oneOf(fc.tuple(good, fc.constant(25), fc.constant(1)), { 0: bad, 1: odd, 2: odd }),
    says: passes,
  }),
  "resistance.matings": held(matings, {
    sound: fc.tuple(values),
    spoilt: fc.tuple(fc.oneof(withOne(values, bad), nothing, lone)),
    says: ({ mean, spread_pct }) => passes(mean) || passes(spread_pct),
  }),
  "settled.stillToCome": held(stillToCome, {
    sound: toCome,
    spoilt: oneOf(toCome, {
      0: fc.oneof(
        oddThree.map((one) => [one]),
        fc.tuple(three, oddThree),
        fc.constant([]),
      ),
      1: oddOwn,
      2: odd,
    }),
    says: passes,
  }),
  "pairMap.classify": held(classify, {
    sound: fc.oneof(
      fc.constant([netlist, [pairsOf("ev.CP", 0.1)], 1e6] as [AdapterNetlist, readonly PairReading[], number]),
      fc.constant([netlist, [pairsOf("evse.PP", Number.POSITIVE_INFINITY)], 1e6] as [
        AdapterNetlist,
        readonly PairReading[],
        number,
      ]),
    ),
    spoilt: unreadPair.map((pair) => [netlist, [pair], 1e6]),
    says: isWhole,
  }),
  "pairMap.explain": held((pairs: readonly PairReading[]) => explain(classify(netlist, pairs, 1e6)), {
    sound: fc.constant([[pairsOf("evse.PP", 100)]]),
    spoilt: unreadPair.map((pair) => [[pair]]),
    // Not of a reading that nobody has: only that there is none, or that a path is open.
    says: ({ words }) => !/no reading of|is open between/.test(words),
  }),
  "insulationPlan.voltageClass": held(voltageClass, {
    sound: fc.tuple(fc.double({ min: 1, max: 1000, noNaN: true })),
    spoilt: fc.tuple(fc.oneof(odd, fc.constant(-500))),
    says: (volt) => volt > 0,
  }),
  "insulationPlan.insulationPairs": held(insulationPairs, {
    sound: fc.constant([adapterType, whole]),
    spoilt: fc.constantFrom<[AdapterType, AdapterNetlist]>([adapterType, bare], [adapterType, polesOnly]),
    says: (pairs) => pairs.length > 0,
  }),
  "insulationPlan.matingGroups": held(matingGroups, {
    sound: fc.constant([adapterType, whole]),
    spoilt: fc.constantFrom<[AdapterType, AdapterNetlist]>([adapterType, bare], [adapterType, polesOnly]),
    says: (groups) => groups.length > 0 && groups.every(({ drive, expected }) => drive.length > 0 && expected > 1),
  }),
  "insulationPlan.named": noNumbers("names of contacts in words"),
  "groups.binaryGroups": noNumbers("which contacts lie on which side; that every pair is apart: groups.test.ts"),
  "groups.earthLowGroups": noNumbers("which contacts lie on which side; that earth is low: groups.test.ts"),
  "groups.polarGroups": noNumbers(
    "which contacts lie on which side; that every pair is apart both ways: groups.test.ts",
  ),
  "groups.isolationNets": noNumbers("which contacts are one net; of all types: groups.test.ts"),
};
