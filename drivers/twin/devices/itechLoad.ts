/**
 * ITECH IT8500+ / BK Precision 8500: frames of 26 bytes, one answer for each; one device is one unit of a load bank.
 *
 * Source: BK Precision 8500 series manual, "Command details" (pages 51-66): 20-31, 50-53, 55-57, 5D-5F, 6A and the
 * status answers; ITECH IT8500+ frame guide: 01 (limits).
 * UNVERIFIED: a unit in LOCAL refuses settings with C0; a set of 50 while the timer runs starts it again; no idle
 * time-out inside a frame, so that half a frame spoils the next one; after a wrong checksum the whole 26 bytes are
 * dropped.
 * Of the modes only CC is simulated; CV, CW and CR are refused with C0.
 */
import { configNumber, type DeviceContext, type DeviceTwin } from "./device.ts";

export const FRAME = 26;
const START = 0xaa;
const STATUS = 0x12;
const OK = 0x80;
const CHECKSUM = 0x90;
const PARAMETER = 0xa0;
const UNRECOGNISED = 0xb0;
const REFUSED = 0xc0;
const BROADCAST = 0xff;

/** What an IT8514C+ allows: 240 A, 120 V, 1500 W (data sheet). */
const RATING = { current_A: 240, voltage_V: 120, power_W: 1500, min_V: 0.1, max_ohm: 7500, min_ohm: 0.05 };

/** Sum of the first 25 bytes modulo 256. */
export function checksum(frame: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < FRAME - 1; i++) sum += frame[i] ?? 0;
  return sum & 0xff;
}

/** A command answers with its data, or with a status byte. */
type Answer = Uint8Array | number;

export const itechLoad = (context: DeviceContext): DeviceTwin => new ItechLoad(context);

class ItechLoad implements DeviceTwin {
  readonly #context: DeviceContext;
  readonly #unit: number;
  readonly #address: number;
  readonly #commands: ReadonlyMap<number, (data: DataView) => Answer>;
  #input: Uint8Array = new Uint8Array();
  #remote = false;
  #sense = false;
  #localKey = false;
  readonly #max: { current_A: number; voltage_V: number; power_W: number };
  readonly #timer = { seconds: 0, enabled: false, cancel: undefined as (() => void) | undefined };

  constructor(context: DeviceContext) {
    this.#context = context;
    const [{ entry, unit }] = context.answering;
    this.#unit = unit;
    this.#address = configNumber(entry, "address", 0);
    const current_A = configNumber(entry, "unit_max_A", RATING.current_A);
    this.#max = { current_A, voltage_V: RATING.voltage_V, power_W: RATING.power_W };
    this.#commands = this.#table(current_A);
  }

  receive(bytes: Uint8Array): void {
    this.#input = Buffer.concat([this.#input, bytes]);
    for (;;) {
      const start = this.#input.indexOf(START);
      this.#input = start < 0 ? new Uint8Array() : this.#input.subarray(start);
      if (this.#input.length < FRAME) return;
      const frame = this.#input.slice(0, FRAME);
      this.#input = this.#input.subarray(FRAME);
      this.#frame(frame);
    }
  }

  connected(): void {
    // A serial port has no connection: half a frame of an earlier client is still in the unit.
  }

  #frame(frame: Uint8Array): void {
    const [, address = 0, command = 0] = frame;
    if (address !== this.#address && address !== BROADCAST) return;
    if (frame[FRAME - 1] !== checksum(frame)) {
      this.#answer(STATUS, CHECKSUM);
      return;
    }
    const run = this.#commands.get(command);
    const answer = run === undefined ? UNRECOGNISED : run(new DataView(frame.buffer, frame.byteOffset + 3, 22));
    this.#answer(typeof answer === "number" ? STATUS : command, answer);
  }

  #answer(command: number, answer: Answer): void {
    const frame = new Uint8Array(FRAME);
    frame.set([START, this.#address, command]);
    if (typeof answer === "number") frame[3] = answer;
    else frame.set(answer.subarray(0, 22), 3);
    frame[FRAME - 1] = checksum(frame);
    this.#context.reply(frame);
  }

  #table(unitMax_A: number): ReadonlyMap<number, (data: DataView) => Answer> {
    const max = this.#max;
    const { load } = this.#context.world;
    const setting =
      (act: (data: DataView) => number) =>
      (data: DataView): Answer =>
        this.#remote ? act(data) : REFUSED;
    const limit = (key: keyof typeof max, unit: number, most: number) =>
      setting((data) => {
        const value = data.getUint32(0, true) * unit;
        if (value > most) return PARAMETER;
        max[key] = value;
        return OK;
      });
    const flag = (act: (on: boolean) => void) =>
      setting((data) => {
        const value = data.getUint8(0);
        if (value > 1) return PARAMETER;
        act(value === 1);
        return OK;
      });
    return new Map<number, (data: DataView) => Answer>([
      [0x01, () => this.#limits(unitMax_A)],
      [0x20, (data) => this.#setRemote(data)],
      [0x21, flag((on) => this.#input21(on))],
      [0x22, limit("voltage_V", 1e-3, RATING.voltage_V)],
      [0x23, () => long(max.voltage_V / 1e-3)],
      [0x24, limit("current_A", 1e-4, unitMax_A)],
      [0x25, () => long(max.current_A / 1e-4)],
      [0x26, limit("power_W", 1e-3, RATING.power_W)],
      [0x27, () => long(max.power_W / 1e-3)],
      [0x28, setting((data) => mode(data.getUint8(0)))],
      [0x29, () => Uint8Array.of(0)],
      [0x2a, setting((data) => this.#setCurrent(data.getUint32(0, true) * 1e-4))],
      [0x2b, () => long(load.state(this.#unit).current_A / 1e-4)],
      [0x50, setting((data) => this.#setTimer(data.getUint16(0, true)))],
      [0x51, () => Uint8Array.of(this.#timer.seconds & 0xff, this.#timer.seconds >> 8)],
      [0x52, flag((on) => this.#enableTimer(on))],
      [0x53, () => Uint8Array.of(this.#timer.enabled ? 1 : 0)],
      [0x55, flag((on) => (this.#localKey = on))],
      [0x56, flag((on) => (this.#sense = on))],
      [0x57, () => Uint8Array.of(this.#sense ? 1 : 0)],
      [0x5d, setting((data) => (data.getUint8(0) === 0 ? OK : data.getUint8(0) <= 4 ? REFUSED : PARAMETER))],
      [0x5e, () => Uint8Array.of(0)],
      [0x5f, () => this.#measure()],
      [0x6a, () => this.#product()],
    ]);
  }

  /** 01: largest current, voltage, least voltage, power, largest and least resistance of the unit. */
  #limits(unitMax_A: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(22));
    view.setUint32(0, Math.round(unitMax_A / 1e-4), true);
    view.setUint32(4, RATING.voltage_V * 1000, true);
    view.setUint32(8, RATING.min_V * 1000, true);
    view.setUint32(12, RATING.power_W * 1000, true);
    view.setUint32(16, RATING.max_ohm * 1000, true);
    view.setUint16(20, RATING.min_ohm * 1000, true);
    return new Uint8Array(view.buffer);
  }

  #setRemote(data: DataView): Answer {
    const value = data.getUint8(0);
    if (value > 1) return PARAMETER;
    this.#remote = value === 1;
    return OK;
  }

  #input21(on: boolean): void {
    this.#context.world.load.input(this.#unit, on);
    this.#startTimer();
  }

  #setCurrent(current_A: number): number {
    if (current_A > this.#max.current_A + 5e-5) return PARAMETER;
    this.#context.world.load.set(this.#unit, current_A);
    return OK;
  }

  #setTimer(seconds: number): number {
    this.#timer.seconds = seconds;
    this.#startTimer();
    return OK;
  }

  #enableTimer(on: boolean): void {
    this.#timer.enabled = on;
    this.#startTimer();
  }

  /** The load-on timer counts bench time from when the input goes on, then takes the input off. */
  #startTimer(): void {
    this.#timer.cancel?.();
    this.#timer.cancel = undefined;
    const { world } = this.#context;
    if (!this.#timer.enabled || !world.load.state(this.#unit).on) return;
    this.#timer.cancel = world.schedule(world.now_s() + this.#timer.seconds, () => {
      this.#timer.cancel = undefined;
      world.load.input(this.#unit, false);
    });
  }

  /** 5F: V in 1 mV, I in 0.1 mA, P in 1 mW, operation byte, demand word. */
  #measure(): Uint8Array {
    const { load } = this.#context.world;
    const { voltage_V, current_A } = load.measure(this.#unit);
    const view = new DataView(new ArrayBuffer(22));
    const volts = Math.max(0, Math.round(voltage_V * 1e3));
    const amperes = Math.max(0, Math.round(current_A * 1e4));
    view.setUint32(0, volts, true);
    view.setUint32(4, amperes, true);
    view.setUint32(8, Math.round((volts * amperes) / 1e4), true);
    const { on } = load.state(this.#unit);
    const operation =
      (this.#remote ? 4 : 0) |
      (on ? 8 : 0) |
      (this.#localKey ? 16 : 0) |
      (this.#sense ? 32 : 0) |
      (this.#timer.enabled ? 64 : 0);
    view.setUint8(12, operation);
    view.setUint16(13, (voltage_V < -0.01 ? 1 : 0) | (on ? 1 << 6 : 0), true);
    return new Uint8Array(view.buffer);
  }

  /** 6A: five characters of model, firmware as two BCD bytes (low first), ten characters of serial number. */
  #product(): Uint8Array {
    const [{ entry, identity }] = this.#context.answering;
    const data = new Uint8Array(22);
    data.set(Buffer.from(identity().padEnd(5, "\0").slice(0, 5), "latin1"), 0);
    data.set([0x30, 0x01], 5);
    const serial = `${entry.serial}-${this.#unit + 1}`;
    data.set(Buffer.from(serial.slice(0, 10).padEnd(10, "\0"), "latin1"), 7);
    return data;
  }
}

function long(count: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, Math.round(count), true);
  return new Uint8Array(view.buffer);
}

/** 0 CC, 1 CV, 2 CW, 3 CR. */
function mode(number: number): number {
  if (number === 0) return OK;
  return number <= 3 ? REFUSED : PARAMETER;
}
