/** Data acquisition unit and milliohm meter: what their inputs see, with their own errors and noise. */

import type { AccuracyModel } from "../../../rig/model/accuracy.ts";
import type { Node } from "../../../rig/model/bench.ts";
import { RigError } from "../../../rig/model/errors.ts";
import type { DaqModel, MilliohmModel } from "../models.ts";
import { type Random, randomOf } from "../random.ts";
import type { Circuit } from "./circuit.ts";
import type { Source } from "./elements.ts";
import type { Plant } from "./plant.ts";
import { errorOf } from "./power.ts";

/** Errors of each range are drawn when the range is first used, from a stream of its own. */
function errors(plant: Plant, name: string): (model: AccuracyModel, range: number) => (value: number) => number {
  const made = new Map<AccuracyModel, Map<number, (value: number) => number>>();
  return (model, range) => {
    const ofModel = made.get(model) ?? new Map<number, (value: number) => number>();
    made.set(model, ofModel);
    const known = ofModel.get(range);
    if (known !== undefined) return known;
    const error = errorOf(plant.seed, name, model, range);
    ofModel.set(range, error);
    return error;
  };
}

/** Nearest range of the DAQ970A that is not below. */
const daqRanges = [0.1, 1, 10, 100] as const;
const daqRange = (range_V: number): number => daqRanges.find((range) => range >= range_V * 0.999) ?? 300;

/** Noise of one reading at 1 PLC, V rms (H: a few counts of 6.5 digits). */
const daqNoise_V = (range: number): number => (range <= 0.1 ? 3e-7 : range * 1e-6);

/** An open input follows whatever leaks and radiates into it: some millivolts, slowly (H). */
function floating(t_s: number, channel: number, noise: Random): number {
  return 3e-3 * Math.sin(t_s / 1.7 + channel) + 2e-3 * Math.sin(t_s / 11 + 3 * channel) + 1e-3 * noise.normal();
}

/** A channel with what does not change of it; a scan reads each of them every second for hours. */
interface Input {
  readonly name: string;
  readonly wires: ReturnType<Plant["assembly"]["channel"]>;
  /** Of its last range. */
  gauge: Gauge | undefined;
  /** Of its thermocouple, if it has one. */
  sensor: Sensor | undefined;
}

interface Gauge {
  readonly range_V: number;
  readonly overload_V: number;
  readonly noise_V: number;
  readonly shown: (volt: number) => number;
}

interface Sensor {
  /** Where it really is: by its name, and in the thermal model. */
  readonly at: string;
  readonly place: number;
  /** Its own error and that of the reference junction, K. */
  readonly offset_K: number;
}

/** Noise of a thermocouple's reading, K (H). */
const thermocoupleNoise_K = 0.02;

/** `averageVolt` is what a meter sees that integrates over whole periods of the pilot. */
export function createDaq(
  plant: Plant,
  averageVolt: (hi: Node | undefined, lo: Node | undefined) => number | undefined,
): DaqModel {
  const inputs: Input[] = [];
  for (const [name, { channel }] of Object.entries(plant.bench.channels)) {
    inputs[channel] = { name, wires: plant.assembly.channel(name), gauge: undefined, sensor: undefined };
  }
  const noise = randomOf(plant.noise, "daq noise");
  const errorFor = errors(plant, "daq");
  /** The reference junction is one for all channels of the module. */
  const junction_K = 0.5 * randomOf(plant.seed, "daq reference junction").signed();
  const frozen = new Map<string, number>();
  const inputOf = (number: number): Input => {
    const found = inputs[number];
    if (found === undefined) throw new RangeError(`the bench has no DAQ channel ${number}`);
    return found;
  };
  const gaugeOf = (range_V: number): Gauge => {
    const range = daqRange(range_V);
    const shown = errorFor("keysight-daq970a", range);
    return { range_V, overload_V: 1.2 * range, noise_V: daqNoise_V(range), shown };
  };
  const sensorOf = (name: string): Sensor => {
    const deviation = plant.deviations.thermocouple[name];
    const at = plant.bench.channels[typeof deviation === "object" ? deviation.swappedWith : name]?.at ?? "";
    const place = plant.thermal.placeOf(at);
    if (place === undefined) {
      const message = `${plant.bench.file}: channels.${name}.at: no place called "${at}"`;
      throw new RigError("BENCH_INVALID", message, { channel: name });
    }
    const sensor_K = 0.67 * (plant.bench.channels[name]?.sensor_u_K ?? 0.3);
    const drawn = Math.max(-2, Math.min(2, randomOf(plant.seed, `sensor ${name}`).normal()));
    return { at, place, offset_K: sensor_K * drawn + junction_K };
  };

  return {
    volt(number, range_V, plc) {
      const input = inputOf(number);
      const { hi, lo } = input.wires;
      if (input.gauge?.range_V !== range_V) input.gauge = gaugeOf(range_V);
      const { shown, noise_V, overload_V } = input.gauge;
      const volt = averageVolt(hi, lo) ?? floating(plant.agenda.now_s(), number, noise);
      const seen = shown(volt) + (noise_V / Math.sqrt(plc)) * noise.normal();
      return Math.abs(seen) > overload_V ? "overload" : seen;
    },
    thermocouple(number) {
      const input = inputOf(number);
      const deviation = plant.deviations.thermocouple[input.name];
      if (deviation === "open") return "open";
      plant.settle();
      input.sensor ??= sensorOf(input.name);
      const { at, place, offset_K } = input.sensor;
      const now_degC = plant.thermal.degCOf(place) + plant.finger.at_K(at, plant.agenda.now_s()) + offset_K;
      if (deviation !== "frozen") return now_degC + thermocoupleNoise_K * noise.normal();
      const degC = frozen.get(input.name) ?? now_degC + thermocoupleNoise_K * noise.normal();
      frozen.set(input.name, degC);
      return degC;
    },
  };
}

/** RM3545: the SOURCE loop may be 1.5 ohm at 1 A (data sheet); contact check trips near 50 ohm (UNVERIFIED). */
const sourceLoopMax_ohm = 1.5;
const contactMax_ohm = 50;

export function createMilliohm(plant: Plant): MilliohmModel {
  const noise = randomOf(plant.noise, "milliohm noise");
  const errorFor = errors(plant, "milliohm");
  const meter = new Map<string, Source>();
  let kept: { structure: number; key: string; circuit: Circuit } | undefined;
  const circuitWith = (key: string, source: Source): Circuit => {
    if (kept?.structure !== plant.structure || kept.key !== key) {
      kept = { structure: plant.structure, key, circuit: plant.circuitWith(source) };
    } else kept.circuit.changed();
    return kept.circuit;
  };
  return {
    measure({ current_A, range_ohm, open_V }) {
      const [fh, fl, sh, sl] = ["FH", "FL", "SH", "SL"].map((name) => plant.assembly.terminal("milliohm", name)) as [
        Node,
        Node,
        Node,
        Node,
      ];
      plant.settle();
      const still = plant.circuit();
      plant.note({ what: "milliohm", current_A });
      if (!still.joined(fh, sh) || !still.joined(fl, sl)) return { is: "contact" };
      if (!still.joined(fh, fl)) return { is: "over" };
      const key = `${current_A} ${open_V}`;
      const source: Source = meter.get(key) ?? {
        ...{ type: "source", id: "milliohm", a: fh, b: fl, volt: open_V, ampere: current_A, on: true },
        ...{ ohm: 1e-3, bleeder_ohm: 1e12 },
      };
      meter.set(key, source);
      const offset_V = still.volt(sh, sl) ?? 0;
      const driven = circuitWith(key, source);
      const sense_V = (driven.volt(sh, sl) ?? 0) - offset_V;
      if (driven.sourceMode("milliohm") !== "CC") return { is: "over" };
      const drop = (a: Node, b: Node): number => Math.abs(driven.volt(a, b) ?? 0) / current_A;
      const leads_ohm = drop(fh, sh) + drop(fl, sl);
      if (leads_ohm > contactMax_ohm || (current_A >= 0.99 && leads_ohm > sourceLoopMax_ohm)) return { is: "contact" };
      // Offset compensation removes the EMF but for what drifts between its two halves.
      const residual_V = 0.02 * offset_V * noise.normal() + 2e-8 * noise.normal() * (current_A < 0.005 ? 5 : 1);
      const model = open_V <= 0.05 ? "hioki-rm3545-lp" : "hioki-rm3545";
      const range = [0.01, 0.1, 1, 10, 100, 1000].find((r) => r >= range_ohm * 0.999 && (r >= 1 || open_V > 0.05));
      const exact_ohm = sense_V / current_A;
      const shown = range === undefined ? exact_ohm : errorFor(model, range)(exact_ohm) + residual_V / current_A;
      return Math.abs(exact_ohm) > 1.2 * range_ohm ? { is: "over" } : { is: "ohm", ohm: shown };
    },
  };
}
