/**
 * The simulated bench as one object: what device twins and kind twins act on, and what a person at the bench does to
 * it. It is given a bench file's netlist, an adapter, the bench's deviations and a seed; it knows no procedures, steps
 * or limits.
 */
import type { Bench } from "../../../rig/model/bench.ts";
import type { OperatorModel, World } from "../models.ts";
import type { AdapterUnderTest } from "./adapterUnderTest.ts";
import { type Chain, createChain } from "./chain.ts";
import { type Deviations, noDeviations } from "./deviations.ts";
import { createInsulation } from "./insulation.ts";
import type { LogEntry, WorldLog } from "./log.ts";
import { createDaq, createMilliohm } from "./measure.ts";
import { createPilot } from "./pilot.ts";
import { Plant } from "./plant.ts";
import { createLoad, createSource } from "./power.ts";
import { createRelays } from "./relays.ts";

export interface WorldOptions {
  readonly bench: Bench;
  readonly adapter: AdapterUnderTest;
  readonly deviations?: Deviations;
  /** Draws the virtual bench: tolerances, contact resistances, EMFs, instrument errors, noise. Default 1. */
  readonly seed?: number;
  /** Draws the noise of readings alone, so that one bench can be tried several times. Default: the seed. */
  readonly noise?: number;
  /** Keeps no log. Default false. */
  readonly quiet?: boolean;
  /** Whether the adapter is in the nest at the start. Default true. */
  readonly fitted?: boolean;
  /** Room temperature, degC. Default 23. */
  readonly room_degC?: number;
  /** Relays take their operate and release times of bench time. Default false: they move at once. */
  readonly timedRelays?: boolean;
  /** `ideal` (kind twins): nobody toggles WD, the watchdog relay holds. Default `toggled`. */
  readonly watchdog?: "toggled" | "ideal";
  /** How long the watchdog relay holds after the last edge of WD, ms. Default 250 (bench.md). */
  readonly watchdogHold_ms?: number;
  /** Wall clock for the watchdog relay and the log, ms. Default: bench time. */
  readonly wall_ms?: () => number;
  /** Given each log entry as it is made. */
  readonly sink?: (entry: LogEntry) => void;
}

export interface TwinWorld extends World {
  readonly log: WorldLog;
  readonly deviations: Deviations;
  readonly bench: Bench;
  /** Takes out what is in the nest and puts another adapter beside it: for training. */
  exchange(adapter: AdapterUnderTest): void;
  /** Name of the adapter at hand. */
  adapterName(): string;
  /** Ground truth for judges of procedures: temperature of a place, degC. */
  temperature(place: string): number | undefined;
  /** Ground truth: currents of source and load now, A. */
  powerCurrents(): { readonly source_A: number; readonly load_A: number };
}

/** Errors: BENCH_INVALID; FILE_INVALID when a deviation names nothing of the bench. */
export function createWorld(options: WorldOptions): TwinWorld {
  const deviations = options.deviations ?? noDeviations;
  const benchMs = (): number => 1000 * plant.agenda.now_s();
  const wall_ms = options.wall_ms ?? benchMs;
  const plant: Plant = new Plant({
    bench: options.bench,
    adapter: options.adapter,
    deviations,
    seed: options.seed ?? 1,
    ...(options.noise === undefined ? {} : { noise: options.noise }),
    ...(options.quiet === undefined ? {} : { quiet: options.quiet }),
    room_degC: options.room_degC ?? 23,
    wall_ms: () => wall_ms(),
    ...(options.sink === undefined ? {} : { sink: options.sink }),
  });
  const relays = createRelays(plant, options.timedRelays ?? false);
  const source = createSource(plant);
  const load = createLoad(plant);
  const pilot = createPilot(plant);
  const insulation = createInsulation(plant);
  // The tester's interlock input is a contact of the enable chain (decision 0042).
  const enabled: typeof source = {
    ...source,
    enable(on) {
      source.enable(on);
      insulation.interlock(on);
    },
  };
  const chain = createChain(plant, relays, enabled, {
    watchdog: options.watchdog ?? "toggled",
    watchdog_ms: wall_ms,
    hold_ms: options.watchdogHold_ms ?? 250,
  });
  const operator = createOperator(plant, chain);
  if (options.fitted ?? true) operator.fit();
  const refresh = (): void => {
    if (plant.assembly.source?.on === true) plant.settle();
    chain.refresh();
  };
  const daq = createDaq(plant, pilot.averageVolt);
  const milliohm = createMilliohm(plant);
  return {
    bench: options.bench,
    deviations,
    log: plant.log,
    relays,
    milliohm: {
      measure(test) {
        refresh();
        return milliohm.measure(test);
      },
    },
    daq: {
      volt(channel, range_V, plc) {
        chain.refresh();
        return daq.volt(channel, range_V, plc);
      },
      thermocouple: (channel) => daq.thermocouple(channel),
    },
    source: {
      ...source,
      enabled() {
        refresh();
        return source.enabled();
      },
      measure() {
        refresh();
        return source.measure();
      },
    },
    load,
    insulation: {
      set: (settings) => insulation.set(settings),
      start() {
        refresh();
        return insulation.start();
      },
      stop: () => insulation.stop(),
      testing: () => insulation.testing(),
      measure() {
        refresh();
        return insulation.measure();
      },
    },
    pilot,
    scope: pilot.scope,
    gpio: {
      ...chain,
      lines() {
        refresh();
        return chain.lines();
      },
    },
    operator,
    now_s: () => plant.agenda.now_s(),
    advance(to_s) {
      plant.agenda.advance(to_s);
      refresh();
    },
    exchange(adapter) {
      operator.remove();
      plant.exchange(adapter);
      plant.note({ what: "operator", does: `takes ${adapter.adapter}` });
    },
    adapterName: () => plant.adapter.adapter,
    schedule: (at_s, event) => plant.agenda.schedule(at_s, event),
    temperature(place) {
      plant.settle();
      return plant.thermal.at(place);
    },
    powerCurrents() {
      plant.settle();
      return plant.powerCurrents();
    },
  };
}

/** Nest code: 0 empty, 1 an adapter in N1, 2 in N2. */
function createOperator(plant: Plant, chain: Chain): OperatorModel {
  const does = (what: string): void => plant.note({ what: "operator", does: what });
  return {
    fit(nest = 1) {
      does(nest === 1 ? "fit" : "fit N2");
      plant.seat(true, nest);
      chain.setInput("NEST0", nest === 1);
      chain.setInput("NEST1", nest === 2);
    },
    remove() {
      does("remove");
      plant.seat(false);
      chain.setInput("NEST0", false);
      chain.setInput("NEST1", false);
    },
    half(id) {
      plant.changeHalf(id);
      does(`half ${id}`);
    },
    latch(which, pressed) {
      does(`latch ${which} ${pressed ? "pressed" : "released"}`);
      // The station plug's own switch is the fixture's relay KPP2: a reference half has no button.
      if (which === "adapter") plant.press(pressed);
    },
    lid(which, closed) {
      does(`${which} ${closed ? "closed" : "open"}`);
      chain.setInput(which, closed);
    },
    flex(on) {
      does(on ? "flex" : "hold still");
      plant.flex(on);
    },
    emergencyStop(pressed) {
      does(`emergency stop ${pressed ? "pressed" : "released"}`);
      chain.setInput("ESTOP", !pressed);
    },
    warm(channel) {
      does(channel === null ? "let go" : `warm ${channel}`);
      plant.finger.hold(channel === null ? undefined : plant.bench.channels[channel]?.at, plant.agenda.now_s());
    },
  };
}
