/**
 * Insulation resistance and, as the laboratory chooses, withstand voltage, in nest N2 only (bench.md N2). Two named
 * persons; the fixture proves itself on known resistors before each run; the poles are tested against each other, then
 * together against earth and signals; each test ends with a proved discharge.
 */
import type { InsulationState, InsulationTest } from "../rig/kinds/kinds.ts";
import type { AdapterType } from "../rig/model/adapter.ts";
import type { Contact } from "../rig/model/contacts.ts";
import { RigError } from "../rig/model/errors.ts";
import { derive, invalid, type Reading, reading } from "../rig/model/reading.ts";
import { isPass } from "../rig/model/verdict.ts";
import type { Plan } from "../rig/plan/commands.ts";
import type { HighVoltageWiring } from "../rig/plan/highVoltage.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { ask, judge, note, now, step } from "../rig/plan/words.ts";
import {
  highestClass_V,
  insulationPairs,
  matingGroups,
  named,
  type TestedPair,
  voltageClass,
} from "./analysis/insulationPlan.ts";
import { contactorsOpen } from "./routines/benchCheck.ts";
import { minutes } from "./routines/durations.ts";
import { needs as benchNeeds } from "./routines/frame.ts";
import { atRest, emptyFixture, mated, standards } from "./routines/highVoltageCheck.ts";
import { apply, openTree, testerOff } from "./routines/insulation.ts";
import { locateLeak } from "./routines/insulationSearch.ts";
import { emergencyStop, emptyNest, nestCode } from "./routines/selfCheck.ts";
import { truth } from "./routines/truth.ts";

const needs = { ...benchNeeds, hvtree: "matrix", insulation: "insulation" } as const;

/** Read after 60 s at the full voltage (domain.md IR.T, K). */
const dwell_s = 60;
/** Trip setting of a withstand test (domain.md HV.TRIP, H), A. */
const trip_A = 0.005;
/** A search needs the place of the leak, not its value. */
const search_s = 5;
/** One test with relays and discharge, beside its own time, s. */
const around_s = 3;

type Withstand = "none" | "ac" | "dc";

/** domain.md HV.AC and HV.1000 (K, the latter low): 1 min. */
const withstand_V = { ac: { 500: 2000, 1000: 3000 }, dc: { 500: 2828, 1000: 4242 } } as const;

const irTest = (context: ProcedureContext): InsulationTest => {
  const voltage_V = voltageClass(context.adapter.rating.voltage_V);
  return { mode: "ir", voltage_V, ramp_s: 1, dwell_s, trip_A: 0.001 };
};

function insulationBody(withstand: Withstand): (context: ProcedureContext) => Plan<void> {
  return function* (context) {
    const hv = wiringOf(context);
    const { adapter, netlist } = context;
    const pairs = insulationPairs(adapter, netlist);
    const test = irTest(context);
    const off = { tearDown: testerOff };
    yield* step("Two persons", () => twoPersons(context), { deadline_s: minutes(20), takes_s: 20 });
    yield* step("Nest is empty", emptyNest, { deadline_s: minutes(10), takes_s: 1 });
    yield* step("Emergency-stop circuit", emergencyStop, { deadline_s: minutes(10), takes_s: 10 });
    yield* step("Contactors", contactorsOpen, { deadline_s: 60, takes_s: 1 });
    yield* step("High-voltage tree at rest", atRest, { deadline_s: 60, takes_s: 1, attempts: 2 });
    const known = [...netlist.contacts, ...netlist.unpopulated];
    yield* step("Known resistors", () => standards(hv, known), {
      deadline_s: minutes(20),
      takes_s: 2 * known.length * (2.5 + around_s),
      ...off,
    });
    const short = { ...test, dwell_s: search_s };
    yield* step("Empty fixture", () => emptyFixture(hv, pairs, short), { deadline_s: minutes(5), takes_s: 18, ...off });
    yield* step("Fit the adapter", () => fitInN2(context, hv), { deadline_s: minutes(30), takes_s: 20, pause: true });
    const groups = matingGroups(adapter, netlist);
    yield* step("Mating", () => mated(hv, groups), {
      deadline_s: minutes(10),
      takes_s: groups.length * (2.5 + around_s),
      ...off,
    });
    const sound = yield* step("Insulation resistance", () => insulationResistance(hv, pairs, test), {
      deadline_s: minutes(20),
      takes_s: pairs.length * (1 + dwell_s + around_s),
      ...off,
    });
    if (withstand === "none" || !sound) return;
    yield* step("Withstand voltage", () => withstandVoltage(hv, pairs, withstand, test.voltage_V as 500 | 1000), {
      deadline_s: minutes(20),
      takes_s: pairs.length * (5 + dwell_s + around_s),
      ...off,
    });
  };
}

function wiringOf({ highVoltage }: ProcedureContext): HighVoltageWiring {
  if (highVoltage) return highVoltage;
  throw new RigError(
    "ROLE_MISSING",
    "the bench file has no section high_voltage: add nest N2, or choose another bench",
  );
}

const plain = (name: string): string => name.trim().toLowerCase().replace(/\s+/g, " ");

/** A second person, present and named, who is not the operator. */
function* twoPersons({ operator = "" }: ProcedureContext): Plan<void> {
  const second = yield* ask({
    id: "second-person",
    title: "Second person",
    text: "High voltage is never tested alone: the second person types their name. They stay in sight of the bench.",
    kind: "text",
    longest: 64,
    timeout_s: minutes(10),
  });
  const name = typeof second === "string" ? second : "";
  yield* note({ kind: "second-person", name, operator });
  const differs = plain(name) !== "" && plain(operator) !== "" && plain(name) !== plain(operator);
  yield* truth(
    "rig.hv.two",
    differs,
    `operator "${operator}", second person "${name}"`,
    "high voltage needs two persons: the second one must be another than the operator, and both must be named",
  );
}

function* fitInN2(context: ProcedureContext, { code }: HighVoltageWiring): Plan<void> {
  const { adapter, serial } = context;
  yield* ask({
    id: "fit-adapter-n2",
    title: "Fit the adapter into N2",
    text:
      `Fit the ${adapter.maker} ${adapter.model} into nest N2, the plain halves, and close both lids. ` +
      "Its wiring must have passed in nest N1 before.",
    kind: "confirm",
    timeout_s: minutes(20),
    action: { do: "fit", nest: 2 },
  });
  yield* nestCode(code, "no adapter is seen in nest N2");
  yield* ask({
    id: "label",
    title: "Label",
    text: `Compare the label on the body: it must read ${serial}.`,
    kind: "confirm",
    timeout_s: minutes(10),
  });
}

/** True when everything that may be tested has been, and passed. */
function* insulationResistance(
  hv: HighVoltageWiring,
  pairs: readonly TestedPair[],
  test: InsulationTest,
): Plan<boolean> {
  for (const pair of pairs) {
    const { id, hi, lo, what, part } = pair;
    if (part !== undefined) {
      yield* notTested(pair);
      return false;
    }
    const ended = yield* apply(hv, { name: `ir ${id}`, hi: hi.flat(), lo: lo.flat(), bus: "guard", test });
    if (ended.state === "passed") {
      yield* judge("rig.hv.dwell", ended.dwell, {
        id: `rig.hv.dwell/ir/${id}`,
        meaning: `the tester ended the test of ${what} before its time without a failure`,
      });
    }
    const r = ended.resistance;
    const small = r.is === "value" && r.value < hv.standard_ohm;
    const at = small ? yield* locateLeak(hv, pair, r, { ...test, dwell_s: search_s }) : { hi, lo };
    const contacts: readonly Contact[] = [...at.hi.flat(), ...at.lo.flat()];
    const shown = r.is === "value" ? `${(r.value / 1e6).toPrecision(3)} Mohm` : r.raw;
    const meaning = `${shown} of insulation at ${test.voltage_V} V between ${named(at.hi)} and ${named(at.lo)}`;
    const iec = yield* judge("ir.pair.iec", r, { id: `ir.pair.iec/${id}`, contacts, meaning });
    const house = yield* judge("ir.pair", r, { id: `ir.pair/${id}`, contacts, meaning });
    if (!isPass(iec) || !isPass(house)) return false;
    if (!(yield* endured("ir.survived", pair, ended, `${test.voltage_V} V`))) return false;
    // After them: a leak may pull the voltage down, and is the adapter's.
    yield* judge("rig.hv.voltage", deviation(ended.voltage, test.voltage_V), {
      id: `rig.hv.voltage/ir/${id}`,
      meaning: `the tester did not hold ${test.voltage_V} V on ${what}: its reading says nothing at that voltage`,
    });
  }
  yield* openTree();
  return true;
}

/**
 * The return's meter does not see an arc from a pole to what lies at earth: that ends the test all the same, and is the
 * adapter's, because the empty nest has stood the same voltage before.
 */
function* endured(limit: string, pair: TestedPair, ended: InsulationState, asked: string): Plan<boolean> {
  const { id, hi, lo, what } = pair;
  const at_V = ended.voltage.is === "value" ? `${ended.voltage.value.toFixed(0)} V` : ended.voltage.raw;
  const t_s = yield* now();
  const survived = reading("1", ended.state === "passed" ? 1 : 0, 0, { raw: `${ended.state} at ${at_V}`, t_s });
  const rest = id === "poles" ? ", or from its first pole to the rest" : "";
  const meaning = `breakdown at ${at_V} of ${asked} between ${what}${rest}`;
  return isPass(
    yield* judge(limit, survived, { id: `${limit}/${id}`, contacts: [...hi.flat(), ...lo.flat()], meaning }),
  );
}

/** Of the voltage at the end of a test from the one asked for, %. */
const deviation = (volt: Reading<"V">, asked_V: number): Reading<"%"> =>
  derive("%", `${volt.raw} of ${asked_V} V`, [volt], ([value = Number.NaN], [u = Number.NaN]) => ({
    value: (100 * value) / asked_V - 100,
    u: (100 * u) / asked_V,
  }));

/** What is never put under high voltage is not passed either. */
function* notTested({ id, what, part, hi, lo }: TestedPair): Plan<void> {
  const t_s = yield* now();
  const r = invalid("ohm", "declared-part", { raw: `${part} between the two sides`, t_s });
  const contacts = [...hi.flat(), ...lo.flat()];
  const meaning = `${what} was not tested: ${part} lies between them, and high voltage would destroy or falsify it`;
  yield* judge("ir.pair", r, { id: `ir.pair/${id}`, contacts, meaning });
}

function* withstandVoltage(
  hv: HighVoltageWiring,
  pairs: readonly TestedPair[],
  mode: "ac" | "dc",
  rated: 500 | 1000,
): Plan<void> {
  const test: InsulationTest = { mode, voltage_V: withstand_V[mode][rated], ramp_s: 5, dwell_s, trip_A };
  for (const { id, hi, lo, what, part } of pairs) {
    if (part !== undefined) return;
    const contacts = [...hi.flat(), ...lo.flat()];
    const ended = yield* apply(hv, { name: `${mode} ${id}`, hi: hi.flat(), lo: lo.flat(), bus: "guard", test });
    const at_V = ended.voltage.is === "value" ? `${ended.voltage.value.toFixed(0)} V` : ended.voltage.raw;
    // What is not driven is held at earth by the standard resistors: an arc from a pole to it ends the test too.
    const rest = id === "poles" ? ", or from its first pole to the rest" : "";
    const broke = `breakdown at ${at_V} ${mode.toUpperCase()} between ${what}${rest}`;
    const held = yield* judge(`hv.withstand.${mode}${rated}`, ended.voltage, {
      id: `hv.withstand.${mode}${rated}/${id}`,
      contacts,
      meaning: broke,
    });
    const survived = ended.state === "passed";
    const t_s = yield* now();
    const endured = reading("1", survived ? 1 : 0, 0, { raw: `${ended.state} at ${at_V}`, t_s });
    yield* judge("hv.survived", endured, { id: `hv.survived/${id}`, contacts, meaning: broke });
    if (!survived || !isPass(held)) return;
    yield* judge("hv.leak", ended.current, {
      id: `hv.leak/${id}`,
      contacts,
      meaning: `leakage current above the trip setting between ${what} at ${at_V}`,
    });
    yield* judge("rig.hv.dwell", ended.dwell, {
      id: `rig.hv.dwell/${mode}/${id}`,
      meaning: `the tester ended the test of ${what} before its time without a failure`,
    });
  }
  yield* openTree();
}

const families = ["A", "B", "C", "D", "E"] as const;

/** A lower class than the label's would pass what nobody has tested. */
const refuses = ({ rating }: AdapterType): string | undefined =>
  rating.voltage_V <= highestClass_V
    ? undefined
    : `its label says ${rating.voltage_V} V, test voltages are known up to ${highestClass_V} V: enter a class for it first`;

export const insulation: Procedure = procedure({
  id: "insulation",
  revision: 1,
  title: "Insulation resistance in nest N2",
  families,
  needs,
  limits: "insulation",
  refuses,
  body: insulationBody("none"),
});

export const insulationWithstandAc: Procedure = procedure({
  id: "insulation-withstand-ac",
  revision: 1,
  title: "Insulation resistance and withstand voltage, AC, in nest N2",
  families,
  needs,
  limits: "insulation",
  refuses,
  body: insulationBody("ac"),
});

export const insulationWithstandDc: Procedure = procedure({
  id: "insulation-withstand-dc",
  revision: 1,
  title: "Insulation resistance and withstand voltage, DC, in nest N2",
  families,
  needs,
  limits: "insulation",
  refuses,
  body: insulationBody("dc"),
});
