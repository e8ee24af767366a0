/**
 * Incoming inspection in 90 s of bench time: wiring, protective earth, proximity, pilot levels. It drives at most 1 A, says
 * nothing of power contacts beyond continuity, and leaves the long self-check of the rig to the daily golden-check.
 */
import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { step } from "../rig/plan/words.ts";
import { contactorsOpen } from "./routines/benchCheck.ts";
import { minutes } from "./routines/durations.ts";
import { eachMating } from "./routines/eachMating.ts";
import { earthStep, fitStep, needs } from "./routines/frame.ts";
import type { Mated } from "./routines/mating.ts";
import { proximity } from "./routines/proximity.ts";
import { quickPilot } from "./routines/quick.ts";
import { emptyNest, openFixture } from "./routines/selfCheck.ts";
import { disconnect } from "./routines/switching.ts";
import { pilotPath, wiringScreen } from "./routines/wiringScreen.ts";

/** What one inlet may take without a change of halves, its steps as declared and a run as measured, s of bench time. */
export const incoming_s = 90;

function* body(context: ProcedureContext): Plan<void> {
  yield* eachMating(context, incoming_s, (mated) => inspection(context, mated));
}

function* inspection(context: ProcedureContext, { netlist }: Mated): Plan<void> {
  const { wiring, adapter } = context;
  const undo = { attempts: 2, tearDown: () => disconnect(wiring) };
  yield* step("Nest is empty", emptyNest, { deadline_s: minutes(10), takes_s: 1 });
  yield* step("Contactors", contactorsOpen, { deadline_s: 60, takes_s: 1 });
  // An earth reading means nothing on a fixture whose earth contacts are joined anyway (S9).
  const open = () => openFixture(wiring, context.fixture);
  yield* step("Open fixture", open, { deadline_s: minutes(5), takes_s: 8, ...undo });
  yield* fitStep(context);
  const earthed = yield* earthStep(wiring, "Protective earth at 1 A");
  const screen = () => wiringScreen(wiring, netlist);
  const wires = yield* step("Wiring", screen, { deadline_s: minutes(10), takes_s: 10, ...undo });
  if (!earthed || !wires.good) return;
  yield* step("Pilot path", () => pilotPath(wiring, wires.paths, netlist), {
    deadline_s: minutes(2),
    takes_s: 3,
    ...undo,
  });
  const pp = () => proximity(wiring, adapter);
  yield* step("Proximity", pp, { deadline_s: minutes(30), takes_s: 20, pause: true });
  yield* step("Control pilot", () => quickPilot(wiring), { deadline_s: minutes(10), takes_s: 16, pause: true });
}

export const incoming: Procedure = procedure({
  id: "incoming",
  revision: 1,
  title: "Incoming inspection: wiring, earth, proximity, pilot in 90 s",
  families: ["A", "B", "C", "D", "E"],
  needs,
  limits: "incoming",
  body,
});
