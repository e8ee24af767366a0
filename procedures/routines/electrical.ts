/**
 * Everything that is measured on one mating of an adapter: earth at <= 1 A, wiring, earth at 25 A, pilot and proximity
 * paths and states, drop resistance, temperature rise. It speaks of the nest's terminals (rig/model/halves.ts); whoever
 * calls it for other halves than DC ones puts it into the adapter's words (rig/plan/mated.ts).
 */

import type { AdapterNetlist } from "../../rig/model/adapter.ts";
import type { EarlyRun } from "../../rig/model/declared.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { ProcedureContext } from "../../rig/plan/procedure.ts";
import { checkpoint, note, step } from "../../rig/plan/words.ts";
import { dropStep, earthAndWiring, readyForPower } from "./beforePower.ts";
import { hours, minutes } from "./durations.ts";
import { earthStep } from "./frame.ts";
import { pilot } from "./pilot.ts";
import { openLoop } from "./power.ts";
import { proximity } from "./proximity.ts";
import { ruleIn } from "./soakRule.ts";
import { disconnect } from "./switching.ts";
import { riseTakes_s, thermalRise } from "./thermalRise.ts";
import { pilotPath } from "./wiringScreen.ts";

export interface Pass {
  /** Netlist at the terminals. */
  readonly netlist: AdapterNetlist;
  /** Label's current of this mating, A. */
  readonly rated_A: number;
  /** Current of the drop-resistance pulses, A. */
  readonly pulse_A: number;
  /** False: five minutes at the rated current; not the rise is judged, but what a contact has come to by then. */
  readonly soak: boolean;
}

/** False: a fail blocked the rest; the record says which judgements and by what. */
export function* electrical(context: ProcedureContext, pass: Pass): Plan<boolean> {
  const { wiring, adapter } = context;
  const wires = yield* earthAndWiring(wiring, pass.netlist);
  if (!wires) return false;
  yield* step("Pilot path", () => pilotPath(wiring, wires.paths, pass.netlist), {
    deadline_s: minutes(2),
    takes_s: 3,
    attempts: 2,
    tearDown: () => disconnect(wiring),
  });
  if (!(yield* readyForPower(wiring))) return false;
  yield* step("Proximity", () => proximity(wiring, adapter), { deadline_s: minutes(30), takes_s: 15, pause: true });
  // The adapter's own latch was worked, perhaps with a lid open: the earth of this mating is proved again.
  if (handled(adapter) && !(yield* earthStep(wiring, "Protective earth at 1 A again", "pe.r.screen/again"))) {
    return false;
  }
  yield* step("Control pilot", () => pilot(wiring), { deadline_s: minutes(30), takes_s: 60, pause: true });
  yield* checkpoint("signals");
  const carries = yield* dropStep(wiring, wires.paths, pass.pulse_A);
  if (!carries) return false;
  const { rated_A, soak } = pass;
  const { limits } = context;
  const { early } = context.declared ?? {};
  if (soak && early) yield* notForRelease(early);
  const how = { timeout_s: hours(4), soak, absolute: !soak, settled: true, early: early ?? "production" } as const;
  const plan = { ...how, rated_A, rule: ruleIn(limits), limits };
  yield* step("Temperature rise", () => thermalRise(wiring, plan), {
    deadline_s: hours(5),
    pause: true,
    takes_s: riseTakes_s(rated_A, plan.rule, soak),
    tearDown: () => openLoop(wiring),
  });
  return true;
}

/** Printed in every report, whether a prediction ended the soak or not. */
function* notForRelease(early: EarlyRun): Plan<void> {
  const text =
    `run for ${early} (--early): a predicted pass may end the soak, and its rises are then predictions, not measured ones; ` +
    "no statement of conformity, no label, no release";
  yield* note({ kind: "deviation", what: "early pass allowed", text });
}

const handled = (adapter: ProcedureContext["adapter"]): boolean =>
  adapter.pp.topology === "LOCAL" || adapter.pp.topology === "SERIES_SW";
