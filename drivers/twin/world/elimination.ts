/**
 * Nodal equations of one connected island, solved by eliminating nodes (star-mesh). It is LU decomposition of the
 * conductance matrix with each diagonal kept as the sum of its row (Grassmann, Taha and Heyman 1985): conductances are
 * only ever added, multiplied and divided, never subtracted, so that 1 uohm and 1 Gohm live in one system and each
 * keeps its full precision. What is left is the rounding of voltages (1e-16 of the largest) and of the currents that
 * EMFs would drive into a short (1e-16 of them): behind 12 V and 1 ohm 1 Gohm still reads within 1e-7.
 */

export interface Island {
  readonly size: number;
  /** Volts of each node against the last node eliminated, after `solve`. */
  readonly volt: Float64Array;
  /** Clears conductances and currents. */
  clear(): void;
  /** Adds a conductance with an EMF in series to an edge given at construction. */
  add(edge: number, siemens: number, emf_V: number): void;
  /** Adds a current flowing into a node. */
  inject(node: number, ampere: number): void;
  solve(): void;
}

interface Step {
  readonly node: number;
  readonly nodes: Int32Array;
  readonly slots: Int32Array;
  /** Slot of each pair (i < j) of neighbours, row by row. */
  readonly mesh: Int32Array;
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
    steps.push({ node, nodes: Int32Array.from(nodes), slots: Int32Array.from(slots), mesh: Int32Array.from(mesh) });
  }
  return steps;
}

/** `edges` are pairs of node numbers below `size`; the island must be connected through them. */
export function createIsland(size: number, edges: readonly (readonly [number, number])[]): Island {
  const structure = new Structure(size);
  const slotOfEdge = Int32Array.from(edges, ([a, b]) => (a === b ? -1 : structure.slot(a, b)));
  const steps = plan(structure, size);
  const g = new Float64Array(structure.slots);
  const sums = new Float64Array(steps.length);
  const current = new Float64Array(size);
  const volt = new Float64Array(size);
  return {
    size,
    volt,
    clear() {
      g.fill(0);
      current.fill(0);
    },
    add(edge, siemens, emf_V) {
      const slot = slotOfEdge[edge] as number;
      if (slot < 0) return;
      g[slot] = (g[slot] as number) + siemens;
      if (emf_V === 0) return;
      const [a, b] = edges[edge] as readonly [number, number];
      current[a] = (current[a] as number) + siemens * emf_V;
      current[b] = (current[b] as number) - siemens * emf_V;
    },
    inject(node, ampere) {
      current[node] = (current[node] as number) + ampere;
    },
    solve() {
      steps.forEach((step, n) => {
        sums[n] = eliminate(step, g, current);
      });
      volt.fill(0);
      for (let n = steps.length - 1; n >= 0; n--) {
        const { node, nodes, slots } = steps[n] as Step;
        const sum = sums[n] as number;
        if (sum === 0) continue;
        let total = current[node] as number;
        for (let i = 0; i < nodes.length; i++) {
          total += (g[slots[i] as number] as number) * (volt[nodes[i] as number] as number);
        }
        volt[node] = total / sum;
      }
    },
  };
}

/** Star at `step.node` to a mesh of its neighbours. Returns the sum of the star's conductances. */
function eliminate(step: Step, g: Float64Array, current: Float64Array): number {
  const { node, nodes, slots, mesh } = step;
  let sum = 0;
  for (let i = 0; i < slots.length; i++) sum += g[slots[i] as number] as number;
  if (sum === 0) return 0;
  const share = (current[node] as number) / sum;
  let at = 0;
  for (let i = 0; i < slots.length; i++) {
    const gi = g[slots[i] as number] as number;
    current[nodes[i] as number] = (current[nodes[i] as number] as number) + gi * share;
    const ratio = gi / sum;
    for (let j = i + 1; j < slots.length; j++) {
      const target = mesh[at++] as number;
      g[target] = (g[target] as number) + ratio * (g[slots[j] as number] as number);
    }
  }
  return sum;
}
