/** What a class of faults is: the range of its severity, where it makes sense, what it changes in an adapter file. */
import type { Contact, Pin } from "../../../rig/model/contacts.ts";
import type { Random } from "../random.ts";
import type { adapterFrom } from "../world/adapterUnderTest.ts";
import type { PathList } from "../world/conductors.ts";

/** An adapter file before it is checked. */
export type Draft = Parameters<typeof adapterFrom>[0];
export type PpTopology = NonNullable<NonNullable<Draft["pp"]>["topology"]>;

/** What a class may use: the contacts and paths of the family, and how the label says that proximity is wired. */
export interface Site {
  readonly family: Draft["family"];
  readonly topology: PpTopology;
  /** Pins that pass through the adapter. */
  readonly pins: readonly Pin[];
  /** Contacts with metal. */
  readonly contacts: readonly Contact[];
  /** Contacts of the couplers that hold no metal on a sound adapter. */
  readonly unpopulated: readonly Contact[];
  /** Conductors in which faults are put: those of the first inlet, or of family E's second. Default: the first. */
  readonly list?: PathList;
  /** Family E: how the label says that its inlets join. */
  readonly combo?: NonNullable<Draft["combo"]>["power"];
  /** ACTIVE: the part, and the body that gets hot enough for it, of an adapter that keeps to its label. */
  readonly active?: {
    readonly part: NonNullable<NonNullable<Draft["pp"]>["active"]>;
    readonly thermal: NonNullable<Draft["thermal"]>;
  };
  /** What the procedure brings out beside resistances, levels and heat. Default: nothing. */
  readonly shows?: ReadonlySet<Shows>;
}

/** Contacts flexed and watched; capacitance of the pilot; high voltage; a withstand test with alternating voltage. */
export type Shows = "capacitance" | "flexing" | "high voltage" | "withstand AC";

export interface Severity {
  readonly unit: string;
  /** Drawn log-uniformly between these two. */
  readonly from: number;
  readonly to: number;
  /** Which end is the gross one. */
  readonly gross: "high" | "low";
}

export interface FaultClass {
  readonly id: string;
  readonly title: string;
  /** Absent: there is one severity. */
  readonly severity?: Severity;
  /** Proximity topologies of the label that the class makes sense for; absent: all. */
  readonly topologies?: readonly PpTopology[];
  /** Pins that the adapter must pass through. */
  readonly pins?: readonly Pin[];
  /** Contacts without metal must exist. */
  readonly unpopulated?: true;
  /** Only in the conductors of the first inlet. */
  readonly firstInlet?: true;
  /** Only for procedures that bring it out. */
  readonly shows?: Shows;
  readonly apply: (draft: Draft, severity: number, random: Random, site: Site) => void;
}
