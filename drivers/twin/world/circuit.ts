/**
 * Direct voltages and currents of the twin's circuit as it stands. The circuit falls into islands (open contacts are
 * absent, not a large resistance); only islands that are asked about are solved. Between two islands there is no
 * voltage: the answer is undefined, and the instrument that asked reads a floating input.
 *
 * Diodes: Newton with limited junction steps. Sources and loads: piecewise linear; the modes are found by changing the
 * first inconsistent one until none is (Murty's least-index rule, which ends for passive networks).
 */
import type { Node } from "../../../rig/model/bench.ts";
import {
  type Diode,
  diodeConductance_S,
  diodeCurrent_A,
  type Element,
  type Load,
  limitedJunction_V,
  type Source,
  shiftOf,
} from "./elements.ts";
import { Island } from "./elimination.ts";
import {
  type Linear,
  type LoadMode,
  linearLoad,
  linearSource,
  nextLoadMode,
  nextSourceMode,
  type SourceMode,
} from "./instrumentModes.ts";
import { Topology } from "./topology.ts";

const rounds_max = 200;
/** Rounds in which junctions go all the way to where the solution puts them. */
const rounds_full = 40;

/** An island with its elements; made when it is first asked about. */
class Part {
  readonly elements: readonly Solvable[];
  /** Places in `elements` of those whose behaviour depends on the voltage. */
  readonly diodes: number[] = [];
  readonly instruments: number[] = [];
  readonly island: Island;
  solved = false;

  constructor(elements: readonly Solvable[], island: Island) {
    this.elements = elements;
    this.island = island;
    for (let n = 0; n < elements.length; n++) {
      const type = elements[n]?.type;
      if (type === "diode") this.diodes.push(n);
      else if (type === "source" || type === "load") this.instruments.push(n);
    }
  }

  /** Volts between the ends of an element. */
  across(n: number): number {
    const { volt, shape } = this.island;
    return (volt[shape.a[n] as number] as number) - (volt[shape.b[n] as number] as number);
  }
}

/** Two nodes of one island, found once. */
export interface Pair {
  readonly root: number;
  readonly i: number;
  readonly j: number;
}

type Solvable = Exclude<Element, { type: "capacitor" }>;

export class Circuit {
  readonly elements: readonly Element[];
  readonly topology: Topology;
  readonly #parts = new Map<number, Part>();
  readonly #byId = new Map<string, Element>();
  readonly #junction_V = new Map<Diode, number>();
  readonly #sourceMode = new Map<Source, SourceMode>();
  readonly #loadMode = new Map<Load, LoadMode>();

  /** `topology` is that of a circuit with the same elements in the same order, whatever their values. */
  constructor(elements: readonly Element[], topology = new Topology(elements)) {
    this.elements = elements;
    this.topology = topology;
  }

  /** Values of elements have changed; solve again when next asked. */
  changed(): void {
    for (const part of this.#parts.values()) part.solved = false;
  }

  /** V(a) - V(b), or undefined when nothing joins them. */
  volt(a: Node, b: Node): number | undefined {
    const pair = this.pair(a, b);
    if (pair === undefined) return undefined;
    return pair.i === pair.j ? 0 : this.voltOf(pair);
  }

  /** For a voltage that is asked for again and again: undefined when nothing joins the nodes. */
  pair(a: Node, b: Node): Pair | undefined {
    const { topology } = this;
    const i = topology.numberOf(a);
    const j = topology.numberOf(b);
    if (i === undefined || j === undefined) return undefined;
    const root = topology.rootOf(i);
    if (root !== topology.rootOf(j)) return undefined;
    // Numbers within an island are given when it is gathered.
    if (!this.#parts.has(root)) this.#gather(root);
    return { root, i: topology.within(i), j: topology.within(j) };
  }

  voltOf({ root, i, j }: Pair): number {
    const volt = this.#solution(root);
    return (volt[i] as number) - (volt[j] as number);
  }

  /** Whether direct current can flow between two nodes. */
  joined(a: Node, b: Node): boolean {
    const { topology } = this;
    const [i, j] = [topology.numberOf(a), topology.numberOf(b)];
    return i !== undefined && j !== undefined && topology.rootOf(i) === topology.rootOf(j);
  }

  /** Current through an element from a to b (a source: out of its plus terminal). */
  current(id: string): number {
    const element = this.#find(id);
    if (element === undefined || element.type === "capacitor") return 0;
    const volt = this.volt(element.a, element.b);
    if (volt === undefined) return 0;
    switch (element.type) {
      case "branch":
        return (volt - element.emf_V) / element.ohm;
      case "diode":
        return diodeCurrent_A(volt - shiftOf(element), shiftOf(element));
      case "injection":
        return element.ampere;
      default: {
        const { siemens, emf_V, inject_A } = this.#linear(element);
        const into = siemens * (volt - emf_V) - inject_A;
        return element.type === "source" ? -into : into;
      }
    }
  }

  sourceMode(id: string): SourceMode {
    const element = this.#find(id);
    if (element?.type !== "source" || !element.on) return "off";
    this.volt(element.a, element.b);
    return this.#sourceMode.get(element) ?? "CV";
  }

  loadMode(id: string): LoadMode {
    const element = this.#find(id);
    if (element?.type !== "load" || !element.on) return "off";
    this.volt(element.a, element.b);
    return this.#loadMode.get(element) ?? "CC";
  }

  /** Sum of all currents leaving a node, A: zero but for rounding (Kirchhoff); for tests. */
  residual(node: Node): number {
    let sum = 0;
    for (const element of this.elements) {
      if (element.type === "capacitor" || element.a === element.b) continue;
      const sign = (element.a === node ? 1 : 0) - (element.b === node ? 1 : 0);
      if (sign === 0) continue;
      sum += sign * this.current(element.id) * (element.type === "source" ? -1 : 1);
    }
    return sum;
  }

  /** Few are asked for by name, again and again. */
  #find(id: string): Element | undefined {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const found = this.elements.find((element) => element.id === id);
    if (found !== undefined) this.#byId.set(id, found);
    return found;
  }

  #gather(root: number): Part {
    const { elements, island } = this.topology.part(root);
    const own: Solvable[] = [];
    for (const n of elements) own.push(this.elements[n] as Solvable);
    const part = new Part(own, new Island(island));
    this.#parts.set(root, part);
    return part;
  }

  #solution(root: number): Float64Array {
    const part = this.#parts.get(root) ?? this.#gather(root);
    if (!part.solved) {
      this.#solve(part);
      part.solved = true;
    }
    return part.island.volt;
  }

  #solve(part: Part): void {
    const { island, elements } = part;
    const { a, b } = island.shape;
    for (let round = 0; round < rounds_max; round++) {
      island.clear();
      for (let n = 0; n < elements.length; n++) {
        const element = elements[n] as Solvable;
        if (element.type === "branch") {
          island.add(n, 1 / element.ohm, element.emf_V);
          continue;
        }
        const { siemens, emf_V, inject_A } = this.#linear(element);
        if (siemens > 0) island.add(n, siemens, emf_V);
        if (inject_A !== 0) island.inject(a[n] as number, b[n] as number, inject_A);
      }
      island.solve();
      if (this.#junctionsAgree(part, round) && this.#modesAgree(part)) return;
    }
    throw new RangeError(`the twin's circuit did not settle in ${rounds_max} rounds`);
  }

  #linear(element: Exclude<Element, { type: "capacitor" }>): Linear {
    switch (element.type) {
      case "branch":
        return { siemens: 1 / element.ohm, emf_V: element.emf_V, inject_A: 0 };
      case "injection":
        return { siemens: 0, emf_V: 0, inject_A: -element.ampere };
      case "diode": {
        const volt = this.#junction_V.get(element) ?? 0;
        const shift_V = shiftOf(element);
        const siemens = diodeConductance_S(volt);
        return { siemens, emf_V: volt + shift_V - diodeCurrent_A(volt, shift_V) / siemens, inject_A: 0 };
      }
      case "source":
        return linearSource(element, this.#sourceMode.get(element) ?? "CV");
      case "load":
        return linearLoad(element, this.#loadMode.get(element) ?? "CC");
    }
  }

  /** Moves each diode's junction to where the last solution put it; true when none moved. */
  #junctionsAgree(part: Part, round: number): boolean {
    // Two junctions can push each other to and fro for ever: then each goes half of the way. Beside conductances of 1e5 S
    // the last digits of a nearly floating node never come to rest.
    const share = round < rounds_full ? 1 : 0.5;
    const rest_V = round < rounds_full ? 1e-10 : 1e-6;
    let agree = true;
    for (const n of part.diodes) {
      const element = part.elements[n] as Diode;
      const volt = part.across(n) - shiftOf(element);
      const before = this.#junction_V.get(element) ?? 0;
      // Deep in reverse the current does not depend on the voltage any more, and exp() would become zero.
      const next = before + share * (Math.max(-1, limitedJunction_V(volt, before)) - before);
      this.#junction_V.set(element, next);
      if (Math.abs(next - before) > rest_V) agree = false;
    }
    return agree;
  }

  /** Changes the first mode that contradicts the last solution; true when there is none. */
  #modesAgree(part: Part): boolean {
    for (const n of part.instruments) {
      const element = part.elements[n] as Source | Load;
      if (!element.on) continue;
      if (element.type === "source") {
        const mode = this.#sourceMode.get(element) ?? "CV";
        const next = nextSourceMode(element, mode, part.across(n));
        this.#sourceMode.set(element, next);
        if (next !== mode) return false;
      } else {
        const mode = this.#loadMode.get(element) ?? "CC";
        const next = nextLoadMode(element, mode, part.across(n));
        this.#loadMode.set(element, next);
        if (next !== mode) return false;
      }
    }
    return true;
  }
}
