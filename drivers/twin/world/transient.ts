/**
 * One period of the control pilot: the driver switches between two levels, and R, C and diodes answer. The network is
 * first reduced to the few nodes that matter (star-mesh, exact), then stepped: two backward Euler steps after each edge
 * and trapezoidal ones after them, growing by an eighth, so that time constants from 0.1 us to 100 us are all resolved.
 */
import type { Node } from "../../../rig/model/bench.ts";
import type { Branch, Capacitor, Diode, Element } from "./elements.ts";
import { diodeConductance_S, diodeCurrent_A, limitedJunction_V, shiftOf } from "./elements.ts";
import { createIsland, type Island } from "./elimination.ts";
import { reduceNetwork } from "./reduce.ts";

export interface Square {
  readonly period_s: number;
  readonly high_s: number;
  readonly low_V: number;
  readonly high_V: number;
}

export interface Period {
  /** From the start of the rising edge, s; the first is 0, the last `period_s`. */
  readonly t_s: Float64Array;
  /** Volts of each probe pair; undefined when the pilot does not reach it. */
  readonly volt: readonly (Float64Array | undefined)[];
}

/** The driver's own edge, s (domain.md 2.2: at most 2 us at the generator; H). */
const edge_s = 0.2e-6;
const firstStep_s = 0.02e-6;
const growth = 1.125;

interface CapacitorState {
  readonly farad: number;
  readonly edge: number;
  readonly a: number;
  readonly b: number;
  volt: number;
  ampere: number;
  siemens: number;
  emf_V: number;
}

interface DiodeState {
  readonly edge: number;
  readonly a: number;
  readonly b: number;
  readonly shift_V: number;
  /** Of the junction. */
  volt: number;
}

class March {
  readonly #island: Island;
  readonly #branches: readonly { readonly edge: number; readonly siemens: number; readonly emf_V: number }[];
  readonly #capacitors: CapacitorState[];
  readonly #diodes: DiodeState[];
  readonly #driver: { readonly edge: number; readonly siemens: number };
  readonly #numberOf: ReadonlyMap<Node, number>;

  constructor(branches: readonly Branch[], capacitors: readonly Capacitor[], diodes: readonly Diode[], driver: Branch) {
    const numberOf = new Map<Node, number>();
    const number = (node: Node): number => {
      const known = numberOf.get(node);
      if (known !== undefined) return known;
      numberOf.set(node, numberOf.size);
      return numberOf.size - 1;
    };
    const edges: [number, number][] = [];
    const edge = ({ a, b }: Element): number => edges.push([number(a), number(b)]) - 1;
    this.#branches = branches.map((b) => ({ edge: edge(b), siemens: 1 / b.ohm, emf_V: b.emf_V }));
    this.#capacitors = capacitors.map((c) => ({
      ...{ farad: c.farad, edge: edge(c), a: number(c.a), b: number(c.b) },
      ...{ volt: 0, ampere: 0, siemens: 0, emf_V: 0 },
    }));
    this.#diodes = diodes.map((d) => ({ edge: edge(d), a: number(d.a), b: number(d.b), shift_V: shiftOf(d), volt: 0 }));
    this.#driver = { edge: edge(driver), siemens: 1 / driver.ohm };
    this.#numberOf = numberOf;
    this.#island = createIsland(numberOf.size, edges);
  }

  volt(a: Node, b: Node): number | undefined {
    const [i, j] = [this.#numberOf.get(a), this.#numberOf.get(b)];
    return i === undefined || j === undefined ? undefined : this.#across(i, j);
  }

  /** One step; `level_V` is the driver's at its end. */
  step(h_s: number, level_V: number, euler: boolean): void {
    for (const c of this.#capacitors) {
      c.siemens = (euler ? 1 : 2) * (c.farad / h_s);
      c.emf_V = euler ? c.volt : c.volt + c.ampere / c.siemens;
    }
    for (let round = 0; round < 100; round++) {
      this.#linear(level_V);
      if (this.#junctionsAgree()) break;
    }
    for (const c of this.#capacitors) {
      c.volt = this.#across(c.a, c.b);
      c.ampere = c.siemens * (c.volt - c.emf_V);
    }
  }

  #linear(level_V: number): void {
    const island = this.#island;
    island.clear();
    for (const { edge, siemens, emf_V } of this.#branches) island.add(edge, siemens, emf_V);
    for (const { edge, siemens, emf_V } of this.#capacitors) island.add(edge, siemens, emf_V);
    for (const { edge, volt, shift_V } of this.#diodes) {
      const siemens = diodeConductance_S(volt);
      island.add(edge, siemens, volt + shift_V - diodeCurrent_A(volt, shift_V) / siemens);
    }
    island.add(this.#driver.edge, this.#driver.siemens, level_V);
    island.solve();
  }

  #junctionsAgree(): boolean {
    let agree = true;
    for (const d of this.#diodes) {
      const next = Math.max(-1, limitedJunction_V(this.#across(d.a, d.b) - d.shift_V, d.volt));
      if (Math.abs(next - d.volt) > 1e-7) agree = false;
      d.volt = next;
    }
    return agree;
  }

  #across(a: number, b: number): number {
    return (this.#island.volt[a] as number) - (this.#island.volt[b] as number);
  }
}

/** Elements that the driver reaches, also through capacitors. */
function reached(elements: readonly Element[], from: Node): Element[] {
  const at = new Map<Node, Element[]>();
  for (const element of elements) {
    for (const node of [element.a, element.b]) at.set(node, [...(at.get(node) ?? []), element]);
  }
  const seen = new Set<Element>();
  const nodes = [from];
  const known = new Set(nodes);
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    for (const element of at.get(node) ?? []) {
      seen.add(element);
      for (const next of [element.a, element.b]) {
        if (known.has(next)) continue;
        known.add(next);
        nodes.push(next);
      }
    }
  }
  return [...seen];
}

/** The steady period; `driver` is the branch in `elements` whose EMF is switched. */
export function steadyPeriod(
  elements: readonly Element[],
  driver: Branch,
  square: Square,
  probes: readonly (readonly [Node, Node])[],
): Period {
  const near = reached(elements, driver.a);
  const capacitors = near.filter((element) => element.type === "capacitor");
  const diodes = near.filter((element) => element.type === "diode");
  const linear = near.flatMap((element): Branch[] => {
    if (element === driver) return [];
    if (element.type === "branch") return [element];
    // Power instruments are off while there is a pilot: what is left of them is their input resistance.
    const { id, a, b } = element;
    if (element.type === "source") return [{ type: "branch", id, a, b, ohm: element.bleeder_ohm, emf_V: 0 }];
    if (element.type === "load") return [{ type: "branch", id, a, b, ohm: element.off_ohm, emf_V: 0 }];
    return [];
  });
  const keep = new Set<Node>([...[...capacitors, ...diodes, driver].flatMap(({ a, b }) => [a, b]), ...probes.flat()]);
  const march = new March(reduceNetwork(linear, keep), capacitors, diodes, driver);
  const { period_s, high_s, low_V, high_V } = square;
  for (let n = 0; n < 4; n++) march.step(1, low_V, true);
  const t: number[] = [];
  const volt: number[][] = probes.map(() => []);
  const reach = probes.map(([a, b]) => march.volt(a, b) !== undefined);
  const keepPoint = (t_s: number): void => {
    t.push(t_s);
    probes.forEach(([a, b], n) => {
      volt[n]?.push(march.volt(a, b) ?? 0);
    });
  };
  for (const record of [false, true]) {
    if (record) keepPoint(0);
    for (const [from_s, to_s, before_V, after_V] of [
      [0, high_s, low_V, high_V],
      [high_s, period_s, high_V, low_V],
    ] as const) {
      for (const [at_s, h_s, euler] of stepsOf(to_s - from_s)) {
        march.step(h_s, before_V + (after_V - before_V) * Math.min(1, at_s / edge_s), euler);
        if (record) keepPoint(from_s + at_s);
      }
    }
  }
  return {
    t_s: Float64Array.from(t),
    volt: volt.map((v, n) => (reach[n] === true ? Float64Array.from(v) : undefined)),
  };
}

/** End, length and method of the steps of one half of the period. */
function* stepsOf(length_s: number): Generator<readonly [number, number, boolean]> {
  let at_s = 0;
  let h_s = firstStep_s;
  for (let n = 0; at_s < length_s * (1 - 1e-12); n++) {
    // The driver's edge is resolved evenly; after it the steps grow.
    if (at_s > edge_s) h_s *= growth;
    const step_s = Math.min(h_s, length_s - at_s);
    at_s += step_s;
    yield [at_s, step_s, n < 2];
  }
}
