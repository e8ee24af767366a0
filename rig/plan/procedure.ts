/** What a procedure is to the rest of the rig, and what it is given. */
import type { Kind } from "../kinds/kinds.ts";
import type { AdapterNetlist, AdapterType, Family } from "../model/adapter.ts";
import type { ApprovedEnvelope } from "../model/bench.ts";
import type { Contact } from "../model/contacts.ts";
import type { Declared } from "../model/declared.ts";
import type { ReferenceHalf } from "../model/halves.ts";
import type { LimitSet } from "../model/limits.ts";
import type { Plan } from "./commands.ts";
import type { HighVoltageWiring } from "./highVoltage.ts";
import type { Wiring } from "./wiring.ts";

export interface ProcedureContext {
  readonly adapter: AdapterType;
  readonly netlist: AdapterNetlist;
  readonly wiring: Wiring;
  /** Contacts that have a reference half on this bench. */
  readonly fixture: readonly Contact[];
  /** Nest N2; absent on a bench without an insulation tester. */
  readonly highVoltage?: HighVoltageWiring;
  /** Who runs it, as given at the start. */
  readonly operator?: string;
  /** Reference halves of this bench; empty: DC halves whose contacts are the terminals of their names. */
  readonly halves?: readonly ReferenceHalf[];
  /** What was scanned; the operator confirms it against the body. */
  readonly serial: string;
  /** For windows that a routine must know beforehand; judging is the engine's. */
  readonly limits: LimitSet;
  /** The approved envelope that this run is under, where the procedure has one of its own. */
  readonly approved?: ApprovedEnvelope;
  /** Further data of this run, fixed in its head (rig/model/declared.ts). */
  readonly declared?: Declared;
}

export interface Procedure {
  readonly id: string;
  readonly revision: number;
  readonly title: string;
  readonly families: readonly Family[];
  /** Roles a bench must have, with their kinds. */
  readonly needs: Readonly<Record<string, Kind>>;
  /** Runs only under an envelope that the bench file lists for it as approved (S10). */
  readonly ownEnvelope?: boolean;
  /** Why an adapter of this type cannot be tested by it, and what to do; undefined when it can. */
  readonly refuses?: (adapter: AdapterType, approved: ApprovedEnvelope | undefined) => string | undefined;
  /** Limits document it is written for. */
  readonly limits: string;
  readonly body: (context: ProcedureContext) => Plan<void>;
  /** What is tested: an adapter by default; an artefact or the bench itself may be tested while the rig is locked. */
  readonly of?: "adapter" | "golden" | "challenge" | "bench";
  /**
   * Its soak may be ended by a predicted pass: when asked for (rig run --early), or always, as a run for engineering. Such a
   * run is never released or labelled.
   */
  readonly early?: "asked" | "always";
  /** False: it judges nothing, so that its runs say nothing of an adapter. */
  readonly judges?: false;
  /** Compares with an earlier run of the same serial number, which the command line looks up. */
  readonly baseline?: true;
  /**
   * What a resumed run proves again before it goes on: self-check, the mating confirmed by a person, protective earth.
   * False: it must not go on. A procedure without it cannot be resumed.
   */
  readonly recheck?: (context: ProcedureContext) => Plan<boolean>;
}

export const procedure = (definition: Procedure): Procedure => definition;
