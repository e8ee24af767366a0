/** A pilot line as what is stepped: resistances between few nodes, capacitors, diodes, the driver, and where it is looked at. */
import type { Node } from "../../../rig/model/bench.ts";
import type { Branch, Capacitor, Diode, Element } from "./elements.ts";
import { shiftOf } from "./elements.ts";

/** An element's place among the edges of the network, and the numbers of its nodes. */
export interface Edge {
  readonly edge: number;
  readonly a: number;
  readonly b: number;
}

export interface LineNetwork {
  readonly size: number;
  readonly edges: readonly (readonly [number, number])[];
  readonly fixed: readonly (Edge & { readonly siemens: number; readonly emf_V: number })[];
  readonly capacitors: readonly (Edge & { readonly farad: number })[];
  readonly diodes: readonly (Edge & { readonly shift_V: number })[];
  readonly driver: Edge & { readonly siemens: number };
  /** Numbers of the nodes of each probe pair, where the driver reaches them. */
  readonly probes: readonly (readonly [number, number] | undefined)[];
}

/** Steps a network through time. */
export interface LineMarch {
  /** Back to where nothing is charged. */
  reset(): void;
  /** One step, backward Euler or trapezoidal; `level_V` is the driver's at its end. */
  step(h_s: number, level_V: number, euler: boolean): void;
  /** Volts of a probe pair after the step; 0 where the driver does not reach it. */
  probe(n: number): number;
}

export function lineNetwork(
  branches: readonly Branch[],
  capacitors: readonly Capacitor[],
  diodes: readonly Diode[],
  driver: Branch,
  probes: readonly (readonly [Node, Node])[],
): LineNetwork {
  const numbers = new Map<Node, number>();
  const edges: (readonly [number, number])[] = [];
  const number = (node: Node): number => {
    const known = numbers.get(node) ?? numbers.size;
    numbers.set(node, known);
    return known;
  };
  const edge = ({ a, b }: Element): Edge => {
    const ends = [number(a), number(b)] as const;
    return { edge: edges.push(ends) - 1, a: ends[0], b: ends[1] };
  };
  const network = {
    fixed: branches.map((one) => ({ ...edge(one), siemens: 1 / one.ohm, emf_V: one.emf_V })),
    capacitors: capacitors.map((one) => ({ ...edge(one), farad: one.farad })),
    diodes: diodes.map((one) => ({ ...edge(one), shift_V: shiftOf(one) })),
    driver: { ...edge(driver), siemens: 1 / driver.ohm },
  };
  return {
    ...network,
    size: numbers.size,
    edges,
    probes: probes.map(([a, b]) => {
      const [i, j] = [numbers.get(a), numbers.get(b)];
      return i === undefined || j === undefined ? undefined : [i, j];
    }),
  };
}
