/**
 * Drop resistance of a DC adapter over three matings, cold: for worn contacts, and for giving a golden artefact its reference
 * values. The same limits as the ageing check, without conditioning, heating or an earlier run.
 */

import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { earthAndWiring, readyForPower } from "./routines/beforePower.ts";
import { dropMatings } from "./routines/dropMatings.ts";
import { ambientStep, fitStep, needs } from "./routines/frame.ts";
import { selfCheckStep } from "./routines/selfCheck.ts";

function* threeMatings(context: ProcedureContext): Plan<void> {
  const { wiring } = context;
  yield* selfCheckStep(context);
  yield* ambientStep(wiring, "start");
  yield* fitStep(context);
  const wires = yield* earthAndWiring(wiring, context.netlist);
  if (!wires) return;
  if (!(yield* readyForPower(wiring))) return;
  yield* dropMatings(context, wires.paths);
  yield* ambientStep(wiring, "end");
}

export const dropMatingsCheck: Procedure = procedure({
  id: "drop-matings",
  revision: 1,
  title: "Drop resistance over three matings, with their spread",
  families: ["A", "B"],
  needs,
  limits: "ageing-check",
  body: threeMatings,
});
