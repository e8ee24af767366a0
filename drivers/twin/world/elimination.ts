/**
 * Nodal equations of one connected island, solved by eliminating nodes (star-mesh). It is LU decomposition of the
 * conductance matrix with each diagonal kept as the sum of its row (Grassmann, Taha and Heyman 1985): conductances are
 * only ever added, multiplied and divided, never subtracted, so that 1 uohm and 1 Gohm live in one system and each
 * keeps its full precision. What is left is the rounding of voltages (1e-16 of the largest) and of the currents that
 * EMFs would drive into a short (1e-16 of them): behind 12 V and 1 ohm 1 Gohm still reads within 1e-7.
 */

/** How an island is eliminated: from its edges alone, so that one shape serves all values. */
export interface IslandShape {
  readonly size: number;
  readonly slots: number;
  /** Nodes of each edge, and the slot of its conductance; -1 where both ends are one node. */
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly slotOfEdge: Int32Array;
  /** Node of each step; its neighbours and their slots lie from `from[n]` to `from[n + 1]`. */
  readonly order: Int32Array;
  readonly from: Int32Array;
  readonly nodes: Int32Array;
  readonly slotOf: Int32Array;
  /** Slots of each pair (i < j) of neighbours, row by row, step after step. */
  readonly mesh: Int32Array;
}

interface Step {
  readonly node: number;
  readonly nodes: readonly number[];
  readonly slots: readonly number[];
  readonly mesh: readonly number[];
}

/** Neighbours of each node with the slot of the conductance between them. Few each, so that lists beat maps. */
class Structure {
  readonly nodes: number[][];
  readonly slotsOf: number[][];
  slots = 0;

  constructor(size: number) {
    this.nodes = Array.from({ length: size }, () => []);
    this.slotsOf = Array.from({ length: size }, () => []);
  }

  slot(a: number, b: number): number {
    const around = this.nodes[a] as number[];
    const at = around.indexOf(b);
    if (at >= 0) return (this.slotsOf[a] as number[])[at] as number;
    const slot = this.slots++;
    around.push(b);
    (this.slotsOf[a] as number[]).push(slot);
    (this.nodes[b] as number[]).push(a);
    (this.slotsOf[b] as number[]).push(slot);
    return slot;
  }

  forget(node: number, neighbour: number): void {
    const around = this.nodes[node] as number[];
    const at = around.indexOf(neighbour);
    around.splice(at, 1);
    (this.slotsOf[node] as number[]).splice(at, 1);
  }
}

/** Order of least degree: leaves first, so that leads and taps cost next to nothing. */
function plan(structure: Structure, size: number): Step[] {
  const left = Array.from({ length: size }, (_, i) => i);
  const steps: Step[] = [];
  while (left.length > 1) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < left.length; i++) {
      const degree = (structure.nodes[left[i] as number] as number[]).length;
      if (degree >= least) continue;
      least = degree;
      best = i;
      if (degree <= 1) break;
    }
    const node = left[best] as number;
    left[best] = left[left.length - 1] as number;
    left.pop();
    const nodes = structure.nodes[node] as number[];
    for (const other of nodes) structure.forget(other, node);
    const mesh: number[] = [];
    for (let i = 0; i < nodes.length; i++) {
      for (let j = i + 1; j < nodes.length; j++) mesh.push(structure.slot(nodes[i] as number, nodes[j] as number));
    }
    const slots = structure.slotsOf[node] as number[];
    steps.push({ node, nodes, slots, mesh });
  }
  return steps;
}

/** Shapes kept; a bench with adapters of all kinds of faults has some thousand. */
const shapes_max = 4096;
const shapes = new Map<number, IslandShape>();

/**
 * `edges` are pairs of node numbers below `size`; the island must be connected through them. Islands of the same edges in
 * the same order have one shape: what is wrong with an adapter concerns one or two of the many islands of a bench.
 */
export function islandShape(size: number, edges: readonly (readonly [number, number])[]): IslandShape {
  let hash = Math.imul(size, 0x9e3779b1) ^ edges.length;
  for (const [a, b] of edges) hash = Math.imul(hash ^ (a << 12) ^ b, 0x01000193) ^ (hash >>> 15);
  const known = shapes.get(hash);
  if (known !== undefined && hasShape(known, size, edges)) return known;
  const made = newShape(size, edges);
  if (shapes.size >= shapes_max) shapes.clear();
  shapes.set(hash, made);
  return made;
}

function hasShape(
  { size: of, a, b }: IslandShape,
  size: number,
  edges: readonly (readonly [number, number])[],
): boolean {
  if (of !== size || a.length !== edges.length) return false;
  for (let n = 0; n < edges.length; n++) {
    const edge = edges[n] as readonly [number, number];
    if (a[n] !== edge[0] || b[n] !== edge[1]) return false;
  }
  return true;
}

function newShape(size: number, edges: readonly (readonly [number, number])[]): IslandShape {
  const structure = new Structure(size);
  const a = new Int32Array(edges.length);
  const b = new Int32Array(edges.length);
  const slotOfEdge = new Int32Array(edges.length);
  for (let n = 0; n < edges.length; n++) {
    const edge = edges[n] as readonly [number, number];
    a[n] = edge[0];
    b[n] = edge[1];
    slotOfEdge[n] = edge[0] === edge[1] ? -1 : structure.slot(edge[0], edge[1]);
  }
  const steps = plan(structure, size);
  const order = new Int32Array(steps.length);
  const from = new Int32Array(steps.length + 1);
  const nodes: number[] = [];
  const slotOf: number[] = [];
  const mesh: number[] = [];
  for (let n = 0; n < steps.length; n++) {
    const step = steps[n] as Step;
    order[n] = step.node;
    for (const node of step.nodes) nodes.push(node);
    for (const slot of step.slots) slotOf.push(slot);
    for (const slot of step.mesh) mesh.push(slot);
    from[n + 1] = nodes.length;
  }
  return {
    ...{ size, slots: structure.slots, a, b, slotOfEdge, order, from },
    nodes: new Int32Array(nodes),
    slotOf: new Int32Array(slotOf),
    mesh: new Int32Array(mesh),
  };
}

export const createIsland = (size: number, edges: readonly (readonly [number, number])[]): Island =>
  new Island(islandShape(size, edges));

export class Island {
  readonly shape: IslandShape;
  /** Volts of each node against the last node eliminated, after `solve`. */
  readonly volt: Float64Array;
  readonly #g: Float64Array;
  readonly #current: Float64Array;
  readonly #sums: Float64Array;
  #kept: { readonly g: Float64Array; readonly current: Float64Array } | undefined;

  constructor(shape: IslandShape) {
    this.shape = shape;
    this.volt = new Float64Array(shape.size);
    this.#g = new Float64Array(shape.slots);
    this.#current = new Float64Array(shape.size);
    this.#sums = new Float64Array(shape.order.length);
  }

  /** Clears conductances and currents. */
  clear(): void {
    this.#g.fill(0);
    this.#current.fill(0);
  }

  /** What has been added so far is what `restore` goes back to. */
  keep(): void {
    this.#kept = { g: this.#g.slice(), current: this.#current.slice() };
  }

  restore(): void {
    if (this.#kept === undefined) throw new RangeError("nothing of this island was kept");
    this.#g.set(this.#kept.g);
    this.#current.set(this.#kept.current);
  }

  /** Adds a conductance with an EMF in series to an edge given at construction. */
  add(edge: number, siemens: number, emf_V: number): void {
    const { slotOfEdge, a, b } = this.shape;
    const slot = slotOfEdge[edge] as number;
    if (slot < 0) return;
    const g = this.#g;
    g[slot] = (g[slot] as number) + siemens;
    if (emf_V !== 0) this.inject(a[edge] as number, b[edge] as number, siemens * emf_V);
  }

  /** Adds a current that leaves one node and enters the other. */
  inject(into: number, outOf: number, ampere: number): void {
    const current = this.#current;
    current[into] = (current[into] as number) + ampere;
    current[outOf] = (current[outOf] as number) - ampere;
  }

  solve(): void {
    this.#eliminate();
    this.#substitute();
  }

  /** Takes all currents away and keeps what `solve` has made of the conductances: `solveAgain` is for other currents. */
  clearCurrents(): void {
    this.#current.fill(0);
  }

  /** As `solve`, with the conductances of the last solution; only currents may have been changed since. */
  solveAgain(): void {
    const { order, from, nodes, slotOf } = this.shape;
    const [g, current, sums] = [this.#g, this.#current, this.#sums];
    for (let n = 0; n < order.length; n++) {
      const sum = sums[n] as number;
      const share = sum === 0 ? 0 : (current[order[n] as number] as number) / sum;
      if (share === 0) continue;
      const end = from[n + 1] as number;
      for (let i = from[n] as number; i < end; i++) {
        const node = nodes[i] as number;
        current[node] = (current[node] as number) + (g[slotOf[i] as number] as number) * share;
      }
    }
    this.#substitute();
  }

  #substitute(): void {
    const { order, from, nodes, slotOf } = this.shape;
    const [g, current, sums, volt] = [this.#g, this.#current, this.#sums, this.volt];
    volt.fill(0);
    for (let n = order.length - 1; n >= 0; n--) {
      const sum = sums[n] as number;
      if (sum === 0) continue;
      const node = order[n] as number;
      let total = current[node] as number;
      const end = from[n + 1] as number;
      for (let i = from[n] as number; i < end; i++) {
        total += (g[slotOf[i] as number] as number) * (volt[nodes[i] as number] as number);
      }
      volt[node] = total / sum;
    }
  }

  /** Star at each step's node to a mesh of its neighbours; keeps the sum of each star's conductances. */
  #eliminate(): void {
    const { order, from, nodes, slotOf, mesh } = this.shape;
    const [g, current, sums] = [this.#g, this.#current, this.#sums];
    let at = 0;
    for (let n = 0; n < order.length; n++) {
      const first = from[n] as number;
      const end = from[n + 1] as number;
      let sum = 0;
      for (let i = first; i < end; i++) sum += g[slotOf[i] as number] as number;
      sums[n] = sum;
      if (sum === 0) {
        at += ((end - first) * (end - first - 1)) / 2;
        continue;
      }
      const share = (current[order[n] as number] as number) / sum;
      for (let i = first; i < end; i++) {
        const gi = g[slotOf[i] as number] as number;
        const node = nodes[i] as number;
        current[node] = (current[node] as number) + gi * share;
        const ratio = gi / sum;
        for (let j = i + 1; j < end; j++) {
          const target = mesh[at++] as number;
          g[target] = (g[target] as number) + ratio * (g[slotOf[j] as number] as number);
        }
      }
    }
  }
}
