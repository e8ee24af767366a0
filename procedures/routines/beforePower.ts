/**
 * The steps of one mating that come before any current of the power loop, in the only order that is safe: earth at <= 1 A,
 * wiring, voltmeters at rest, earth at 25 A; then the drop resistance by pulses.
 */
import type { AdapterNetlist } from "../../rig/model/adapter.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { step } from "../../rig/plan/words.ts";
import { voltmetersAtRest } from "./benchCheck.ts";
import { dropResistance } from "./drop.ts";
import { minutes } from "./durations.ts";
import { earthAt25A } from "./earth.ts";
import { earthStep } from "./frame.ts";
import { openLoop } from "./power.ts";
import { disconnect } from "./switching.ts";
import { type WiringResult, wiringScreen } from "./wiringScreen.ts";

/** Undefined: a fail blocks every energised step that follows; the record says which judgements and by what. */
export function* earthAndWiring(wiring: Wiring, netlist: AdapterNetlist): Plan<WiringResult | undefined> {
  const earthed = yield* earthStep(wiring, "Protective earth at 1 A");
  const wires: WiringResult = yield* step("Wiring", () => wiringScreen(wiring, netlist), {
    deadline_s: minutes(10),
    takes_s: 10,
    attempts: 2,
    tearDown: () => disconnect(wiring),
  });
  return earthed && wires.good ? wires : undefined;
}

/** False: earth does not carry 25 A; no power may follow. */
export function* readyForPower(wiring: Wiring): Plan<boolean> {
  yield* step("Voltmeters at rest", () => voltmetersAtRest(wiring), { deadline_s: 60, takes_s: 3, attempts: 2 });
  return yield* step("Protective earth at 25 A", () => earthAt25A(wiring), {
    deadline_s: minutes(5),
    takes_s: 75,
    tearDown: () => openLoop(wiring),
  });
}

/** False: a pole has too much resistance for the current of a soak. */
export const dropStep = (wiring: Wiring, paths: WiringResult["paths"], pulse_A?: number): Plan<boolean> =>
  step("Drop resistance", () => dropResistance(wiring, paths, pulse_A), {
    deadline_s: minutes(5),
    takes_s: 50,
    tearDown: () => openLoop(wiring),
    pause: true,
  });
