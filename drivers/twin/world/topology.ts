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
  readonly elements: Uint16Array;
  readonly island: IslandShape;
}

/** Numbers of nodes by their names. Circuits of one bench share them: a name is looked up, and never counted again. */
export class NodeNumbers {
  readonly #of = new Map<Node, number>();

  get size(): number {
    return this.#of.size;
  }

  find(node: Node): number | undefined {
    return this.#of.get(node);
  }

  /** Gives one to a node that has none yet. */
  number(node: Node): number {
    const known = this.#of.get(node);
    if (known !== undefined) return known;
    const number = this.#of.size;
    if (number >= absent) throw new RangeError(`more than ${absent} nodes in one circuit`);
    this.#of.set(node, number);
    return number;
  }
}

/** In place of a root: no element of this circuit has the node. */
const absent = 0xffff;

/** How an element joins its ends: as one island, through an alternating current, or by a current that it forces. */
const [conducts, capacitive, injects] = [0, 1, 2] as const;
const joiningOf = (type: Element["type"]): number =>
  type === "capacitor" ? capacitive : type === "injection" ? injects : conducts;

export class Topology {
  readonly #numbers: NodeNumbers;
  readonly #joining: Uint8Array;
  /** Number of each end of each element. */
  readonly #ends: Uint16Array;
  /** Island of each node, as one of its nodes. */
  readonly #root: Uint16Array;
  /** Number of a node within its island, once that is gathered. */
  readonly #within: Uint16Array;
  /** Gathered when first asked about: most islands never are. */
  readonly #parts = new Map<number, PartShape>();

  constructor(elements: readonly Element[], numbers = new NodeNumbers()) {
    this.#numbers = numbers;
    this.#joining = new Uint8Array(elements.length);
    this.#ends = new Uint16Array(2 * elements.length);
    for (let n = 0; n < elements.length; n++) {
      const { type, a, b } = elements[n] as Element;
      this.#joining[n] = joiningOf(type);
      this.#ends[2 * n] = numbers.number(a);
      this.#ends[2 * n + 1] = numbers.number(b);
    }
    this.#root = new Uint16Array(numbers.size).fill(absent);
    for (const node of this.#ends) this.#root[node] = node;
    this.#within = new Uint16Array(numbers.size).fill(absent);
    this.#divide();
  }

  /** Number of a node, undefined where no element has it. */
  numberOf(node: Node): number | undefined {
    const number = this.#numbers.find(node);
    return number === undefined || (this.#root[number] ?? absent) === absent ? undefined : number;
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
    // Numbered as the elements come, so that one structure is eliminated in one order whatever was met before it.
    let size = 0;
    const place = (node: number): number => {
      if (this.#within[node] === absent) this.#within[node] = size++;
      return this.#within[node] as number;
    };
    const elements: number[] = [];
    const edges: (readonly [number, number])[] = [];
    for (let n = 0; n < this.#joining.length; n++) {
      const i = this.#ends[2 * n] as number;
      const j = this.#ends[2 * n + 1] as number;
      if (this.#joining[n] === capacitive || this.#root[i] !== root || this.#root[j] !== root) continue;
      elements.push(n);
      edges.push([place(i), place(j)]);
    }
    // A node that nothing conducts from is an island too.
    if (size === 0) place(root);
    const made: PartShape = { elements: Uint16Array.from(elements), island: islandShape(size, edges) };
    this.#parts.set(root, made);
    return made;
  }

  /** Numbers of the elements that a node reaches, also through capacitors. */
  reached(from: Node): readonly number[] {
    const start = this.numberOf(from);
    if (start === undefined) return [];
    const at: number[][] = Array.from(this.#root, () => []);
    for (let n = 0; n < this.#joining.length; n++) {
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
    for (let n = 0; n < this.#joining.length; n++) {
      if (this.#joining[n] !== conducts) continue;
      root[find(this.#ends[2 * n] as number)] = find(this.#ends[2 * n + 1] as number);
    }
    for (let node = 0; node < root.length; node++) if (root[node] !== absent) root[node] = find(node);
  }
}

/** Topologies kept; the half that was not asked for the longest goes when there are more. A few kB each. */
const kept_max = 16_384;
/** Names of nodes kept: those of a bench and of all kinds of adapters are some hundred. */
const nodes_max = 4096;

/** Keeps topologies by what names their structure, in the order in which they were last asked for. */
export class Topologies {
  readonly #known = new Map<string, Topology>();
  #numbers = new NodeNumbers();

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
    // Those that are kept hold on to the numbers that they were made with.
    if (this.#numbers.size > nodes_max) this.#numbers = new NodeNumbers();
    const made = new Topology(elements, this.#numbers);
    this.#known.set(key, made);
    return made;
  }
}
