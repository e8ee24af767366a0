/** Short forms of checks for incoming inspection: the empty fixture, and the pilot's steady levels against the bypass. */
import type { Contact } from "../../rig/model/contacts.ts";
import type { Reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Route, Wiring } from "../../rig/plan/wiring.ts";
import { call, judge, step, wait } from "../../rig/plan/words.ts";
import {
  bypass,
  ladderOf,
  levelsNow,
  nodeOf,
  pilotOff,
  reachesVehicle,
  type Side,
  type State,
  sides,
  stateNames,
  throughAdapter,
} from "./pilot.ts";
import { generator, rails } from "./roles.ts";
import { connect, disconnect } from "./switching.ts";
import { isWhole, truth } from "./truth.ts";

type Levels = Readonly<Record<State, Readonly<Record<Side, Reading>>>> & { readonly low: Reading };

const frequency_Hz = 1000;
const rail_V = 12;
const settle_s = 0.02;
const contacts: readonly Contact[] = ["evse.CP", "ev.CP"];

/** Steady states only: no oscilloscope, no drift reference. What it leaves out, dc-screening has. */
export function* quickPilot(wiring: Wiring): Plan<void> {
  const undo = function* (): Plan<void> {
    yield* pilotOff();
    yield* disconnect(wiring);
  };
  const run = (name: string, routes: readonly Route[]) =>
    step(name, () => levels(wiring, routes), { deadline_s: 120, takes_s: 7, attempts: 2, tearDown: undo });
  const reference = yield* run("Pilot levels through the bypass", bypass(wiring));
  for (const side of sides) {
    for (const state of stateNames) {
      yield* judge(`rig.pilot.bypass.state${state}`, reference[state][side], {
        id: `rig.pilot.bypass.state${state}/${side}`,
        meaning: `the bench's own pilot is wrong in state ${state} at ${nodeOf[side]}: check rails, driver and ladder`,
      });
    }
  }
  yield* judge("rig.pilot.bypass.neg", reference.low, {
    meaning: "the bench's own pilot has a wrong negative level: check the negative rail",
  });
  const adapter = yield* run("Pilot levels through the adapter", throughAdapter(wiring));
  const reached = reachesVehicle(adapter);
  yield* truth(
    "rig.signal.agreement",
    reached || !(yield* isWhole(wiring, "CP")),
    reached ? "the pilot gets through" : "no pilot gets through",
    "no pilot gets through, but the milliohm meter finds CP and PE whole: check KP1, KP2 and their wires",
    "rig.signal.agreement/CP",
  );
  for (const state of stateNames) {
    yield* judge(`cp.state${state}`, adapter[state].evse, {
      contacts,
      meaning: `the station would not see state ${state} through the adapter`,
    });
  }
  yield* judge("cp.neg", adapter.low, { contacts, meaning: "the pilot's negative level is wrong through the adapter" });
}

function* levels(wiring: Wiring, routes: readonly Route[]): Plan<Levels> {
  const ladder = ladderOf(wiring);
  yield* connect(...routes);
  yield* call(rails, "set", { plus_V: rail_V, minus_V: rail_V });
  yield* call(rails, "output", { on: true });
  yield* call(generator, "wave", { shape: "high", frequency_Hz, duty_pct: 100 });
  yield* call(generator, "output", { on: true });
  const found: Partial<Record<State, Record<Side, Reading>>> = {};
  for (const state of stateNames) {
    yield* connect(...routes, ...ladder[state]);
    found[state] = yield* levelsNow(wiring);
  }
  yield* connect(...routes, ...ladder.B);
  yield* call(generator, "wave", { shape: "low", frequency_Hz, duty_pct: 0 });
  yield* wait(settle_s);
  const low = (yield* levelsNow(wiring)).evse;
  yield* pilotOff();
  return { ...(found as Record<State, Record<Side, Reading>>), low };
}
