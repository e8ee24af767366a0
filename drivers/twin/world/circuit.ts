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
import { createIsland, type Island } from "./elimination.ts";

/** What an element is for one linear solution. */
interface Linear {
  readonly siemens: number;
  readonly emf_V: number;
  /** Into a and out of b. */
  readonly inject_A: number;
}

export type SourceMode = "CV" | "CC" | "blocked" | "off";
export type LoadMode = "CC" | "saturated" | "off";

const rounds_max = 200;
/** Rounds in which junctions go all the way to where the solution puts them. */
const rounds_full = 40;

/** An island. Its nodes and elements are gathered when it is first asked about: most islands never are. */
class Part {
  readonly elements: Solvable[] = [];
  readonly ends: (readonly [number, number])[] = [];
  island: Island | undefined;
  solved = false;
}

type Solvable = Exclude<Element, { type: "capacitor" }>;

export class Circuit {
  readonly elements: readonly Element[];
  /** Number of each node in the whole circuit, and of each end of each element. */
  readonly #numberOf = new Map<Node, number>();
  readonly #ends: Int32Array;
  /** Island of each node, as one of its nodes. */
  readonly #root: Int32Array;
  /** Number of a node within its island, once that is gathered. */
  readonly #within: Int32Array;
  readonly #parts = new Map<number, Part>();
  readonly #byId = new Map<string, Element>();
  readonly #junction_V = new Map<Diode, number>();
  readonly #sourceMode = new Map<Source, SourceMode>();
  readonly #loadMode = new Map<Load, LoadMode>();

  constructor(elements: readonly Element[]) {
    this.elements = elements;
    this.#ends = new Int32Array(2 * elements.length);
    elements.forEach((element, n) => {
      this.#ends[2 * n] = this.#number(element.a);
      this.#ends[2 * n + 1] = this.#number(element.b);
    });
    this.#root = Int32Array.from({ length: this.#numberOf.size }, (_, node) => node);
    this.#within = new Int32Array(this.#numberOf.size);
    this.#divide();
  }

  /** Values of elements have changed; solve again when next asked. */
  changed(): void {
    for (const part of this.#parts.values()) part.solved = false;
  }

  /** V(a) - V(b), or undefined when nothing joins them. */
  volt(a: Node, b: Node): number | undefined {
    const [i, j] = [this.#numberOf.get(a), this.#numberOf.get(b)];
    if (i === undefined || j === undefined || this.#root[i] !== this.#root[j]) return undefined;
    if (i === j) return 0;
    const volt = this.#solution(this.#root[i] as number);
    return (volt[this.#within[i] as number] as number) - (volt[this.#within[j] as number] as number);
  }

  /** Whether direct current can flow between two nodes. */
  joined(a: Node, b: Node): boolean {
    const [i, j] = [this.#numberOf.get(a), this.#numberOf.get(b)];
    return i !== undefined && j !== undefined && this.#root[i] === this.#root[j];
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

  #find(id: string): Element | undefined {
    if (this.#byId.size === 0) for (const element of this.elements) this.#byId.set(element.id, element);
    return this.#byId.get(id);
  }

  #number(node: Node): number {
    const known = this.#numberOf.get(node);
    if (known !== undefined) return known;
    const number = this.#numberOf.size;
    this.#numberOf.set(node, number);
    return number;
  }

  /** Union-find over everything that conducts direct current. */
  #divide(): void {
    const root = this.#root;
    const find = (node: number): number => {
      let at = node;
      while (root[at] !== at) {
        root[at] = root[root[at] as number] as number;
        at = root[at] as number;
      }
      return at;
    };
    this.elements.forEach(({ type }, n) => {
      if (type === "capacitor" || type === "injection") return;
      root[find(this.#ends[2 * n] as number)] = find(this.#ends[2 * n + 1] as number);
    });
    for (let node = 0; node < root.length; node++) root[node] = find(node);
  }

  #gather(root: number): Part {
    const part = new Part();
    let size = 0;
    for (let node = 0; node < this.#root.length; node++) if (this.#root[node] === root) this.#within[node] = size++;
    this.elements.forEach((element, n) => {
      const [i, j] = [this.#ends[2 * n] as number, this.#ends[2 * n + 1] as number];
      if (element.type === "capacitor" || this.#root[i] !== root || this.#root[j] !== root) return;
      part.elements.push(element);
      part.ends.push([this.#within[i] as number, this.#within[j] as number]);
    });
    part.island = createIsland(size, part.ends);
    this.#parts.set(root, part);
    return part;
  }

  #solution(root: number): Float64Array {
    const part = this.#parts.get(root) ?? this.#gather(root);
    const island = part.island as Island;
    if (!part.solved) {
      this.#solve(part, island);
      part.solved = true;
    }
    return island.volt;
  }

  #solve(part: Part, island: Island): void {
    for (let round = 0; round < rounds_max; round++) {
      island.clear();
      part.elements.forEach((element, n) => {
        const { siemens, emf_V, inject_A } = this.#linear(element);
        if (siemens > 0) island.add(n, siemens, emf_V);
        if (inject_A === 0) return;
        const [a, b] = part.ends[n] as readonly [number, number];
        island.inject(a, inject_A);
        island.inject(b, -inject_A);
      });
      island.solve();
      if (this.#junctionsAgree(part, island, round) && this.#modesAgree(part, island)) return;
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
  #junctionsAgree(part: Part, island: Island, round: number): boolean {
    // Two junctions can push each other to and fro for ever: then each goes half of the way. Beside conductances of 1e5 S
    // the last digits of a nearly floating node never come to rest.
    const [share, rest_V] = round < rounds_full ? [1, 1e-10] : [0.5, 1e-6];
    let agree = true;
    part.elements.forEach((element, n) => {
      if (element.type !== "diode") return;
      const volt = across(part, island, n) - shiftOf(element);
      const before = this.#junction_V.get(element) ?? 0;
      // Deep in reverse the current does not depend on the voltage any more, and exp() would become zero.
      const next = before + share * (Math.max(-1, limitedJunction_V(volt, before)) - before);
      this.#junction_V.set(element, next);
      if (Math.abs(next - before) > rest_V) agree = false;
    });
    return agree;
  }

  /** Changes the first mode that contradicts the last solution; true when there is none. */
  #modesAgree(part: Part, island: Island): boolean {
    for (const [n, element] of part.elements.entries()) {
      if (element.type === "source" && element.on) {
        const mode = this.#sourceMode.get(element) ?? "CV";
        const next = nextSourceMode(element, mode, across(part, island, n));
        this.#sourceMode.set(element, next);
        if (next !== mode) return false;
      } else if (element.type === "load" && element.on) {
        const mode = this.#loadMode.get(element) ?? "CC";
        const next = nextLoadMode(element, mode, across(part, island, n));
        this.#loadMode.set(element, next);
        if (next !== mode) return false;
      }
    }
    return true;
  }
}

function across(part: Part, island: Island, element: number): number {
  const [a, b] = part.ends[element] as readonly [number, number];
  return (island.volt[a] as number) - (island.volt[b] as number);
}

function linearSource(source: Source, mode: SourceMode): Linear {
  const bleeder = 1 / source.bleeder_ohm;
  if (!source.on || mode === "blocked" || mode === "off") return { siemens: bleeder, emf_V: 0, inject_A: 0 };
  if (mode === "CC") return { siemens: bleeder, emf_V: 0, inject_A: source.ampere };
  const siemens = 1 / source.ohm;
  return { siemens: siemens + bleeder, emf_V: (source.volt * siemens) / (siemens + bleeder), inject_A: 0 };
}

function linearLoad(load: Load, mode: LoadMode): Linear {
  const off = 1 / load.off_ohm;
  if (!load.on || mode === "off") return { siemens: off, emf_V: 0, inject_A: 0 };
  if (mode === "CC") return { siemens: off, emf_V: 0, inject_A: -load.ampere };
  return { siemens: off + 1 / load.saturation_ohm, emf_V: 0, inject_A: 0 };
}

const slack = 1e-9;

function nextSourceMode(source: Source, mode: SourceMode, volt: number): SourceMode {
  if (mode === "CV") {
    const ampere = (source.volt - volt) / source.ohm;
    if (ampere > source.ampere + slack * Math.max(1, source.ampere)) return "CC";
    return ampere < -slack ? "blocked" : "CV";
  }
  if (mode === "CC") return volt > source.volt - source.ampere * source.ohm + slack ? "CV" : "CC";
  return volt < source.volt - slack ? "CV" : "blocked";
}

function nextLoadMode(load: Load, mode: LoadMode, volt: number): LoadMode {
  const needed_V = load.ampere * load.saturation_ohm;
  if (mode === "CC") return volt < needed_V - slack ? "saturated" : "CC";
  return volt > needed_V + slack ? "CC" : "saturated";
}
