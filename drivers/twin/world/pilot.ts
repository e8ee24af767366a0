/**
 * The pilot driver and the oscilloscope. The generator gives timing only; the driver's levels are the two rails. Its
 * output is connected while generator and rails are on, and open otherwise (H: the driver is enabled by both).
 */
import type { Node } from "../../../rig/model/bench.ts";
import type { PilotModel, ScopeModel } from "../models.ts";
import { randomOf } from "../random.ts";
import type { Branch } from "./elements.ts";
import { lineOf } from "./pilotLines.ts";
import type { Plant } from "./plant.ts";
import { errorOf } from "./power.ts";
import type { Period, Square } from "./transient.ts";

export interface Pilot extends PilotModel {
  readonly scope: ScopeModel;
  /** What an integrating meter sees: the mean of both levels while the generator makes a square wave. */
  averageVolt(a: Node | undefined, b: Node | undefined): number | undefined;
}

/** Resistance of a rail that is switched off, ohm. */
const railOff_ohm = 1e4;

export function createPilot(plant: Plant): Pilot {
  const { driver, rails } = plant.assembly;
  const state = {
    shape: "low" as "high" | "low" | "square",
    frequency_Hz: 1000,
    duty_pct: 50,
    on: false,
    plus_V: 0,
    minus_V: 0,
    railsOn: false,
  };
  const rail_ohm = rails?.plus.ohm ?? 0.05;
  const plusError = errorOf(plant.seed, "rail plus", "rigol-dp832-V", 30);
  const minusError = errorOf(plant.seed, "rail minus", "rigol-dp832-V", 30);
  const noise = randomOf(plant.noise, "rails noise");
  const level = (high: boolean): number => (high ? (rails?.plus.emf_V ?? 0) : (rails?.minus.emf_V ?? 0));
  const square = (): boolean =>
    plant.driverOn && state.shape === "square" && state.duty_pct > 0 && state.duty_pct < 100;

  const apply = (): void => {
    const wasOn = plant.driverOn;
    if (rails !== undefined) {
      rails.plus.ohm = state.railsOn ? rail_ohm : railOff_ohm;
      rails.minus.ohm = state.railsOn ? rail_ohm : railOff_ohm;
      rails.plus.emf_V = state.railsOn ? plusError(state.plus_V) : 0;
      rails.minus.emf_V = state.railsOn ? -minusError(state.minus_V) : 0;
    }
    plant.driverOn = state.on && state.railsOn;
    if (driver !== undefined) {
      const high = state.shape === "square" ? state.duty_pct >= 100 : state.shape === "high";
      driver.emf_V = level(high);
    }
    if (wasOn !== plant.driverOn) plant.restructure();
    else plant.revalue();
  };
  const change = (to: Partial<typeof state>): void => {
    plant.settle();
    Object.assign(state, to);
    apply();
  };

  const averages = new Map<string, number | undefined>();
  let averagesOf = -1;
  const averageVolt: Pilot["averageVolt"] = (a, b) => {
    if (a === undefined || b === undefined || driver === undefined || !square()) return plant.volt(a, b);
    plant.settle();
    if (averagesOf !== plant.version) averages.clear();
    averagesOf = plant.version;
    const key = `${a}|${b}`;
    if (averages.has(key)) return averages.get(key);
    const at = (high: boolean): number | undefined => {
      driver.emf_V = level(high);
      plant.circuit().changed();
      return plant.circuit().volt(a, b);
    };
    const high = at(true);
    const low = at(false);
    const duty = state.duty_pct / 100;
    const mean = high === undefined || low === undefined ? undefined : duty * high + (1 - duty) * low;
    averages.set(key, mean);
    return mean;
  };

  return {
    wave: (shape, frequency_Hz, duty_pct) => change({ shape, frequency_Hz, duty_pct }),
    output: (on) => change({ on }),
    rails: (plus_V, minus_V) => change({ plus_V, minus_V }),
    railsOutput: (on) => change({ railsOn: on }),
    state: () => ({ ...state }),
    measureRails() {
      const volt = (side: "plus" | "minus"): number => {
        const branch = rails?.[side];
        return Math.abs(branch === undefined ? 0 : (plant.volt(branch.a, branch.b) ?? 0)) + 2e-3 * noise.normal();
      };
      return { plus_V: volt("plus"), minus_V: volt("minus") };
    },
    averageVolt,
    scope: createScope(plant, () => {
      if (driver === undefined || !square()) return undefined;
      const period_s = 1 / state.frequency_Hz;
      const levels = { low_V: level(false), high_V: level(true) };
      return { driver, square: { period_s, high_s: (period_s * state.duty_pct) / 100, ...levels } };
    }),
  };
}

type Driven = { readonly driver: Branch; readonly square: Square } | undefined;

/** Gain error of probe and channel together (H; a DS1000Z states 3 % of full scale, divided probes are trimmed). */
const gain_max = 0.003;
/** Noise of a channel with its probe, V rms (H). */
const noise_V = 0.02;
/** A prime, so that it does not fall in step with the pilot's period. */
const noiseTable_length = 10_007;

function createScope(plant: Plant, driven: () => Driven): ScopeModel {
  const noise = randomOf(plant.noise, "scope noise");
  // A capture has up to 200,000 samples: noise is a table read from a drawn place on, not drawn for each.
  let drawn: Float64Array | undefined;
  const tableOf = (): Float64Array => {
    const made = new Float64Array(noiseTable_length);
    for (let i = 0; i < noiseTable_length; i++) made[i] = noise_V * noise.normal();
    return made;
  };
  const noisy = (samples: Float64Array, gain: number): Float64Array => {
    const table = drawn ?? tableOf();
    drawn = table;
    addNoise(samples, gain, table, Math.floor(noise.next() * noiseTable_length));
    return samples;
  };
  let kept: { key: string; period: Period } | undefined;
  const pair = (channel: number): readonly [Node, Node] => [
    plant.assembly.terminal("scope", `ch${channel}`),
    plant.assembly.terminal("scope", "ground"),
  ];
  const periodOf = (wave: NonNullable<Driven>, channels: readonly number[]): Period => {
    const key = `${plant.version} ${channels.join()}`;
    if (kept?.key !== key) {
      const line = lineOf(plant.circuit(), wave.driver, channels.map(pair));
      kept = { key, period: line.period(wave.square) };
    }
    return kept.period;
  };
  return {
    acquire(channels, dt_s, count, trigger_V) {
      plant.settle();
      // Before anything else is drawn from the same stream.
      drawn ??= tableOf();
      const wave = driven();
      const gains = channels.map((ch) => 1 + gain_max * randomOf(plant.seed, `scope gain ${ch}`).signed());
      if (wave === undefined) {
        return channels.map((channel, n) => {
          const volt = plant.volt(...pair(channel)) ?? 0;
          return noisy(new Float64Array(count).fill(volt), gains[n] as number);
        });
      }
      const period = periodOf(wave, channels);
      const start_s = crossing(period, trigger_V) ?? noise.next() * wave.square.period_s;
      return channels.map((_, n) => {
        const volt = period.volt[n];
        const samples = new Float64Array(count);
        if (volt !== undefined) sample(period.t_s, volt, wave.square.period_s, start_s, dt_s, samples);
        return noisy(samples, gains[n] as number);
      });
    },
  };
}

function addNoise(samples: Float64Array, gain: number, table: Float64Array, from: number): void {
  let at = from;
  for (let i = 0; i < samples.length; i++) {
    samples[i] = (samples[i] as number) * gain + (table[at] as number);
    at += 1;
    if (at === table.length) at = 0;
  }
}

/** Where the first channel crosses upwards, s from the start of the period. */
function crossing({ t_s, volt }: Period, level_V: number): number | undefined {
  const v = volt[0];
  if (v === undefined) return undefined;
  for (let i = 1; i < v.length; i++) {
    const [a, b] = [v[i - 1] as number, v[i] as number];
    if (a >= level_V || b < level_V) continue;
    const [ta, tb] = [t_s[i - 1] as number, t_s[i] as number];
    return ta + ((level_V - a) / (b - a)) * (tb - ta);
  }
  return undefined;
}

/** Straight lines between the points of the period, repeated. */
function sample(
  t_s: Float64Array,
  volt: Float64Array,
  period_s: number,
  start_s: number,
  dt_s: number,
  into: Float64Array,
): void {
  const last = t_s.length - 1;
  let phase_s = start_s % period_s;
  let at = 0;
  // The straight line in use holds up to `end_s`: it is worked out once for the many samples on it.
  let [from_s, end_s, from_V, V_per_s] = [0, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < into.length; i++) {
    while (phase_s >= period_s) {
      phase_s -= period_s;
      at = 0;
      end_s = Number.NEGATIVE_INFINITY;
    }
    if (!(phase_s <= end_s)) {
      do at++;
      while (at < last && (t_s[at] as number) < phase_s);
      from_s = t_s[at - 1] as number;
      end_s = at < last ? (t_s[at] as number) : Number.POSITIVE_INFINITY;
      const length_s = (t_s[at] as number) - from_s;
      V_per_s = length_s > 0 ? ((volt[at] as number) - (volt[at - 1] as number)) / length_s : 0;
      from_V = (length_s > 0 ? volt[at - 1] : volt[at]) as number;
    }
    into[i] = from_V + V_per_s * (phase_s - from_s);
    phase_s += dt_s;
  }
}
