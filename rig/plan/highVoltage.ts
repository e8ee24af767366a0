/** Paths through the high-voltage tree of nest N2 as procedures ask for them. Implemented from the bench file's netlist. */
import type { Contact } from "../model/contacts.ts";
import type { Route } from "./wiring.ts";

/** Where the bus of the standard resistors is: on the tester's high terminal, on its return, or on earth as a guard. */
export type Bus = "high" | "return" | "guard";

export interface HighVoltageWiring {
  /** Contacts that have a plain half in N2. */
  readonly contacts: readonly Contact[];
  /** Nest code with the adapter in N2. */
  readonly code: number;
  /** From one contact to the bus, ohm. */
  readonly standard_ohm: number;
  /** Time that the bleeder needs, s. */
  readonly discharge_s: number;
  /** @throws RigError PATH_REFUSED for a contact on both sides, unknown to N2, or beyond a rating */
  route(hi: readonly Contact[], lo: readonly Contact[], bus: Bus, peak_V: number): Route;
}
