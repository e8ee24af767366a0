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

class Structure {
  readonly slotOf: Map<number, number>[];
  slots = 0;

  constructor(size: number) {
    this.slotOf = Array.from({ length: size }, () => new Map());
  }

  slot(a: number, b: number): number {
    const known = this.slotOf[a]?.get(b);
    if (known !== undefined) return known;
    const slot = this.slots++;
    this.slotOf[a]?.set(b, slot);
    this.slotOf[b]?.set(a, slot);
    return slot;
  }
}

/** Order of least degree: leaves first, so that leads and taps cost next to nothing. */
function plan(structure: Structure, size: number): Step[] {
  const left = new Set(Array.from({ length: size }, (_, i) => i));
  const steps: Step[] = [];
  while (left.size > 1) {
    let node = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const candidate of left) {
      const degree = structure.slotOf[candidate]?.size ?? 0;
      if (degree >= least) continue;
      least = degree;
      node = candidate;
      if (degree <= 1) break;
    }
    left.delete(node);
    const around = [...(structure.slotOf[node] ?? [])];
    for (const [other] of around) structure.slotOf[other]?.delete(node);
    const mesh: number[] = [];
    for (let i = 0; i < around.length; i++) {
      for (let j = i + 1; j < around.length; j++) {
        mesh.push(structure.slot((around[i] as [number, number])[0], (around[j] as [number, number])[0]));
      }
    }
    steps.push({
      node,
      nodes: Int32Array.from(around, ([other]) => other),
      slots: Int32Array.from(around, ([, slot]) => slot),
      mesh: Int32Array.from(mesh),
    });
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
