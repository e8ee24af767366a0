/**
 * Pilot lines that have been worked out, by what they are made of: the driver's rails and duty change, the line does not.
 * Elements of the same values have the same steady period; through the bypass that is so for every adapter tried on a
 * bench. A conductor that cools between two captures is another one in its last digits only: it is taken for the same.
 */
import type { Node } from "../../../rig/model/bench.ts";
import type { Circuit } from "./circuit.ts";
import type { Branch, Element } from "./elements.ts";
import type { Topology } from "./topology.ts";
import { type Period, PilotLine, type Square } from "./transient.ts";

/** Lines kept for one structure, and periods kept of one line; the oldest go first. */
const lines_max = 4;
const periods_max = 16;

interface OfTopology {
  /** Numbers of the elements that the driver reaches. */
  readonly near: readonly number[];
  readonly lines: Line[];
}

const known = new WeakMap<Topology, OfTopology>();

class Line {
  readonly values: Float64Array;
  readonly probes: string;
  readonly #line: PilotLine;
  readonly #periods: { readonly square: Square; readonly period: Period }[] = [];

  constructor(values: Float64Array, probes: string, line: PilotLine) {
    this.values = values;
    this.probes = probes;
    this.#line = line;
  }

  period(square: Square): Period {
    const found = this.#periods.find((one) => isSame(one.square, square));
    if (found) return found.period;
    const period = this.#line.period(square);
    if (this.#periods.length >= periods_max) this.#periods.shift();
    this.#periods.push({ square, period });
    return period;
  }
}

const isSame = (a: Square, b: Square): boolean =>
  a.period_s === b.period_s && a.high_s === b.high_s && a.low_V === b.low_V && a.high_V === b.high_V;

/** The line from the driver to the probes as the circuit stands; the driver's EMF does not matter. */
export function lineOf(
  { topology, elements }: Circuit,
  driver: Branch,
  probes: readonly (readonly [Node, Node])[],
): { period(square: Square): Period } {
  const of = known.get(topology) ?? { near: topology.reached(driver.a), lines: [] };
  known.set(topology, of);
  const near = of.near.map((n) => elements[n] as Element);
  const values = Float64Array.from(near, (element) => (element === driver ? driver.ohm : quantityOf(element)));
  const emfs = Float64Array.from(near, (element) =>
    element.type === "branch" && element !== driver ? element.emf_V : 0,
  );
  const all = new Float64Array(2 * near.length);
  all.set(values);
  all.set(emfs, near.length);
  const named = probes.flat().join(" ");
  const found = of.lines.find((line) => line.probes === named && areAlike(line.values, all));
  if (found) return found;
  const made = new Line(all, named, new PilotLine(near, driver, probes));
  if (of.lines.length >= lines_max) of.lines.shift();
  of.lines.push(made);
  return made;
}

function quantityOf(element: Element): number {
  switch (element.type) {
    case "branch":
      return element.ohm;
    case "capacitor":
      return element.farad;
    case "diode":
      return element.drop_V ?? Number.NaN;
    case "source":
      return element.bleeder_ohm;
    case "load":
      return element.off_ohm;
    case "injection":
      return 0;
  }
}

/**
 * Resistances that differ by less than this are the same for a line: behind the generator's kilohm at most 24 mA flow, so
 * that 10 uohm are 0.24 uV and a millionth of any resistance 24 uV, beside an oscilloscope's step of 0.1 V. What is below
 * 10 uohm, and every capacitance, must be the same to the last digit.
 */
const alike_ohm = 1e-5;
const alike = 1e-6;

function areAlike(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [a[i] as number, b[i] as number];
    if (Object.is(one, other)) continue;
    if (!(Math.abs(one - other) <= alike_ohm + alike * Math.abs(one)) || Math.abs(one) < alike_ohm) return false;
  }
  return true;
}
