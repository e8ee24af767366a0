/**
 * Keysight DAQ970A with DAQM901A multiplexers on LAN (TCP 5025).
 *
 * Source: DAQ970A/DAQ973A Programming Guide: DATA:POINts? and LAST? (page 109), DATA:REMove? (110), reading format (139),
 * ROUTe:SCAN and its definite-length block (211-215), TRIGger (293); CONFigure and MEASure? set the scan list and switch the
 * reading tags off. A trigger count of infinity is told as 9.90000200E+37, no data as 9.91E+37, overload as 9.9E+37, and an
 * overload enters the questionable register only, once per INIT.
 * UNVERIFIED: error -222 for DATA:REMove? beyond what is stored; -230 for FETCh? without data; that *OPC? waits for a scan;
 * that a whole sweep is taken at its trigger, with time tags spaced by the channel time.
 */
import { channelList } from "./channelList.ts";
import { DaqChannels, QUESTIONABLE, RANGES_V } from "./daqChannels.ts";
import { MEMORY, type ReadingFormat, ReadingMemory, type Stored, written } from "./daqMemory.ts";
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
const TIMER_MIN_s = 0;
const TIMER_MAX_s = 359_999;
const ON = ["VOLTage", "TEMPerature"] as const;

export const keysightDaq = (context: DeviceContext): DeviceTwin => new DataLogger(context).device;

/** A running scan. */
interface Scan {
  readonly start_s: number;
  sweeps: number;
  cancel: () => void;
  /** Set where the next sweep waits for *TRG. */
  onTrigger: (() => void) | undefined;
}

class DataLogger {
  readonly device: ScpiDevice;
  readonly #context: DeviceContext;
  readonly #channels: DaqChannels;
  readonly #memory = new ReadingMemory();
  #list: readonly number[] = [];
  #scan: Scan | undefined;
  #started = new Date(0);
  #whenIdle: (() => void)[] = [];
  #whenStored: (() => void)[] = [];
  #questionable = 0;
  #events = 0;
  #reported = 0;
  readonly #source = choiceSetting(":TRIGger:SOURce", "IMM", ["BUS", "IMMediate", "EXTernal", "TIMer", "ALARm1"]);
  #timer_s = 10;
  #count = 1;
  readonly #tags = {
    unit: boolSetting(":FORMat:READing:UNIT", false),
    time: boolSetting(":FORMat:READing:TIME", false),
    channel: boolSetting(":FORMat:READing:CHANnel", false),
    alarm: boolSetting(":FORMat:READing:ALARm", false),
  };
  readonly #timeType = choiceSetting(":FORMat:READing:TIME:TYPE", "REL", ["ABSolute", "RELative"]);

  constructor(context: DeviceContext) {
    this.#context = context;
    const [{ entry, identity }] = context.answering;
    this.#channels = new DaqChannels(context.world, context.bench, configNumber(entry, "line_Hz", 60));
    const text = identity().includes(",") ? identity : () => `Keysight Technologies,${identity()}`;
    this.device = new ScpiDevice({
      commands: [...this.#scanning(), ...this.#configuring(), ...this.#memoryCommands(), ...this.#status()],
      identity: () => `${text()},${entry.serial},A.02.02-01.00-02.01-00.02-03-01`,
      reset: () => this.#reset(),
      reply: context.reply,
      clear: () => {
        this.#events = 0;
      },
    });
  }

  #reset(): void {
    this.#abort();
    this.#channels.reset();
    this.#memory.clear();
    this.#list = [];
    this.#questionable = 0;
    this.#source.reset();
    this.#timer_s = 10;
    this.#count = 1;
    this.#untag();
    this.#timeType.reset();
  }

  #untag(): void {
    for (const tag of Object.values(this.#tags)) tag.reset();
  }

  #scanning(): readonly ScpiCommand[] {
    return [
      {
        header: "[:ROUTe]:SCAN",
        set: (call) => {
          noMoreThan(call, 1);
          this.#setList(channelList(argument(call)));
        },
        ask: () => block(`(@${this.#list.join(",")})`),
      },
      { header: "[:ROUTe]:SCAN:SIZE", ask: () => `+${this.#list.length}` },
      this.#source.command,
      { header: ":TRIGger:TIMer", set: (call) => this.#setTimer(call), ask: () => nr3(this.#timer_s) },
      {
        header: ":TRIGger:COUNt",
        set: (call) => this.#setCount(call),
        ask: () => (this.#count === Number.POSITIVE_INFINITY ? INFINITE_COUNT : nr3(this.#count)),
      },
      { header: ":INITiate[:IMMediate]", set: () => this.#initiate() },
      { header: ":ABORt", set: () => this.#abort() },
      { header: "*TRG", set: () => this.#trigger() },
      { header: ":READ", ask: () => this.#readAll() },
      { header: ":FETCh", ask: () => this.#idle(() => this.#fetch()) },
      { header: "*OPC", set: () => undefined, ask: () => this.#idle(() => "1") },
      { header: "*WAI", set: () => undefined },
    ];
  }

  #setList(list: readonly number[]): void {
    this.#list = list;
  }

  #setTimer(call: ScpiCall): void {
    noMoreThan(call, 1);
    this.#timer_s = within(
      numeric(argument(call), { MINimum: TIMER_MIN_s, MAXimum: TIMER_MAX_s }, "S"),
      0,
      TIMER_MAX_s,
    );
  }

  #setCount(call: ScpiCall): void {
    noMoreThan(call, 1);
    const count = numeric(argument(call), {
      MINimum: 1,
      MAXimum: 1e5,
      INFinity: Number.POSITIVE_INFINITY,
    });
    if (count !== Number.POSITIVE_INFINITY && count < 9.9e37) within(count, 1, 1e5);
    this.#count = count >= 9.9e37 ? Number.POSITIVE_INFINITY : Math.round(count);
  }

  /** INIT clears the memory; the sweeps follow at their own bench time. */
  #initiate(): void {
    if (this.#scan !== undefined) throw scpiErrors.initIgnored();
    if (this.#list.length === 0) throw scpiErrors.settingsConflict();
    this.#memory.clear();
    this.#reported = 0;
    this.#questionable = 0;
    this.#started = new Date();
    const scan: Scan = {
      start_s: this.#context.world.now_s(),
      sweeps: 0,
      cancel: () => undefined,
      onTrigger: undefined,
    };
    this.#scan = scan;
    this.#next(scan);
  }

  #next(scan: Scan): void {
    if (this.#source.value === "BUS" || this.#source.value === "EXT") {
      scan.onTrigger = () => this.#sweep(scan);
    } else if (this.#source.value === "TIM" && scan.sweeps > 0) {
      const { world } = this.#context;
      const step_s = Math.max(this.#timer_s, this.#sweepTime_s());
      scan.cancel = world.schedule(scan.start_s + scan.sweeps * step_s, () => this.#sweep(scan));
    } else if (this.#count === Number.POSITIVE_INFINITY && scan.sweeps > 0) {
      const { world } = this.#context;
      scan.cancel = world.schedule(world.now_s() + this.#sweepTime_s(), () => this.#sweep(scan));
    } else this.#sweep(scan);
  }

  #sweepTime_s(): number {
    return this.#list.reduce((sum, channel) => sum + this.#channels.duration_s(channel), 0);
  }

  #sweep(scan: Scan): void {
    scan.onTrigger = undefined;
    let at_s = this.#context.world.now_s() - scan.start_s;
    for (const channel of this.#list) {
      const { value, unit, bit } = this.#channels.measure(channel);
      at_s += this.#channels.duration_s(channel);
      this.#memory.add({ value, unit, channel, at_s });
      this.#questionableBit(bit);
    }
    if (this.#memory.overflowed) this.#questionableBit(QUESTIONABLE.MEMORY);
    scan.sweeps++;
    for (const waiting of this.#whenStored.splice(0)) waiting();
    if (scan.sweeps >= this.#count) this.#end();
    else this.#next(scan);
  }

  /** Overload bits are set once for each INIT. */
  #questionableBit(bit: number): void {
    if (bit === 0) return;
    this.#questionable |= bit;
    if ((this.#reported & bit) === 0) this.#events |= bit;
    this.#reported |= bit;
  }

  #trigger(): void {
    const waiting = this.#scan?.onTrigger;
    if (waiting === undefined) throw scpiErrors.triggerIgnored();
    waiting();
  }

  #abort(): void {
    this.#scan?.cancel();
    if (this.#scan !== undefined) this.#end();
  }

  #end(): void {
    this.#scan = undefined;
    for (const waiting of this.#whenIdle.splice(0)) waiting();
  }

  /** What is asked while a scan runs is answered when it has ended. */
  #idle(tell: () => string): string | Pending {
    if (this.#scan === undefined) return tell();
    return new Pending((done) => this.#whenIdle.push(() => done(tell())));
  }

  #readAll(): string | Pending {
    this.#initiate();
    return this.#idle(() => this.#fetch());
  }

  #fetch(): string {
    if (this.#memory.length === 0) throw scpiErrors.dataStale();
    return this.#text(this.#memory.read());
  }

  #format(): ReadingFormat {
    const { unit, time, channel, alarm } = this.#tags;
    return {
      unit: unit.value,
      time: time.value,
      channel: channel.value,
      alarm: alarm.value,
      start: this.#timeType.value === "ABS" ? this.#started : undefined,
    };
  }

  #text(readings: readonly Stored[]): string {
    const format = this.#format();
    return readings.map((reading) => written(reading, format)).join(",");
  }

  #memoryCommands(): readonly ScpiCommand[] {
    return [
      ...Object.values(this.#tags).map((tag) => tag.command),
      this.#timeType.command,
      { header: ":DATA:POINts", ask: () => `+${this.#memory.length}` },
      { header: ":DATA:REMove", ask: (call) => this.#remove(call) },
      {
        header: ":R",
        ask: (call) => {
          const count = call.arguments[0] === undefined ? MEMORY : Math.round(numeric(argument(call)));
          return block(this.#text(this.#memory.take(within(count, 1, MEMORY))));
        },
      },
      { header: ":DATA:LAST", ask: (call) => this.#last(call) },
    ];
  }

  #remove(call: ScpiCall): string | Pending {
    noMoreThan(call, 2);
    const count = within(Math.round(numeric(argument(call))), 1, MEMORY);
    const wait = call.arguments[1] !== undefined && choice(argument(call, 1), ["WAIT"]) === "WAIT";
    if (this.#memory.length >= count) return this.#text(this.#memory.take(count));
    if (!wait) throw scpiErrors.outOfRange();
    return new Pending((done) => {
      const look = (): void => {
        if (this.#memory.length >= count) done(this.#text(this.#memory.take(count)));
        else this.#whenStored.push(look);
      };
      look();
    });
  }

  #last(call: ScpiCall): string {
    const list = channelList(call.arguments.at(-1) ?? "");
    const count = call.arguments.length > 1 ? within(numeric(argument(call)), 1, 1000) : 1;
    const [channel] = list;
    if (list.length !== 1 || channel === undefined) throw scpiErrors.illegalValue();
    const found = this.#memory.last(channel, count);
    return found.length === 0 ? NO_DATA : this.#text(found);
  }

  #configuring(): readonly ScpiCommand[] {
    return [
      { header: ":CONFigure[:VOLTage][:DC]", set: (call) => this.#configureVolts(call) },
      { header: ":CONFigure:TEMPerature", set: (call) => this.#configureTemperature(call) },
      { header: ":MEASure[:VOLTage][:DC]", ask: (call) => this.#measureNow(() => this.#configureVolts(call)) },
      { header: ":MEASure:TEMPerature", ask: (call) => this.#measureNow(() => this.#configureTemperature(call)) },
      ...ON.flatMap((kind) => this.#perFunction(kind)),
      this.#perChannel("[:SENSe]:VOLTage[:DC]:RANGe[:UPPer]", (text, channel) => {
        this.#channels.of(channel).range_V = range(text);
      }),
      this.#perChannel("[:SENSe]:VOLTage[:DC]:RANGe:AUTO", (text, channel) => {
        if (bool(text)) this.#channels.of(channel).range_V = "auto";
      }),
      this.#perChannel("[:SENSe]:TEMPerature:TRANsducer:TYPE", (text) => void choice(text, ["TCouple"])),
      this.#perChannel("[:SENSe]:TEMPerature:TRANsducer:TCouple:TYPE", (text, channel) => {
        this.#channels.of(channel).thermocouple = choice(text, TYPES);
      }),
      this.#perChannel("[:SENSe]:TEMPerature:TRANsducer:TCouple:CHECk", (text, channel) => {
        this.#channels.of(channel).check = bool(text);
      }),
      this.#perChannel("[:SENSe]:TEMPerature:TRANsducer:TCouple:RJUNction:TYPE", (text) => {
        choice(text, ["INTernal", "EXTernal", "FIXed"]);
      }),
      this.#perChannel(":UNIT:TEMPerature", (text) => void choice(text, ["C"])),
      this.#perChannel(":INPut:IMPedance:AUTO", (text) => void bool(text)),
      this.#perChannel("[:ROUTe]:CHANnel:DELay", (text, channel) => {
        this.#channels.of(channel).delay_s = within(numeric(text, { MINimum: 0, MAXimum: 60 }, "S"), 0, 60);
      }),
      this.#perChannel("[:ROUTe]:CHANnel:DELay:AUTO", (text, channel) => {
        if (bool(text)) this.#channels.of(channel).delay_s = "auto";
      }),
    ];
  }

  #perFunction(kind: string): readonly ScpiCommand[] {
    return [
      this.#perChannel(`[:SENSe]:${kind}[:DC]:NPLC`, (text, channel) => {
        this.#channels.of(channel).plc = within(numeric(text, { MINimum: 0.02, MAXimum: 200 }), 0.02, 200);
      }),
      this.#perChannel(`[:SENSe]:${kind}[:DC]:ZERO:AUTO`, (text) => void choice(text, ["OFF", "ON", "ONCE", "0", "1"])),
    ];
  }

  /** `<header> <value>,(@<list>)`; without a list all channels of the scan list are meant. */
  #perChannel(header: string, set: (text: string, channel: number) => void): ScpiCommand {
    return {
      header,
      set: (call) => {
        noMoreThan(call, 2);
        const list = call.arguments[1] === undefined ? this.#list : channelList(argument(call, 1));
        for (const channel of list) set(argument(call), channel);
      },
    };
  }

  /** CONF:VOLT:DC [<range>[,<resolution>],](@<list>) */
  #configureVolts(call: ScpiCall): void {
    noMoreThan(call, 3);
    const list = channelList(call.arguments.at(-1) ?? "");
    const first = call.arguments.length > 1 ? range(argument(call)) : "auto";
    for (const channel of list) this.#channels.configure(channel, "VOLT").range_V = first;
    this.#overwriteScan(list);
  }

  /** CONF:TEMP TC,<type>[,1[,<resolution>]],(@<list>) */
  #configureTemperature(call: ScpiCall): void {
    const list = channelList(call.arguments.at(-1) ?? "");
    if (call.arguments.length < 3) throw scpiErrors.missingParameter();
    noMoreThan(call, 5);
    choice(argument(call), ["TCouple", "TC"]);
    const type = choice(argument(call, 1), TYPES);
    for (const channel of list) this.#channels.configure(channel, "TEMP").thermocouple = type;
    this.#overwriteScan(list);
  }

  /** CONFigure makes the list the scan list and the trigger immediate, and switches the tags off (page 149). */
  #overwriteScan(list: readonly number[]): void {
    this.#abort();
    this.#setList(list);
    this.#source.reset();
    this.#count = 1;
    this.#untag();
  }

  #measureNow(configure: () => void): string | Pending {
    configure();
    return this.#readAll();
  }

  #status(): readonly ScpiCommand[] {
    return [
      { header: ":STATus:QUEStionable:CONDition", ask: () => `+${this.#questionable}` },
      {
        header: ":STATus:QUEStionable[:EVENt]",
        ask: () => {
          const events = this.#events;
          this.#events = 0;
          return `+${events}`;
        },
      },
      { header: ":STATus:QUEStionable:ENABle", set: (call) => void within(numeric(argument(call)), 0, 32767) },
      { header: ":STATus:OPERation:CONDition", ask: () => (this.#scan === undefined ? "+0" : "+16") },
      { header: ":STATus:PRESet", set: () => undefined },
      { header: ":SYSTem:PRESet", set: () => this.#reset() },
      {
        header: ":SYSTem:CTYPe",
        ask: (call) => `Keysight Technologies,DAQM901A,SIM-MUX-${within(numeric(argument(call)), 100, 300) / 100},1.00`,
      },
      { header: "[:ROUTe]:OPEN:ALL", set: () => undefined },
      { header: ":DISPlay[:STATe]", set: (call) => void bool(argument(call)) },
    ];
  }
}

const TYPES = ["B", "E", "J", "K", "N", "R", "S", "T"] as const;

/** The smallest range that holds the voltage named. */
function range(text: string): number | "auto" {
  const name = text.toUpperCase();
  if (name === "AUTO" || name === "DEF" || name === "DEFAULT") return "auto";
  const volts = numeric(text, { MINimum: 0.1, MAXimum: 300 }, "V");
  const found = RANGES_V.find((candidate) => volts <= candidate * 1.000001);
  if (found === undefined || volts < 0) throw scpiErrors.outOfRange();
  return found;
}

/** IEEE 488.2 definite-length block, `#214(@101,102)`. */
function block(text: string): string {
  const length = String(text.length);
  return `#${length.length}${length}${text}`;
}
