/** What a procedure is to the rest of the rig, and what it is given. */
import type { Kind } from "../kinds/kinds.ts";
import type { AdapterNetlist, AdapterType, Family } from "../model/adapter.ts";
import type { Contact } from "../model/contacts.ts";
import type { LimitSet } from "../model/limits.ts";
import type { Plan } from "./commands.ts";
import type { Wiring } from "./wiring.ts";

export interface ProcedureContext {
  readonly adapter: AdapterType;
  readonly netlist: AdapterNetlist;
  readonly wiring: Wiring;
  /** Contacts that have a reference half on this bench. */
  readonly fixture: readonly Contact[];
  /** What was scanned; the operator confirms it against the body. */
  readonly serial: string;
  /** For windows that a routine must know beforehand; judging is the engine's. */
  readonly limits: LimitSet;
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
  /**
   * What a resumed run proves again before it goes on: self-check, the mating confirmed by a person, protective earth.
   * False: it must not go on. A procedure without it cannot be resumed.
   */
  readonly recheck?: (context: ProcedureContext) => Plan<boolean>;
}

export const procedure = (definition: Procedure): Procedure => definition;
