/**
 * What an adapter is at high voltage, from the parameters of its file alone (bench.md N2: the poles against each other, then
 * both against everything else):
 *
 *   ir.poles, ir.bundle   ohm between the two sides at the voltage of the insulation test
 *   ir.survives           0 when something arcs at that voltage; absent otherwise
 *   mating                contacts joined less those that its type joins, by the worst pole or all else: -1 is one missing
 *   survives              0 when a withstand test arcs; absent otherwise
 *   leak                  A between the two sides at the withstand voltage, the larger
 *
 * Beside a gigaohm a milliohm is a wire and a diode too.
 */
import { type AdapterNetlist, families } from "../../../rig/model/adapter.ts";
import type { Contact } from "../../../rig/model/contacts.ts";
import { Joined } from "../../../rig/model/netlist.ts";
import { randomOf } from "../random.ts";
import { adapterElements } from "../world/adapterElements.ts";
import type { AdapterUnderTest } from "../world/adapterUnderTest.ts";
import type { Element } from "../world/elements.ts";
import { type Link, solve } from "../world/highVoltage.ts";

export interface HighVoltageTests {
  /** Of the whole adapter, all its faces. */
  readonly netlist: AdapterNetlist;
  readonly ir_V: number;
  readonly withstand?: { readonly mode: "ac" | "dc"; readonly voltage_V: number };
}

interface Sides {
  readonly id: "poles" | "bundle";
  readonly hi: readonly Contact[];
  readonly lo: readonly Contact[];
  /** Neither driven nor returned: the fixture holds them at earth. */
  readonly rest: readonly Contact[];
}

const wire_ohm = 1e4;
/** A path with more is none for the tester's known resistors of a gigaohm. */
const joined_ohm = 1e7;
const line_Hz = 60;

export function highVoltageTruth(adapter: AdapterUnderTest, tests: HighVoltageTests): Record<string, number> {
  const seat = { node: (contact: Contact): string => contact, inUse: "evse" };
  const fitted = adapterElements(adapter, randomOf(adapter.seed, "fitting 0"), seat);
  const elements = [...fitted.elements, ...poleCapacitors(adapter)];
  const found: Record<string, number> = { mating: matingOf(adapter, elements, tests.netlist) };
  for (const sides of sidesOf(adapter, tests.netlist)) {
    const ir = new Strained(adapter, elements, sides, { mode: "dc", voltage_V: tests.ir_V });
    found[`ir.${sides.id}`] = 1 / ir.siemens();
    if (ir.arcs) found["ir.survives"] = 0;
    if (!tests.withstand) continue;
    const held = new Strained(adapter, elements, sides, tests.withstand);
    const { voltage_V, mode } = tests.withstand;
    const capacitive = mode === "ac" ? held.siemens(line_Hz) : 0;
    found["leak"] = Math.max(found["leak"] ?? 0, voltage_V * Math.hypot(held.siemens(), capacitive));
    if (held.arcs) found["survives"] = 0;
  }
  return found;
}

function sidesOf({ family }: AdapterUnderTest, { nets, unpopulated, contacts }: AdapterNetlist): readonly Sides[] {
  const [plus = [], minus = []] = families[family].power.map((pole) =>
    nets.filter((net) => net.some((contact) => pole.includes(contact))).flat(),
  );
  const live = [...plus, ...minus];
  const rest = [...contacts, ...unpopulated].filter((contact) => !live.includes(contact));
  return [
    { id: "poles", hi: plus, lo: minus, rest },
    { id: "bundle", hi: live, lo: rest, rest: [] },
  ];
}

function poleCapacitors({ family, insulation }: AdapterUnderTest): readonly Element[] {
  const farad = insulation.pole_pe_farad;
  if (farad === 0) return [];
  return families[family].power.flatMap(([a]): Element[] =>
    a === undefined ? [] : [{ type: "capacitor", id: `${a}-PE`, a, b: "ev.PE", farad }],
  );
}

function matingOf({ family }: AdapterUnderTest, elements: readonly Element[], netlist: AdapterNetlist): number {
  const { nets, contacts } = netlist;
  const joined = new Joined([]);
  for (const one of elements) {
    if (one.type === "diode" || (one.type === "branch" && one.ohm < joined_ohm)) joined.join(one.a, one.b);
  }
  const poles = families[family].power.flat();
  const live = nets.filter((net) => net.some((contact) => poles.includes(contact)));
  // Signals and earth are driven together, each from its end at the vehicle.
  const groups = [...live.map((net) => [net]), nets.filter((net) => !live.includes(net))];
  const missing = groups.map((group) => {
    const driven = new Set(group.map((net) => joined.find(net.at(-1) ?? "")));
    return contacts.filter((contact) => driven.has(joined.find(contact))).length - group.flat().length;
  });
  return Math.min(...missing);
}

/** The adapter under one test, with the leaks and arcs that its voltage calls up. */
class Strained {
  readonly #elements: Element[];
  readonly #sides: Sides;
  readonly arcs: boolean;

  constructor(
    adapter: AdapterUnderTest,
    elements: readonly Element[],
    sides: Sides,
    { mode, voltage_V }: NonNullable<HighVoltageTests["withstand"]>,
  ) {
    this.#elements = [...elements];
    this.#sides = sides;
    const { onset, breakdowns } = adapter.insulation;
    const peak_V = voltage_V * (mode === "ac" ? Math.SQRT2 : 1);
    const waiting = new Set(onset);
    for (let more = true; more; ) {
      more = false;
      for (const leak of waiting) {
        const { between, ohm, above_V } = leak;
        if (this.#share(between) * voltage_V < above_V) continue;
        this.#elements.push({ type: "branch", id: "onset", a: between[0], b: between[1], ohm, emf_V: 0 });
        more = waiting.delete(leak);
      }
    }
    this.arcs = breakdowns.some(({ between, volt }) => {
      const share = this.#share(between);
      return share > 0 && share * peak_V >= volt;
    });
  }

  /** Of the sides' own conductance; with `hertz` of their capacitances alone. Infinity: joined. */
  siemens(hertz?: number): number {
    const { joined, links } = this.#split(hertz);
    const [hi, lo] = [joined.find(high), joined.find(back)];
    if (hi === lo) return Number.POSITIVE_INFINITY;
    const volt = solve(
      links,
      new Map([
        [hi, 1],
        [lo, 0],
      ]),
    );
    return links.reduce((sum, { a, b, siemens }) => {
      if (a !== lo && b !== lo) return sum;
      return sum + siemens * (volt.get(a === lo ? b : a) ?? 0);
    }, 0);
  }

  /** Voltage between two contacts, of the tester's; what is not driven lies at earth. */
  #share([one, other]: readonly [Contact, Contact]): number {
    const { joined, links } = this.#split();
    const held = new Map<string, number>([[joined.find(back), 0]]);
    for (const contact of this.#sides.rest) held.set(joined.find(contact), 0);
    held.set(joined.find(high), 1);
    const volt = solve(links, held);
    const at = (contact: Contact): number => volt.get(joined.find(contact)) ?? 0;
    return Math.abs(at(one) - at(other));
  }

  #split(hertz?: number): { readonly joined: Joined; readonly links: readonly Link[] } {
    const joined = new Joined([]);
    for (const contact of this.#sides.hi) joined.join(high, contact);
    for (const contact of this.#sides.lo) joined.join(back, contact);
    for (const one of this.#elements) {
      if (one.type === "diode" || (one.type === "branch" && one.ohm < wire_ohm)) joined.join(one.a, one.b);
    }
    const links = this.#elements.flatMap((one): Link[] => {
      const [a, b] = [joined.find(one.a), joined.find(one.b)];
      if (a === b) return [];
      if (hertz === undefined) return one.type === "branch" ? [{ a, b, siemens: 1 / one.ohm }] : [];
      return one.type === "capacitor" ? [{ a, b, siemens: 2 * Math.PI * hertz * one.farad }] : [];
    });
    return { joined, links };
  }
}

const high = "high";
const back = "return";
