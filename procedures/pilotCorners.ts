/**
 * Legal extremes of station and vehicle through this adapter (domain.md 2): computed from its measured resistance, leak
 * and capacitance over all corners, and driven by hardware where the bench can. It says nothing of power or proximity.
 */
import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { checkpoint, step } from "../rig/plan/words.ts";
import { ambientNow, earthStep, fitAdapter, needs, recheck } from "./dcScreening.ts";
import { corners } from "./routines/corners.ts";
import { selfCheck } from "./routines/selfCheck.ts";

const minutes = (n: number) => n * 60;

function* body(context: ProcedureContext): Plan<void> {
  const { wiring } = context;
  yield* step("Rig self-check", () => selfCheck(wiring, context.fixture), { deadline_s: minutes(30), takes_s: 90 });
  yield* step("Ambient at the start", () => ambientNow(wiring, "start"), { deadline_s: 60, takes_s: 1, attempts: 2 });
  yield* checkpoint("self-check");
  yield* step("Fit the adapter", () => fitAdapter(context), { deadline_s: minutes(30), takes_s: 20 });
  // The pilot returns through PE: without it every level below would be judged as the pilot's fault.
  if (!(yield* earthStep(wiring, "Protective earth at 1 A"))) return;
  yield* step("Pilot corners", () => corners(wiring), { deadline_s: minutes(30), takes_s: 70 });
}

export const pilotCorners: Procedure = procedure({
  id: "pilot-corners",
  revision: 1,
  title: "Control pilot at the legal extremes of station and vehicle, through the adapter",
  families: ["A", "B"],
  needs,
  limits: "pilot-corners",
  body,
  recheck,
});
