/** Paths through the high-voltage tree, by search in the netlist; a relay's name says nothing. */
import type { Bench, Node } from "../model/bench.ts";
import type { Contact } from "../model/contacts.ts";
import { RigError } from "../model/errors.ts";
import { highVoltageTree, nodeInN2, type Tree } from "../model/highVoltage.ts";
import type { Edge } from "../model/netlist.ts";
import { isSearchFailure, searchRoute } from "../model/search.ts";
import type { Bus, HighVoltageWiring } from "../plan/highVoltage.ts";
import type { Route } from "../plan/wiring.ts";

/** Undefined on a bench without an insulation tester. */
export function makeHighVoltageWiring(bench: Bench): HighVoltageWiring | undefined {
  const tree = highVoltageTree(bench);
  if (!tree) return undefined;
  const { contacts, code, standard_ohm, discharge_s } = tree.facts;
  return {
    contacts,
    code,
    standard_ohm,
    discharge_s,
    route: (hi, lo, bus, peak_V) => routeOf(bench, tree, { hi, lo, bus, peak_V }),
  };
}

interface Asked {
  readonly hi: readonly Contact[];
  readonly lo: readonly Contact[];
  readonly bus: Bus;
  readonly peak_V: number;
}

function routeOf(bench: Bench, tree: Tree, { hi, lo, bus, peak_V }: Asked): Route {
  const { facts, high, back, earth } = tree;
  const both = hi.find((contact) => lo.includes(contact));
  if (both) throw refused(`${both} is on both sides of the insulation tester`, { contact: both });
  const missing = [...hi, ...lo].find((contact) => !facts.contacts.includes(contact));
  if (missing) {
    throw refused(`${bench.file}: high_voltage.contacts: N2 has no contact ${missing}`, { contact: missing });
  }
  const ends = new Set<Node>([high, back, earth, facts.standardBus, ...facts.contacts.map(nodeInN2)]);
  const path = (from: Node, to: Node): readonly Edge[] => {
    const found = searchRoute(bench, from, to, { avoid: (node) => ends.has(node) });
    if (isSearchFailure(found)) throw refused(`${bench.file}: relays: ${found.why}`, { from, to });
    return found.elements;
  };
  const busAt = { high, return: back, guard: earth }[bus];
  const edges = [
    ...hi.flatMap((contact) => path(high, nodeInN2(contact))),
    ...lo.flatMap((contact) => path(back, nodeInN2(contact))),
    ...path(busAt, facts.standardBus),
  ];
  for (const { id, kind, withstand_V } of edges) {
    // Written so that NaN is refused too.
    if (peak_V <= withstand_V) continue;
    throw refused(`${kind} ${id} withstands ${withstand_V} V, the step can produce ${peak_V} V`, { element: id });
  }
  const relays = [...new Set(edges.filter(({ kind }) => kind === "relay").map(({ id }) => id))].sort();
  return {
    relays,
    settle_s: settle(bench, tree),
    elements: [...new Set(edges)].map(({ from: _from, to: _to, ...element }) => element),
    carry_A: Math.min(...edges.map(({ carry_A }) => carry_A)),
    withstand_V: Math.min(...edges.map(({ withstand_V }) => withstand_V)),
  };
}

/** Slowest release and slowest operate of the tree's relays, s. */
function settle(bench: Bench, { relays }: Tree): number {
  const classes = [...relays].flatMap((id) => bench.relayClasses[bench.relays[id]?.class ?? ""] ?? []);
  return (
    Math.max(0, ...classes.map(({ release_s }) => release_s)) +
    Math.max(0, ...classes.map(({ operate_s }) => operate_s))
  );
}

const refused = (text: string, facts: Readonly<Record<string, string>>): RigError =>
  new RigError("PATH_REFUSED", text, facts);
