/**
 * Screening of an AC adapter: families C and D, and the J1772 inlet of family E; and of both inlets of family E in one run.
 * The power loop of the bench is DC, so drop and temperature rise are made with direct current of the label's value: a
 * deviation from the method, printed in the record and in every report.
 */
import type { Face } from "../rig/model/contacts.ts";
import type { Plan } from "../rig/plan/commands.ts";
import { inWordsOf } from "../rig/plan/mated.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { ask, checkpoint, note, step } from "../rig/plan/words.ts";
import { minutes } from "./routines/durations.ts";
import { electrical } from "./routines/electrical.ts";
import { ambientStep, fitStep, needs } from "./routines/frame.ts";
import { fitHalves, type Mated, matedAt } from "./routines/mating.ts";
import { mechanics, mechanicsTakes_s } from "./routines/mechanics.ts";
import { recheck } from "./routines/recheck.ts";
import { selfCheckStep } from "./routines/selfCheck.ts";

/** Pulses of the drop resistance, A; an AC contact sees no more than its label. */
const pulse_most_A = 100;

/** The face of a family that an AC station's plug goes into. */
const acFace = ({ adapter }: ProcedureContext): Face => (adapter.family === "E" ? "evse2" : "evse");

/** Direct current of 80 A in bars of some mm leaves out the skin and proximity effect of 60 Hz: below 1 % of the loss (H). */
export function* heatedWithDc({ current, rated_A, words }: Mated): Plan<void> {
  if (current !== "ac") return;
  const text =
    `drop resistance and temperature rise of the AC contacts were made with direct current of ${rated_A} A, not with ` +
    "alternating current: losses by skin and proximity effect, in the adapter and around it, are left out";
  yield* note({ kind: "deviation", what: "heated with DC", text, suffix: words.suffix ?? "" });
}

/** One mating: halves, self-check of the empty nest with them, adapter, all measurements. False when a fail blocked some. */
function* pass(context: ProcedureContext, mated: Mated, soak: boolean): Plan<boolean> {
  const suffix = mated.words.suffix ?? "";
  yield* step("Fit the reference halves", () => fitHalves(context, mated, suffix), {
    deadline_s: minutes(60),
    takes_s: 60,
  });
  const said = inWordsOf(mated.words, function* (): Plan<boolean> {
    yield* selfCheckStep(context);
    if (suffix === "") yield* checkpoint("self-check");
    yield* fitStep(context);
    yield* heatedWithDc(mated);
    const { netlist, rated_A } = mated;
    return yield* electrical(context, { netlist, rated_A, pulse_A: Math.min(rated_A, pulse_most_A), soak });
  });
  return yield* said();
}

const tried = ({ adapter }: ProcedureContext): Plan<void> =>
  step("Mechanics", () => mechanics(adapter), { deadline_s: minutes(120), takes_s: mechanicsTakes_s(adapter) });

function screening(soak: boolean): (context: ProcedureContext) => Plan<void> {
  return function* (context) {
    yield* ambientStep(context.wiring, "start");
    if (!(yield* pass(context, matedAt(context, acFace(context)), soak))) return;
    yield* tried(context);
    yield* ambientStep(context.wiring, "end");
  };
}

/**
 * Both inlets of a family E adapter: the AC pass, then the half is exchanged and the DC pass follows on a new mating. The
 * milder heating comes first: a body still hot from 500 A would cool while a rise at 48 A is being read.
 */
function both(soak: boolean): (context: ProcedureContext) => Plan<void> {
  return function* (context) {
    yield* ambientStep(context.wiring, "start");
    const ac = yield* step(
      "AC inlet",
      () => pass(context, matedAt(context, "evse2", "J1772"), soak),
      onePass(45, soak),
    );
    if (!ac) return;
    yield* ask({
      id: "exchange-half",
      title: "Exchange the station's half",
      text: "Open the lid, take the adapter out and put it aside: its DC inlet is tested with the CCS1 half.",
      kind: "confirm",
      timeout_s: minutes(20),
      action: { do: "remove" },
    });
    const dc = yield* step("DC inlet", () => pass(context, matedAt(context, "evse", "CCS1"), soak), onePass(97, soak));
    if (!dc) return;
    yield* tried(context);
    yield* ambientStep(context.wiring, "end");
  };
}

const onePass = (soak_min: number, soak: boolean) => ({
  deadline_s: 8 * 3600,
  takes_s: minutes(soak ? soak_min : 25),
});

/** A resumed run: the halves are read again before everything else. */
function* recheckAc(context: ProcedureContext): Plan<boolean> {
  const mated = matedAt(context, acFace(context));
  yield* ask({
    id: "remove-adapter-first",
    title: "Resume: empty the nest",
    text: "Take the adapter out of the nest, if one is there: the reference halves are read again.",
    kind: "confirm",
    timeout_s: minutes(20),
    action: { do: "remove" },
  });
  yield* step("Resume: reference halves", () => fitHalves(context, mated, "/resumed"), {
    deadline_s: minutes(60),
    takes_s: 60,
  });
  return yield* inWordsOf(mated.words, () => recheck(context))();
}

const common = { revision: 1, needs, limits: "ac-screening" } as const;

export const acScreening: Procedure = procedure({
  ...common,
  id: "ac-screening",
  title: "AC adapter screening, heated with direct current, with temperature rise to stabilisation",
  families: ["C", "D", "E"],
  revision: 2,
  early: "asked",
  body: screening(true),
  recheck: recheckAc,
});

/** Says less, so it has a name of its own: no judgement of the temperature rise. */
export const acScreeningNoSoak: Procedure = procedure({
  ...common,
  id: "ac-screening-no-soak",
  title: "AC adapter screening without soak: the temperature rise is not judged",
  families: ["C", "D", "E"],
  body: screening(false),
  recheck: recheckAc,
});

export const comboScreening: Procedure = procedure({
  ...common,
  id: "combo-screening",
  title: "Screening of both inlets of a combined adapter: DC pass, then AC pass heated with direct current",
  families: ["E"],
  revision: 2,
  early: "asked",
  body: both(true),
});

export const comboScreeningNoSoak: Procedure = procedure({
  ...common,
  id: "combo-screening-no-soak",
  title: "Screening of both inlets of a combined adapter without soak: the temperature rise is not judged",
  families: ["E"],
  body: both(false),
});
