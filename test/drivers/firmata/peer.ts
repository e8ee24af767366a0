/**
 * A board with 20 pins that speaks as much Firmata as is used here: protocol.md of firmata/protocol, version 2.5.1
 * ("Message Types", "Sysex Message Format", "Capability Query", "Analog Mapping Query"). Pins 14 to 19 are A0 to A5.
 */
import type { Pty } from "../../../drivers/twin/pty.ts";

const PINS = 20;
const FIRST_ANALOG = 14;
const VERSION = [0xf9, 2, 5];
/** "t" of a firmware called t, in two 7-bit bytes. */
const FIRMWARE = [0xf0, 0x79, 2, 5, 0x74, 0x00, 0xf7];

export class FirmataPeer {
  /** Modes set, by pin: 0 input, 1 output. */
  readonly modes = new Map<number, number>();
  /** Output bits by port of eight pins. */
  readonly ports = new Map<number, number>();
  /** Answers to an analogue channel that is reported. */
  counts = 0;
  /** false: asks for readings are not answered. */
  answering = true;
  readonly #pty: Pty;
  #bytes: number[] = [];

  constructor(pty: Pty) {
    this.#pty = pty;
    pty.onData((chunk) => {
      for (const byte of chunk) this.#take(byte);
    });
  }

  /** Pins of a port as they are read: a digital I/O message. */
  port(port: number, bits: number): void {
    this.#send([0x90 | port, bits & 0x7f, bits >> 7]);
  }

  /** Level of an output pin. */
  level(pin: number): boolean {
    return ((this.ports.get(pin >> 3) ?? 0) & (1 << (pin & 7))) !== 0;
  }

  #send(bytes: readonly number[]): void {
    this.#pty.write(Uint8Array.from(bytes));
  }

  #take(byte: number): void {
    this.#bytes.push(byte);
    const [first = 0, second = 0, third = 0] = this.#bytes;
    const length = this.#bytes.length;
    if (first === 0xf0) {
      if (byte !== 0xf7) return;
      this.#sysex(second);
    } else if (first === 0xf9) this.#send(VERSION);
    else if ((first & 0xf0) === 0xc0 || (first & 0xf0) === 0xd0) {
      if (length < 2) return;
      if ((first & 0xf0) === 0xc0 && second === 1 && this.answering)
        this.#send([0xe0 | (first & 0x0f), this.counts & 0x7f, this.counts >> 7]);
    } else if (first !== 0xff) {
      if (length < 3) return;
      if (first === 0xf4) this.modes.set(second, third);
      else if ((first & 0xf0) === 0x90) this.ports.set(first & 0x0f, second | (third << 7));
    }
    this.#bytes = [];
  }

  #sysex(command: number): void {
    const pins = Array.from({ length: PINS }, (_, pin) => pin);
    if (command === 0x79) this.#send(FIRMWARE);
    else if (command === 0x6b) {
      const modes = (pin: number): number[] => [0, 1, 1, 1, 11, 1, ...(pin >= FIRST_ANALOG ? [2, 10] : []), 0x7f];
      this.#send([0xf0, 0x6c, ...pins.flatMap(modes), 0xf7]);
    } else if (command === 0x69)
      this.#send([0xf0, 0x6a, ...pins.map((pin) => (pin >= FIRST_ANALOG ? pin - FIRST_ANALOG : 127)), 0xf7]);
  }
}
