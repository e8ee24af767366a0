/**
 * The physical bench: circuit, adapter, heat and time. Instruments ask it for voltages; whoever changes something tells
 * it before (`settle`) and after (`restructure` or `revalue`), so that heat is integrated with the currents that
 * really flowed.
 */
import type { Bench, Node } from "../../../rig/model/bench.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { nodeInN2 } from "../../../rig/model/highVoltage.ts";
import { randomOf } from "../random.ts";
import { type AdapterElements, adapterElements, type WarmBranch } from "./adapterElements.ts";
import type { AdapterUnderTest } from "./adapterUnderTest.ts";
import { type Agenda, createAgenda } from "./agenda.ts";
import { type Assembly, assemble, type Pole } from "./assemble.ts";
import { Circuit } from "./circuit.ts";
import { faceTaken, type Halves, nodeIn } from "./conductors.ts";
import type { Deviations } from "./deviations.ts";
import type { Element, Source } from "./elements.ts";
import { Finger } from "./finger.ts";
import { createFlexing, type Flexing } from "./flexing.ts";
import { halvesFor, halvesOf } from "./halvesInUse.ts";
import { Heaters } from "./heaters.ts";
import { createLog, type Happening, type LogEntry, type WorldLog } from "./log.ts";
import { createThermal, type Loss, type Thermal } from "./thermal.ts";
import { shapeOf } from "./thermalShape.ts";
import { loopElements } from "./watchLoops.ts";

export interface PlantOptions {
  readonly bench: Bench;
  readonly adapter: AdapterUnderTest;
  readonly deviations: Deviations;
  readonly seed: number;
  /** Draws the noise of readings. Default: the seed. */
  readonly noise?: number;
  /** Keeps no log. Default false. */
  readonly quiet?: boolean;
  /** Outside the enclosure, degC. */
  readonly room_degC: number;
  readonly wall_ms: () => number;
  readonly sink?: (entry: LogEntry) => void;
}

/** Circuits kept. */
const circuits_max = 64;
/** Longest step at one set of currents while current flows, s: R(t) and the currents are renewed after it. */
const step_max_s = 30;

export class Plant {
  readonly bench: Bench;
  adapter: AdapterUnderTest;
  readonly deviations: Deviations;
  readonly seed: number;
  readonly noise: number;
  readonly quiet: boolean;
  readonly assembly: Assembly;
  readonly agenda: Agenda;
  readonly thermal: Thermal;
  readonly log: WorldLog;
  readonly wall_ms: () => number;
  readonly finger = new Finger();
  /** Rises whenever a voltage may have changed. */
  version = 0;
  /** Rises whenever other elements are in the circuit. */
  structure = 0;
  fitted = false;
  driverOn = false;
  /** Told after contacts have moved. */
  onRestructured: (() => void) | undefined;
  #flexing: Flexing;
  readonly #loops: readonly Element[];
  readonly #closed = new Set<Pole>();
  #halves: Halves;
  #adapterElements: AdapterElements;
  /** Place of each of its warm resistances in the thermal model. */
  #warmPlaces: readonly number[] = [];
  #fittings = 0;
  #pressed = false;
  #worked = false;
  #circuit: Circuit | undefined;
  /** Circuits by what is closed: their structure is worked out once, a procedure comes back to the same states. */
  readonly #circuits = new Map<string, Circuit>();
  /** Two sums over the closed poles' numbers that name the set of them. */
  readonly #closedIs = { first: 0, second: 0 };
  /** Names the structure of what is in the nest. */
  #inNest = "";
  readonly #cable: Bench["leads"][number] | undefined;
  #settled_s = 0;
  #losses: readonly Loss[] | undefined;
  #heaters: Heaters | undefined;
  #logged = { source_A: 0, load_A: 0 };

  constructor(options: PlantOptions) {
    this.bench = options.bench;
    this.#cable = options.bench.leads.find(({ id }) => id === "W.SRC+");
    this.adapter = options.adapter;
    this.deviations = options.deviations;
    this.seed = options.seed;
    this.noise = options.noise ?? options.seed;
    this.quiet = options.quiet ?? false;
    this.wall_ms = options.wall_ms;
    this.assembly = assemble(options.bench, options.deviations, options.seed);
    this.agenda = createAgenda();
    this.thermal = createThermal(shapeOf(options.adapter), options.room_degC);
    this.log = createLog(options.sink);
    this.#halves = halvesFor(options.bench, options.adapter.family);
    this.#adapterElements = this.#seated("fitting 0");
    this.#loops = loopElements(options.bench);
    this.#flexing = this.#stiff();
    for (const pole of this.assembly.poles) if (pole.welded) this.setClosed(pole, true);
  }

  note(happening: Happening): void {
    if (this.quiet) return;
    this.log.append(this.agenda.now_s(), this.wall_ms(), happening);
  }

  circuit(): Circuit {
    this.#circuit ??= this.#circuitNow();
    return this.#circuit;
  }

  #circuitNow(): Circuit {
    const key = this.#structureNow();
    const known = this.#circuits.get(key);
    if (known) {
      known.changed();
      return known;
    }
    const elements = this.#elements();
    const made = new Circuit(elements, this.assembly.topologies.of(key, elements));
    if (this.#circuits.size >= circuits_max) this.#circuits.clear();
    this.#circuits.set(key, made);
    return made;
  }

  #structureNow(): string {
    const { first, second } = this.#closedIs;
    return `${first} ${second} ${this.driverOn} ${this.#inNest}`;
  }

  /** The circuit as it stands with one element more. */
  circuitWith(element: Element): Circuit {
    const elements = [...this.circuit().elements, element];
    const key = `${this.#structureNow()} + ${structureOf([element])}`;
    return new Circuit(elements, this.assembly.topologies.of(key, elements));
  }

  /** Volts between two nodes now, undefined when nothing joins them. */
  volt(a: Node | undefined, b: Node | undefined): number | undefined {
    this.settle();
    return a === undefined || b === undefined ? undefined : this.circuit().volt(a, b);
  }

  /** Brings heat up to now with what has flowed since. Call it before any change. */
  settle(): void {
    const now_s = this.agenda.now_s();
    while (this.#settled_s < now_s) {
      this.#carry();
      const losses = this.#lossesNow();
      const left_s = now_s - this.#settled_s;
      const dt_s = losses.length > 0 ? Math.min(left_s, step_max_s) : left_s;
      this.thermal.step(dt_s, losses);
      this.#settled_s = dt_s === left_s ? now_s : this.#settled_s + dt_s;
      if (this.fitted) this.#warm();
      if (this.fitted) this.#feel(dt_s);
    }
  }

  /** Other elements are in the circuit now. */
  restructure(): void {
    this.#circuit = undefined;
    this.structure++;
    this.#renewed();
    this.onRestructured?.();
  }

  /** Values of elements have changed. */
  revalue(): void {
    this.#circuit?.changed();
    this.#renewed();
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

  /** Current through a pole, A; only looked at while the source drives. */
  poleCurrent(pole: Pole): number {
    return this.assembly.source?.on === true && this.isClosed(pole) ? this.circuit().current(pole.branch.id) : 0;
  }

  /** Whether the adapter lies in the high-voltage nest, where the circuit of N1 does not see it. */
  isInN2 = false;

  /** Elements of the adapter in N2 between that nest's nodes; none while it is elsewhere. */
  adapterInN2(): readonly Element[] {
    return this.fitted && this.isInN2 ? this.#adapterElements.elements : [];
  }

  seat(fitted: boolean, nest: 1 | 2 = 1): void {
    if (fitted && this.fitted && this.isInN2 !== (nest === 2)) this.seat(false);
    if (fitted === this.fitted) return;
    if (fitted) this.isInN2 = nest === 2;
    this.settle();
    this.fitted = fitted;
    if (fitted) {
      this.#adapterElements = this.#seated(`fitting ${this.#fittings++}`);
      // What has been worked once stays so.
      if (this.#worked) this.#adapterElements.press(true);
      this.#adapterElements.press(this.#pressed);
      this.thermal.refit(shapeOf(this.adapter));
      this.#warm();
      this.#feel(0);
    }
    this.#nestChanged();
  }

  /** Another adapter is at hand; what was in the nest is taken out before. */
  exchange(adapter: AdapterUnderTest): void {
    this.seat(false);
    this.flex(false);
    this.adapter = adapter;
    this.#halves = halvesFor(this.bench, adapter.family);
    this.#fittings = 0;
    this.#pressed = false;
    this.#worked = false;
    this.#adapterElements = this.#seated("fitting 0");
    this.#flexing = this.#stiff();
  }

  #stiff(): Flexing {
    return createFlexing(this.adapter, this.agenda, () => {
      this.settle();
      this.#nestChanged();
    });
  }

  /** Something else lies in the nest, or part of it has come loose. */
  #nestChanged(): void {
    this.#circuits.clear();
    this.#inNest = structureOf(this.#nestElements());
    this.restructure();
  }

  /** Another reference half goes into the nest, which is empty. */
  changeHalf(id: string): void {
    const half = halvesOf(this.bench).find((one) => one.id === id);
    if (half === undefined) throw new RigError("FILE_INVALID", `${this.bench.file}: halves: there is no ${id}`, { id });
    if (this.fitted)
      throw new RigError("PLAN_INVALID", `${id} cannot be fitted while an adapter is in the nest`, { id });
    this.#halves = { ...this.#halves, [half.side]: half };
  }

  /** Seats the adapter's elements; a place that the thermal model does not have is a fault of the program. */
  #seated(fitting: string): AdapterElements {
    const elements = this.#elementsSeated(fitting);
    this.#warmPlaces = elements.warm.map(({ place }) => {
      const number = this.thermal.placeOf(place);
      if (number === undefined) throw new RangeError(`the thermal model has no place ${place}`);
      return number;
    });
    return elements;
  }

  #elementsSeated(fitting: string): AdapterElements {
    const { adapter } = this;
    const seat = {
      node: this.isInN2 ? nodeInN2 : nodeIn(adapter.family, this.#halves),
      inUse: faceTaken(adapter.family, this.#halves.evse),
    };
    return adapterElements(adapter, randomOf(adapter.seed, fitting), seat);
  }

  flex(on: boolean): void {
    this.settle();
    this.#flexing.flex(on);
  }

  press(pressed: boolean): void {
    this.settle();
    this.#pressed = pressed;
    this.#worked ||= pressed;
    if (this.#adapterElements.press(pressed)) this.#nestChanged();
    else this.revalue();
  }

  #elements(): Element[] {
    const { poles, fixed, source, load, driver, rails } = this.assembly;
    const elements: Element[] = [...fixed, ...this.#loops];
    for (const pole of poles) if (this.#closed.has(pole)) elements.push(pole.branch);
    for (const element of [source, load, rails?.plus, rails?.minus]) if (element !== undefined) elements.push(element);
    if (driver !== undefined && this.driverOn) elements.push(driver);
    elements.push(...this.#nestElements());
    return elements;
  }

  #nestElements(): readonly Element[] {
    if (!this.fitted || this.isInN2) return [];
    return this.#adapterElements.elements.filter(({ id }) => !this.#flexing.isOpen(id));
  }

  #renewed(): void {
    this.version++;
    this.#losses = undefined;
    if (this.quiet) return;
    const { source_A, load_A } = this.powerCurrents();
    if (near(source_A, this.#logged.source_A) && near(load_A, this.#logged.load_A)) return;
    this.#logged = { source_A, load_A };
    this.note({ what: "current", source_A, load_A });
  }

  powerCurrents(): { readonly source_A: number; readonly load_A: number } {
    const { source, load } = this.assembly;
    if (source?.on !== true) return { source_A: 0, load_A: 0 };
    const circuit = this.circuit();
    return { source_A: circuit.current(source.id), load_A: load === undefined ? 0 : circuit.current(load.id) };
  }

  /** Only the source's current is worth heat: meters and pilot drive milliamperes, for a moment. */
  #lossesNow(): readonly Loss[] {
    const { source } = this.assembly;
    this.#losses ??= source?.on === true ? this.#heatersIn(this.circuit(), source).losses() : [];
    return this.#losses;
  }

  #heatersIn(circuit: Circuit, source: Source): Heaters {
    if (this.#heaters?.circuit === circuit) return this.#heaters;
    const warm = this.fitted && !this.isInN2 ? this.#adapterElements.warm : [];
    this.#heaters = new Heaters(circuit, source, warm, this.#cable);
    return this.#heaters;
  }

  /** Only the source's current melts anything. */
  #carry(): void {
    if (this.adapter.earth_neck === undefined || this.assembly.source?.on !== true || !this.fitted || this.isInN2)
      return;
    const circuit = this.circuit();
    if (!this.#adapterElements.carry((id) => circuit.current(id))) return;
    circuit.changed();
    this.#renewed();
  }

  /** Parts that signal a temperature; none of them carries the source's current. */
  #feel(dt_s: number): void {
    if (!this.#adapterElements.feel(dt_s, (place) => this.thermal.at(place))) return;
    this.#circuit?.changed();
    this.version++;
  }

  /** Resistances follow their temperatures. */
  #warm(): void {
    const { warm } = this.#adapterElements;
    const places = this.#warmPlaces;
    let moved = false;
    for (let n = 0; n < warm.length; n++) {
      const { branch, ohm20, perKelvin } = warm[n] as WarmBranch;
      const ohm = ohm20 * (1 + perKelvin * (this.thermal.degCOf(places[n] as number) - 20));
      if (Math.abs(ohm - branch.ohm) < 1e-8 * ohm20) continue;
      branch.ohm = ohm;
      moved = true;
    }
    if (!moved) return;
    this.#circuit?.changed();
    this.version++;
    this.#losses = undefined;
  }
}

const structureOf = (elements: readonly Element[]): string =>
  elements.map(({ type, a, b }) => `${type} ${a} ${b}`).join();

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.005 + 1e-3 * Math.abs(b);
