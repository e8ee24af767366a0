/**
 * What a person puts into the nest and does to it there: which adapter on which reference halves, its button pressed, its
 * cable flexed. It gives the elements that this brings into the circuits, and lets them follow current and temperature.
 */
import type { Bench } from "../../../rig/model/bench.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { nodeInN2 } from "../../../rig/model/highVoltage.ts";
import { randomOf } from "../random.ts";
import { type AdapterElements, adapterElements, type WarmBranch } from "./adapterElements.ts";
import type { AdapterUnderTest } from "./adapterUnderTest.ts";
import type { Agenda } from "./agenda.ts";
import { faceTaken, type Halves, nodeIn } from "./conductors.ts";
import type { Element } from "./elements.ts";
import { createFlexing, type Flexing } from "./flexing.ts";
import { halvesFor, halvesOf } from "./halvesInUse.ts";
import type { Thermal } from "./thermal.ts";

export interface NestOptions {
  readonly bench: Bench;
  readonly adapter: AdapterUnderTest;
  readonly thermal: Thermal;
  readonly agenda: Agenda;
  /** Called after a contact has opened or closed by flexing. */
  readonly loose: () => void;
}

export class Nest {
  /** At hand, whether it is fitted or not. */
  adapter: AdapterUnderTest;
  fitted = false;
  /** Whether the adapter lies in the high-voltage nest, where the circuit of N1 does not see it. */
  isInN2 = false;
  readonly #options: NestOptions;
  readonly #thermal: Thermal;
  #flexing: Flexing;
  #halves: Halves;
  #seated: AdapterElements;
  /** Place of each of its warm resistances in the thermal model. */
  #warmPlaces: readonly number[] = [];
  #fittings = 0;
  #pressed = false;
  #worked = false;

  constructor(options: NestOptions) {
    this.#options = options;
    this.#thermal = options.thermal;
    this.adapter = options.adapter;
    this.#halves = halvesFor(options.bench, options.adapter.family);
    this.#seated = this.#seat("fitting 0");
    this.#flexing = createFlexing(options.adapter, options.agenda, options.loose);
  }

  insert(nest: 1 | 2): void {
    this.isInN2 = nest === 2;
    this.fitted = true;
    this.#seated = this.#seat(`fitting ${this.#fittings++}`);
    // What has been worked once stays so.
    if (this.#worked) this.#seated.press(true);
    this.#seated.press(this.#pressed);
  }

  remove(): void {
    this.fitted = false;
  }

  /** Another adapter is at hand; the nest is empty and nothing is flexed. */
  exchange(adapter: AdapterUnderTest): void {
    const { bench, agenda, loose } = this.#options;
    this.adapter = adapter;
    this.#halves = halvesFor(bench, adapter.family);
    this.#fittings = 0;
    this.#pressed = false;
    this.#worked = false;
    this.#seated = this.#seat("fitting 0");
    this.#flexing = createFlexing(adapter, agenda, loose);
  }

  /** Another reference half goes into the nest, which must be empty. FILE_INVALID, PLAN_INVALID */
  changeHalf(id: string): void {
    const { bench } = this.#options;
    const half = halvesOf(bench).find((one) => one.id === id);
    if (half === undefined) throw new RigError("FILE_INVALID", `${bench.file}: halves: there is no ${id}`, { id });
    if (this.fitted)
      throw new RigError("PLAN_INVALID", `${id} cannot be fitted while an adapter is in the nest`, { id });
    this.#halves = { ...this.#halves, [half.side]: half };
  }

  flex(on: boolean): void {
    this.#flexing.flex(on);
  }

  /** The adapter's own latch button. True when other elements are in the circuit. */
  press(pressed: boolean): boolean {
    this.#pressed = pressed;
    this.#worked ||= pressed;
    return this.#seated.press(pressed);
  }

  /** Elements in the circuit of N1. */
  inN1(): readonly Element[] {
    return this.fitted && !this.isInN2 ? this.#seated.elements.filter(({ id }) => !this.#flexing.isOpen(id)) : [];
  }

  /** Elements between the nodes of N2. */
  inN2(): readonly Element[] {
    return this.fitted && this.isInN2 ? this.#seated.elements : [];
  }

  /** Resistances that the current of N1 warms. */
  warmInN1(): readonly WarmBranch[] {
    return this.fitted && !this.isInN2 ? this.#seated.warm : [];
  }

  /** Currents by an element's id may melt a neck; true when a resistance has changed. */
  carry(current_A: (id: string) => number): boolean {
    return this.#seated.carry(current_A);
  }

  /** Parts that signal a temperature move on by dt; true when a resistance has changed. */
  feel(dt_s: number): boolean {
    return this.#seated.feel(dt_s, (place) => this.#thermal.at(place));
  }

  /** Resistances follow their temperatures; true when one has changed. */
  warm(): boolean {
    const { warm } = this.#seated;
    const places = this.#warmPlaces;
    let moved = false;
    for (let n = 0; n < warm.length; n++) {
      const { branch, ohm20, perKelvin } = warm[n] as WarmBranch;
      const ohm = ohm20 * (1 + perKelvin * (this.#thermal.degCOf(places[n] as number) - 20));
      if (Math.abs(ohm - branch.ohm) < 1e-8 * ohm20) continue;
      branch.ohm = ohm;
      moved = true;
    }
    return moved;
  }

  /** A place that the thermal model does not have is a fault of the program. */
  #seat(fitting: string): AdapterElements {
    const { adapter } = this;
    const elements = adapterElements(adapter, randomOf(adapter.seed, fitting), {
      node: this.isInN2 ? nodeInN2 : nodeIn(adapter.family, this.#halves),
      inUse: faceTaken(adapter.family, this.#halves.evse),
    });
    this.#warmPlaces = elements.warm.map(({ place }) => {
      const number = this.#thermal.placeOf(place);
      if (number === undefined) throw new RangeError(`the thermal model has no place ${place}`);
      return number;
    });
    return elements;
  }
}
