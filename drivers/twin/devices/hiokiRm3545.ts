/**
 * Hioki RM3545 resistance meter on RS-232C: CR or CR LF ends a command, CR LF each reply; a line of its own is answered
 * with no echo.
 *
 * Source: Communication Command Instruction Manual RM3544-01/RM3545 (RM3544A986-03): pages 18-19 message list, 26-27
 * value format (NR3 in ohm, a plus sign is sent as a space), 32-34 :FETCh? and :READ?, 35-36 :MEASure:RESistance?, read
 * second hand in a summary that cites them; RM3542 manual 9.5: chains, headers, no full IEEE 488.2; ranges, currents
 * and the 20 mV of low power from the RM3545 accuracy and current tables.
 * UNVERIFIED: names of the low-power and current commands (several spellings are accepted, so a driver at ease with
 * this proves nothing about the names); over-range 1E+20 and fault 1E+30 (a public program has 9.9E+37 and 9.91E+37);
 * that there is no error queue and :SYSTem:ERRor? tells the communication errors as a number, as in the BT3562.
 */
import type { DeviceContext, DeviceTwin } from "./device.ts";
import { type ScpiCall, type ScpiCommand, ScpiDevice } from "./scpi.ts";
import { scpiErrors } from "./scpiError.ts";
import { argument, bool, boolSetting, choice, choiceSetting, noMoreThan, numeric } from "./scpiSettings.ts";

interface Range {
  readonly ohm: number;
  readonly high_A: number;
  /** Present where the current can be switched. */
  readonly low_A?: number;
}

const NORMAL: readonly Range[] = [
  { ohm: 0.01, high_A: 1 },
  { ohm: 0.1, high_A: 1, low_A: 0.1 },
  { ohm: 1, high_A: 0.1, low_A: 0.01 },
  { ohm: 10, high_A: 0.01, low_A: 0.001 },
  { ohm: 100, high_A: 0.01, low_A: 0.001 },
  { ohm: 1e3, high_A: 1e-3 },
  { ohm: 1e4, high_A: 1e-3 },
  { ohm: 1e5, high_A: 1e-4 },
  { ohm: 1e6, high_A: 1e-5 },
  { ohm: 1e7, high_A: 1e-6 },
  { ohm: 1e8, high_A: 1e-7 },
];
const LOW_POWER: readonly Range[] = [
  { ohm: 1, high_A: 1e-3 },
  { ohm: 10, high_A: 5e-4 },
  { ohm: 100, high_A: 5e-5 },
  { ohm: 1e3, high_A: 5e-6 },
];
/** Ranges read up to 120 % of their name. */
const SPAN = 1.2;
const OPEN_V = 5.5;
const LOW_POWER_OPEN_V = 0.02;
const OVER = " 1.0000000E+20";
const FAULT = " 1.0000000E+30";

export const hiokiRm3545 = (context: DeviceContext): DeviceTwin => new ResistanceMeter(context).device;

class ResistanceMeter {
  readonly device: ScpiDevice;
  readonly #context: DeviceContext;
  #lowPower = false;
  #range: Range = NORMAL[0] ?? { ohm: 0.01, high_A: 1 };
  #auto = true;
  #lowCurrent = false;
  #last = FAULT;
  readonly #continuous = boolSetting(":INITiate:CONTinuous", true, onOff);
  readonly #kept = [
    this.#continuous,
    choiceSetting(":TRIGger:SOURce", "IMM", ["IMMediate", "EXTernal", "BUS"]),
    choiceSetting(":SAMPle:RATE", "SLOW2", ["FAST", "MEDium", "SLOW1", "SLOW2"]),
    boolSetting(":SYSTem:HEADer", false, onOff),
    choiceSetting(":SYSTem:LFRequency", "AUTO", ["AUTO", "50", "60"]),
    boolSetting("[:SENSe][:RESistance]:OVC[:STATe]", true, onOff),
    boolSetting("[:SENSe][:RESistance]:CONTactcheck[:STATe]", true, onOff),
    boolSetting(":CALCulate:AVERage:STATe", false, onOff),
    boolSetting(":CALCulate:LIMit:STATe", false, onOff),
    boolSetting(":SYSTem:KLOCk", false, onOff),
  ] as const;

  constructor(context: DeviceContext) {
    this.#context = context;
    const [{ entry, identity }] = context.answering;
    this.device = new ScpiDevice({
      commands: this.#commands(),
      identity: () => `${identity()},${entry.serial},V1.00`,
      reset: () => this.#reset(),
      reply: context.reply,
      terminator: "\r\n",
      carriageReturnEnds: true,
      errorQuery: false,
      chainAfterQuery: false,
    });
  }

  #reset(): void {
    this.#lowPower = false;
    this.#range = rangeFor(NORMAL, 0.01);
    this.#auto = true;
    this.#lowCurrent = false;
    this.#last = FAULT;
    for (const setting of this.#kept) setting.reset();
  }

  #commands(): readonly ScpiCommand[] {
    const lowPower = {
      set: (call: ScpiCall) => this.#setLowPower(bool(argument(call))),
      ask: () => onOff(this.#lowPower),
    };
    const current = { set: (call: ScpiCall) => this.#setCurrent(call), ask: () => (this.#lowCurrent ? "LOW" : "HIGH") };
    return [
      ...this.#kept.map((setting) => setting.command),
      {
        header: "[:SENSe]:RESistance:RANGe",
        set: (call) => this.#setRange(call),
        ask: () => nr3Ohm(this.#range.ohm).trim(),
      },
      {
        header: "[:SENSe]:RESistance:RANGe:AUTO",
        set: (call) => {
          this.#auto = bool(argument(call));
        },
        ask: () => onOff(this.#auto),
      },
      { header: "[:SENSe][:RESistance]:LPOWer[:STATe]", ...lowPower },
      { header: "[:SENSe][:RESistance]:LOWPower[:STATe]", ...lowPower },
      { header: "[:SENSe][:RESistance]:LP[:STATe]", ...lowPower },
      { header: "[:SENSe][:RESistance]:CURRent[:STATe]", ...current },
      { header: "[:SENSe]:RESistance:RANGe:CURRent", ...current },
      { header: ":READ", ask: () => this.#measure() },
      { header: ":FETCh", ask: () => (this.#continuous.value ? this.#measure() : this.#last) },
      { header: ":MEASure:RESistance", ask: (call) => this.#measureOnce(call) },
      { header: ":INITiate[:IMMediate]", set: () => void this.#measure() },
      { header: ":ABORt", set: () => undefined },
      { header: ":SYSTem:LOCal", set: () => undefined },
      { header: ":SYSTem:ERRor", ask: () => "0" },
      { header: ":ESR0", ask: () => "0" },
      { header: ":ESR1", ask: () => "0" },
    ];
  }

  #ranges(): readonly Range[] {
    return this.#lowPower ? LOW_POWER : NORMAL;
  }

  #setLowPower(on: boolean): void {
    this.#lowPower = on;
    this.#range = rangeFor(this.#ranges(), this.#range.ohm);
    this.#lowCurrent = false;
  }

  /** The smallest range that reads the value given (as `:RESistance:RANGe 100E3` in the RM3542 manual). */
  #setRange(call: ScpiCall): void {
    noMoreThan(call, 1);
    const ohm = numeric(argument(call));
    const most = this.#ranges().at(-1)?.ohm ?? 0;
    if (ohm < 0 || ohm > most * SPAN) throw scpiErrors.outOfRange();
    this.#range = rangeFor(this.#ranges(), ohm);
    this.#auto = false;
    if (this.#range.low_A === undefined) this.#lowCurrent = false;
  }

  #setCurrent(call: ScpiCall): void {
    const name = argument(call).toUpperCase();
    const low = choice(name, ["HIGH", "LOW"]) === "LOW";
    if (low && this.#range.low_A === undefined) throw scpiErrors.settingsConflict();
    this.#lowCurrent = low;
  }

  #measureOnce(call: ScpiCall): string {
    this.#continuous.value = false;
    const expected = call.arguments[0];
    this.#auto = expected === undefined;
    if (expected !== undefined) this.#setRange(call);
    return this.#measure();
  }

  #measure(): string {
    const candidates = this.#auto ? this.#ranges() : [this.#range];
    for (const range of candidates) {
      const result = this.#context.world.milliohm.measure({
        current_A: this.#lowCurrent && range.low_A !== undefined ? range.low_A : range.high_A,
        range_ohm: range.ohm,
        open_V: this.#lowPower ? LOW_POWER_OPEN_V : OPEN_V,
      });
      this.#last = result.is === "ohm" ? nr3Ohm(result.ohm, range.ohm) : result.is === "over" ? OVER : FAULT;
      if (result.is !== "over") {
        this.#range = range;
        break;
      }
    }
    return this.#last;
  }
}

const onOff = (on: boolean): string => (on ? "ON" : "OFF");

function rangeFor(ranges: readonly Range[], ohm: number): Range {
  const found = ranges.find((range) => ohm <= range.ohm * SPAN) ?? ranges.at(-1);
  if (found === undefined) throw scpiErrors.outOfRange();
  return found;
}

/** Seven digits, exponent a multiple of three by the range, space for plus: ` 106.5710E+03`. */
function nr3Ohm(ohm: number, range_ohm = ohm): string {
  const exponent = Math.floor(Math.log10(Math.max(range_ohm, 1e-3)) / 3 + 1e-9) * 3;
  const power = Math.min(6, Math.max(-3, exponent));
  // Resolution is a millionth of the range (RM3545 accuracy table: 10 nohm in 10 mohm).
  const scaled = ohm / 10 ** power;
  const decimals = Math.max(0, 6 - Math.floor(Math.log10(Math.max(range_ohm, 1e-3) / 10 ** power) + 1e-9));
  const text = Math.abs(scaled).toFixed(decimals);
  return `${ohm < 0 ? "-" : " "}${text}E${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}
