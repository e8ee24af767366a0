/**
 * Screening of a DC adapter: families A and B, and the CCS1 inlet of family E. Rig self-check on the empty nest, label,
 * earth at <= 1 A, wiring, earth at 25 A, pilot and proximity paths and states, drop resistance, temperature rise.
 */
import { atTerminals, matingFor } from "../rig/model/halves.ts";
import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { checkpoint } from "../rig/plan/words.ts";
import { electrical } from "./routines/electrical.ts";
import { ambientStep, fitStep, needs } from "./routines/frame.ts";
import { recheck } from "./routines/recheck.ts";
import { selfCheckStep } from "./routines/selfCheck.ts";

/** Current of the drop-resistance pulses, A (bench.md: 100 A pulses). */
const pulse_A = 100;

function screening(soak: boolean): (context: ProcedureContext) => Plan<void> {
  return function* (context) {
    const { wiring, adapter } = context;
    const netlist = atTerminals(context.netlist, matingFor(adapter, context.halves ?? []));
    yield* selfCheckStep(context);
    yield* ambientStep(wiring, "start");
    yield* checkpoint("self-check");
    yield* fitStep(context);
    if (!(yield* electrical(context, { netlist, rated_A: adapter.rating.current_A, pulse_A, soak }))) return;
    yield* ambientStep(wiring, "end");
  };
}

export const dcScreening: Procedure = procedure({
  id: "dc-screening",
  revision: 2,
  title: "DC adapter screening with temperature rise to stabilisation",
  families: ["A", "B", "E"],
  needs,
  limits: "dc-screening",
  early: "asked",
  body: screening(true),
  recheck,
});

/** Says less, so it has a name of its own: no judgement of the temperature rise. */
export const dcScreeningNoSoak: Procedure = procedure({
  id: "dc-screening-no-soak",
  revision: 1,
  title: "DC adapter screening without soak: the temperature rise is not judged",
  families: ["A", "B", "E"],
  needs,
  limits: "dc-screening",
  body: screening(false),
  recheck,
});
