/**
 * Legal extremes of station and vehicle through this adapter (domain.md 2): computed from its measured resistance, leak
 * and capacitance over all corners, and driven by hardware where the bench can. It says nothing of power or proximity.
 */
import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { step } from "../rig/plan/words.ts";
import { corners } from "./routines/corners.ts";
import { minutes } from "./routines/durations.ts";
import { eachMating } from "./routines/eachMating.ts";
import { ambientNow, earthStep, fitStep, needs } from "./routines/frame.ts";
import type { Mated } from "./routines/mating.ts";
import { selfCheckStep } from "./routines/selfCheck.ts";

function* body(context: ProcedureContext): Plan<void> {
  yield* eachMating(context, 190, (mated) => pilotOf(context, mated));
}

function* pilotOf(context: ProcedureContext, { netlist }: Mated): Plan<void> {
  const { wiring } = context;
  yield* selfCheckStep(context);
  yield* step("Ambient", () => ambientNow(wiring, "start"), { deadline_s: 60, takes_s: 1, attempts: 2 });
  yield* fitStep(context);
  // The pilot returns through PE: without it every level below would be judged as the pilot's fault.
  if (!(yield* earthStep(wiring, "Protective earth at 1 A"))) return;
  yield* step("Pilot corners", () => corners(wiring, netlist), { deadline_s: minutes(30), takes_s: 70, pause: true });
}

export const pilotCorners: Procedure = procedure({
  id: "pilot-corners",
  revision: 1,
  title: "Control pilot at the legal extremes of station and vehicle, through the adapter",
  families: ["A", "B", "C", "D", "E"],
  needs,
  limits: "pilot-corners",
  body,
});
