/**
 * One period of the control pilot: the driver switches between two levels, and R, C and diodes answer. The network is
 * first reduced to the few nodes that matter (star-mesh, exact), then stepped: two backward Euler steps after each edge
 * and trapezoidal ones after them, growing by an eighth, so that time constants from 0.1 us to 100 us are all resolved.
 */
import type { Node } from "../../../rig/model/bench.ts";
import type { Branch, Element } from "./elements.ts";
import { diodeConductance_S, diodeCurrent_A } from "./elements.ts";
import { createIsland, type Island } from "./elimination.ts";
import { type LineMarch, type LineNetwork, lineNetwork } from "./lineNetwork.ts";
import { canTransfer, companion_S, nextJunction_V, rest_V, rounds_max, TransferMarch } from "./lineTransfer.ts";
import { reduceNetwork } from "./reduce.ts";
import { Topology } from "./topology.ts";

export interface Square {
  readonly period_s: number;
  readonly high_s: number;
  readonly low_V: number;
  readonly high_V: number;
}

export interface Period {
  /** From the start of the rising edge, s; the first is 0, the last `period_s`. */
  readonly t_s: Float64Array;
  /** Volts of each probe pair; undefined when the pilot does not reach it. */
  readonly volt: readonly (Float64Array | undefined)[];
}

/** The driver's own edge, s (domain.md 2.2: at most 2 us at the generator; H). */
const edge_s = 0.2e-6;
const firstStep_s = 0.02e-6;
const growth = 1.125;

type CapacitorState = LineNetwork["capacitors"][number] & {
  volt: number;
  ampere: number;
  siemens: number;
  emf_V: number;
};

/** `volt` is that of the junction. */
type DiodeState = LineNetwork["diodes"][number] & { volt: number };

/** Solves the whole network in each round of each step: for any number of diodes. */
export class PlainMarch implements LineMarch {
  readonly #network: LineNetwork;
  readonly #island: Island;
  readonly #capacitors: readonly CapacitorState[];
  readonly #diodes: readonly DiodeState[];

  constructor(network: LineNetwork) {
    this.#network = network;
    this.#capacitors = network.capacitors.map((c) => ({ ...c, volt: 0, ampere: 0, siemens: 0, emf_V: 0 }));
    this.#diodes = network.diodes.map((d) => ({ ...d, volt: 0 }));
    this.#island = createIsland(network.size, network.edges);
    for (const { edge, siemens, emf_V } of network.fixed) this.#island.add(edge, siemens, emf_V);
    this.#island.keep();
  }

  reset(): void {
    for (const c of this.#capacitors) Object.assign(c, { volt: 0, ampere: 0, siemens: 0, emf_V: 0 });
    for (const d of this.#diodes) d.volt = 0;
  }

  probe(n: number): number {
    const pair = this.#network.probes[n];
    return pair === undefined ? 0 : this.#across(...pair);
  }

  #across(a: number, b: number): number {
    const { volt } = this.#island;
    return (volt[a] as number) - (volt[b] as number);
  }

  step(h_s: number, level_V: number, euler: boolean): void {
    for (const c of this.#capacitors) {
      c.siemens = companion_S(c.farad, h_s, euler);
      c.emf_V = euler ? c.volt : c.volt + c.ampere / c.siemens;
    }
    for (let round = 0; round < rounds_max; round++) {
      this.#linear(level_V);
      if (this.#junctionsAgree()) break;
    }
    for (const c of this.#capacitors) {
      c.volt = this.#across(c.a, c.b);
      c.ampere = c.siemens * (c.volt - c.emf_V);
    }
  }

  #linear(level_V: number): void {
    const island = this.#island;
    const { driver } = this.#network;
    island.restore();
    for (const c of this.#capacitors) island.add(c.edge, c.siemens, c.emf_V);
    for (const { edge, volt, shift_V } of this.#diodes) {
      const siemens = diodeConductance_S(volt);
      island.add(edge, siemens, volt + shift_V - diodeCurrent_A(volt, shift_V) / siemens);
    }
    island.add(driver.edge, driver.siemens, level_V);
    island.solve();
  }

  #junctionsAgree(): boolean {
    let agree = true;
    for (const d of this.#diodes) {
      const next = nextJunction_V(this.#across(d.a, d.b) - d.shift_V, d.volt);
      if (Math.abs(next - d.volt) > rest_V) agree = false;
      d.volt = next;
    }
    return agree;
  }
}

/** What a driver drives, reduced once: its steady periods at several duty cycles follow one after the other. */
export class PilotLine {
  readonly #march: LineMarch;
  /** Whether the driver reaches each probe pair. */
  readonly #reached: readonly boolean[];

  /** `near`: all elements that the driver reaches, itself included. */
  constructor(near: readonly Element[], driver: Branch, probes: readonly (readonly [Node, Node])[]) {
    const capacitors = near.filter((element) => element.type === "capacitor");
    const diodes = near.filter((element) => element.type === "diode");
    const linear = near.flatMap((element): readonly Branch[] => {
      if (element === driver) return [];
      if (element.type === "branch") return [element];
      // Power instruments are off while there is a pilot: what is left of them is their input resistance.
      const { id, a, b } = element;
      if (element.type === "source") return [{ type: "branch", id, a, b, ohm: element.bleeder_ohm, emf_V: 0 }];
      if (element.type === "load") return [{ type: "branch", id, a, b, ohm: element.off_ohm, emf_V: 0 }];
      return [];
    });
    const keep = new Set<Node>([...[...capacitors, ...diodes, driver].flatMap(({ a, b }) => [a, b]), ...probes.flat()]);
    const network = lineNetwork(reduceNetwork(linear, keep), capacitors, diodes, driver, probes);
    this.#reached = network.probes.map((pair) => pair !== undefined);
    this.#march = canTransfer(network) ? new TransferMarch(network) : new PlainMarch(network);
  }

  /** The steady period: the second after rest at the low level. */
  period({ period_s, high_s, low_V, high_V }: Square): Period {
    const march = this.#march;
    march.reset();
    for (let n = 0; n < 4; n++) march.step(1, low_V, true);
    const t: number[] = [];
    const volt: number[][] = this.#reached.map(() => []);
    const keepPoint = (t_s: number): void => {
      t.push(t_s);
      for (let n = 0; n < volt.length; n++) volt[n]?.push(march.probe(n));
    };
    const half = (from_s: number, to_s: number, before_V: number, after_V: number, record: boolean): void => {
      const length_s = to_s - from_s;
      let at_s = 0;
      let h_s = firstStep_s;
      for (let n = 0; at_s < length_s * (1 - 1e-12); n++) {
        // The driver's edge is resolved evenly; after it the steps grow.
        if (at_s > edge_s) h_s *= growth;
        const step_s = Math.min(h_s, length_s - at_s);
        at_s += step_s;
        march.step(step_s, before_V + (after_V - before_V) * Math.min(1, at_s / edge_s), n < 2);
        if (record) keepPoint(from_s + at_s);
      }
    };
    for (const record of [false, true]) {
      if (record) keepPoint(0);
      half(0, high_s, low_V, high_V, record);
      half(high_s, period_s, high_V, low_V, record);
    }
    return {
      t_s: Float64Array.from(t),
      volt: volt.map((v, n) => (this.#reached[n] ? Float64Array.from(v) : undefined)),
    };
  }
}

/** A line of its own; `driver` is the branch in `elements` whose EMF is switched. */
export function pilotLine(
  elements: readonly Element[],
  driver: Branch,
  probes: readonly (readonly [Node, Node])[],
): PilotLine {
  const near = new Topology(elements).reached(driver.a).map((n) => elements[n] as Element);
  return new PilotLine(near, driver, probes);
}
