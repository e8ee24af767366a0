/**
 * The circuit of N1 as it stands: of what is closed, driven and in the nest. A procedure comes back to the same states, so
 * circuits are kept by what names their structure.
 */
import type { Assembly, Pole } from "./assemble.ts";
import { Circuit } from "./circuit.ts";
import type { Element } from "./elements.ts";

/** Circuits kept. */
const circuits_max = 64;

export class StandingCircuit {
  /** Whether generator and rails drive the pilot; takes effect with the next `moved`. */
  driverOn = false;
  readonly #assembly: Assembly;
  readonly #loops: readonly Element[];
  readonly #nest: () => readonly Element[];
  readonly #closed = new Set<Pole>();
  /** Two sums over the closed poles' numbers that name the set of them. */
  readonly #closedIs = { first: 0, second: 0 };
  /** Names the structure of what is in the nest. */
  #inNest = "";
  readonly #kept = new Map<string, Circuit>();
  #now: Circuit | undefined;

  /** `loops` are in it at all times; `nest` tells what the adapter adds. */
  constructor(assembly: Assembly, loops: readonly Element[], nest: () => readonly Element[]) {
    this.#assembly = assembly;
    this.#loops = loops;
    this.#nest = nest;
    for (const pole of assembly.poles) if (pole.welded) this.setClosed(pole, true);
  }

  now(): Circuit {
    this.#now ??= this.#made();
    return this.#now;
  }

  /** As it stands with one element more. */
  with(element: Element): Circuit {
    const elements = [...this.now().elements, element];
    const key = `${this.#structure()} + ${structureOf([element])}`;
    return new Circuit(elements, this.#assembly.topologies.of(key, elements));
  }

  isClosed(pole: Pole): boolean {
    return this.#closed.has(pole);
  }

  setClosed(pole: Pole, closed: boolean): void {
    if (closed === this.#closed.has(pole)) return;
    if (closed) this.#closed.add(pole);
    else this.#closed.delete(pole);
    this.#closedIs.first ^= pole.mark[0];
    this.#closedIs.second ^= pole.mark[1];
  }

  /** Other elements are in it. */
  moved(): void {
    this.#now = undefined;
  }

  /** Something else lies in the nest, or part of it has come loose; `moved` is to follow. */
  nestChanged(): void {
    this.#kept.clear();
    this.#inNest = structureOf(this.#nest());
  }

  /** Values of elements have changed. */
  changed(): void {
    this.#now?.changed();
  }

  #made(): Circuit {
    const key = this.#structure();
    const known = this.#kept.get(key);
    if (known) {
      known.changed();
      return known;
    }
    const elements = this.#elements();
    const made = new Circuit(elements, this.#assembly.topologies.of(key, elements));
    if (this.#kept.size >= circuits_max) this.#kept.clear();
    this.#kept.set(key, made);
    return made;
  }

  #structure(): string {
    const { first, second } = this.#closedIs;
    return `${first} ${second} ${this.driverOn} ${this.#inNest}`;
  }

  #elements(): Element[] {
    const { poles, fixed, source, load, driver, rails } = this.#assembly;
    const elements: Element[] = [...fixed, ...this.#loops];
    for (const pole of poles) if (this.#closed.has(pole)) elements.push(pole.branch);
    for (const element of [source, load, rails?.plus, rails?.minus]) if (element !== undefined) elements.push(element);
    if (driver !== undefined && this.driverOn) elements.push(driver);
    elements.push(...this.#nest());
    return elements;
  }
}

const structureOf = (elements: readonly Element[]): string =>
  elements.map(({ type, a, b }) => `${type} ${a} ${b}`).join();
