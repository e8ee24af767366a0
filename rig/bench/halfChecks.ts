/** Reference halves against the rest of the bench file: every contact of the coupler on a terminal that exists, once. */
import { couplerPins, type Pin } from "../model/contacts.ts";
import type { BenchDocument } from "./benchSchema.ts";
import type { Document } from "./document.ts";

/** Contacts that carry the power of a coupler: they must end on terminals that the source may reach. */
const powerPins: Readonly<Record<keyof typeof couplerPins, readonly Pin[]>> = {
  NACS: ["DC+", "DC-"],
  CCS1: ["DC+", "DC-"],
  J1772: ["L1", "L2N"],
};

/** Throws BENCH_INVALID with file, line and field. */
export function checkHalves(document: Document<BenchDocument>): void {
  const { halves = {}, contacts, reach } = document.value;
  const seen = new Map<string, string>();
  for (const [id, half] of Object.entries(halves)) {
    const at = ["halves", id, "contacts"];
    const place = `${half.side} ${half.coupler}`;
    const other = seen.get(place);
    if (other !== undefined) document.refuse(["halves", id], `is a second ${place} half beside ${other}`, "keep one");
    seen.set(place, id);
    const used = new Set<string>();
    for (const pin of couplerPins[half.coupler]) {
      const terminal = half.contacts[pin];
      if (terminal === undefined) document.refuse(at, `${half.coupler} has a contact ${pin}`, "name its terminal");
      if (!contacts.includes(`${half.side}.${terminal}`)) {
        document.refuse([...at, pin], `the nest has no terminal ${half.side}.${terminal}`, "name one of `contacts`");
      }
      if (used.has(terminal)) document.refuse([...at, pin], `terminal ${terminal} is used twice`, "correct one");
      used.add(terminal);
      if (powerPins[half.coupler].includes(pin) && !reach.source.includes(`${half.side}.${terminal}`)) {
        document.refuse([...at, pin], `the source may not reach ${half.side}.${terminal}`, "use a power terminal");
      }
      if (["PE", "CP", "PP"].includes(pin) && terminal !== pin) {
        document.refuse([...at, pin], `${pin} must end on the terminal ${pin}`, "correct it");
      }
    }
    for (const pin of Object.keys(half.contacts)) {
      if (!couplerPins[half.coupler].some((one) => one === pin)) {
        document.refuse([...at, pin], `${half.coupler} has no contact ${pin}`, "remove it");
      }
    }
  }
}
