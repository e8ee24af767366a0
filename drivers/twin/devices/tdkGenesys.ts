/**
 * TDK-Lambda GENESYS+ G10-500, two in advanced parallel: the leader answers on LAN (TCP 8003 on the real one) and its
 * current is that of the system. SCPI, lines end with LF.
 *
 * Source: Genesys LAN interface manual IA672-04-01 and Genesys 3300W IEEE manual 11.8 (SYST:ERR? and its text with the
 * address, SYST:ERR:ENAB, STAT:QUES); public GENESYS+ programs that name chapter 6.3 of its user manual (SYST:SET,
 * OUTP:STAT? answering ON or OFF, OUTP:PON, VOLT:PROT:LEV, VOLT:LIM:LOW, CURR:PROT:STAT, SOUR:MODE?).
 * UNVERIFIED for GENESYS+: set-points up to 105 % of rating, then -222; 301 for a set-point above 95 % of the
 * over-voltage level; bit 8 of the questionable register for the open ENABLE input; LF alone at the end of replies;
 * that OUTP:STAT ON is taken while ENABLE is open and the output stays dead (start mode "auto"); that PROG of both
 * units is one set-point.
 */
import type { DeviceContext, DeviceTwin } from "./device.ts";
import { type ScpiCall, type ScpiCommand, ScpiDevice } from "./scpi.ts";
import { ScpiError, scpiErrors } from "./scpiError.ts";
import {
  argument,
  bool,
  boolSetting,
  choiceSetting,
  noMoreThan,
  numberSetting,
  numeric,
  within,
} from "./scpiSettings.ts";

const RATED_V = 10;
const RATED_A = 500;
const UNITS = 2;
const MARGIN = 1.05;
const OVP_MAX = 12;

export const tdkGenesys = (context: DeviceContext): DeviceTwin => {
  const { world } = context;
  const [{ entry, identity }] = context.answering;
  const source = world.source;
  const ovp = numberSetting("[:SOURce]:VOLTage:PROTection[:LEVel]", OVP_MAX, { min: 0.5, max: OVP_MAX, tell: fixed3 });
  const kept = [
    ovp,
    numberSetting("[:SOURce]:VOLTage:LIMit:LOW", 0, { min: 0, max: RATED_V, tell: fixed3 }),
    boolSetting("[:SOURce]:CURRent:PROTection:STATe", false, onOff),
    boolSetting(":OUTPut:PON[:STATe]", false, onOff),
    choiceSetting(":SYSTem:SET", "REM", ["LOCal", "REMote", "LLO"]),
    numberSetting(":INSTrument:NSELect", 6, { min: 0, max: 31, tell: (n) => String(n) }),
    numberSetting(":STATus:QUEStionable:ENABle", 0, { min: 0, max: 65535, tell: (n) => String(n) }),
  ];
  const setVoltage = (call: ScpiCall): void => {
    const volts = within(value(call, RATED_V, "V"), 0, RATED_V * MARGIN);
    if (volts > ovp.value * 0.95 + 1e-9) throw new ScpiError(301, "PV above OVP;address 06");
    source.set({ voltage_V: volts });
  };
  const most_A = RATED_A * UNITS;
  const commands: readonly ScpiCommand[] = [
    ...kept.map((setting) => setting.command),
    {
      header: "[:SOURce]:VOLTage[:LEVel][:IMMediate][:AMPLitude]",
      set: setVoltage,
      ask: () => fixed3(source.state().voltage_V),
    },
    {
      header: "[:SOURce]:CURRent[:LEVel][:IMMediate][:AMPLitude]",
      set: (call) => source.set({ current_A: within(value(call, most_A, "A"), 0, most_A * MARGIN) }),
      ask: () => fixed3(source.state().current_A),
    },
    {
      header: ":OUTPut[:STATe]",
      set: (call) => source.output(bool(argument(call))),
      ask: () => onOff(source.state().on),
    },
    { header: ":MEASure[:SCALar]:VOLTage[:DC]", ask: () => fixed3(source.measure().voltage_V) },
    { header: ":MEASure[:SCALar]:CURRent[:DC]", ask: () => fixed3(source.measure().current_A) },
    {
      header: ":MEASure[:SCALar]:POWer[:DC]",
      ask: () => fixed3(source.measure().voltage_V * source.measure().current_A),
    },
    { header: "[:SOURce]:MODE", ask: () => source.measure().mode.toUpperCase() },
    { header: ":OUTPut:MODE", ask: () => source.measure().mode.toUpperCase() },
    { header: "[:SOURce]:VOLTage:PROTection:TRIPped", ask: () => "0" },
    { header: "[:SOURce]:CURRent:PROTection:TRIPped", ask: () => "0" },
    { header: ":OUTPut:PROTection:CLEar", set: () => undefined },
    { header: ":SYSTem:ERRor:ENABle", set: () => device.errors.clear() },
    { header: ":SYSTem:REMote", set: () => undefined },
    { header: ":SYSTem:LOCal", set: () => undefined },
    { header: ":STATus:QUEStionable:CONDition", ask: () => String(source.enabled() ? 0 : 256) },
    { header: ":STATus:QUEStionable[:EVENt]", ask: () => String(source.enabled() ? 0 : 256) },
    { header: ":STATus:OPERation:CONDition", ask: () => String(operation(source.measure().mode)) },
  ];
  const device = new ScpiDevice({
    commands,
    identity: () => `${identity()},${entry.serial},G:02.122`,
    reset: () => {
      source.output(false);
      source.set({ voltage_V: 0, current_A: 0 });
      for (const setting of kept) setting.reset();
    },
    reply: context.reply,
    wording: (error) => (error === undefined ? '0,"No error"' : addressed(error)),
  });
  return device;
};

function value(call: ScpiCall, rating: number, unit: string): number {
  noMoreThan(call, 1);
  const text = argument(call);
  if (text.toUpperCase() === "NAN") throw scpiErrors.dataType();
  return numeric(text, { MINimum: 0, MAXimum: rating * MARGIN }, unit);
}

/** `-222,"Data out of range;address 06"` (Genesys manual, 11.8.1). */
function addressed(error: ScpiError): string {
  return error.text.includes(";") ? error.message : `${error.number},"${error.text};address 06"`;
}

/** Bit 0 constant voltage, bit 1 constant current (Genesys manual, operational condition register). */
function operation(mode: "CV" | "CC" | "off"): number {
  return mode === "CV" ? 1 : mode === "CC" ? 2 : 0;
}

const fixed3 = (number: number): string => number.toFixed(3);
const onOff = (on: boolean): string => (on ? "ON" : "OFF");
