/**
 * What one sample is: which contacts are joined, through how much, what its latch does to proximity, drop resistance and
 * thermal resistance of the poles. `rig learn` drafts an adapter type from it. Only what protects bench and sample is
 * judged; the label's type is a presumption, so that electronics are expected behind CP and PP whatever it says.
 */
import type { Contact } from "../rig/model/contacts.ts";
import { pinOf } from "../rig/model/contacts.ts";
import type { Reading } from "../rig/model/reading.ts";
import { isPass } from "../rig/model/verdict.ts";
import type { Plan } from "../rig/plan/commands.ts";
import { inWordsOf } from "../rig/plan/mated.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import type { Wiring } from "../rig/plan/wiring.ts";
import { judge, note, step } from "../rig/plan/words.ts";
import { dropStep, readyForPower } from "./routines/beforePower.ts";
import { hours, minutes } from "./routines/durations.ts";
import { resistance } from "./routines/fourWire.ts";
import { ambientStep, earthStep, fitStep, needs } from "./routines/frame.ts";
import { joinedPairs, latchWorked, type Pair } from "./routines/learn.ts";
import { fitHalves, type Mated, matedAt } from "./routines/mating.ts";
import { openLoop } from "./routines/power.ts";
import { selfCheckStep } from "./routines/selfCheck.ts";
import { ruleIn } from "./routines/soakRule.ts";
import { disconnect } from "./routines/switching.ts";
import { ThermalWatch } from "./routines/thermalPrediction.ts";
import { riseTakes_s, thermalRise } from "./routines/thermalRise.ts";

/** As in the screenings: 100 A pulses, and no more than the label. */
const pulse_most_A = 100;
const powerPins = ["DC+", "DC-"] as const;

function* learn(context: ProcedureContext): Plan<void> {
  const { wiring, adapter } = context;
  const mated = matedAt(context, "evse");
  if (mated.current === "ac") {
    yield* step("Fit the reference halves", () => fitHalves(context, mated), { deadline_s: minutes(60), takes_s: 60 });
  }
  yield* inWordsOf(mated.words, () => sample(context, mated))();
  yield* note({ kind: "learned", what: "label", family: adapter.family, rated_A: mated.rated_A });
  yield* ambientStep(wiring, "end");
}

function* sample(context: ProcedureContext, mated: Mated): Plan<void> {
  const { wiring } = context;
  const undo = { attempts: 2, tearDown: () => disconnect(wiring) };
  yield* selfCheckStep(context);
  yield* ambientStep(wiring, "start");
  yield* fitStep(context);
  // The leakage circuit proves itself on the earth path; without one nothing here can be believed.
  if (!(yield* earthStep(wiring, "Protective earth at 1 A"))) return;
  const pairs = yield* step("Every pair of contacts", () => wiringAsFound(wiring, mated), {
    deadline_s: minutes(20),
    takes_s: 60,
    ...undo,
  });
  yield* step("Latch of the adapter", () => latchWorked(wiring), { deadline_s: minutes(30), takes_s: 20, ...undo });
  // The latch was worked, perhaps with a lid open: the earth of this mating is proved again.
  if (!(yield* earthStep(wiring, "Protective earth at 1 A again", "pe.r.screen/again"))) return;
  const paths = yield* step("Power poles at 1 A", () => poles(wiring, pairs), {
    deadline_s: minutes(2),
    takes_s: 2,
    ...undo,
  });
  if (!(yield* step("Power poles apart", () => polesApart(pairs), { deadline_s: 60, takes_s: 1 }))) return;
  if (!(yield* readyForPower(wiring))) return;
  if (!(yield* dropStep(wiring, paths, Math.min(mated.rated_A, pulse_most_A)))) return;
  yield* step("Temperature rise", () => rise(context, mated), {
    deadline_s: hours(5),
    pause: true,
    takes_s: riseTakes_s(mated.rated_A, ruleIn(context.limits)),
    tearDown: () => openLoop(wiring),
  });
}

function* wiringAsFound(wiring: Wiring, { netlist }: Mated): Plan<readonly Pair[]> {
  const pairs = yield* joinedPairs(wiring, [...netlist.contacts, ...netlist.unpopulated]);
  yield* note({
    kind: "learned",
    what: "wiring",
    contacts: [...netlist.contacts, ...netlist.unpopulated],
    pairs: pairs.map(({ a, b, is, r }) => ({ a, b, is, reading: { ...r } })),
  });
  return pairs;
}

/** A pole that is not one conductor is judged as such by the drop resistance, and sees no power. */
function* poles(wiring: Wiring, pairs: readonly Pair[]): Plan<Readonly<Record<string, Reading<"ohm">>>> {
  const paths: Record<string, Reading<"ohm">> = {};
  for (const pin of powerPins) {
    const [a, b] = [`evse.${pin}`, `ev.${pin}`] as const satisfies readonly Contact[];
    const found = pairs.find((pair) => pinOf(pair.a) === pin && pinOf(pair.b) === pin);
    paths[pin] =
      found?.is === "joined"
        ? yield* resistance(wiring, a, b, "power")
        : (found?.r ?? (yield* resistance(wiring, a, b, "signal")));
  }
  return paths;
}

/** False: a power pole is not insulated from everything else; no power may follow. */
function* polesApart(pairs: readonly Pair[]): Plan<boolean> {
  let good = true;
  for (const { a, b, is, r } of pairs) {
    const [one, other] = [pinOf(a), pinOf(b)];
    if (one === other || !powerPins.some((pin) => pin === one || pin === other)) continue;
    const verdict = yield* judge("wiring.isolation.r", r, {
      id: `wiring.isolation.r/${a}/${b}`,
      contacts: [a, b],
      meaning: `${a} and ${b} are not apart: ${is === "joined" ? "they are one conductor" : `a ${is} is between them`}`,
    });
    good = isPass(verdict) && good;
  }
  return good;
}

/** Notes the thermal resistance of each contact (kind "thermal"): its rise over the loss of its pole. */
function* rise({ wiring, limits }: ProcedureContext, { rated_A }: Mated): Plan<void> {
  const watch = new ThermalWatch(rated_A);
  const plan = { rated_A, rule: ruleIn(limits), timeout_s: hours(4), soak: true, settled: true, limits };
  yield* thermalRise(wiring, {
    ...plan,
    observe: (traces, start_s, now_s) => watch.look(traces, start_s, now_s),
  });
  yield* watch.finish();
}

const common = { revision: 1, needs, body: learn } as const;

export const learnDc: Procedure = procedure({
  ...common,
  id: "learn",
  title: "Learning a sample of a DC adapter: wiring, latch, drop and thermal resistance (for rig learn)",
  families: ["A", "B"],
  limits: "dc-screening",
});

export const learnAc: Procedure = procedure({
  ...common,
  id: "learn-ac",
  title: "Learning a sample of an AC adapter, heated with direct current (for rig learn)",
  families: ["C", "D"],
  limits: "ac-screening",
});
