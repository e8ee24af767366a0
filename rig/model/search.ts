/** Search for the relays that join two nodes, by the netlist alone. */
import type { Bench, Node } from "./bench.ts";
import { type Edge, edgesOf } from "./netlist.ts";

export interface Found {
  /** Edges in order from start to end. */
  readonly elements: readonly Edge[];
}

export interface SearchFailure {
  readonly why: string;
}

export const isSearchFailure = (found: Found | SearchFailure): found is SearchFailure => "why" in found;

export interface SearchOptions {
  /** Relays that may be used; all by default. */
  readonly relay?: (id: string) => boolean;
  /** Nodes that the path may not pass through (its ends are always allowed). */
  readonly avoid?: (node: Node) => boolean;
}

interface Netlist {
  readonly at: ReadonlyMap<Node, readonly Edge[]>;
}

const netlists = new WeakMap<Bench, Netlist>();

function netlistOf(bench: Bench): Netlist {
  const known = netlists.get(bench);
  if (known) return known;
  const at = new Map<Node, Edge[]>();
  const add = (node: Node, edge: Edge): void => {
    const list = at.get(node);
    if (list) list.push(edge);
    else at.set(node, [edge]);
  };
  // Resistors in the signal circuits are no wires; a shunt is one: below 1 ohm.
  for (const edge of edgesOf(bench)) {
    if (edge.kind === "part" && !(edge.resistance_ohm > 0 && edge.resistance_ohm < 1)) continue;
    if (edge.kind === "part" && bench.parts.find((part) => part.id === edge.id)?.type !== "resistor") continue;
    add(edge.from, edge);
    add(edge.to, edge);
  }
  const made = { at };
  netlists.set(bench, made);
  return made;
}

/**
 * Fewest relays, then fewest elements (0-1 breadth first by rounds of relays). Among equals the first in the bench file,
 * so that the same bench always gives the same path.
 */
export function searchRoute(bench: Bench, from: Node, to: Node, options: SearchOptions): Found | SearchFailure {
  const { at } = netlistOf(bench);
  for (const node of [from, to]) {
    if (!at.has(node)) return { why: `the bench has no node ${node}` };
  }
  const cost = new Map<Node, number>([[from, 0]]);
  const came = new Map<Node, Edge>();
  // A relay costs more than all wires of a path together.
  const weight = (edge: Edge): number => (edge.kind === "relay" ? 1000 : 1);
  const open = new Set<Node>([from]);
  while (open.size > 0) {
    let node = from;
    let least = Number.POSITIVE_INFINITY;
    for (const one of open) {
      const value = cost.get(one) ?? Number.POSITIVE_INFINITY;
      if (value < least) [node, least] = [one, value];
    }
    open.delete(node);
    if (node === to) return { elements: trace(came, from, to) };
    if (node !== from && options.avoid?.(node)) continue;
    for (const edge of at.get(node) ?? []) {
      if (edge.kind === "relay" && options.relay && !options.relay(edge.id)) continue;
      const other = edge.from === node ? edge.to : edge.from;
      const value = least + weight(edge);
      if (value >= (cost.get(other) ?? Number.POSITIVE_INFINITY)) continue;
      cost.set(other, value);
      came.set(other, edge);
      open.add(other);
    }
  }
  return { why: `no relay path joins ${from} and ${to}` };
}

function trace(came: ReadonlyMap<Node, Edge>, from: Node, to: Node): readonly Edge[] {
  const path: Edge[] = [];
  let node = to;
  while (node !== from) {
    const edge = came.get(node);
    if (!edge) break;
    path.unshift(edge);
    node = edge.from === node ? edge.to : edge.from;
  }
  return path;
}
