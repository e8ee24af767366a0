/** Netlists of adapters whose wiring screen is counted and timed. */
import { type AdapterNetlist, netlistOf } from "../../rig/model/adapter.ts";
import type { Contact } from "../../rig/model/contacts.ts";

/** 16 pins in 11 nets: five nets of two, six single pins. */
export function sixteenPins(): AdapterNetlist {
  const contacts = Array.from({ length: 16 }, (_, i) => `evse.${i}` as Contact);
  const pair = (i: number): readonly Contact[] => contacts.slice(2 * i, 2 * i + 2);
  const singles = contacts.slice(10).map((contact) => [contact]);
  return { contacts, nets: [...[0, 1, 2, 3, 4].map(pair), ...singles], parts: [], unpopulated: [] };
}

export const familyA = (): AdapterNetlist =>
  netlistOf({
    id: "family-a",
    maker: "none",
    model: "none",
    family: "A",
    rating: { current_A: 500, voltage_V: 1000, ambient_min_degC: -30, ambient_max_degC: 40 },
    pp: { topology: "PASS" },
    parts: { idElement: false, tempSensors: false, latchSwitch: false, acContactsPopulated: false },
    source: "none",
    confidence: "H",
  });
