/**
 * GW Instek GPT-9803 safety tester: CR LF, short and long forms, no maker in its identity, one error entry at a time.
 *
 * Source: GPT-9000 series user manual page 116 (forms), 117 (MEASure? and `>ACW, FAIL , 0.024kV ,0.013 mA ,R=000.1S`),
 * 134, 135 (ACW limits and times, their ranges), 153 (*IDN?), 106 (interlock). Answers of the questions ('TEST ON',
 * 'MANU MODE', '001', '0.100kV', '001.0 S', '0,No Error') as a public program for the GPT-9902A keeps them.
 * UNVERIFIED: that `0014,Command Error` is the wording of an unknown command; the unit text `M ohm` of a resistance and
 * `>9500M ohm` above the range; that VIEW shows the voltage at the terminals; that `MANU:UTIL:GROUNDMODE` exists.
 */
import { irMost_ohm } from "../../gwinstek/gptAccuracy.ts";
import type { InsulationSettings } from "../models.ts";
import type { DeviceContext, DeviceTwin } from "./device.ts";
import { type ScpiCall, type ScpiCommand, ScpiDevice } from "./scpi.ts";
import { scpiErrors } from "./scpiError.ts";
import { argument, noMoreThan, numeric } from "./scpiSettings.ts";

type Mode = "ACW" | "DCW" | "IR";
const modeOf = { ACW: "ac", DCW: "dc", IR: "ir" } as const;

interface Program {
  kV: number;
  trip_mA: number;
  low: number;
  test_s: number;
}

const ranges: Readonly<Record<Mode, { readonly kV: readonly [number, number]; readonly mA: number }>> = {
  ACW: { kV: [0.05, 5.1], mA: 42 },
  DCW: { kV: [0.05, 6.1], mA: 11 },
  IR: { kV: [0.05, 1], mA: 0 },
};

export const gwinstekGpt = (context: DeviceContext): DeviceTwin => new Tester(context).device;

class Tester {
  readonly device: ScpiDevice;
  readonly #context: DeviceContext;
  #mode: Mode = "ACW";
  #step = 1;
  #ramp_s = 0.1;
  readonly #programs: Record<Mode, Program> = {
    ACW: { kV: 0.1, trip_mA: 1, low: 0, test_s: 1 },
    DCW: { kV: 0.1, trip_mA: 1, low: 0, test_s: 1 },
    IR: { kV: 0.05, trip_mA: 0, low: 1, test_s: 1 },
  };

  constructor(context: DeviceContext) {
    this.#context = context;
    const [{ entry, identity }] = context.answering;
    this.device = new ScpiDevice({
      commands: this.#commands(),
      identity: () => `${identity()},${entry.serial},V1.00`,
      reset: () => context.world.insulation.stop(),
      reply: context.reply,
      terminator: "\r\n",
      wording: (error) => (error === undefined ? "0,No Error" : "14,Command Error"),
    });
  }

  #commands(): readonly ScpiCommand[] {
    return [
      { header: ":MAIN:FUNCtion", set: (call) => this.#manual(call), ask: () => "MANU MODE" },
      {
        header: ":MANU:STEP",
        set: (call) => {
          this.#step = within(call, 0, 100);
        },
        ask: () => String(this.#step).padStart(3, "0"),
      },
      { header: ":MANU:EDIT:MODE", set: (call) => this.#choose(call), ask: () => this.#mode },
      {
        header: ":MANU:RTIMe",
        set: (call) => {
          this.#ramp_s = within(call, 0.1, 999.9);
        },
        ask: () => seconds(this.#ramp_s),
      },
      { header: ":MANU:UTILity:GROUNDMODE", set: () => undefined, ask: () => "OFF" },
      {
        header: ":FUNCtion:TEST",
        set: (call) => this.#switch(call),
        ask: () => `TEST ${this.#testing ? "ON" : "OFF"}`,
      },
      { header: ":MEASure", ask: () => this.#measure() },
      ...(["ACW", "DCW", "IR"] as const).flatMap((mode) => this.#modeCommands(mode)),
    ];
  }

  #modeCommands(mode: Mode): readonly ScpiCommand[] {
    const program = this.#programs[mode];
    const { kV, mA } = ranges[mode];
    const own = (act: (call: ScpiCall) => void) => (call: ScpiCall) => {
      // "The test must first be in ACW mode before this command can be used" (pages 134, 135).
      if (this.#mode !== mode) throw scpiErrors.undefinedHeader();
      act(call);
    };
    const limits: readonly ScpiCommand[] =
      mode === "IR"
        ? [
            { header: ":MANU:IR:RLOSet", set: own((call) => void within(call, 1, 9999)) },
            {
              header: ":MANU:IR:RHISet",
              set: own((call) => void (argument(call) === "NULL" || within(call, 1, 9999))),
            },
          ]
        : [
            {
              header: `:MANU:${mode}:CHISet`,
              set: own((call) => {
                program.trip_mA = within(call, 0.001, mA);
              }),
              ask: () => `${program.trip_mA.toFixed(3)}mA`,
            },
            { header: `:MANU:${mode}:CLOSet`, set: own((call) => void within(call, 0, mA)) },
          ];
    return [
      {
        header: `:MANU:${mode}:VOLTage`,
        set: own((call) => {
          program.kV = within(call, ...kV);
        }),
        ask: () => `${program.kV.toFixed(3)}kV`,
      },
      {
        header: `:MANU:${mode}:TTIMe`,
        set: own((call) => {
          program.test_s = within(call, mode === "IR" ? 1 : 0.5, 999.9);
        }),
        ask: () => seconds(program.test_s),
      },
      { header: `:MANU:${mode}:REF`, set: own((call) => void numeric(argument(call))) },
      { header: `:MANU:${mode}:FREQuency`, set: own((call) => void within(call, 50, 60)) },
      ...limits,
    ];
  }

  #manual(call: ScpiCall): void {
    noMoreThan(call, 1);
    if (argument(call) !== "MANU") throw scpiErrors.outOfRange();
  }

  #choose(call: ScpiCall): void {
    const mode = argument(call);
    if (mode !== "ACW" && mode !== "DCW" && mode !== "IR") throw scpiErrors.outOfRange();
    this.#mode = mode;
  }

  get #testing(): boolean {
    return this.#context.world.insulation.testing();
  }

  #switch(call: ScpiCall): void {
    const { insulation } = this.#context.world;
    const on = argument(call);
    if (on === "OFF") insulation.stop();
    else if (on !== "ON") throw scpiErrors.outOfRange();
    else if (!this.#testing) {
      insulation.set(this.#settings());
      insulation.start();
    }
  }

  #settings(): InsulationSettings {
    const { kV, trip_mA, test_s } = this.#programs[this.#mode];
    const mode = modeOf[this.#mode];
    return { mode, voltage_V: kV * 1000, ramp_s: this.#ramp_s, dwell_s: test_s, trip_A: trip_mA / 1000 };
  }

  #measure(): string {
    const { state, voltage_V, current_A, ohm, dwelling, time_s } = this.#context.world.insulation.measure();
    const volt = `${(voltage_V / 1000).toFixed(3)}kV`;
    if (state === "idle") {
      const nothing = this.#mode === "IR" ? "0000M ohm" : "000.0 mA";
      return `${this.#mode},VIEW ,${volt},${nothing} ,  ---.-S`;
    }
    const judged = state === "passed" ? "PASS" : state === "failed" ? "FAIL" : "TEST";
    const most_M = irMost_ohm(this.#programs.IR.kV * 1000) / 1e6;
    const megohm = ohm === "over" ? `>${most_M}` : shown(ohm / 1e6);
    const quantity = this.#mode === "IR" ? `${megohm}M ohm` : `${(current_A * 1000).toFixed(3)} mA`;
    const phase = dwelling ? "T" : "R";
    return `${this.#mode},${judged} ,${volt},${quantity} ,${phase}=${time_s.toFixed(1).padStart(5, "0")}S`;
  }
}

const seconds = (time_s: number): string => `${time_s.toFixed(1).padStart(5, "0")} S`;
/** Four digits or so: a hundredth of a megohm below ten. */
const shown = (megohm: number): string => (megohm < 10 ? megohm.toFixed(2) : megohm.toFixed(1));

function within(call: ScpiCall, least: number, most: number): number {
  noMoreThan(call, 1);
  const value = numeric(argument(call));
  if (value < least || value > most) throw scpiErrors.outOfRange();
  return value;
}
