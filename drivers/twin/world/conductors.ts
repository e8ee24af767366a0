/**
 * The conductors of an adapter by its family, as an adapter file names them: DC adapters by DC+ and DC-, AC adapters by
 * L1 and L2N, whatever the contacts are called on each face. Family E has a second list for its J1772 inlet, whose
 * conductors end on the metal of the same contacts at the vehicle.
 */
import { type Family, families } from "../../../rig/model/adapter.ts";
import { type Contact, faceOf, type Pin, pinOf } from "../../../rig/model/contacts.ts";
import type { ReferenceHalf } from "../../../rig/model/halves.ts";

export const lists = ["paths", "paths2"] as const;
export type PathList = (typeof lists)[number];

/** Names of conductors in an adapter file. */
export const pathPins = ["DC+", "DC-", "L1", "L2N", "PE", "CP", "PP"] as const satisfies readonly Pin[];

export interface Conductor {
  readonly list: PathList;
  readonly pin: Pin;
  /** Its contact at the EVSE face, and the one it ends on at the vehicle when nothing is swapped. */
  readonly from: Contact;
  readonly ev: Contact;
  /** Where its losses are felt (rig/model/halves.ts: the thermal model speaks of terminals): L1 is felt at DC+. */
  readonly place: Pin;
  /** Ohm of a healthy contact, bar, contact. */
  readonly healthy: readonly [number, number, number];
}

/** Of a healthy adapter, ohm (H): 500 A class 100 uohm a pole, 80 A class 300 uohm, PE 1 mohm, CP and PP 20 mohm. */
export const healthy: Readonly<Record<Pin, readonly [number, number, number]>> = {
  "DC+": [3e-5, 4e-5, 3e-5],
  "DC-": [3e-5, 4e-5, 3e-5],
  L1: [1e-4, 1e-4, 1e-4],
  L2N: [1e-4, 1e-4, 1e-4],
  PE: [3e-4, 4e-4, 3e-4],
  CP: [5e-3, 1e-2, 5e-3],
  PP: [5e-3, 1e-2, 5e-3],
};

const placeOf: Readonly<Partial<Record<Pin, Pin>>> = { L1: "DC+", L2N: "DC-" };
const acName: Readonly<Partial<Record<Pin, Pin>>> = { "DC+": "L1", "DC-": "L2N" };

function conductors(family: Family): readonly Conductor[] {
  const facts = families[family];
  return facts.faces.flatMap(({ face }): readonly Conductor[] => {
    if (face === "ev") return [];
    const list = face === "evse" ? "paths" : "paths2";
    const power = facts.power.flatMap((net): readonly (readonly [Contact, Contact])[] => {
      const from = net.find((contact) => faceOf(contact) === face);
      const ev = net.find((contact) => faceOf(contact) === "ev");
      return from && ev ? [[from, ev]] : [];
    });
    const signals = (["PE", "CP", "PP"] as const).map((pin) => [`${face}.${pin}`, `ev.${pin}`] as const);
    return [...power, ...signals].map(([from, ev]) => {
      const pin = facts.current[face] === "ac" ? (acName[pinOf(from)] ?? pinOf(from)) : pinOf(from);
      return { list, pin, from, ev, place: placeOf[pin] ?? pin, healthy: healthy[pin] };
    });
  });
}

const known = new Map<Family, readonly Conductor[]>();

export function conductorsOf(family: Family): readonly Conductor[] {
  const found = known.get(family) ?? conductors(family);
  known.set(family, found);
  return found;
}

/** The face of the adapter that a half takes; undefined where it does not fit any. */
export function faceTaken(family: Family, half: ReferenceHalf | undefined): string | undefined {
  if (half === undefined) return undefined;
  const side = (face: string): string => (face === "ev" ? "ev" : "evse");
  return families[family].faces.find((one) => side(one.face) === half.side && one.coupler === half.coupler)?.face;
}

/** The half that is in the nest on each side. */
export type Halves = Readonly<Record<"evse" | "ev", ReferenceHalf | undefined>>;

/** Node of the bench that a contact of the adapter touches; one of its own where no half takes it. */
export function nodeIn(family: Family, halves: Halves): (contact: Contact) => string {
  const faces = { evse: faceTaken(family, halves.evse), ev: faceTaken(family, halves.ev) };
  return (contact) => {
    const side = faceOf(contact) === "ev" ? "ev" : "evse";
    const pin = faces[side] === faceOf(contact) ? halves[side]?.contacts[pinOf(contact)] : undefined;
    return pin === undefined ? `~${contact}` : `${side}.${pin}`;
  };
}
