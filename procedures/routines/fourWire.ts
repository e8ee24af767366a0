/** Milliohm readings through the matrix, four wires all the way. */
import type { Contact } from "../../rig/model/contacts.ts";
import type { Reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Route, Wiring } from "../../rig/plan/wiring.ts";
import { call } from "../../rig/plan/words.ts";
import { milliohm } from "./roles.ts";
import { connect } from "./switching.ts";

/** How the meter is set for a class of path (RM3545 ranges: instruments.md A1.5). */
export const ranges = {
  /** Power poles and earth: 1 A in the 10 mohm range. */
  power: { range_ohm: 0.01, current_A: 1, lowPower: false },
  /** Signal contacts: low power, at most 20 mV across an open contact. */
  signal: { range_ohm: 10, current_A: 0.0005, lowPower: true },
  /** Proximity resistors. */
  resistor: { range_ohm: 1000, current_A: 0.000005, lowPower: true },
} as const;

export type Range = keyof typeof ranges;

/** Resistance from one contact to another. */
export function* resistance(wiring: Wiring, from: Contact, to: Contact, range: Range): Plan<Reading<"ohm">> {
  const setting = ranges[range];
  return yield* through(wiring.fourWire(from, to, { current_A: setting.current_A }), range);
}

/** A reading through given relays. */
export function* through(route: Route, range: Range): Plan<Reading<"ohm">> {
  yield* connect(route);
  return yield* call(milliohm, "read", ranges[range]);
}
