/** CONFigure, MEASure? and the SENSe commands of the DAQ970A: what each channel measures. */
import { channelList } from "./channelList.ts";
import { type DaqChannels, RANGES_V } from "./daqChannels.ts";
import type { Pending, ScpiCall, ScpiCommand } from "./scpi.ts";
import { scpiErrors } from "./scpiError.ts";
import { argument, bool, choice, noMoreThan, numeric, within } from "./scpiSettings.ts";

export interface Configured {
  readonly channels: DaqChannels;
  scanList(): readonly number[];
  /** CONFigure makes its list the scan list and the trigger immediate, and switches the tags off (page 149). */
  overwriteScan(list: readonly number[]): void;
  readAll(): string | Pending;
}

const TYPES = ["B", "E", "J", "K", "N", "R", "S", "T"] as const;
const FUNCTIONS = ["VOLTage", "TEMPerature"] as const;

export function configureCommands(daq: Configured): readonly ScpiCommand[] {
  const each = (header: string, set: (text: string, channel: number) => void) => perChannel(daq, header, set);
  const { channels } = daq;
  const couple = "[:SENSe]:TEMPerature:TRANsducer:TCouple";
  return [
    { header: ":CONFigure[:VOLTage][:DC]", set: (call) => volts(daq, call) },
    { header: ":CONFigure:TEMPerature", set: (call) => temperature(daq, call) },
    { header: ":MEASure[:VOLTage][:DC]", ask: (call) => measure(daq, () => volts(daq, call)) },
    { header: ":MEASure:TEMPerature", ask: (call) => measure(daq, () => temperature(daq, call)) },
    ...FUNCTIONS.flatMap((kind) => [
      each(`[:SENSe]:${kind}[:DC]:NPLC`, (text, channel) => {
        channels.of(channel).plc = within(numeric(text, { MINimum: 0.02, MAXimum: 200 }), 0.02, 200);
      }),
      each(`[:SENSe]:${kind}[:DC]:ZERO:AUTO`, (text) => void choice(text, ["OFF", "ON", "ONCE", "0", "1"])),
    ]),
    each("[:SENSe]:VOLTage[:DC]:RANGe[:UPPer]", (text, channel) => {
      channels.of(channel).range_V = range(text);
    }),
    each("[:SENSe]:VOLTage[:DC]:RANGe:AUTO", (text, channel) => {
      if (bool(text)) channels.of(channel).range_V = "auto";
    }),
    each("[:SENSe]:TEMPerature:TRANsducer:TYPE", (text) => void choice(text, ["TCouple"])),
    each(`${couple}:TYPE`, (text, channel) => {
      channels.of(channel).thermocouple = choice(text, TYPES);
    }),
    each(`${couple}:CHECk`, (text, channel) => {
      channels.of(channel).check = bool(text);
    }),
    each(`${couple}:RJUNction:TYPE`, (text) => void choice(text, ["INTernal", "EXTernal", "FIXed"])),
    each(":UNIT:TEMPerature", (text) => void choice(text, ["C"])),
    each(":INPut:IMPedance:AUTO", (text) => void bool(text)),
    each("[:ROUTe]:CHANnel:DELay", (text, channel) => {
      channels.of(channel).delay_s = within(numeric(text, { MINimum: 0, MAXimum: 60 }, "S"), 0, 60);
    }),
    each("[:ROUTe]:CHANnel:DELay:AUTO", (text, channel) => {
      if (bool(text)) channels.of(channel).delay_s = "auto";
    }),
  ];
}

/** `<header> <value>,(@<list>)`; without a list all channels of the scan list are meant. */
function perChannel(daq: Configured, header: string, set: (text: string, channel: number) => void): ScpiCommand {
  return {
    header,
    set: (call) => {
      noMoreThan(call, 2);
      const list = call.arguments[1] === undefined ? daq.scanList() : channelList(argument(call, 1));
      for (const channel of list) set(argument(call), channel);
    },
  };
}

/** CONF:VOLT:DC [<range>[,<resolution>],](@<list>) */
function volts(daq: Configured, call: ScpiCall): void {
  noMoreThan(call, 3);
  const list = channelList(call.arguments.at(-1) ?? "");
  const first = call.arguments.length > 1 ? range(argument(call)) : "auto";
  for (const channel of list) daq.channels.configure(channel, "VOLT").range_V = first;
  daq.overwriteScan(list);
}

/** CONF:TEMP TC,<type>[,1[,<resolution>]],(@<list>) */
function temperature(daq: Configured, call: ScpiCall): void {
  if (call.arguments.length < 3) throw scpiErrors.missingParameter();
  noMoreThan(call, 5);
  const list = channelList(call.arguments.at(-1) ?? "");
  choice(argument(call), ["TCouple", "TC"]);
  const type = choice(argument(call, 1), TYPES);
  for (const channel of list) daq.channels.configure(channel, "TEMP").thermocouple = type;
  daq.overwriteScan(list);
}

function measure(daq: Configured, configure: () => void): string | Pending {
  configure();
  return daq.readAll();
}

/** The smallest range that holds the voltage named. */
function range(text: string): number | "auto" {
  const name = text.toUpperCase();
  if (name === "AUTO" || name === "DEF" || name === "DEFAULT") return "auto";
  const volts = numeric(text, { MINimum: 0.1, MAXimum: 300 }, "V");
  const found = RANGES_V.find((candidate) => volts <= candidate * 1.000001);
  if (found === undefined || volts < 0) throw scpiErrors.outOfRange();
  return found;
}
