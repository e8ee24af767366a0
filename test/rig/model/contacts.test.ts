import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Contact, couplerPins, faceOf, faces, isContact, pinOf, pins } from "../../../rig/model/contacts.ts";
import { isUnit, units } from "../../../rig/model/units.ts";

const all = faces.flatMap((face) => pins.map((pin): Contact => `${face}.${pin}`));

describe("contacts", () => {
  test("are made of a face and a pin and come apart again", () => {
    for (const contact of all) {
      expect(isContact(contact)).toBe(true);
      expect(`${faceOf(contact)}.${pinOf(contact)}`).toBe(contact);
    }
  });

  test("nothing else is one", () => {
    fc.assert(fc.property(fc.string(), (text) => isContact(text) === (all as readonly string[]).includes(text)));
    for (const text of ["", ".", "evse", "evse.", ".PE", "evse.PE.F", "evse.pe", "EV.PE", " ev.PE", "ev.PE ", "ev..PE"])
      expect(isContact(text)).toBe(false);
  });

  test("every coupler has earth, pilot and proximity, and each pin once", () => {
    for (const list of Object.values(couplerPins)) {
      expect(list).toEqual(expect.arrayContaining(["PE", "CP", "PP"]));
      expect(new Set(list).size).toBe(list.length);
    }
  });
});

describe("units", () => {
  test("are spelled out: a prefix is refused, because mohm and Mohm differ by 1e9", () => {
    for (const unit of units) expect(isUnit(unit)).toBe(true);
    for (const text of ["mohm", "Mohm", "uohm", "kohm", "mV", "Ohm", "ohm ", "C", ""]) expect(isUnit(text)).toBe(false);
  });
});
