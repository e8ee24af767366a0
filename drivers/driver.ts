/** What every instrument driver is given and gives back. One file an instrument, reviewable beside its manual. */
import type { Instrument, Kind } from "../rig/kinds/kinds.ts";
import type { Bench, InstrumentEntry } from "../rig/model/bench.ts";
import type { Clock } from "../rig/model/clock.ts";
import type { Port } from "./port/port.ts";

export interface OpenContext {
  readonly entry: InstrumentEntry;
  /** Relay names, DAQ channels and nodes, where the kind needs them. */
  readonly bench: Bench;
  /** The opened port of one entry of `bench.ports`; two roles on one line get the same object. */
  port(name: string): Promise<Port>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface DriverFactory<K extends Kind = Kind> {
  readonly kind: K;
  readonly model: string;
  /**
   * Connects, reads the identity (IDENTITY_MISMATCH when `entry.identity` or `entry.serial` is not in the reply) and
   * leaves the instrument in its safe state. Sends nothing that could energise.
   */
  open(context: OpenContext): Promise<Instrument<K>>;
}

/** Filled in cli/, passed to bench/. */
export type DriverRegistry = { readonly [model: string]: { [K in Kind]: DriverFactory<K> }[Kind] };
