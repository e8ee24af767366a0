/** Short forms of checks for incoming inspection: the empty fixture, and the pilot's steady levels against the bypass. */
import type { Contact } from "../../rig/model/contacts.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Route, Wiring } from "../../rig/plan/wiring.ts";
import { judge, step } from "../../rig/plan/words.ts";
import {
  bypass,
  checkReach,
  checkReference,
  pilotOff,
  stateNames,
  staticLevels,
  throughAdapter,
} from "./pilotLevels.ts";
import { tellSeen } from "./pilotSeen.ts";
import { disconnect } from "./switching.ts";

const contacts: readonly Contact[] = ["evse.CP", "ev.CP"];

/** Steady states only: no oscilloscope, no drift reference. What it leaves out, dc-screening has. */
export function* quickPilot(wiring: Wiring): Plan<void> {
  const undo = function* (): Plan<void> {
    yield* pilotOff();
    yield* disconnect(wiring);
  };
  const run = (name: string, routes: readonly Route[]) =>
    step(name, () => staticLevels(wiring, routes), { deadline_s: 120, takes_s: 7, attempts: 2, tearDown: undo });
  const reference = yield* run("Pilot levels through the bypass", bypass(wiring));
  yield* checkReference(reference);
  const adapter = yield* run("Pilot levels through the adapter", throughAdapter(wiring));
  yield* checkReach(wiring, adapter);
  yield* tellSeen(adapter);
  for (const state of stateNames) {
    yield* judge(`cp.state${state}`, adapter[state].evse, {
      contacts,
      meaning: `the station would not see state ${state} through the adapter`,
    });
  }
  yield* judge("cp.neg", adapter.low, { contacts, meaning: "the pilot's negative level is wrong through the adapter" });
}
