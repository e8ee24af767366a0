/**
 * What follows from which elements a circuit has, and from none of their values: numbers of the nodes, islands, the order
 * in which each island is eliminated. Worked out once for each set of closed contacts and kind of adapter, and shared by
 * all circuits of that structure.
 */
import type { Node } from "../../../rig/model/bench.ts";
import type { Element } from "./elements.ts";
import { type IslandShape, islandShape } from "./elimination.ts";

/** An island: its elements by their number in the circuit, and how they are joined. */
export interface PartShape {
  readonly elements: Int32Array;
  readonly island: IslandShape;
}

export class Topology {
  readonly #types: readonly Element["type"][];
  /** Number of each node in the whole circuit, and of each end of each element. */
  readonly #numberOf = new Map<Node, number>();
  readonly #ends: Int32Array;
  /** Island of each node, as one of its nodes. */
  readonly #root: Int32Array;
  /** Number of a node within its island, once that is gathered. */
  readonly #within: Int32Array;
  /** Gathered when first asked about: most islands never are. */
  readonly #parts = new Map<number, PartShape>();

  constructor(elements: readonly Element[]) {
    this.#types = elements.map(({ type }) => type);
    this.#ends = new Int32Array(2 * elements.length);
    for (let n = 0; n < elements.length; n++) {
      const element = elements[n] as Element;
      this.#ends[2 * n] = this.#number(element.a);
      this.#ends[2 * n + 1] = this.#number(element.b);
    }
    this.#root = new Int32Array(this.#numberOf.size);
    for (let node = 0; node < this.#root.length; node++) this.#root[node] = node;
    this.#within = new Int32Array(this.#numberOf.size);
    this.#divide();
  }

  /** Number of a node, undefined where no element has it. */
  numberOf(node: Node): number | undefined {
    return this.#numberOf.get(node);
  }

  rootOf(node: number): number {
    return this.#root[node] as number;
  }

  /** Number of a node within its island, which must have been gathered. */
  within(node: number): number {
    return this.#within[node] as number;
  }

  part(root: number): PartShape {
    const known = this.#parts.get(root);
    if (known !== undefined) return known;
    let size = 0;
    for (let node = 0; node < this.#root.length; node++) if (this.#root[node] === root) this.#within[node] = size++;
    const elements: number[] = [];
    const edges: (readonly [number, number])[] = [];
    for (let n = 0; n < this.#types.length; n++) {
      const i = this.#ends[2 * n] as number;
      const j = this.#ends[2 * n + 1] as number;
      if (this.#types[n] === "capacitor" || this.#root[i] !== root || this.#root[j] !== root) continue;
      elements.push(n);
      edges.push([this.#within[i] as number, this.#within[j] as number]);
    }
    const made: PartShape = { elements: Int32Array.from(elements), island: islandShape(size, edges) };
    this.#parts.set(root, made);
    return made;
  }

  /** Numbers of the elements that a node reaches, also through capacitors. */
  reached(from: Node): readonly number[] {
    const start = this.#numberOf.get(from);
    if (start === undefined) return [];
    const at: number[][] = Array.from({ length: this.#numberOf.size }, () => []);
    for (let n = 0; n < this.#types.length; n++) {
      for (const end of [2 * n, 2 * n + 1]) (at[this.#ends[end] as number] as number[]).push(n);
    }
    const seen = new Set<number>();
    const known = new Set([start]);
    const nodes = [start];
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      for (const n of at[node] as number[]) {
        seen.add(n);
        for (const next of [this.#ends[2 * n] as number, this.#ends[2 * n + 1] as number]) {
          if (known.has(next)) continue;
          known.add(next);
          nodes.push(next);
        }
      }
    }
    return [...seen];
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
    for (let n = 0; n < this.#types.length; n++) {
      const type = this.#types[n];
      if (type === "capacitor" || type === "injection") continue;
      root[find(this.#ends[2 * n] as number)] = find(this.#ends[2 * n + 1] as number);
    }
    for (let node = 0; node < root.length; node++) root[node] = find(node);
  }
}

/** Topologies kept; the half that was not asked for the longest goes when there are more. Some kB each. */
const kept_max = 4096;

/** Keeps topologies by what names their structure, in the order in which they were last asked for. */
export class Topologies {
  readonly #known = new Map<string, Topology>();

  of(key: string, elements: readonly Element[]): Topology {
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known;
    }
    if (this.#known.size >= kept_max) {
      for (const old of [...this.#known.keys()].slice(0, kept_max / 2)) this.#known.delete(old);
    }
    const made = new Topology(elements);
    this.#known.set(key, made);
    return made;
  }
}
