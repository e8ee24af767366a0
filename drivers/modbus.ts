/**
 * Modbus RTU, master side: read coils (01), write single coil (05), write multiple coils (0F). Frames and the exception
 * codes as in "MODBUS Application Protocol Specification V1.1b3" sections 6.1, 6.5, 6.11 and 7 (section numbers from
 * memory, UNVERIFIED; the frames match published examples byte for byte, see the tests).
 */
import { RigError } from "../rig/model/errors.ts";
import { malformed } from "./port/framer.ts";
import { checked } from "./port/frames.ts";
import type { Wait } from "./port/link.ts";
import type { Expect, Port } from "./port/port.ts";

const READ_COILS = 0x01;
const WRITE_COIL = 0x05;
const WRITE_COILS = 0x0f;
const EXCEPTION = 0x80;

/** A device address; 0 is broadcast, which nobody answers, and is refused. */
const ADDRESS_MAX = 247;
const COILS_MAX = 256;
const REPLY_MAX_bytes = 5 + COILS_MAX / 8;

/**
 * Silence after which a false start in front of a good frame is given up, ms. Far longer than a USB adapter's 16 ms and
 * a busy machine's gaps: ended too early, a good reply that came in two pieces would be lost.
 */
const SILENCE_ms = 200;

const exceptions: Readonly<Record<number, string>> = {
  1: "illegal function",
  2: "illegal data address",
  3: "illegal data value",
  4: "device failure",
  5: "acknowledged, still working",
  6: "device busy",
  8: "memory parity error",
  10: "gateway path unavailable",
  11: "gateway target does not answer",
};

/** CRC-16/MODBUS: polynomial A001 reflected, start FFFF; sent low byte first. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** The frame of a message: the message and its CRC. */
export function rtuFrame(message: readonly number[]): Uint8Array {
  const crc = crc16(Uint8Array.from(message));
  return Uint8Array.from([...message, crc & 0xff, crc >> 8]);
}

/** Silence that must stand before a frame: 3.5 characters of 11 bits; fixed at 1.75 ms above 19200 baud. */
export const silenceBefore_ms = (baud: number): number => (baud > 19200 ? 1.75 : (3.5 * 11 * 1000) / baud);

const word = (value: number): readonly [number, number] => [value >> 8, value & 0xff];

const packed = (coils: readonly boolean[]): number[] => {
  const bytes = new Array<number>(Math.ceil(coils.length / 8)).fill(0);
  coils.forEach((on, at) => {
    if (on) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  });
  return bytes;
};

export const readCoilsRequest = (address: number, count: number): Uint8Array =>
  rtuFrame([address, READ_COILS, 0, 0, ...word(count)]);

export const writeCoilRequest = (address: number, coil: number, on: boolean): Uint8Array =>
  rtuFrame([address, WRITE_COIL, ...word(coil), on ? 0xff : 0, 0]);

export function writeCoilsRequest(address: number, coils: readonly boolean[]): Uint8Array {
  const data = packed(coils);
  return rtuFrame([address, WRITE_COILS, 0, 0, ...word(coils.length), data.length, ...data]);
}

/** What a device answers to a write of all its coils. */
export const writeCoilsReply = (address: number, count: number): Uint8Array =>
  rtuFrame([address, WRITE_COILS, 0, 0, ...word(count)]);

/** Any well-formed reply of any device: whose it is, is checked afterwards, so that a wrong one is named and not lost. */
export const rtuReply = checked({
  max_bytes: REPLY_MAX_bytes,
  expected: (head) => {
    const [, code, count] = head;
    if (code === undefined) return undefined;
    if (code >= EXCEPTION) return 5;
    if (code === WRITE_COIL || code === WRITE_COILS) return 8;
    if (code !== READ_COILS) return 0;
    return count === undefined ? undefined : 5 + count;
  },
  check: (frame) => crc16(frame) === 0,
});

/** The coils of one line's devices. Two roles may share the line: the port keeps their transactions apart. */
export class ModbusCoils {
  readonly #port: Port;
  readonly #quiet_ms: number;

  constructor(port: Port, baud: number) {
    this.#port = port;
    this.#quiet_ms = silenceBefore_ms(baud);
  }

  async #ask(request: Uint8Array, check: (reply: Uint8Array) => void, io: Wait): Promise<Uint8Array> {
    const [address, code = 0] = request;
    // A half-sent frame is ended by the same silence: nothing else is needed in front of an urgent one.
    const expect: Expect = {
      framer: rtuReply,
      quiet_ms: this.#quiet_ms,
      silence_ms: SILENCE_ms,
      check: (reply) => {
        if (reply[0] !== address) throw malformed(`device ${reply[0]} answers for device ${address}`, reply);
        if (((reply[1] ?? 0) & ~EXCEPTION) !== code) throw malformed("another function was answered", reply);
        if (reply[1] === code) check(reply);
      },
    };
    const reply = await this.#port.transact(request, expect, io);
    if (reply[1] === code) return reply;
    const cause = reply[2] ?? 0;
    const words = exceptions[cause] ?? "an unknown exception";
    throw new RigError(
      "INSTRUMENT_REFUSED",
      `device ${address} on ${this.#port.name} refused function ${code}: ${words} (${cause})`,
      { port: this.#port.name, address: address ?? 0, exception: cause },
    );
  }

  /** The states of coils 0 to count - 1. */
  async read(address: number, count: number, io: Wait): Promise<boolean[]> {
    checkDevice(address, count);
    const bytes = Math.ceil(count / 8);
    const check = (reply: Uint8Array): void => {
      if (reply[2] !== bytes) throw malformed(`${bytes} bytes of coils were asked for`, reply);
    };
    const reply = await this.#ask(readCoilsRequest(address, count), check, io);
    return Array.from({ length: count }, (_, at) => (((reply[3 + (at >> 3)] ?? 0) >> (at & 7)) & 1) === 1);
  }

  /** Sets coils 0 to coils.length - 1 with one frame. After an error the device may have acted: read back. */
  async write(address: number, coils: readonly boolean[], io: Wait): Promise<void> {
    checkDevice(address, coils.length);
    const expected = writeCoilsReply(address, coils.length);
    await this.#ask(writeCoilsRequest(address, coils), (reply) => same(reply, expected), io);
  }

  /** Sets one coil. After an error the device may have acted: read back. */
  async writeOne(address: number, coil: number, on: boolean, io: Wait): Promise<void> {
    checkDevice(address, coil + 1);
    const request = writeCoilRequest(address, coil, on);
    await this.#ask(request, (reply) => same(reply, request), io);
  }
}

function same(reply: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(reply, expected) !== 0) throw malformed("the echo differs from the request", reply);
}

function checkDevice(address: number, count: number): void {
  const good =
    Number.isInteger(address) && address >= 1 && address <= ADDRESS_MAX && Number.isInteger(count) && count >= 1;
  if (good && count <= COILS_MAX) return;
  throw new RigError("SETPOINT_OUT_OF_RANGE", `no ${count} coils at Modbus address ${address}`, { address, count });
}
