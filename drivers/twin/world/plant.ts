/**
 * The physical bench: circuit, adapter, heat and time. Instruments ask it for voltages; whoever changes something tells
 * it before (`settle`) and after (`restructure` or `revalue`), so that heat is integrated with the currents that
 * really flowed.
 */
import type { Bench, Node } from "../../../rig/model/bench.ts";
import type { AdapterUnderTest } from "./adapterUnderTest.ts";
import { type Agenda, createAgenda } from "./agenda.ts";
import { type Assembly, assemble, type Pole } from "./assemble.ts";
import type { Circuit } from "./circuit.ts";
import type { Deviations } from "./deviations.ts";
import type { Element, Source } from "./elements.ts";
import { Finger } from "./finger.ts";
import { Heaters } from "./heaters.ts";
import { createLog, type Happening, type LogEntry, type WorldLog } from "./log.ts";
import { Nest } from "./nest.ts";
import { StandingCircuit } from "./standingCircuit.ts";
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

/** Longest step at one set of currents while current flows, s: R(t) and the currents are renewed after it. */
const step_max_s = 30;

export class Plant {
  readonly bench: Bench;
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
  /** Told after contacts have moved. */
  onRestructured: (() => void) | undefined;
  readonly #nest: Nest;
  readonly #standing: StandingCircuit;
  readonly #cable: Bench["leads"][number] | undefined;
  #settled_s = 0;
  #losses: readonly Loss[] | undefined;
  #heaters: Heaters | undefined;
  #logged = { source_A: 0, load_A: 0 };

  constructor(options: PlantOptions) {
    const { bench, adapter } = options;
    this.bench = bench;
    this.#cable = bench.leads.find(({ id }) => id === "W.SRC+");
    this.deviations = options.deviations;
    this.seed = options.seed;
    this.noise = options.noise ?? options.seed;
    this.quiet = options.quiet ?? false;
    this.wall_ms = options.wall_ms;
    this.assembly = assemble(bench, options.deviations, options.seed);
    this.agenda = createAgenda();
    this.thermal = createThermal(shapeOf(adapter), options.room_degC);
    this.log = createLog(options.sink);
    const { agenda, thermal } = this;
    const loose = (): void => {
      this.settle();
      this.#nestChanged();
    };
    this.#nest = new Nest({ bench, adapter, thermal, agenda, loose });
    this.#standing = new StandingCircuit(this.assembly, loopElements(bench), () => this.#nest.inN1());
  }

  get adapter(): AdapterUnderTest {
    return this.#nest.adapter;
  }

  get fitted(): boolean {
    return this.#nest.fitted;
  }

  /** Whether the adapter lies in the high-voltage nest, where the circuit of N1 does not see it. */
  get isInN2(): boolean {
    return this.#nest.isInN2;
  }

  /** Elements of the adapter in N2 between that nest's nodes; none while it is elsewhere. */
  adapterInN2(): readonly Element[] {
    return this.#nest.inN2();
  }

  note(happening: Happening): void {
    if (this.quiet) return;
    this.log.append(this.agenda.now_s(), this.wall_ms(), happening);
  }

  circuit(): Circuit {
    return this.#standing.now();
  }

  /** The circuit as it stands with one element more. */
  circuitWith(element: Element): Circuit {
    return this.#standing.with(element);
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
    this.#standing.moved();
    this.structure++;
    this.#renewed();
    this.onRestructured?.();
  }

  /** Values of elements have changed. */
  revalue(): void {
    this.#standing.changed();
    this.#renewed();
  }

  /** Whether generator and rails drive the pilot; whoever changes it restructures. */
  get driverOn(): boolean {
    return this.#standing.driverOn;
  }

  set driverOn(on: boolean) {
    this.#standing.driverOn = on;
  }

  isClosed(pole: Pole): boolean {
    return this.#standing.isClosed(pole);
  }

  setClosed(pole: Pole, closed: boolean): void {
    this.#standing.setClosed(pole, closed);
  }

  /** Current through a pole, A; only looked at while the source drives. */
  poleCurrent(pole: Pole): number {
    return this.assembly.source?.on === true && this.isClosed(pole) ? this.circuit().current(pole.branch.id) : 0;
  }

  seat(fitted: boolean, nest: 1 | 2 = 1): void {
    if (fitted && this.fitted && this.isInN2 !== (nest === 2)) this.seat(false);
    if (fitted === this.fitted) return;
    this.settle();
    if (fitted) {
      this.#nest.insert(nest);
      this.thermal.refit(shapeOf(this.adapter));
      this.#warm();
      this.#feel(0);
    } else this.#nest.remove();
    this.#nestChanged();
  }

  /** Another adapter is at hand; what was in the nest is taken out before. */
  exchange(adapter: AdapterUnderTest): void {
    this.seat(false);
    this.flex(false);
    this.#nest.exchange(adapter);
  }

  /** Another reference half goes into the nest, which must be empty. FILE_INVALID, PLAN_INVALID */
  changeHalf(id: string): void {
    this.#nest.changeHalf(id);
  }

  flex(on: boolean): void {
    this.settle();
    this.#nest.flex(on);
  }

  press(pressed: boolean): void {
    this.settle();
    if (this.#nest.press(pressed)) this.#nestChanged();
    else this.revalue();
  }

  /** Something else lies in the nest, or part of it has come loose. */
  #nestChanged(): void {
    this.#standing.nestChanged();
    this.restructure();
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
    this.#heaters = new Heaters(circuit, source, this.#nest.warmInN1(), this.#cable);
    return this.#heaters;
  }

  /** Only the source's current melts anything. */
  #carry(): void {
    if (this.adapter.earth_neck === undefined || this.assembly.source?.on !== true || !this.fitted || this.isInN2)
      return;
    const circuit = this.circuit();
    if (!this.#nest.carry((id) => circuit.current(id))) return;
    circuit.changed();
    this.#renewed();
  }

  /** Parts that signal a temperature; none of them carries the source's current. */
  #feel(dt_s: number): void {
    if (!this.#nest.feel(dt_s)) return;
    this.#standing.changed();
    this.version++;
  }

  /** Resistances follow their temperatures. */
  #warm(): void {
    if (!this.#nest.warm()) return;
    this.#standing.changed();
    this.version++;
    this.#losses = undefined;
  }
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.005 + 1e-3 * Math.abs(b);
