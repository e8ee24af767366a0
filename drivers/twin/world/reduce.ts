/** Star-mesh reduction of a resistive network with EMFs to the nodes that matter, exactly. */
import type { Node } from "../../../rig/model/bench.ts";
import type { Branch } from "./elements.ts";

interface Edge {
  siemens: number;
  /** Current that the EMFs drive into the node that owns this end. */
  ampere: number;
}

/**
 * A network that behaves alike at the nodes to keep. EMFs survive as Norton currents of the branches, so that a branch
 * of the result is again a resistance with an EMF.
 */
export function reduceNetwork(branches: readonly Branch[], keep: ReadonlySet<Node>): Branch[] {
  const at = new Map<Node, Map<Node, Edge>>();
  const endsOf = (node: Node): Map<Node, Edge> => {
    const known = at.get(node);
    if (known !== undefined) return known;
    const made = new Map<Node, Edge>();
    at.set(node, made);
    return made;
  };
  const add = (a: Node, b: Node, siemens: number, intoA: number): void => {
    for (const [from, to, ampere] of [
      [a, b, intoA],
      [b, a, -intoA],
    ] as const) {
      const edge = endsOf(from).get(to) ?? { siemens: 0, ampere: 0 };
      edge.siemens += siemens;
      edge.ampere += ampere;
      endsOf(from).set(to, edge);
    }
  };
  for (const { a, b, ohm, emf_V } of branches) if (a !== b) add(a, b, 1 / ohm, emf_V / ohm);
  const gone = [...at.keys()].filter((node) => !keep.has(node));
  while (gone.length > 0) {
    let best = 0;
    for (let i = 1; i < gone.length; i++) {
      if (endsOf(gone[i] as Node).size < endsOf(gone[best] as Node).size) best = i;
    }
    const [node] = gone.splice(best, 1) as [Node];
    const star = [...endsOf(node)];
    at.delete(node);
    for (const [other] of star) endsOf(other).delete(node);
    const sum = star.reduce((total, [, { siemens }]) => total + siemens, 0);
    for (let i = 0; i < star.length; i++) {
      for (let j = i + 1; j < star.length; j++) {
        const [a, x] = star[i] as [Node, Edge];
        const [b, y] = star[j] as [Node, Edge];
        // x.ampere flows into the node from its EMF towards a; seen from a it is -x.ampere.
        add(a, b, (x.siemens * y.siemens) / sum, (y.ampere * x.siemens - x.ampere * y.siemens) / sum);
      }
    }
  }
  const result: Branch[] = [];
  for (const [a, ends] of at) {
    for (const [b, { siemens, ampere }] of ends) {
      if (a < b) {
        result.push({ type: "branch", id: `${a}~${b}`, a, b, ohm: 1 / siemens, emf_V: ampere / siemens });
      }
    }
  }
  return result;
}
