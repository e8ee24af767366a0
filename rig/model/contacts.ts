/** Contacts of the couplers. One id on all couplers: NACS power is DC+/DC-; its printed name is data of the face. */

/** EVSE face(s) take the station's plug; the EV face goes into the vehicle's inlet. Family E has two EVSE faces. */
export const faces = ["evse", "evse2", "ev"] as const;
export type Face = (typeof faces)[number];

export const pins = ["DC+", "DC-", "L1", "L2N", "PE", "CP", "PP"] as const;
export type Pin = (typeof pins)[number];

export type Contact = `${Face}.${Pin}`;

export type Coupler = "NACS" | "CCS1" | "J1772";

/** Contacts that each coupler can have (domain.md 1.1). CCS1's L1 and L2N may be unpopulated in an adapter. */
export const couplerPins: Readonly<Record<Coupler, readonly Pin[]>> = {
  NACS: ["DC+", "DC-", "PE", "CP", "PP"],
  CCS1: ["DC+", "DC-", "L1", "L2N", "PE", "CP", "PP"],
  J1772: ["L1", "L2N", "PE", "CP", "PP"],
};

export function isContact(text: string): text is Contact {
  const dot = text.indexOf(".");
  return (
    dot > 0 &&
    (faces as readonly string[]).includes(text.slice(0, dot)) &&
    (pins as readonly string[]).includes(text.slice(dot + 1))
  );
}

export const faceOf = (contact: Contact): Face => contact.slice(0, contact.indexOf(".")) as Face;
export const pinOf = (contact: Contact): Pin => contact.slice(contact.indexOf(".") + 1) as Pin;
