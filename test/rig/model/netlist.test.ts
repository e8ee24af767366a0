import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadBench } from "../../../rig/bench/benchFile.ts";
import { edgesOf, Joined } from "../../../rig/model/netlist.ts";

const nodes = ["a", "b", "c", "d", "e", "f", "g", "h"];
const anyEdges = fc.array(fc.record({ from: fc.constantFrom(...nodes), to: fc.constantFrom(...nodes) }), {
  maxLength: 12,
});
type Edges = readonly { readonly from: string; readonly to: string }[];

/** By walking, the slow and plain way. */
function reached(edges: Edges, from: string): Set<string> {
  const seen = new Set([from]);
  for (let before = 0; before < seen.size; ) {
    before = seen.size;
    for (const edge of edges) {
      if (seen.has(edge.from)) seen.add(edge.to);
      if (seen.has(edge.to)) seen.add(edge.from);
    }
  }
  return seen;
}

describe("joined nodes", () => {
  test("are those that a walk along the edges reaches", () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const joined = new Joined(edges);
        for (const a of nodes) {
          const near = reached(edges, a);
          for (const b of nodes) expect(joined.same(a, b)).toBe(near.has(b));
        }
      }),
    );
  });
});

describe("edges of the reference bench", () => {
  const bench = loadBench("benches/rb-1.yaml");
  const edges = edgesOf(bench);

  test("hold every pole of every relay, every lead, and every part but capacitors", () => {
    const poles = Object.values(bench.relays).reduce((sum, relay) => sum + relay.poles.length, 0);
    const count = (kind: string) => edges.filter((edge) => edge.kind === kind).length;
    expect(count("relay")).toBe(poles);
    expect(count("lead")).toBe(bench.leads.length);
    expect(count("part")).toBe(bench.parts.filter((part) => part.type !== "capacitor").length);
  });

  test("carry the ratings of the relay's class", () => {
    const k1a = edges.find((edge) => edge.id === "K1A");
    expect(k1a).toMatchObject({ kind: "relay", carry_A: bench.relayClasses["contactor"]?.carry_A });
  });
});
