/**
 * Screening of a NACS <-> CCS1 DC adapter (families A and B): rig self-check on the empty nest, label, earth at <= 1 A,
 * wiring, earth at 25 A, pilot and proximity paths and states, drop resistance, temperature rise.
 */
import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import type { Wiring } from "../rig/plan/wiring.ts";
import { ask, call, checkpoint, note, step } from "../rig/plan/words.ts";
import { iecThreeReadings } from "./analysis/stabilise.ts";
import { voltmetersAtRest } from "./routines/benchCheck.ts";
import { dropResistance } from "./routines/drop.ts";
import { earthAt25A, earthAtOneAmpere } from "./routines/earth.ts";
import { pilot } from "./routines/pilot.ts";
import { ambients, openLoop } from "./routines/power.ts";
import { proximity } from "./routines/proximity.ts";
import { daq } from "./routines/roles.ts";
import { nestCode, selfCheck } from "./routines/selfCheck.ts";
import { disconnect } from "./routines/switching.ts";
import { thermalRise } from "./routines/thermalRise.ts";
import { pilotPath, type WiringResult, wiringScreen } from "./routines/wiringScreen.ts";

const minutes = (n: number) => n * 60;
const hours = (n: number) => n * 3600;

export const needs = {
  matrix: "matrix",
  contactor: "matrix",
  milliohm: "milliohm",
  daq: "daq",
  source: "source",
  load: "load",
  generator: "generator",
  rails: "rails",
  scope: "scope",
  gpio: "gpio",
} as const;

function screening(soak: boolean): (context: ProcedureContext) => Plan<void> {
  return function* (context) {
    const { wiring, adapter } = context;
    yield* step("Rig self-check", () => selfCheck(wiring, context.fixture), { deadline_s: minutes(30), takes_s: 90 });
    yield* step("Ambient at the start", () => ambientNow(wiring, "start"), { deadline_s: 60, takes_s: 1, attempts: 2 });
    yield* checkpoint("self-check");
    yield* step("Fit the adapter", () => fitAdapter(context), { deadline_s: minutes(30), takes_s: 20 });

    const earthed = yield* earthStep(wiring, "Protective earth at 1 A");
    const wires: WiringResult = yield* step("Wiring", () => wiringScreen(wiring, context.netlist), {
      deadline_s: minutes(10),
      takes_s: 10,
      attempts: 2,
      tearDown: () => disconnect(wiring),
    });
    // A fail here blocks every energised step that follows: the record says which judgements and by what.
    if (!earthed || !wires.good) return;
    yield* step("Pilot path", () => pilotPath(wiring, wires.paths), {
      deadline_s: minutes(2),
      takes_s: 3,
      attempts: 2,
      tearDown: () => disconnect(wiring),
    });
    yield* step("Voltmeters at rest", () => voltmetersAtRest(wiring), { deadline_s: 60, takes_s: 3, attempts: 2 });
    yield* step("Protective earth at 25 A", () => earthAt25A(wiring), {
      deadline_s: minutes(5),
      takes_s: 75,
      tearDown: () => openLoop(wiring),
    });
    yield* step("Proximity", () => proximity(wiring, adapter, wires.paths), { deadline_s: minutes(30), takes_s: 15 });
    // The adapter's own latch was worked, perhaps with a lid open: the earth of this mating is proved again.
    if (handled(adapter) && !(yield* earthStep(wiring, "Protective earth at 1 A again", "pe.r.screen/again"))) return;
    yield* step("Control pilot", () => pilot(wiring), { deadline_s: minutes(30), takes_s: 60 });
    yield* checkpoint("signals");
    const carries = yield* step("Drop resistance", () => dropResistance(wiring, wires.paths), {
      deadline_s: minutes(5),
      takes_s: 50,
      tearDown: () => openLoop(wiring),
    });
    if (!carries) return;
    const rise = { rated_A: adapter.rating.current_A, rule: iecThreeReadings, timeout_s: hours(4), soak };
    yield* step("Temperature rise", () => thermalRise(wiring, { ...rise, limits: context.limits }), {
      deadline_s: hours(5),
      takes_s: soak ? minutes(90) : minutes(16),
      tearDown: () => openLoop(wiring),
    });
    yield* step("Ambient at the end", () => ambientNow(wiring, "end"), { deadline_s: 60, takes_s: 1, attempts: 2 });
  };
}

const handled = (adapter: ProcedureContext["adapter"]): boolean =>
  adapter.pp.topology === "LOCAL" || adapter.pp.topology === "SERIES_SW";

/** The earth of this mating, proved at 1 A. */
export const earthStep = (wiring: Wiring, name: string, id = "pe.r.screen"): Plan<boolean> =>
  step(name, () => earthAtOneAmpere(wiring, id), {
    deadline_s: minutes(2),
    takes_s: 2,
    attempts: 2,
    tearDown: () => disconnect(wiring),
  });

/** A resumed run: the adapter comes out, so that the open fixture can be proved, and is mated anew. */
export function* recheck(context: ProcedureContext): Plan<boolean> {
  const { wiring } = context;
  yield* ask({
    id: "remove-adapter",
    title: "Resume: remove the adapter",
    text: "Take the adapter out of the nest, if one is there, and close both lids: the rig checks itself again.",
    kind: "confirm",
    timeout_s: minutes(20),
    action: { do: "remove" },
  });
  yield* step("Resume: rig self-check", () => selfCheck(wiring, context.fixture), {
    deadline_s: minutes(30),
    takes_s: 90,
  });
  yield* step("Resume: fit the adapter", () => fitAdapter(context), { deadline_s: minutes(30), takes_s: 20 });
  return yield* earthStep(wiring, "Resume: protective earth at 1 A");
}

/** Ambient at both ends of the run (ISO/IEC 17025 7.8.3.1); the bench measures no humidity and no pressure. */
export function* ambientNow(wiring: Wiring, when: "start" | "end"): Plan<void> {
  const channels = ambients.map((name) => wiring.channel(name));
  const replies = yield* call(daq, "once", { channels });
  for (const [i, channel] of channels.entries()) {
    const r = replies[String(channel)];
    const body = r?.is === "value" ? { degC: r.value, u_K: r.u } : { degC: null };
    yield* note({ kind: "ambient", when, sensor: ambients[i] ?? "", ...body });
  }
}

export function* fitAdapter(context: ProcedureContext): Plan<void> {
  yield* ask({
    id: "fit-adapter",
    title: "Fit the adapter",
    text: `Fit the ${context.adapter.maker} ${context.adapter.model} into nest N1 and close both lids.`,
    kind: "confirm",
    timeout_s: minutes(20),
    action: { do: "fit" },
  });
  yield* nestCode(1, "no adapter is seen in nest N1");
  yield* ask({
    id: "label",
    title: "Label",
    text: `Compare the label on the body: it must read ${context.serial}.`,
    kind: "confirm",
    timeout_s: minutes(10),
  });
}

export const dcScreening: Procedure = procedure({
  id: "dc-screening",
  revision: 1,
  title: "DC adapter screening with temperature rise to stabilisation",
  families: ["A", "B"],
  needs,
  limits: "dc-screening",
  body: screening(true),
  recheck,
});

/** Says less, so it has a name of its own: no judgement of the temperature rise. */
export const dcScreeningNoSoak: Procedure = procedure({
  id: "dc-screening-no-soak",
  revision: 1,
  title: "DC adapter screening without soak: the temperature rise is not judged",
  families: ["A", "B"],
  needs,
  limits: "dc-screening",
  body: screening(false),
  recheck,
});
