/**
 * An Arduino with StandardFirmata for what is not safety: lamps, buttons, slow analogue levels. Its outputs stay as they
 * are when the program dies or the cable is pulled (S11), so no safety line may be on it.
 *
 * johnny-five over firmata-io over our own serial line: johnny-five's own way to open a port wants serialport 8. Both are
 * loaded when a board is opened; neither is needed otherwise.
 */
import { RigError } from "../../rig/model/errors.ts";
import type { Wait } from "../port/link.ts";
import { FirmataTransport } from "./transport.ts";

export interface FirmataAddress {
  readonly path: string;
  /** StandardFirmata: 57600. */
  readonly baud?: number;
}

export interface FirmataBoard {
  /** Turns an output pin on or off; the first call makes an output of it. @throws RigError PORT_LOST */
  lamp(pin: number, on: boolean): void;
  /** A button from a pin to ground, with the board's pull-up. Returns the function that ends it. @throws RigError PORT_LOST */
  onButton(pin: number, listener: (pressed: boolean) => void): () => void;
  /** One reading of an analogue channel as a share of the board's reference, 0 to 1. @throws RigError PORT_LOST, INSTRUMENT_TIMEOUT */
  analog(channel: number, io: Wait): Promise<number>;
  /** Aborts with PORT_LOST when the board has gone. Never comes back. */
  readonly lost: AbortSignal;
  /** Outputs stay as they are. */
  close(): Promise<void>;
}

/** Parts of johnny-five 2.1.0 and firmata-io 2.3.0 that are used here; neither brings types. */
interface Five {
  readonly Board: new (options: object) => Board;
  readonly Relay: new (options: object) => Relay;
  readonly Button: new (options: object) => Emitter;
}
/** close: the pin goes high. */
interface Relay {
  close(): unknown;
  open(): unknown;
}
interface Emitter {
  on(event: string, listener: (value: unknown) => void): unknown;
  removeListener(event: string, listener: (value: unknown) => void): unknown;
}
interface Board extends Emitter {
  readonly io: Emitter & { readonly analogPins: readonly number[]; reportAnalogPin(channel: number, on: 0 | 1): void };
  readonly RESOLUTION: { readonly ADC: number };
  pinMode(pin: number, mode: number): void;
  /** johnny-five's own patience of 10 s, from the first byte to "ready". */
  readonly timer?: NodeJS.Timeout;
  readonly MODES: { readonly OUTPUT: number };
}
type Firmata = new (transport: FirmataTransport, options: object) => Board["io"];

export interface FirmataOptions {
  /** How long to wait for the board's own greeting after its reset before it is asked, ms. Default 2500. */
  readonly greeting_ms?: number;
}

const BAUD = 57_600;
const GREETING_ms = 2500;

/** @throws RigError PORT_OPEN_FAILED: packages not installed, no port, or no Firmata answers in time */
export async function openFirmata(
  address: FirmataAddress,
  io: Wait,
  options: FirmataOptions = {},
): Promise<FirmataBoard> {
  const { path, baud = BAUD } = address;
  const five = await load<Five>("johnny-five");
  const { Firmata } = await load<{ readonly Firmata: Firmata }>("firmata-io");
  const { serialConnector } = await import("../port/serial.ts");
  const lost = new AbortController();
  const transport = new FirmataTransport((why) =>
    lost.abort(new RigError("PORT_LOST", `lost the board at ${path}: ${why}`, { path, why })),
  );
  const link = await serialConnector({ kind: "serial", path, baud }).connect(transport, io);
  try {
    const firmata = new Firmata(transport, { reportVersionTimeout: options.greeting_ms ?? GREETING_ms });
    // sigint: johnny-five would end the whole process at SIGINT, in front of our safe-off.
    const board = new five.Board({ io: firmata, repl: false, debug: false, sigint: false });
    const ready = new Promise<void>((resolve) => void board.on("ready", () => resolve()));
    // Deadlines are ours: its error after 10 s, heard by nobody, would end the process long after the opening has failed.
    board.on("error", (what) => lost.abort(openFailed(`the board at ${path} says: ${firstLine(what)}`, path)));
    transport.start(link);
    const late = `no Firmata answers at ${path}: load StandardFirmata, and check the baud rate (${baud})`;
    const signal = AbortSignal.any([lost.signal, io.signal]);
    await within(ready, signal, io.deadline_wall_ms, () => openFailed(late, path)).finally(() => {
      clearTimeout(board.timer);
    });
    return new OpenBoard(path, five, board, lost, () => link.close(true));
  } catch (error) {
    await link.close(true);
    throw error;
  }
}

const firstLine = (what: unknown): string => {
  const { message } = (typeof what === "object" && what !== null ? what : {}) as { readonly message?: unknown };
  return `${message ?? what}`.split("\n", 1)[0] ?? "";
};

const openFailed = (why: string, path: string, cause?: unknown): RigError =>
  new RigError("PORT_OPEN_FAILED", why, { path }, cause === undefined ? {} : { cause });

async function load<T>(name: string): Promise<T> {
  try {
    const { default: loaded }: { readonly default: T } = await import(name);
    return loaded;
  } catch (error) {
    throw openFailed(`the package ${name} is not installed: run npm install ${name}`, name, error);
  }
}

/** Rejects with the signal's reason, or with `late()` at the deadline. */
function within<T>(work: Promise<T>, signal: AbortSignal, deadline_ms: number, late: () => RigError): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      act();
    };
    const onAbort = (): void => end(() => reject(signal.reason));
    const timer = setTimeout(() => end(() => reject(late())), Math.max(0, deadline_ms - performance.now()));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    else
      work.then(
        (value) => end(() => resolve(value)),
        (error: unknown) => end(() => reject(error)),
      );
  });
}

class OpenBoard implements FirmataBoard {
  readonly #path: string;
  readonly #five: Five;
  readonly #board: Board;
  readonly #lost: AbortController;
  readonly #close: () => Promise<void>;
  readonly #lamps = new Map<number, Relay>();
  readonly #buttons = new Map<number, Emitter>();
  #closed = false;

  constructor(path: string, five: Five, board: Board, lost: AbortController, close: () => Promise<void>) {
    this.#path = path;
    this.#five = five;
    this.#board = board;
    this.#lost = lost;
    this.#close = close;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** firmata-io takes commands for a board that has gone without a word. */
  #check(): void {
    this.#lost.signal.throwIfAborted();
    if (this.#closed) throw new RigError("PORT_LOST", `the board at ${this.#path} is closed`, { path: this.#path });
  }

  lamp(pin: number, on: boolean): void {
    this.#check();
    const lamp = this.#lamps.get(pin) ?? this.#newLamp(pin);
    if (on) lamp.close();
    else lamp.open();
  }

  /** johnny-five's relay leaves the mode of the pin as it is. */
  #newLamp(pin: number): Relay {
    this.#board.pinMode(pin, this.#board.MODES.OUTPUT);
    const lamp = new this.#five.Relay({ pin, board: this.#board, type: "NO" });
    this.#lamps.set(pin, lamp);
    return lamp;
  }

  onButton(pin: number, listener: (pressed: boolean) => void): () => void {
    this.#check();
    const button = this.#buttons.get(pin) ?? new this.#five.Button({ pin, board: this.#board, isPullup: true });
    this.#buttons.set(pin, button);
    const down = (): void => listener(true);
    const up = (): void => listener(false);
    button.on("down", down);
    button.on("up", up);
    return () => {
      button.removeListener("down", down);
      button.removeListener("up", up);
    };
  }

  async analog(channel: number, io: Wait): Promise<number> {
    this.#check();
    io.signal.throwIfAborted();
    const { io: firmata, RESOLUTION } = this.#board;
    if (firmata.analogPins[channel] === undefined)
      throw new RigError("BENCH_INVALID", `the board at ${this.#path} has no analogue channel ${channel}`, { channel });
    const event = `analog-read-${channel}`;
    let take: (value: unknown) => void = () => undefined;
    const read = new Promise<unknown>((resolve) => {
      take = resolve;
    });
    firmata.on(event, take);
    try {
      // Analogue pins are in their mode from the board's reset on.
      firmata.reportAnalogPin(channel, 1);
      const signal = AbortSignal.any([this.#lost.signal, io.signal]);
      const late = (): RigError =>
        new RigError("INSTRUMENT_TIMEOUT", `channel ${channel} of the board at ${this.#path} gave no reading in time`);
      const counts = await within(read, signal, io.deadline_wall_ms, late);
      if (typeof counts !== "number" || counts < 0 || counts > RESOLUTION.ADC)
        throw new RigError("REPLY_MALFORMED", `channel ${channel} gave ${String(counts)}, not 0 to ${RESOLUTION.ADC}`);
      return counts / RESOLUTION.ADC;
    } finally {
      firmata.removeListener(event, take);
      if (!this.#lost.signal.aborted && !this.#closed) firmata.reportAnalogPin(channel, 0);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#close();
  }
}
