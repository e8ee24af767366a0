/**
 * Drop resistance of a DC adapter over three matings, cold: for worn contacts, and for giving a golden artefact its reference
 * values. The same limits as the ageing check, without conditioning, heating or an earlier run.
 */

import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { step } from "../rig/plan/words.ts";
import { ambientNow, fitAdapter, needs } from "./dcScreening.ts";
import { earthAndWiring, readyForPower } from "./routines/beforePower.ts";
import { dropMatings } from "./routines/dropMatings.ts";
import { selfCheck } from "./routines/selfCheck.ts";

const minutes = (n: number) => n * 60;

function* threeMatings(context: ProcedureContext): Plan<void> {
  const { wiring } = context;
  yield* step("Rig self-check", () => selfCheck(wiring, context.fixture), { deadline_s: minutes(30), takes_s: 90 });
  yield* step("Ambient at the start", () => ambientNow(wiring, "start"), { deadline_s: 60, takes_s: 1, attempts: 2 });
  yield* step("Fit the adapter", () => fitAdapter(context), { deadline_s: minutes(30), takes_s: 20, pause: true });
  const wires = yield* earthAndWiring(wiring, context.netlist);
  if (!wires) return;
  if (!(yield* readyForPower(wiring))) return;
  yield* dropMatings(context, wires.paths);
  yield* step("Ambient at the end", () => ambientNow(wiring, "end"), { deadline_s: 60, takes_s: 1, attempts: 2 });
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
