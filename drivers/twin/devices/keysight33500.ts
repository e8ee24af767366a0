/**
 * Keysight (Agilent) 33500B waveform generator: here it gives the pilot driver its timing, so that what counts is
 * whether the output is above or below the driver's logic threshold, and when.
 *
 * Source: Trueform Series Operating and Service Guide, SCPI reference: APPLy, FUNCtion, FUNCtion:SQUare/PULSe:DCYCle,
 * FREQuency, VOLTage, VOLTage:OFFSet, VOLTage:HIGH/LOW, OUTPut, OUTPut:LOAD (9.9E+37 for infinite), SYST:ERR?.
 * UNVERIFIED: the threshold of the pilot driver, 2.5 V (house); waveforms other than SQU, PULS and DC are kept but
 * act as the level they cross the threshold with; output 2 keeps its settings and moves nothing.
 */
import type { DeviceContext, DeviceTwin } from "./device.ts";
import { type ScpiCall, type ScpiCommand, ScpiDevice } from "./scpi.ts";
import { ScpiError, scpiErrors } from "./scpiError.ts";
import { argument, bool, choice, choiceSetting, noMoreThan, nr3, numeric, within } from "./scpiSettings.ts";

const THRESHOLD_V = 2.5;
const INFINITE = 9.9e37;
const SHAPES = ["SINusoid", "SQUare", "RAMP", "PULSe", "PRBS", "NOISe", "ARB", "DC", "TRIangle"] as const;

interface Output {
  shape: string;
  frequency_Hz: number;
  duty: { SQU: number; PULS: number };
  /** Levels as programmed, for the load set. */
  amplitude_V: number;
  offset_V: number;
  load_ohm: number;
  on: boolean;
}

const initial = (): Output => ({
  shape: "SIN",
  frequency_Hz: 1000,
  duty: { SQU: 50, PULS: 10 },
  amplitude_V: 0.1,
  offset_V: 0,
  load_ohm: 50,
  on: false,
});

export const keysight33500 = (context: DeviceContext): DeviceTwin => new Generator(context).device;

class Generator {
  readonly device: ScpiDevice;
  readonly #context: DeviceContext;
  readonly #outputs: [Output, Output] = [initial(), initial()];

  constructor(context: DeviceContext) {
    this.#context = context;
    const [{ entry, identity }] = context.answering;
    this.device = new ScpiDevice({
      commands: this.#commands(),
      identity: () => `${identity()},${entry.serial},4.00-1.19-2.00-58-00`,
      reset: () => {
        for (const index of [0, 1] as const) this.#outputs[index] = initial();
        this.#apply();
      },
      reply: context.reply,
    });
  }

  #output(call: ScpiCall): Output {
    const output = this.#outputs[(call.suffixes[0] || 1) - 1];
    if (output === undefined) throw scpiErrors.suffix();
    return output;
  }

  /** A command of one output; the world follows after each. */
  #of(header: string, set: (output: Output, call: ScpiCall) => void, ask: (output: Output) => string): ScpiCommand {
    return {
      header,
      set: (call) => {
        const output = this.#output(call);
        const before = structuredClone(output);
        set(output, call);
        try {
          this.#check(output);
        } catch (error) {
          Object.assign(output, before);
          throw error;
        }
        this.#apply();
      },
      ask: (call) => ask(this.#output(call)),
    };
  }

  #commands(): readonly ScpiCommand[] {
    const volt = "[:SOURce<n>]:VOLTage";
    return [
      this.#of(
        "[:SOURce<n>]:FUNCtion",
        (o, call) => (o.shape = choice(argument(call), SHAPES)),
        (o) => o.shape,
      ),
      this.#of(
        "[:SOURce<n>]:FREQuency[:CW]",
        (o, call) => (o.frequency_Hz = within(number(call, "HZ"), 1e-6, 30e6)),
        (o) => nr3(o.frequency_Hz, 13),
      ),
      this.#duty("SQUare", "SQU"),
      this.#duty("PULSe", "PULS"),
      this.#of(
        `${volt}[:LEVel][:IMMediate][:AMPLitude]`,
        (o, call) => (o.amplitude_V = number(call, "V")),
        (o) => nr3(o.amplitude_V, 13),
      ),
      this.#of(
        `${volt}[:LEVel][:IMMediate]:OFFSet`,
        (o, call) => (o.offset_V = number(call, "V")),
        (o) => nr3(o.offset_V, 13),
      ),
      this.#of(
        `${volt}[:LEVel][:IMMediate]:HIGH`,
        (o, call) => setLevels(o, number(call, "V"), low(o)),
        (o) => nr3(high(o), 13),
      ),
      this.#of(
        `${volt}[:LEVel][:IMMediate]:LOW`,
        (o, call) => setLevels(o, high(o), number(call, "V")),
        (o) => nr3(low(o), 13),
      ),
      this.#of(
        ":OUTPut<n>[:STATe]",
        (o, call) => (o.on = bool(argument(call))),
        (o) => (o.on ? "1" : "0"),
      ),
      this.#of(
        ":OUTPut<n>:LOAD",
        (o, call) => setLoad(o, argument(call)),
        (o) => nr3(o.load_ohm, 13),
      ),
      ...(["SQUare", "PULSe", "DC"] as const).map((shape) => this.#applyCommand(shape)),
      choiceSetting("[:SOURce<n>]:VOLTage:UNIT", "VPP", ["VPP", "VRMS", "DBM"]).command,
      choiceSetting(":OUTPut<n>:POLarity", "NORM", ["NORMal", "INVerted"]).command,
      { header: ":DISPlay:TEXT", set: () => undefined },
    ];
  }

  #duty(long: string, key: "SQU" | "PULS"): ScpiCommand {
    return this.#of(
      `[:SOURce<n>]:FUNCtion:${long}:DCYCle`,
      (o, call) => (o.duty[key] = within(number(call, "PCT"), 0.01, 99.99)),
      (o) => nr3(o.duty[key], 13),
    );
  }

  /** `APPL:SQU [<frequency>[,<amplitude>[,<offset>]]]` also switches the output on. */
  #applyCommand(shape: "SQUare" | "PULSe" | "DC"): ScpiCommand {
    return {
      header: `[:SOURce<n>]:APPLy:${shape}`,
      set: (call) => {
        noMoreThan(call, 3);
        const output = this.#output(call);
        const [frequency, amplitude, offset] = ["HZ", "V", "V"].map((unit, i) => {
          const text = call.arguments[i];
          return text === undefined ? undefined : numeric(text, { DEFault: Number.NaN }, unit);
        });
        const next = structuredClone(output);
        next.shape = choice(shape.toUpperCase(), SHAPES);
        if (given(frequency)) next.frequency_Hz = within(frequency, 1e-6, 30e6);
        if (given(amplitude)) next.amplitude_V = amplitude;
        if (given(offset)) next.offset_V = offset;
        next.on = true;
        this.#check(next);
        Object.assign(output, next);
        this.#apply();
      },
    };
  }

  /** The output stage gives 10 V peak into an open circuit and half of it into 50 ohm. */
  #check(output: Output): void {
    const peak_V = output.load_ohm === INFINITE ? 10 : (10 * output.load_ohm) / (output.load_ohm + 50);
    if (output.amplitude_V < 0) throw scpiErrors.outOfRange();
    if (high(output) > peak_V + 1e-9 || low(output) < -peak_V - 1e-9)
      throw new ScpiError(-221, "Settings conflict; amplitude and offset exceed the output");
  }

  #apply(): void {
    const [output] = this.#outputs;
    const { pilot } = this.#context.world;
    // The driver's input is no load: with OUTP:LOAD 50 twice the programmed level appears there.
    const factor = output.load_ohm === INFINITE ? 1 : (output.load_ohm + 50) / output.load_ohm;
    const top = (output.shape === "DC" ? output.offset_V : high(output)) * factor;
    const bottom = (output.shape === "DC" ? output.offset_V : low(output)) * factor;
    const duty = output.shape === "PULS" ? output.duty.PULS : output.shape === "SQU" ? output.duty.SQU : 50;
    const shape = bottom >= THRESHOLD_V ? "high" : top < THRESHOLD_V ? "low" : "square";
    const state = pilot.state();
    if (state.shape !== shape || state.frequency_Hz !== output.frequency_Hz || state.duty_pct !== duty)
      pilot.wave(shape, output.frequency_Hz, duty);
    if (state.on !== output.on) pilot.output(output.on);
  }
}

const given = (value: number | undefined): value is number => value !== undefined && !Number.isNaN(value);
const high = (o: Output): number => o.offset_V + o.amplitude_V / 2;
const low = (o: Output): number => o.offset_V - o.amplitude_V / 2;

function number(call: ScpiCall, unit: string): number {
  noMoreThan(call, 1);
  return numeric(argument(call), {}, unit);
}

function setLevels(output: Output, high_V: number, low_V: number): void {
  // The instrument moves the other level along when they would cross.
  output.amplitude_V = Math.max(0.001, high_V - low_V);
  output.offset_V = (high_V + low_V) / 2;
}

function setLoad(output: Output, text: string): void {
  const ohm = numeric(text, { INFinity: INFINITE, MINimum: 1, MAXimum: 10_000, DEFault: 50 }, "OHM");
  output.load_ohm = ohm >= 9.9e37 ? INFINITE : within(ohm, 1, 10_000);
}
