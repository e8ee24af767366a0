/**
 * Nest N2 as the insulation tester sees it: high resistances and small capacitances between groups of conductors. Beside
 * a gigaohm a milliohm is a wire, so conductors are merged first, and what is left is solved exactly.
 */
import { families } from "../../../rig/model/adapter.ts";
import type { Node } from "../../../rig/model/bench.ts";
import type { Contact } from "../../../rig/model/contacts.ts";
import { nodeInN2, type Tree } from "../../../rig/model/highVoltage.ts";
import { Joined } from "../../../rig/model/netlist.ts";
import type { Element } from "./elements.ts";
import type { Plant } from "./plant.ts";

/** Below this two nodes are one conductor for a tester that shows megaohms. */
const wire_ohm = 1e4;
/** What an arc leaves. */
const arc_ohm = 1e3;

/** Current per volt at the high terminal: what the return's meter sees, and what leaves altogether. */
export interface Seen {
  /** High and return are one conductor, or the high terminal and earth. */
  readonly short: boolean;
  readonly return_S: number;
  readonly total_S: number;
}

/** High, return and earth of the tester. */
type Terminals = readonly [Node, Node, Node];

/** A conductance between two nodes. */
export interface Link {
  readonly a: Node;
  readonly b: Node;
  readonly siemens: number;
}

export interface Strain {
  readonly between: readonly [Contact, Contact];
  /** Volts between the two, per volt of the tester. */
  readonly share: number;
}

/** What is in N2 now; `extra` are arcs and leaks that have set in. */
export class HighVoltageNetwork {
  readonly #tree: Tree;
  readonly #elements: readonly Element[];

  constructor(plant: Plant, tree: Tree, withBleeder: boolean) {
    this.#tree = tree;
    const inside = (element: Element): boolean => tree.nodes.has(element.a) && tree.nodes.has(element.b);
    const fixed = plant.assembly.fixed.filter((one) => inside(one) && (withBleeder || one.id !== tree.facts.bleeder));
    const closed = plant.assembly.poles.filter((pole) => plant.isClosed(pole)).map((pole) => pole.branch);
    this.#elements = [...fixed, ...closed.filter(inside), ...plant.adapterInN2(), ...poleCapacitors(plant)];
  }

  /** At direct voltage, or with `hertz` by the capacitances alone. */
  seen(extra: readonly Element[], hertz?: number): Seen {
    const { joined, links } = this.#split(extra, hertz);
    const [high, back, earth] = this.#terminals(joined);
    if (high === back || high === earth) return { short: true, return_S: Infinity, total_S: Infinity };
    const volt = atOneVolt(links, [high, back, earth]);
    const into = (node: Node): number =>
      links.reduce((sum, { a, b, siemens }) => {
        if (a === b || (a !== node && b !== node)) return sum;
        return sum + siemens * (volt.get(a === node ? b : a) ?? 0) - siemens * (volt.get(node) ?? 0);
      }, 0);
    return { short: false, return_S: into(back), total_S: -into(high) };
  }

  strains(pairs: readonly (readonly [Contact, Contact])[], extra: readonly Element[]): readonly Strain[] {
    const { joined, links } = this.#split(extra, undefined);
    const volt = atOneVolt(links, this.#terminals(joined));
    const at = (contact: Contact): number => volt.get(joined.find(nodeInN2(contact))) ?? 0;
    return pairs.map((between) => ({ between, share: Math.abs(at(between[0]) - at(between[1])) }));
  }

  arc(between: readonly [Contact, Contact], ohm = arc_ohm): Element {
    const [a, b] = [nodeInN2(between[0]), nodeInN2(between[1])];
    return { type: "branch", id: `arc ${a} ${b}`, a, b, ohm, emf_V: 0 };
  }

  /** Farads that the tester has charged. */
  farad(): number {
    return this.#elements.reduce((sum, one) => sum + (one.type === "capacitor" ? one.farad : 0), 0);
  }

  #terminals(joined: Joined): Terminals {
    const { high, back, earth } = this.#tree;
    return [joined.find(high), joined.find(back), joined.find(earth)];
  }

  #split(extra: readonly Element[], hertz: number | undefined): { joined: Joined; links: readonly Link[] } {
    const joined = new Joined([]);
    const all = [...this.#elements, ...extra];
    for (const one of all) {
      if ((one.type === "branch" && one.ohm < wire_ohm) || one.type === "diode") joined.join(one.a, one.b);
    }
    const links = all.flatMap((one): Link[] => {
      const [a, b] = [joined.find(one.a), joined.find(one.b)];
      if (a === b) return [];
      if (hertz === undefined) return one.type === "branch" ? [{ a, b, siemens: 1 / one.ohm }] : [];
      return one.type === "capacitor" ? [{ a, b, siemens: 2 * Math.PI * hertz * one.farad }] : [];
    });
    return { joined, links };
  }
}

/** From each power pole of the adapter to its PE. */
function poleCapacitors(plant: Plant): Element[] {
  const { family, insulation } = plant.adapter;
  if (!plant.isInN2 || !plant.fitted || insulation.pole_pe_farad === 0) return [];
  return families[family].power.flatMap(([contact]): Element[] => {
    if (contact === undefined) return [];
    const [a, b] = [nodeInN2(contact), nodeInN2("ev.PE")];
    return [{ type: "capacitor", id: `A.${contact}-PE`, a, b, farad: insulation.pole_pe_farad }];
  });
}

/** Voltages with 1 V on the first terminal and none on the two others. */
const atOneVolt = (links: readonly Link[], [high, back, earth]: Terminals): ReadonlyMap<Node, number> =>
  solve(
    links,
    new Map<Node, number>([
      [high, 1],
      [back, 0],
      [earth, 0],
    ]),
  );

/** Voltages of all nodes with some of them held; a node that nothing ties to a held one is at 0. */
export function solve(links: readonly Link[], held: ReadonlyMap<Node, number>): ReadonlyMap<Node, number> {
  const volt = new Map(held);
  const free = [...new Set(links.flatMap(({ a, b }) => [a, b]))].filter((node) => !held.has(node));
  const index = new Map(free.map((node, i) => [node, i]));
  const n = free.length;
  const m = free.map(() => new Float64Array(n + 1));
  for (const { a, b, siemens } of links) {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const row = m[index.get(one) ?? -1];
      if (!row) continue;
      const i = index.get(one) as number;
      row[i] = (row[i] as number) + siemens;
      const j = index.get(other);
      if (j === undefined) row[n] = (row[n] as number) + siemens * (held.get(other) ?? 0);
      else row[j] = (row[j] as number) - siemens;
    }
  }
  eliminate(m, n);
  for (const [i, node] of free.entries()) volt.set(node, m[i]?.[n] ?? 0);
  return volt;
}

/** Gauss-Jordan; a node that floats has a pivot of nothing and stays at 0. */
function eliminate(m: readonly Float64Array[], n: number): void {
  for (let i = 0; i < n; i++) {
    const row = m[i] as Float64Array;
    const pivot = row[i] as number;
    if (!(pivot > 1e-18)) {
      row.fill(0);
      continue;
    }
    for (let k = 0; k <= n; k++) row[k] = (row[k] as number) / pivot;
    for (let j = 0; j < n; j++) {
      const other = m[j] as Float64Array;
      const factor = other[i] as number;
      if (j === i || factor === 0) continue;
      for (let k = 0; k <= n; k++) other[k] = (other[k] as number) - factor * (row[k] as number);
    }
  }
}
