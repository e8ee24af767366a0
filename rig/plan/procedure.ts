/** What a procedure is to the rest of the rig, and what it is given. */
import type { Kind } from "../kinds/kinds.ts";
import type { AdapterNetlist, AdapterType, Family } from "../model/adapter.ts";
import type { LimitSet } from "../model/limits.ts";
import type { Plan } from "./commands.ts";
import type { Wiring } from "./wiring.ts";

export interface ProcedureContext {
  readonly adapter: AdapterType;
  readonly netlist: AdapterNetlist;
  readonly wiring: Wiring;
  /** For windows that a routine must know beforehand; judging is the engine's. */
  readonly limits: LimitSet;
  /** Smallest voltage at which the load bank holds its current, V (bench file). */
  readonly load_min_V: number;
}

export interface Procedure {
  readonly id: string;
  readonly revision: number;
  readonly title: string;
  readonly families: readonly Family[];
  /** Roles a bench must have, with their kinds. */
  readonly needs: Readonly<Record<string, Kind>>;
  /** Limits document it is written for. */
  readonly limits: string;
  readonly body: (context: ProcedureContext) => Plan<void>;
}

export const procedure = (definition: Procedure): Procedure => definition;
