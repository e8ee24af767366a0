/**
 * Thermal qualification of a NACS <-> CCS1 DC adapter (families A and B): earth first, then 50, 75 and 100 % of the label's
 * current until the standard's stabilisation rule is met. The prediction of the final rise is written beside it every
 * 5 min and decides nothing (instruments.md B3). `thermal-engineering` is the same test, ended as soon as the predictions have
 * decided: for engineering and for regression suites, never for a qualification.
 */

import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import type { Wiring } from "../rig/plan/wiring.ts";
import { checkpoint, judge, note, step } from "../rig/plan/words.ts";
import { dropStep, earthAndWiring, readyForPower } from "./routines/beforePower.ts";
import { conditioningStep } from "./routines/conditioning.ts";
import { hours, minutes } from "./routines/durations.ts";
import { ambientStep, fitStep, needs } from "./routines/frame.ts";
import { hotSignals } from "./routines/hotSignals.ts";
import { openLoop } from "./routines/power.ts";
import { recheck } from "./routines/recheck.ts";
import { selfCheckStep } from "./routines/selfCheck.ts";
import { ruleIn } from "./routines/soakRule.ts";
import { disconnect } from "./routines/switching.ts";
import { ThermalWatch } from "./routines/thermalPrediction.ts";
import { riseTakes_s, thermalRise } from "./routines/thermalRise.ts";

function* qualify(context: ProcedureContext, purpose: Purpose): Plan<void> {
  const { wiring } = context;
  yield* selfCheckStep(context);
  yield* ambientStep(wiring, "start");
  yield* checkpoint("self-check");
  yield* fitStep(context);
  const conditioned = yield* conditioningStep(context);
  if (!conditioned) return;
  const wires = yield* earthAndWiring(wiring, context.netlist);
  if (!wires) return;
  if (!(yield* readyForPower(wiring))) return;
  const carries = yield* dropStep(wiring, wires.paths);
  if (!carries) return;
  yield* step("Temperature rise", () => riseWithPrediction(wiring, context, purpose), {
    deadline_s: hours(5),
    pause: true,
    takes_s: takes_s(context, purpose),
    tearDown: () => openLoop(wiring),
  });
  yield* step("Signals while hot", () => hotSignals(wiring, context.adapter), {
    deadline_s: minutes(2),
    takes_s: 3,
    attempts: 2,
    tearDown: () => disconnect(wiring),
  });
  yield* ambientStep(wiring, "end");
}

type Purpose = "qualification" | "engineering";

/** Holds, and the median of 50 min that a prediction takes (docs/decisions/0030): not every one decides. */
function takes_s({ adapter, limits }: ProcedureContext, purpose: Purpose): number {
  const whole_s = riseTakes_s(adapter.rating.current_A, ruleIn(limits));
  return purpose === "engineering" ? Math.min(whole_s, minutes(65)) : whole_s;
}

function* riseWithPrediction(wiring: Wiring, { adapter, limits }: ProcedureContext, purpose: Purpose): Plan<void> {
  const rated_A = adapter.rating.current_A;
  const engineering = purpose === "engineering";
  if (engineering) {
    const text =
      "the soak may end before the stabilisation rule is met, as soon as the predicted final rise has decided three times " +
      "within 10 min: an engineering or regression run, no qualification";
    yield* note({ kind: "deviation", what: "decided by prediction", text });
  }
  const watch = new ThermalWatch(rated_A, engineering ? limits.rows["th.rise"]?.max : undefined);
  yield* thermalRise(wiring, {
    rated_A,
    rule: ruleIn(limits),
    timeout_s: hours(4),
    soak: true,
    absolute: true,
    settled: engineering,
    limits,
    observe: (traces, start_s, now_s) => watch.look(traces, start_s, now_s),
  });
  yield* watch.finish();
  yield* judge("rig.ambient.drift", watch.ambientDrift(), {
    meaning: "the ambient drifted too much for a rise to be judged: shield the enclosure and repeat",
  });
}

export const thermalQualification: Procedure = procedure({
  id: "thermal-qualification",
  revision: 1,
  title: "Thermal qualification: temperature rise until the standard's rule is met, prediction beside it",
  families: ["A", "B"],
  needs,
  limits: "thermal-qualification",
  body: (context) => qualify(context, "qualification"),
  recheck,
});

/** An early PASS is not a qualification's, so this has a name of its own. */
export const thermalEngineering: Procedure = procedure({
  id: "thermal-engineering",
  revision: 1,
  early: "always",
  title: "Thermal engineering run: temperature rise, ended as soon as its prediction decides; no qualification",
  families: ["A", "B"],
  needs,
  limits: "thermal-qualification",
  body: (context) => qualify(context, "engineering"),
  recheck,
});
