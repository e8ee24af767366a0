/**
 * Interruptions of the contacts while a person flexes cable and body. It draws 10 mA at 5 V; what a contact does under
 * current is the business of the temperature rise.
 */
import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { step } from "../rig/plan/words.ts";
import { minutes } from "./routines/durations.ts";
import { eachMating } from "./routines/eachMating.ts";
import { earthStep, fitStep, needs } from "./routines/frame.ts";
import { intermittents as watch } from "./routines/intermittents.ts";
import type { Mated } from "./routines/mating.ts";
import { selfCheckStep } from "./routines/selfCheck.ts";

/** How long the person flexes, s (H). */
export const window_s = 30;

function* body(context: ProcedureContext): Plan<void> {
  yield* eachMating(context, 190, (mated) => flexed(context, mated));
}

function* flexed(context: ProcedureContext, { netlist }: Mated): Plan<void> {
  const { wiring } = context;
  yield* selfCheckStep(context);
  yield* fitStep(context);
  if (!(yield* earthStep(wiring, "Protective earth at 1 A"))) return;
  const flexing = () => watch(wiring, netlist, window_s);
  yield* step("Intermittent contacts", flexing, { deadline_s: minutes(30), takes_s: window_s + 40 });
}

export const intermittents: Procedure = procedure({
  id: "intermittents",
  revision: 1,
  title: "Interruptions of the contacts while cable and body are flexed",
  families: ["A", "B", "C", "D", "E"],
  needs,
  limits: "intermittents",
  body,
});
