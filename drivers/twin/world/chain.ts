/**
 * The hardware safety chain and the GPIO lines: SRC ENABLE = safety relay AND watchdog relay AND EN. The safety relay
 * holds while emergency stop, lids, over-temperature relay and smoke detector are well; its delayed contacts feed the
 * contactor coils. The watchdog relay drops 250 ms after the last edge of WD.
 */
import type { GpioModel } from "../models.ts";
import type { Plant } from "./plant.ts";
import type { PowerSource } from "./power.ts";
import type { Relays } from "./relays.ts";
import { watchLoops } from "./watchLoops.ts";

export interface Chain extends GpioModel {
  /** An input that the world moves; true is well. */
  setInput(line: string, well: boolean): void;
  /** Looks at the watchdog and the over-temperature relay; cheap, called whenever time may have passed. */
  refresh(): void;
}

export interface ChainOptions {
  /** `toggled`: WD must be toggled, as on a real bench. `ideal`: the watchdog relay always holds (kind twins). */
  readonly watchdog: "toggled" | "ideal";
  /** The clock that the watchdog relay runs by, ms. */
  readonly watchdog_ms: () => number;
  /** How long the watchdog relay holds after the last edge, ms. */
  readonly hold_ms: number;
}

/** Delayed contacts of the safety relay (bench.md: at most 300 ms). */
const contactorDelay_s = 0.3;
const overTemperature_degC = 110;
/** The relay falls back below this. */
const overTemperatureReset_degC = 100;

const safetyInputs = ["ESTOP", "LID1", "LID2", "OT", "SMOKE"] as const;

export function createChain(plant: Plant, relays: Relays, source: PowerSource, options: ChainOptions): Chain {
  const state: Record<string, boolean> = {};
  const listeners = new Set<(edge: { line: string; high: boolean; at_s: number }) => void>();
  for (const [line, { direction, healthy, watchdog }] of Object.entries(plant.bench.gpio.lines)) {
    const well = watchdog !== true || options.watchdog === "ideal";
    state[line] = direction === "in" && healthy !== undefined && (healthy === "high") === well;
  }
  const watchdogLines = Object.values(plant.bench.gpio.lines).filter((line) => line.watchdog === true);
  let lastEdge_ms = Number.NEGATIVE_INFINITY;
  let enabled = false;
  let cancelDrop: (() => void) | undefined;
  let safe = true;

  /** Levels as they were told last; another object as soon as one has changed. */
  let told: Readonly<Record<string, boolean>> | undefined;
  /** Changes of temperature that the chain has seen; undefined when a level has changed since. */
  let seen: number | undefined;
  const level = (line: string, high: boolean): void => {
    if (state[line] === undefined || state[line] === high) return;
    state[line] = high;
    told = undefined;
    seen = undefined;
    // WD toggles all the time: its edges would drown the log.
    if (line !== "WD") plant.note({ what: "line", line, high });
    for (const listener of listeners) listener({ line, high, at_s: plant.agenda.now_s() });
  };
  const inputs = safetyInputs.flatMap((line) => {
    const healthy = plant.bench.gpio.lines[line]?.healthy;
    return healthy === undefined ? [] : [{ line, well: healthy === "high" }];
  });
  const mirrored = Object.values(plant.bench.relays).flatMap(({ id, mirror }) => (mirror ? [{ id, mirror }] : []));
  const mirrors = (): void => {
    for (const { id, mirror } of mirrored) level(mirror, !relays.anyClosed(id));
  };
  const overTemperature = (): void => {
    const hottest = plant.thermal.hottest();
    if (hottest > overTemperature_degC) setInput("OT", false);
    else if (hottest < overTemperatureReset_degC) setInput("OT", true);
  };
  const dropContactors = (): void => {
    cancelDrop ??= plant.agenda.schedule(plant.agenda.now_s() + contactorDelay_s, () => {
      cancelDrop = undefined;
      relays.supplyContactors(false);
    });
  };
  const evaluate = (): void => {
    let holds = true;
    for (const { line, well } of inputs) if (state[line] !== well) holds = false;
    if (holds !== safe) {
      safe = holds;
      if (!holds) dropContactors();
      else {
        cancelDrop?.();
        cancelDrop = undefined;
        relays.supplyContactors(true);
      }
    }
    const watched = options.watchdog === "ideal" || options.watchdog_ms() - lastEdge_ms <= options.hold_ms;
    for (const { id, healthy } of watchdogLines) level(id, (healthy === "high") === watched);
    const next = safe && watched && state["EN"] === true;
    if (next === enabled) return;
    enabled = next;
    const why = next ? "all hold" : !safe ? "safety relay" : !watched ? "watchdog relay" : "EN";
    plant.note({ what: "enable", on: next, why });
    source.enable(next);
  };
  const setInput = (line: string, well: boolean): void => {
    const healthy = plant.bench.gpio.lines[line]?.healthy;
    const high = (healthy ?? "high") === "high" ? well : !well;
    if (state[line] === high) return;
    level(line, high);
    evaluate();
  };
  relays.onMoved(mirrors);
  mirrors();
  plant.onRestructured = watchLoops(plant, level);

  return {
    setLine(line, high) {
      if (plant.bench.gpio.lines[line]?.direction !== "out") {
        throw new RangeError(`GPIO line ${line} is not an output of the bench`);
      }
      if (line === "WD" && state["WD"] !== high) {
        lastEdge_ms = options.watchdog_ms();
        plant.agenda.schedule(plant.agenda.now_s() + options.hold_ms / 1000 + 1e-6, evaluate);
      }
      level(line, high);
      evaluate();
    },
    lines() {
      told ??= Object.freeze({ ...state });
      return told;
    },
    onEdge(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setInput,
    refresh() {
      // Without a watchdog that runs out only levels and temperatures move the chain.
      const changes = plant.thermal.changes();
      const ideal = options.watchdog === "ideal";
      if (seen === changes && ideal) return;
      const levelsMoved = seen === undefined;
      seen = changes;
      overTemperature();
      if (levelsMoved || !ideal) evaluate();
    },
  };
}
