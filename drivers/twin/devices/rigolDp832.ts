/**
 * RIGOL DP832 supply: CH1 gives the plus rail of the pilot driver, CH2 the minus rail (its own plus is the return).
 *
 * Source: DP800 Programming Guide: :APPLy (2-6; CH1 and CH2 0-32 V, 0-3.2 A, CH3 0-5.3 V; `CH1,5.000,1.0000`),
 * :INSTrument, :MEASure, :OUTPut (answers ON or OFF), :OUTPut:OVP/OCP, [:SOURce<n>]:VOLTage/:CURRent.
 * UNVERIFIED: decimals of :MEASure answers (4); that protection values are kept and never trip here; `0,"No error"`.
 */
import type { DeviceContext, DeviceTwin } from "./device.ts";
import { type ScpiCall, type ScpiCommand, ScpiDevice } from "./scpi.ts";
import { scpiErrors } from "./scpiError.ts";
import { argument, bool, noMoreThan, numeric, within } from "./scpiSettings.ts";

interface Channel {
  volts: number;
  amperes: number;
  on: boolean;
  ovp_V: number;
  ocp_A: number;
  ovpOn: boolean;
  ocpOn: boolean;
}

const LIMITS = [
  { volts: 32, amperes: 3.2, ovp: 33, ocp: 3.3 },
  { volts: 32, amperes: 3.2, ovp: 33, ocp: 3.3 },
  { volts: 5.3, amperes: 3.2, ovp: 5.5, ocp: 3.3 },
] as const;

const initial = (): Channel => ({
  volts: 0,
  amperes: 3,
  on: false,
  ovp_V: 33,
  ocp_A: 3.3,
  ovpOn: false,
  ocpOn: false,
});

export const rigolDp832 = (context: DeviceContext): DeviceTwin => new Supply(context).device;

class Supply {
  readonly device: ScpiDevice;
  readonly #context: DeviceContext;
  #channels: Channel[] = LIMITS.map(initial);
  #selected = 0;

  constructor(context: DeviceContext) {
    this.#context = context;
    const [{ entry, identity }] = context.answering;
    this.device = new ScpiDevice({
      commands: this.#commands(),
      identity: () => `${identity()},${entry.serial},00.01.16`,
      reset: () => {
        this.#channels = LIMITS.map(initial);
        this.#selected = 0;
        this.#apply();
      },
      reply: context.reply,
      wording: (error) => (error === undefined ? '0,"No error"' : error.message),
    });
  }

  #commands(): readonly ScpiCommand[] {
    return [
      { header: ":APPLy", set: (call) => this.#applyCommand(call), ask: (call) => this.#askApply(call) },
      ...[":INSTrument[:SELEct]", ":INSTrument:SELect"].map((header) => ({
        header,
        set: (call: ScpiCall) => {
          this.#selected = this.#index(argument(call));
        },
        ask: () => `CH${this.#selected + 1}`,
      })),
      {
        header: ":INSTrument:NSELect",
        set: (call) => {
          this.#selected = this.#index(`CH${argument(call)}`);
        },
        ask: () => String(this.#selected + 1),
      },
      this.#source("VOLTage", "volts", 3),
      this.#source("CURRent", "amperes", 4),
      {
        header: ":OUTPut[:STATe]",
        set: (call) => this.#switch(call),
        ask: (call) => onOff(this.#of(call).on),
      },
      this.#level(":OUTPut:OVP:VALue", "ovp_V", "ovp", 3),
      this.#level(":OUTPut:OCP:VALue", "ocp_A", "ocp", 4),
      this.#flag(":OUTPut:OVP[:STATe]", "ovpOn"),
      this.#flag(":OUTPut:OCP[:STATe]", "ocpOn"),
      { header: ":MEASure[:VOLTage][:DC]", ask: (call) => this.#measure(this.#at(call)).toFixed(4) },
      { header: ":MEASure:CURRent[:DC]", ask: () => "0.0000" },
      { header: ":MEASure:POWEr[:DC]", ask: () => "0.000" },
      { header: ":MEASure:ALL[:DC]", ask: (call) => `${this.#measure(this.#at(call)).toFixed(4)},0.0000,0.000` },
      { header: ":SYSTem:REMote", set: () => undefined },
      { header: ":SYSTem:LOCal", set: () => undefined },
      { header: ":SYSTem:RWLock", set: () => undefined },
    ];
  }

  #index(name: string): number {
    const match = /^CH([123])$/.exec(name.toUpperCase());
    if (match === null) throw scpiErrors.illegalValue();
    return Number(match[1]) - 1;
  }

  /** Index of the channel named first, or the selected one. */
  #at(call: ScpiCall): number {
    const [name] = call.arguments;
    return name === undefined ? this.#selected : this.#index(name);
  }

  #channel(index: number): Channel {
    const channel = this.#channels[index];
    if (channel === undefined) throw scpiErrors.suffix();
    return channel;
  }

  #of(call: ScpiCall): Channel {
    return this.#channel(this.#at(call));
  }

  #limit(index: number): (typeof LIMITS)[number] {
    const limit = LIMITS[index];
    if (limit === undefined) throw scpiErrors.suffix();
    return limit;
  }

  #applyCommand(call: ScpiCall): void {
    noMoreThan(call, 3);
    const named = /^CH/i.test(argument(call));
    const index = named ? this.#index(argument(call)) : this.#selected;
    const [volts, amperes] = named ? call.arguments.slice(1) : call.arguments;
    const channel = this.#channel(index);
    const limit = this.#limit(index);
    const next = { ...channel };
    if (volts !== undefined) next.volts = number(volts, limit.volts, "V");
    if (amperes !== undefined) next.amperes = number(amperes, limit.amperes, "A");
    this.#channels[index] = next;
    this.#selected = index;
    this.#apply();
  }

  #askApply(call: ScpiCall): string {
    const index = this.#at(call);
    const { volts, amperes } = this.#channel(index);
    const what = call.arguments[1]?.toUpperCase();
    if (what === "VOLT" || what === "VOLTAGE") return volts.toFixed(3);
    if (what === "CURR" || what === "CURRENT") return amperes.toFixed(4);
    if (what !== undefined) throw scpiErrors.illegalValue();
    return `CH${index + 1},${volts.toFixed(3)},${amperes.toFixed(4)}`;
  }

  /** `SOURce<n>` names a channel; without a number the selected one is meant. */
  #source(word: string, key: "volts" | "amperes", decimals: number): ScpiCommand {
    const unit = key === "volts" ? "V" : "A";
    const index = (call: ScpiCall): number => {
      const [n = 0] = call.suffixes;
      return n === 0 ? this.#selected : n - 1;
    };
    return {
      header: `[:SOURce<n>]:${word}[:LEVel][:IMMediate][:AMPLitude]`,
      set: (call) => {
        noMoreThan(call, 1);
        const at = index(call);
        this.#channel(at)[key] = number(argument(call), this.#limit(at)[key], unit);
        this.#apply();
      },
      ask: (call) => this.#channel(index(call))[key].toFixed(decimals),
    };
  }

  #switch(call: ScpiCall): void {
    noMoreThan(call, 2);
    const named = call.arguments.length === 2;
    const on = bool(argument(call, named ? 1 : 0));
    const name = named ? argument(call).toUpperCase() : `CH${this.#selected + 1}`;
    if (name === "ALL") for (const channel of this.#channels) channel.on = on;
    else this.#channel(this.#index(name)).on = on;
    this.#apply();
  }

  #level(header: string, key: "ovp_V" | "ocp_A", limit: "ovp" | "ocp", decimals: number): ScpiCommand {
    return {
      header,
      set: (call) => {
        const named = call.arguments.length === 2;
        const at = named ? this.#index(argument(call)) : this.#selected;
        const text = argument(call, named ? 1 : 0);
        this.#channel(at)[key] = number(text, this.#limit(at)[limit], key === "ovp_V" ? "V" : "A");
      },
      ask: (call) => this.#of(call)[key].toFixed(decimals),
    };
  }

  #flag(header: string, key: "ovpOn" | "ocpOn"): ScpiCommand {
    return {
      header,
      set: (call) => {
        const named = call.arguments.length === 2;
        const at = named ? this.#index(argument(call)) : this.#selected;
        this.#channel(at)[key] = bool(argument(call, named ? 1 : 0));
      },
      ask: (call) => onOff(this.#of(call)[key]),
    };
  }

  #measure(index: number): number {
    const { plus_V, minus_V } = this.#context.world.pilot.measureRails();
    return [plus_V, Math.abs(minus_V), 0][index] ?? 0;
  }

  #apply(): void {
    const { pilot } = this.#context.world;
    const [plus, minus] = [this.#channel(0), this.#channel(1)];
    pilot.rails(plus.on ? plus.volts : 0, minus.on ? minus.volts : 0);
    const on = plus.on || minus.on;
    if (pilot.state().railsOn !== on) pilot.railsOutput(on);
  }
}

function number(text: string, max: number, unit: string): number {
  return within(numeric(text, { MINimum: 0, MAXimum: max, DEFault: 0 }, unit), 0, max);
}

const onOff = (on: boolean): string => (on ? "ON" : "OFF");
