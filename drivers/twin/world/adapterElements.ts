/**
 * The adapter under test as circuit elements between the contacts of the reference halves, and where each of its
 * losses is felt. Nodes inside the adapter: `#CP.1` is its metal at the EVSE face, `#CP.2` at the EV face.
 */
import type { Contact } from "../../../rig/model/contacts.ts";
import { faceOf, pinOf } from "../../../rig/model/contacts.ts";
import type { Random } from "../random.ts";
import { type AdapterUnderTest, pathOf, type ThroughPin, throughPins } from "./adapterUnderTest.ts";
import type { Branch, Element } from "./elements.ts";

/** Copper, per kelvin, referred to 20 degC (domain.md 5.1, R.TEMP). */
export const copper_per_K = 0.00393;

/** A resistance of the adapter that warms a place and follows its temperature. */
export interface WarmBranch {
  readonly branch: Branch;
  /** Place of the thermal model: `evse.DC+`, `bar.DC+`, `ev.DC+`. */
  readonly place: string;
  /** At 20 degC, of this fitting. */
  readonly ohm20: number;
  /** Relative rise per kelvin above 20 degC. */
  readonly perKelvin: number;
}

export interface AdapterElements {
  readonly elements: readonly Element[];
  readonly warm: readonly WarmBranch[];
  /** The adapter's own latch button: changes the proximity resistances. */
  press(pressed: boolean): void;
}

/** Ohm of a closed latch switch. */
const closed_ohm = 0.02;

class Builder {
  readonly adapter: AdapterUnderTest;
  readonly remate: Random;
  readonly elements: Element[] = [];
  readonly warm: WarmBranch[] = [];

  constructor(adapter: AdapterUnderTest, remate: Random) {
    this.adapter = adapter;
    this.remate = remate;
  }

  branch(id: string, a: string, b: string, ohm: number): Branch {
    const branch: Branch = { type: "branch", id, a, b, ohm, emf_V: 0 };
    this.elements.push(branch);
    return branch;
  }

  hasBar(pin: ThroughPin): boolean {
    return !(pin === "PP" && this.adapter.pp.topology === "LOCAL");
  }

  /** EV pin on which the path of an EVSE pin ends. */
  endOf(pin: ThroughPin): ThroughPin {
    return this.hasBar(pin) ? pathOf(this.adapter, pin).to : pin;
  }

  /** The adapter's own metal at a contact. */
  metal(contact: Contact): string {
    const pin = pinOf(contact);
    if (pin === "L1" || pin === "L2N") return contact;
    if (faceOf(contact) === "evse") return `#${pin}.1`;
    const from = throughPins.find((through) => this.endOf(through) === pin) ?? pin;
    return `#${from}.2`;
  }

  path(pin: ThroughPin): void {
    const path = pathOf(this.adapter, pin);
    const to = this.endOf(pin);
    const fitted = (ohm: number): number => ohm * Math.max(0.1, 1 + this.adapter.remate_spread * this.remate.normal());
    const evse_ohm = fitted(path.evse_contact_ohm);
    const ev_ohm = fitted(path.ev_contact_ohm);
    const perKelvin = copper_per_K + path.growth_per_K;
    const keep = (name: string, a: string, b: string, ohm20: number, place: string, k: number): void => {
      this.warm.push({ branch: this.branch(`A.${pin}.${name}`, a, b, ohm20), place, ohm20, perKelvin: k });
    };
    if (path.open !== "evse") keep("evse", `evse.${pin}`, `#${pin}.1`, evse_ohm, `evse.${pin}`, perKelvin);
    if (path.open !== "ev") keep("ev", `#${pin}.2`, `ev.${to}`, ev_ohm, `ev.${to}`, perKelvin);
    if (path.open === "bar" || !this.hasBar(pin)) return;
    if (path.diode_anode === undefined) {
      keep("bar", `#${pin}.1`, `#${pin}.2`, path.bar_ohm, `bar.${pin}`, copper_per_K);
      return;
    }
    const [a, b] = path.diode_anode === "evse" ? [`#${pin}.1`, `#${pin}.d`] : [`#${pin}.d`, `#${pin}.1`];
    this.elements.push({ type: "diode", id: `A.${pin}.diode`, a, b });
    keep("bar", `#${pin}.d`, `#${pin}.2`, path.bar_ohm, `bar.${pin}`, copper_per_K);
  }

  extras(): void {
    const { shorts, leaks, diodes, cp_pe_farad } = this.adapter;
    shorts.forEach(({ between, ohm }, n) => {
      this.branch(`A.short.${n}`, this.metal(between[0]), this.metal(between[1]), ohm);
    });
    leaks.forEach(({ between, ohm }, n) => {
      this.branch(`A.leak.${n}`, this.metal(between[0]), this.metal(between[1]), ohm);
    });
    diodes.forEach(({ anode, cathode }, n) => {
      this.elements.push({ type: "diode", id: `A.diode.${n}`, a: this.metal(anode), b: this.metal(cathode) });
    });
    if (cp_pe_farad > 0) {
      const [a, b] = [this.metal("evse.CP"), this.metal("evse.PE")];
      this.elements.push({ type: "capacitor", id: "A.CP-PE", a, b, farad: cp_pe_farad });
    }
  }

  /** Returns what pressing the adapter's latch does. */
  proximity(): (pressed: boolean) => void {
    const { topology, latched_ohm, pressed_extra_ohm, latch_switch } = this.adapter.pp;
    const added = (pressed: boolean): number => {
      const stands = latch_switch === "works" ? pressed : latch_switch === "stuck-pressed";
      return stands ? pressed_extra_ohm : 0;
    };
    if (topology === "LOCAL") {
      const resistor = this.branch("A.PP.R", this.metal("ev.PP"), this.metal("ev.PE"), latched_ohm);
      return (pressed) => {
        resistor.ohm = latched_ohm + added(pressed);
      };
    }
    if (topology === "PASS") return () => undefined;
    const bar = this.elements.find((element) => element.id === "A.PP.bar");
    if (bar?.type !== "branch") return () => undefined;
    this.warm.splice(
      this.warm.findIndex(({ branch }) => branch === bar),
      1,
    );
    const released_ohm = pathOf(this.adapter, "PP").bar_ohm + closed_ohm;
    return (pressed) => {
      bar.ohm = released_ohm + added(pressed);
    };
  }
}

/** `remate` draws the contact resistances of this fitting. */
export function adapterElements(adapter: AdapterUnderTest, remate: Random): AdapterElements {
  const builder = new Builder(adapter, remate);
  for (const pin of throughPins) builder.path(pin);
  builder.extras();
  const press = builder.proximity();
  press(false);
  return { elements: builder.elements, warm: builder.warm, press };
}
