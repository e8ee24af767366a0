/**
 * The insulation tester on nest N2: ramp, dwell, its own end of test, trip, breakdown, discharge. Its interlock input is a
 * contact of the enable chain: output dead while the chain is open, whatever it was told.
 */

import { highVoltageTree, type Tree } from "../../../rig/model/highVoltage.ts";
import { currentLimit_A, irLeast_ohm, irLimit_ohm, irMost_ohm, voltLimit_V } from "../../gwinstek/gptAccuracy.ts";
import type { InsulationModel, InsulationSeen, InsulationSettings } from "../models.ts";
import { randomOf } from "../random.ts";
import type { Element } from "./elements.ts";
import { HighVoltageNetwork } from "./highVoltage.ts";
import type { Plant } from "./plant.ts";

export interface Insulation extends InsulationModel {
  interlock(closed: boolean): void;
}

/** Most current of the tester in an insulation test, A (K). */
const irCurrent_A = 2e-3;
/** Capacitance of tester and tree without an adapter, F (H). */
const own_farad = 2e-9;

const off: InsulationSettings = { mode: "ir", voltage_V: 0, ramp_s: 0.1, dwell_s: 1, trip_A: 0.001 };

interface Run {
  readonly start_s: number;
  readonly settings: InsulationSettings;
  /** Arcs and leaks that the voltage has called up; they stay until the voltage goes. */
  extra: Element[];
  ended?: { readonly state: "passed" | "failed"; readonly voltage_V: number; readonly at_s: number };
}

export function createInsulation(plant: Plant): Insulation {
  const tree = highVoltageTree(plant.bench);
  return tree ? new Tester(plant, tree) : nothing();
}

/** A bench without a tester: nobody can ask for one. */
function nothing(): Insulation {
  const none = (): never => {
    throw new RangeError("the bench has no insulation tester");
  };
  return { interlock: () => undefined, set: none, start: none, stop: none, measure: none, testing: none };
}

class Tester implements Insulation {
  readonly #plant: Plant;
  readonly #tree: Tree;
  readonly #share = new Map<string, number>();
  #settings = off;
  #closed = false;
  #run: Run | undefined;
  /** Voltage left when a test ended, and when. */
  #left = { voltage_V: 0, at_s: 0 };

  constructor(plant: Plant, tree: Tree) {
    this.#plant = plant;
    this.#tree = tree;
  }

  interlock(closed: boolean): void {
    this.#closed = closed;
    if (!closed) this.#end();
  }

  set(settings: InsulationSettings): void {
    this.#settings = settings;
  }

  start(): boolean {
    if (!this.#closed) return false;
    this.#run = { start_s: this.#now(), settings: this.#settings, extra: [] };
    this.#plant.note({ what: "insulation", on: true, voltage_V: this.#settings.voltage_V });
    return true;
  }

  stop(): void {
    if (!this.#plant.deviations.insulation.ignoresOff || this.#run?.ended) this.#end();
  }

  testing(): boolean {
    this.#settle();
    return this.#run !== undefined && this.#run.ended === undefined;
  }

  measure(): InsulationSeen {
    this.#settle();
    const run = this.#run;
    if (!run) {
      const voltage_V = this.#shownVolt(this.#charge());
      return { state: "idle", voltage_V, current_A: 0, ohm: "over", dwelling: false, time_s: 0 };
    }
    const { settings, start_s, ended } = run;
    const voltage_V = ended?.voltage_V ?? this.#volt(run);
    const elapsed_s = (ended?.at_s ?? this.#now()) - start_s;
    const dwelling = elapsed_s >= settings.ramp_s;
    return {
      state: ended?.state ?? (dwelling ? "dwell" : "ramp"),
      voltage_V: this.#shownVolt(voltage_V),
      current_A: this.#shownCurrent(Math.min(settings.trip_A, this.#current(run, voltage_V))),
      ohm: this.#shownOhm(run),
      dwelling,
      time_s: dwelling ? elapsed_s - settings.ramp_s : elapsed_s,
    };
  }

  #now(): number {
    return this.#plant.agenda.now_s();
  }

  #network(): HighVoltageNetwork {
    return new HighVoltageNetwork(this.#plant, this.#tree, !this.#plant.deviations.insulation.noBleeder);
  }

  #volt({ settings, start_s }: Run): number {
    const share = settings.ramp_s > 0 ? (this.#now() - start_s) / settings.ramp_s : 1;
    return settings.voltage_V * Math.max(0, Math.min(1, share));
  }

  /** What has happened since the last look: leaks that set in, an arc, a trip, the end of the dwell. */
  #settle(): void {
    const run = this.#run;
    if (!run || run.ended) return;
    const volt = this.#volt(run);
    this.#leaksSetIn(run, volt);
    const broken_V = this.#breakdown(run, volt);
    const { mode, voltage_V, trip_A, ramp_s, dwell_s } = run.settings;
    const fail = (at_V: number): void => this.#ended(run, "failed", at_V);
    if (broken_V !== undefined) {
      fail(broken_V);
      return;
    }
    const current_A = this.#current(run, volt);
    if (mode !== "ir" && current_A > trip_A) fail(Math.min(volt, (volt * trip_A) / current_A));
    else if (mode === "ir" && volt >= voltage_V && this.#ohm(run) < irLeast_ohm) {
      fail(Math.min(volt, irCurrent_A * this.#ohm(run)));
    } else if (this.#now() - run.start_s >= ramp_s + dwell_s - 1e-9) this.#ended(run, "passed", voltage_V);
  }

  #ended(run: Run, state: "passed" | "failed", voltage_V: number): void {
    const { ramp_s, dwell_s } = run.settings;
    const at_s = Math.min(this.#now(), run.start_s + ramp_s + dwell_s);
    run.ended = { state, voltage_V, at_s };
    this.#left = { voltage_V: state === "passed" ? voltage_V : 0, at_s };
    this.#plant.note({ what: "insulation", on: false, voltage_V });
  }

  #end(): void {
    this.#settle();
    const run = this.#run;
    if (!run) return;
    if (!run.ended) {
      this.#left = { voltage_V: this.#volt(run), at_s: this.#now() };
      this.#plant.note({ what: "insulation", on: false, voltage_V: this.#left.voltage_V });
    }
    this.#run = undefined;
  }

  /** The tester discharges what it charged at once; where it does not, the bleeder does, in its time. */
  #charge(): number {
    const { noDischarge, noBleeder } = this.#plant.deviations.insulation;
    if (!noDischarge) return 0;
    if (noBleeder) return this.#left.voltage_V;
    const part = this.#plant.bench.parts.find(({ id }) => id === this.#tree.facts.bleeder);
    const ohm = part?.type === "resistor" ? part.ohm : Number.POSITIVE_INFINITY;
    const tau_s = ohm * (own_farad + this.#network().farad());
    return this.#left.voltage_V * Math.exp(-(this.#now() - this.#left.at_s) / tau_s);
  }

  #leaksSetIn(run: Run, volt: number): void {
    if (!this.#plant.isInN2) return;
    const { onset } = this.#plant.adapter.insulation;
    if (onset.length === 0) return;
    const network = this.#network();
    const strains = network.strains(
      onset.map(({ between }) => between),
      run.extra,
    );
    onset.forEach(({ ohm, above_V, between }, i) => {
      const id = network.arc(between).id;
      if ((strains[i]?.share ?? 0) * volt < above_V || run.extra.some((one) => one.id === id)) return;
      run.extra.push(network.arc(between, ohm));
    });
  }

  /** The tester's voltage at which a pair broke down, if one has. */
  #breakdown(run: Run, volt: number): number | undefined {
    if (!this.#plant.isInN2) return undefined;
    const pairs = this.#plant.adapter.insulation.breakdowns;
    if (pairs.length === 0) return undefined;
    const network = this.#network();
    const peak = run.settings.mode === "ac" ? Math.SQRT2 : 1;
    const strains = network.strains(
      pairs.map(({ between }) => between),
      run.extra,
    );
    let first: number | undefined;
    pairs.forEach(({ volt: breaks_V, between }, i) => {
      const share = (strains[i]?.share ?? 0) * peak;
      if (share <= 0 || share * volt < breaks_V) return;
      run.extra.push(network.arc(between));
      first = Math.min(first ?? Number.POSITIVE_INFINITY, breaks_V / share);
    });
    return first;
  }

  #current(run: Run, volt: number): number {
    const network = this.#network();
    const resistive = network.seen(run.extra);
    if (resistive.short) return volt > 0 ? Number.POSITIVE_INFINITY : 0;
    if (run.settings.mode !== "ac") return volt * resistive.return_S;
    const { line_Hz } = this.#tree.tester.config;
    const capacitive = network.seen(run.extra, typeof line_Hz === "number" ? line_Hz : 60);
    return volt * Math.hypot(resistive.return_S, capacitive.return_S);
  }

  #ohm(run: Run): number {
    const { short, return_S } = this.#network().seen(run.extra);
    return short ? 0 : 1 / return_S;
  }

  /** The instrument's own error, one share of its limit for each kind of reading and part of the range. */
  #error(name: string): number {
    const known = this.#share.get(name);
    if (known !== undefined) return known;
    const drawn = 0.9 * randomOf(this.#plant.seed, `insulation ${name}`).signed();
    this.#share.set(name, drawn);
    return drawn;
  }

  #shownVolt(volt: number): number {
    return volt === 0 ? 0 : Math.max(0, volt + 0.2 * this.#error("V") * voltLimit_V(volt));
  }

  #shownCurrent(ampere: number): number {
    return ampere === 0 ? 0 : Math.max(0, ampere + this.#error("A") * (currentLimit_A(ampere) - 29e-6));
  }

  #shownOhm(run: Run): number | "over" {
    if (run.settings.mode !== "ir") return "over";
    const { voltage_V } = run.settings;
    const exact = this.#ohm(run);
    const limit_ohm = irLimit_ohm(voltage_V, exact);
    const shown = exact + this.#error(`ohm ${limit_ohm > 0.07 * exact ? "high" : "low"}`) * limit_ohm;
    return !(shown <= irMost_ohm(voltage_V)) ? "over" : Math.max(0, shown);
  }
}
