/**
 * The bench's netlist as a graph. Wiring searches it for paths, admission for what is joined; both from the same
 * edges, so that neither can believe in a wire the other does not see.
 */
import type { Bench, Node } from "./bench.ts";

/** What joins two nodes. `relay` is closed when energised; all others always conduct. */
export interface Edge {
  readonly id: string;
  readonly kind: "relay" | "lead" | "part";
  readonly from: Node;
  readonly to: Node;
  readonly resistance_ohm: number;
  /** Infinity where the element declares none. */
  readonly carry_A: number;
  readonly withstand_V: number;
}

/** Nodes that conduct DC into each other; a capacitor does not. Parts that are sources join their two nodes too. */
export function edgesOf(bench: Bench): readonly Edge[] {
  const edges: Edge[] = [];
  for (const relay of Object.values(bench.relays)) {
    const ratings = bench.relayClasses[relay.class];
    if (!ratings) continue;
    const { resistance_ohm, carry_A, withstand_V } = ratings;
    for (const [from, to] of relay.poles) {
      edges.push({ id: relay.id, kind: "relay", from, to, resistance_ohm, carry_A, withstand_V });
    }
  }
  for (const lead of bench.leads) edges.push({ ...lead, kind: "lead" });
  for (const part of bench.parts) {
    if (part.type === "capacitor") continue;
    edges.push({
      id: part.id,
      kind: "part",
      from: part.from,
      to: part.to,
      resistance_ohm: part.type === "diode" ? 0 : part.ohm,
      carry_A: part.type === "resistor" ? part.carry_A : Number.POSITIVE_INFINITY,
      withstand_V: Number.POSITIVE_INFINITY,
    });
  }
  return edges;
}

/** Sets of joined nodes under a set of edges; `find` gives a representative. */
export class Joined {
  readonly #parent = new Map<Node, Node>();

  constructor(edges: Iterable<{ readonly from: Node; readonly to: Node }>) {
    for (const edge of edges) this.join(edge.from, edge.to);
  }

  find(node: Node): Node {
    let root = node;
    for (let up = this.#parent.get(root); up !== undefined; up = this.#parent.get(root)) root = up;
    let walk = node;
    while (walk !== root) {
      const up = this.#parent.get(walk) ?? root;
      this.#parent.set(walk, root);
      walk = up;
    }
    return root;
  }

  join(a: Node, b: Node): void {
    const from = this.find(a);
    const to = this.find(b);
    if (from !== to) this.#parent.set(from, to);
  }

  same(a: Node, b: Node): boolean {
    return this.find(a) === this.find(b);
  }
}
