/**
 * Steps a pilot line with at most one diode by what each current does to each voltage. For one length of step that is a
 * matrix: it is worked out when the length first comes, and the lengths come again at each edge, in each period and at
 * each duty cycle. The diode is then one equation in one unknown, solved by the same rounds to the same end.
 */
import { diode, diodeCurrent_A, limitedJunction_V } from "./elements.ts";
import { createIsland, type Island } from "./elimination.ts";
import type { LineMarch, LineNetwork } from "./lineNetwork.ts";

/** Rounds of one step, and how little a junction moves in the last, V. */
export const rounds_max = 100;
export const rest_V = 1e-7;

/** Where a junction goes in a round: far below zero its current does not depend on the voltage any more. */
export const nextJunction_V = (volt: number, before: number): number => Math.max(-1, limitedJunction_V(volt, before));

/** Conductance that stands for a capacitor during a step. */
export const companion_S = (farad: number, h_s: number, euler: boolean): number => (euler ? 1 : 2) * (farad / h_s);

export const canTransfer = ({ diodes }: LineNetwork): boolean => diodes.length <= 1;

/** Lengths kept; a line at five duty cycles has some hundred. */
const lengths_max = 512;

/** Volts of all ports: `rest_V` without any current, and what one ampere through each driven port adds (row by row). */
interface Transfer {
  readonly siemens: Float64Array;
  readonly rest_V: Float64Array;
  readonly ohm: Float64Array;
}

/** The diode's own leak is part of the network. */
const junction_A = (volt: number, shift_V: number): number =>
  diodeCurrent_A(volt, shift_V) - diode.leak_S * (volt + shift_V);
const junction_S = (volt: number): number => (diode.saturation_A / diode.nVt_V) * Math.exp(volt / diode.nVt_V);

export class TransferMarch implements LineMarch {
  readonly #network: LineNetwork;
  readonly #island: Island;
  /** Nodes of each port: capacitors, then the diode, then the probes; driven are the first of them, and the driver. */
  readonly #ports: readonly (readonly [number, number])[];
  readonly #driven: readonly (readonly [number, number])[];
  readonly #euler = new Map<number, Transfer>();
  readonly #trapezoid = new Map<number, Transfer>();
  /** Of the capacitors, after the last step. */
  readonly #volt: Float64Array;
  readonly #ampere: Float64Array;
  readonly #emf_V: Float64Array;
  /** Of all ports: without the diode's current, and with it. */
  readonly #open: Float64Array;
  readonly #now: Float64Array;
  #junction_V = 0;

  constructor(network: LineNetwork) {
    const { capacitors, diodes, driver, probes } = network;
    const ends = ({ a, b }: { readonly a: number; readonly b: number }) => [a, b] as const;
    this.#network = network;
    this.#ports = [...capacitors.map(ends), ...diodes.map(ends), ...probes.map((pair) => pair ?? ([0, 0] as const))];
    this.#driven = [...capacitors.map(ends), ...diodes.map(ends), ends(driver)];
    this.#volt = new Float64Array(capacitors.length);
    this.#ampere = new Float64Array(capacitors.length);
    this.#emf_V = new Float64Array(capacitors.length);
    this.#open = new Float64Array(this.#ports.length);
    this.#now = new Float64Array(this.#ports.length);
    this.#island = createIsland(network.size, network.edges);
    for (const { edge, siemens, emf_V } of network.fixed) this.#island.add(edge, siemens, emf_V);
    for (const { edge } of diodes) this.#island.add(edge, diode.leak_S, 0);
    this.#island.add(driver.edge, driver.siemens, 0);
    this.#island.keep();
  }

  reset(): void {
    this.#volt.fill(0);
    this.#ampere.fill(0);
    this.#junction_V = 0;
  }

  probe(n: number): number {
    const { capacitors, diodes } = this.#network;
    return this.#now[capacitors.length + diodes.length + n] as number;
  }

  step(h_s: number, level_V: number, euler: boolean): void {
    const { driver } = this.#network;
    const { siemens, rest_V: rest, ohm } = this.#transfer(h_s, euler);
    const [volt, ampere, emf_V, open, now] = [this.#volt, this.#ampere, this.#emf_V, this.#open, this.#now];
    const driver_A = driver.siemens * level_V;
    const width = this.#driven.length;
    for (let c = 0; c < volt.length; c++) {
      const charge_V = euler ? 0 : (ampere[c] as number) / (siemens[c] as number);
      emf_V[c] = (volt[c] as number) + charge_V;
    }
    for (let port = 0; port < open.length; port++) {
      const row = port * width;
      let sum = (rest[port] as number) + (ohm[row + width - 1] as number) * driver_A;
      for (let c = 0; c < volt.length; c++) {
        sum += (ohm[row + c] as number) * ((siemens[c] as number) * (emf_V[c] as number));
      }
      open[port] = sum;
    }
    const through_A = this.#throughDiode(ohm);
    for (let port = 0; port < now.length; port++) {
      const own_ohm = through_A === 0 ? 0 : (ohm[port * width + volt.length] as number);
      now[port] = (open[port] as number) - own_ohm * through_A;
    }
    for (let c = 0; c < volt.length; c++) {
      volt[c] = now[c] as number;
      ampere[c] = (siemens[c] as number) * ((now[c] as number) - (emf_V[c] as number));
    }
  }

  /** Current of the junction, A: rounds of Newton on open circuit voltage and resistance seen from the diode. */
  #throughDiode(ohm: Float64Array): number {
    const [of] = this.#network.diodes;
    if (of === undefined) return 0;
    const port = this.#volt.length;
    const open_V = this.#open[port] as number;
    const own_ohm = ohm[port * this.#driven.length + port] as number;
    let ampere = 0;
    for (let round = 0; round < rounds_max; round++) {
      const volt = this.#junction_V;
      const siemens = junction_S(volt);
      const fixed_A = junction_A(volt, of.shift_V) - siemens * (volt + of.shift_V);
      const across_V = (open_V - own_ohm * fixed_A) / (1 + own_ohm * siemens);
      ampere = fixed_A + siemens * across_V;
      this.#junction_V = nextJunction_V(across_V - of.shift_V, volt);
      if (Math.abs(this.#junction_V - volt) <= rest_V) break;
    }
    return ampere;
  }

  #transfer(h_s: number, euler: boolean): Transfer {
    const all = euler ? this.#euler : this.#trapezoid;
    const known = all.get(h_s);
    if (known !== undefined) return known;
    if (all.size >= lengths_max) all.clear();
    const made = this.#transferFor(h_s, euler);
    all.set(h_s, made);
    return made;
  }

  #transferFor(h_s: number, euler: boolean): Transfer {
    const island = this.#island;
    const { capacitors } = this.#network;
    const siemens = new Float64Array(capacitors.length);
    island.restore();
    for (let n = 0; n < siemens.length; n++) {
      const { edge, farad } = capacitors[n] as LineNetwork["capacitors"][number];
      siemens[n] = companion_S(farad, h_s, euler);
      island.add(edge, siemens[n] as number, 0);
    }
    island.solve();
    const width = this.#driven.length;
    const rest = new Float64Array(this.#ports.length);
    this.#portVolts(rest, 1, 0);
    const ohm = new Float64Array(this.#ports.length * width);
    for (let column = 0; column < width; column++) {
      const [a, b] = this.#driven[column] as readonly [number, number];
      island.clearCurrents();
      if (a !== b) island.inject(a, b, 1);
      island.solveAgain();
      this.#portVolts(ohm, width, column);
    }
    return { siemens, rest_V: rest, ohm };
  }

  /** Volts of all ports into one column of a matrix. */
  #portVolts(into: Float64Array, width: number, column: number): void {
    const { volt } = this.#island;
    for (let port = 0; port < this.#ports.length; port++) {
      const [a, b] = this.#ports[port] as readonly [number, number];
      into[port * width + column] = (volt[a] as number) - (volt[b] as number);
    }
  }
}
