/**
 * Adapter types: what a NACS <-> CCS1 adapter of a family must be (netlist, must-be-open, must-be-isolated, proximity
 * topology, rating). Facts: domain.md 1.2, 1.3 (straight-through wiring: confidence S+D).
 */
import type { Contact, Coupler, Face, Pin } from "./contacts.ts";
import { couplerPins } from "./contacts.ts";

export type Family = "A" | "B" | "C" | "D" | "E";

/** How the adapter treats proximity (domain.md 1.3). */
export type PpTopology = "PASS" | "SERIES_SW" | "LOCAL" | "ACTIVE";

export interface Rating {
  readonly current_A: number;
  readonly voltage_V: number;
  readonly ambient_min_degC: number;
  readonly ambient_max_degC: number;
}

/** Parts inside an adapter that change how it may be tested (domain.md 1.4). */
export interface AdapterParts {
  readonly idElement: boolean;
  readonly tempSensors: boolean;
  readonly latchSwitch: boolean;
  readonly acContactsPopulated: boolean;
}

/** A product or a lab's own type: what the label promises and what the plan must know. */
export interface AdapterType {
  readonly id: string;
  readonly maker: string;
  readonly model: string;
  readonly family: Family;
  readonly rating: Rating;
  readonly pp: { readonly topology: PpTopology };
  readonly parts: AdapterParts;
  readonly source: string;
  readonly confidence: Confidence;
}

/** P primary read, S secondary, D derived, K own knowledge, H house proposal (domain.md, head). */
export type Confidence = "P" | "S" | "D" | "K" | "H";

interface FamilyFacts {
  readonly id: string;
  readonly title: string;
  readonly faces: readonly { readonly face: Face; readonly coupler: Coupler; readonly half: "inlet" | "plug" }[];
  readonly through: readonly Pin[];
  readonly current: "dc" | "ac";
}

/** Families A and B; C, D and E follow with their procedures. */
export const families: Readonly<Record<"A" | "B", FamilyFacts>> = {
  A: {
    id: "A_NACS2CCS1_DC",
    title: "NACS plug to CCS1 inlet, DC",
    faces: [
      { face: "evse", coupler: "NACS", half: "inlet" },
      { face: "ev", coupler: "CCS1", half: "plug" },
    ],
    through: ["DC+", "DC-", "PE", "CP", "PP"],
    current: "dc",
  },
  B: {
    id: "B_CCS12NACS_DC",
    title: "CCS1 plug to NACS inlet, DC",
    faces: [
      { face: "evse", coupler: "CCS1", half: "inlet" },
      { face: "ev", coupler: "NACS", half: "plug" },
    ],
    through: ["DC+", "DC-", "PE", "CP", "PP"],
    current: "dc",
  },
};

/** The electrical nets that a good adapter has: groups of contacts that are one conductor. */
export interface AdapterNetlist {
  /** Contacts present on the adapter. */
  readonly contacts: readonly Contact[];
  /** Each net is a list of contacts joined by the adapter; single contacts are nets too. */
  readonly nets: readonly (readonly Contact[])[];
  /** Pairs with a declared part between them, which an isolation test must not judge. */
  readonly parts: readonly {
    readonly from: Contact;
    readonly to: Contact;
    readonly ohm: number;
    readonly what: string;
  }[];
  /** Contacts the coupler could have that this adapter leaves unpopulated: metal there is a fault. */
  readonly unpopulated: readonly Contact[];
}

/** 150 ohm latched / +330 ohm pressed (domain.md 3, confidence S). */
export const pp_latched_ohm = 150;
export const pp_pressed_ohm = 480;

export function netlistOf(type: AdapterType): AdapterNetlist {
  if (type.family !== "A" && type.family !== "B") throw new RangeError(`family ${type.family} has no netlist yet`);
  const facts = families[type.family];
  const contacts: Contact[] = [];
  const unpopulated: Contact[] = [];
  for (const { face, coupler } of facts.faces) {
    for (const pin of couplerPins[coupler]) {
      const isAc = coupler === "CCS1" && (pin === "L1" || pin === "L2N");
      (isAc && !type.parts.acContactsPopulated ? unpopulated : contacts).push(`${face}.${pin}`);
    }
  }
  const nets: Contact[][] = [];
  for (const pin of facts.through) {
    if (pin === "PP" && type.pp.topology === "LOCAL") nets.push(["evse.PP"], ["ev.PP"]);
    else nets.push([`evse.${pin}`, `ev.${pin}`]);
  }
  for (const contact of contacts) {
    if (!nets.some((net) => net.includes(contact))) nets.push([contact]);
  }
  const parts =
    type.pp.topology === "LOCAL"
      ? [{ from: "ev.PP" as const, to: "ev.PE" as const, ohm: pp_latched_ohm, what: "proximity resistor" }]
      : [];
  return { contacts, nets, parts, unpopulated };
}

/** Electronics inside: wiring energy stays at or below 20 mV on OHM and 5 V on LEAK, one polarity (domain.md 9). */
export const hasElectronics = (type: AdapterType): boolean =>
  type.parts.idElement || type.parts.tempSensors || type.pp.topology === "ACTIVE";
