/**
 * Keysight DAQ970A with DAQM901A multiplexers on LAN (TCP 5025).
 *
 * Source: DAQ970A/DAQ973A Programming Guide: DATA:POINts? and LAST? (page 109), DATA:REMove? (110), reading format
 * (139), ROUTe:SCAN and its definite-length block (211-215), TRIGger (293); CONFigure and MEASure? set the scan list
 * and switch the reading tags off. A trigger count of infinity is told as 9.90000200E+37, no data as 9.91E+37,
 * overload as 9.9E+37, and an overload enters the questionable register only, once per INIT.
 * UNVERIFIED: error -222 for DATA:REMove? beyond what is stored; -230 for FETCh? without data; that *OPC? waits for a
 * scan; that a whole sweep is taken at its trigger, with time tags spaced by the channel time.
 */
import { channelList } from "./channelList.ts";
import { DaqChannels } from "./daqChannels.ts";
import { configureCommands } from "./daqConfigure.ts";
import { MEMORY, type ReadingFormat, type Stored, written } from "./daqMemory.ts";
import { Scanner } from "./daqScan.ts";
import { configNumber, type DeviceContext, type DeviceTwin } from "./device.ts";
import { Pending, type ScpiCall, type ScpiCommand, ScpiDevice } from "./scpi.ts";
import { scpiErrors } from "./scpiError.ts";
import {
  argument,
  bool,
  boolSetting,
  choice,
  choiceSetting,
  noMoreThan,
  nr3,
  numeric,
  within,
} from "./scpiSettings.ts";

const INFINITE_COUNT = "+9.90000200E+37";
const NO_DATA = "+9.91000000E+37";
const INFINITE = Number.POSITIVE_INFINITY;
const TIMER_MAX_s = 359_999;
const COUNT_MAX = 100_000;

export const keysightDaq = (context: DeviceContext): DeviceTwin => new DataLogger(context).device;

class DataLogger {
  readonly device: ScpiDevice;
  readonly #channels: DaqChannels;
  readonly #scanner: Scanner;
  readonly #source = choiceSetting(":TRIGger:SOURce", "IMM", ["BUS", "IMMediate", "EXTernal", "TIMer"]);
  readonly #tags = {
    unit: boolSetting(":FORMat:READing:UNIT", false),
    time: boolSetting(":FORMat:READing:TIME", false),
    channel: boolSetting(":FORMat:READing:CHANnel", false),
    alarm: boolSetting(":FORMat:READing:ALARm", false),
  };
  readonly #timeType = choiceSetting(":FORMat:READing:TIME:TYPE", "REL", ["ABSolute", "RELative"]);

  constructor(context: DeviceContext) {
    const [{ entry, identity }] = context.answering;
    this.#channels = new DaqChannels(context.world, context.bench, configNumber(entry, "line_Hz", 60));
    this.#scanner = new Scanner(context.world, this.#channels, () => this.#source.value);
    const maker = (text: string): string => (text.includes(",") ? text : `Keysight Technologies,${text}`);
    const configure = configureCommands({
      channels: this.#channels,
      scanList: () => this.#scanner.list,
      overwriteScan: (list) => this.#overwriteScan(list),
      readAll: () => this.#readAll(),
    });
    this.device = new ScpiDevice({
      commands: [...this.#scanning(), ...configure, ...this.#memory(), ...this.#status()],
      identity: () => `${maker(identity())},${entry.serial},A.02.02-01.00-02.01-00.02-03-01`,
      reset: () => this.#reset(),
      reply: context.reply,
      clear: () => this.#scanner.clearEvents(),
    });
  }

  #reset(): void {
    this.#scanner.reset();
    this.#channels.reset();
    this.#source.reset();
    this.#untag();
    this.#timeType.reset();
  }

  #untag(): void {
    for (const tag of Object.values(this.#tags)) tag.reset();
  }

  #overwriteScan(list: readonly number[]): void {
    this.#scanner.abort();
    this.#scanner.list = list;
    this.#source.reset();
    this.#scanner.count = 1;
    this.#untag();
  }

  #scanning(): readonly ScpiCommand[] {
    const scanner = this.#scanner;
    return [
      {
        header: "[:ROUTe]:SCAN",
        set: (call) => {
          noMoreThan(call, 1);
          scanner.list = channelList(argument(call));
        },
        ask: () => block(`(@${scanner.list.join(",")})`),
      },
      { header: "[:ROUTe]:SCAN:SIZE", ask: () => `+${scanner.list.length}` },
      this.#source.command,
      {
        header: ":TRIGger:TIMer",
        set: (call) => {
          noMoreThan(call, 1);
          scanner.timer_s = within(numeric(argument(call), { MINimum: 0, MAXimum: TIMER_MAX_s }, "S"), 0, TIMER_MAX_s);
        },
        ask: () => nr3(scanner.timer_s),
      },
      {
        header: ":TRIGger:COUNt",
        set: (call) => {
          scanner.count = triggerCount(call);
        },
        ask: () => (scanner.count === INFINITE ? INFINITE_COUNT : nr3(scanner.count)),
      },
      { header: ":INITiate[:IMMediate]", set: () => scanner.initiate() },
      { header: ":ABORt", set: () => scanner.abort() },
      { header: "*TRG", set: () => scanner.trigger() },
      { header: ":READ", ask: () => this.#readAll() },
      { header: ":FETCh", ask: () => this.#whenIdle(() => this.#fetch()) },
      { header: "*OPC", set: () => undefined, ask: () => this.#whenIdle(() => "1") },
    ];
  }

  /** What is asked while a scan runs is answered when it has ended. */
  #whenIdle(tell: () => string): string | Pending {
    if (!this.#scanner.scanning) return tell();
    return new Pending((done) => this.#scanner.whenIdle(() => done(tell())));
  }

  #readAll(): string | Pending {
    this.#scanner.initiate();
    return this.#whenIdle(() => this.#fetch());
  }

  #fetch(): string {
    const { memory } = this.#scanner;
    if (memory.length === 0) throw scpiErrors.dataStale();
    return this.#text(memory.read());
  }

  #text(readings: readonly Stored[]): string {
    const { unit, time, channel, alarm } = this.#tags;
    const format: ReadingFormat = {
      unit: unit.value,
      time: time.value,
      channel: channel.value,
      alarm: alarm.value,
      start: this.#timeType.value === "ABS" ? this.#scanner.started : undefined,
    };
    return readings.map((reading) => written(reading, format)).join(",");
  }

  #memory(): readonly ScpiCommand[] {
    const { memory } = this.#scanner;
    return [
      ...Object.values(this.#tags).map((tag) => tag.command),
      this.#timeType.command,
      { header: ":DATA:POINts", ask: () => `+${memory.length}` },
      { header: ":DATA:REMove", ask: (call) => this.#remove(call) },
      {
        header: ":R",
        ask: (call) => {
          const count = call.arguments[0] === undefined ? MEMORY : Math.round(numeric(argument(call)));
          return block(this.#text(memory.take(within(count, 1, MEMORY))));
        },
      },
      { header: ":DATA:LAST", ask: (call) => this.#last(call) },
    ];
  }

  #remove(call: ScpiCall): string | Pending {
    noMoreThan(call, 2);
    const scanner = this.#scanner;
    const count = within(Math.round(numeric(argument(call))), 1, MEMORY);
    const wait = call.arguments[1] !== undefined && choice(argument(call, 1), ["WAIT"]) === "WAIT";
    if (scanner.memory.length >= count) return this.#text(scanner.memory.take(count));
    if (!wait) throw scpiErrors.outOfRange();
    return new Pending((done) => {
      const look = (): void => {
        if (scanner.memory.length >= count) done(this.#text(scanner.memory.take(count)));
        else scanner.whenStored(look);
      };
      look();
    });
  }

  #last(call: ScpiCall): string {
    const list = channelList(call.arguments.at(-1) ?? "");
    const count = call.arguments.length > 1 ? within(numeric(argument(call)), 1, 1000) : 1;
    const [channel] = list;
    if (list.length !== 1 || channel === undefined) throw scpiErrors.illegalValue();
    const found = this.#scanner.memory.last(channel, count);
    return found.length === 0 ? NO_DATA : this.#text(found);
  }

  #status(): readonly ScpiCommand[] {
    const scanner = this.#scanner;
    return [
      { header: ":STATus:QUEStionable:CONDition", ask: () => `+${scanner.condition}` },
      { header: ":STATus:QUEStionable[:EVENt]", ask: () => `+${scanner.takeEvents()}` },
      { header: ":STATus:QUEStionable:ENABle", set: (call) => void within(numeric(argument(call)), 0, 32767) },
      { header: ":STATus:OPERation:CONDition", ask: () => (scanner.scanning ? "+16" : "+0") },
      { header: ":STATus:PRESet", set: () => undefined },
      { header: ":SYSTem:PRESet", set: () => this.#reset() },
      {
        header: ":SYSTem:CTYPe",
        ask: (call) => {
          const slot = within(numeric(argument(call)), 100, 300) / 100;
          return `Keysight Technologies,DAQM901A,SIM-MUX-${slot},1.00`;
        },
      },
      { header: "[:ROUTe]:OPEN:ALL", set: () => undefined },
      { header: ":DISPlay[:STATe]", set: (call) => void bool(argument(call)) },
    ];
  }
}

function triggerCount(call: ScpiCall): number {
  noMoreThan(call, 1);
  const count = numeric(argument(call), { MINimum: 1, MAXimum: COUNT_MAX, INFinity: INFINITE });
  return count >= 9.9e37 ? INFINITE : Math.round(within(count, 1, COUNT_MAX));
}

/** IEEE 488.2 definite-length block, `#214(@101,102)`. */
function block(text: string): string {
  const length = String(text.length);
  return `#${length.length}${length}${text}`;
}
