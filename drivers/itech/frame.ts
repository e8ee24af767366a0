/**
 * The 26-byte frames of ITECH IT8500/IT8500+ and BK Precision 8500 loads: AA, address, command, 22 bytes of data, sum
 * of bytes 0 to 24 modulo 256. Little endian; 1 mV, 0.1 mA, 1 mW. BK Precision 8500 manual (2 September 2009) pages 49
 * to 69, ITECH IT8500+ frame guide; checksum and status codes also as in libsigrok itech-it8500/protocol.c and .h.
 */
import { RigError } from "../../rig/model/errors.ts";
import { malformed } from "../port/framer.ts";
import { checked } from "../port/frames.ts";

export const FRAME_bytes = 26;
const START = 0xaa;
const STATUS = 0x12;
const OK = 0x80;

/** Command bytes: BK 8500 manual page 49 to 51 (summary of commands). */
export const command = {
  remote: 0x20,
  input: 0x21,
  setMaxCurrent: 0x24,
  getMaxCurrent: 0x25,
  setMode: 0x28,
  getMode: 0x29,
  setCurrent: 0x2a,
  getCurrent: 0x2b,
  setTimer: 0x50,
  getTimer: 0x51,
  enableTimer: 0x52,
  timerEnabled: 0x53,
  setFunction: 0x5d,
  getFunction: 0x5e,
  state: 0x5f,
  product: 0x6a,
} as const;

/** Status byte of a reply without data: libsigrok protocol.h, itech_it8500_status_code. */
const refusals: Readonly<Record<number, string>> = {
  144: "checksum wrong",
  160: "parameter wrong or out of range",
  176: "unknown command",
  192: "command not valid now (local, locked or calibrating)",
};

const sum = (frame: Uint8Array): number =>
  frame.subarray(0, FRAME_bytes - 1).reduce((total, byte) => total + byte, 0) & 0xff;

export function itechFrame(address: number, code: number, data: readonly number[] = []): Uint8Array {
  const frame = new Uint8Array(FRAME_bytes);
  frame.set([START, address, code, ...data]);
  frame[FRAME_bytes - 1] = sum(frame);
  return frame;
}

/** A number as 4 bytes, lowest first. */
export const u32 = (value: number): number[] =>
  [value, value >>> 8, value >>> 16, value >>> 24].map((byte) => byte & 0xff);
export const u16 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];

/** What a load answers to a command that was carried out. */
export const okReply = (address: number): Uint8Array => itechFrame(address, STATUS, [OK]);

/** The status of a command that was carried out, whichever it was. */
export const isDone = (reply: Uint8Array): boolean => reply[2] === STATUS && reply[3] === OK;

/** AA also occurs inside the data: a frame is believed by its sum, never by its first byte. */
export const itechReply = checked({
  max_bytes: FRAME_bytes,
  expected: (head) => (head[0] === START ? FRAME_bytes : 0),
  check: (frame) => frame[FRAME_bytes - 1] === sum(frame),
});

/** Must be the answer of this address to this command: its own code for a question, or a status. @throws REPLY_MALFORMED */
export function checkAnswer(request: Uint8Array, reply: Uint8Array, question: boolean): void {
  if (reply[1] !== request[1]) throw malformed(`address ${reply[1]} answers for address ${request[1]}`, reply);
  if (reply[2] === STATUS || (question && reply[2] === request[2])) return;
  throw malformed("another command was answered", reply);
}

/** A status other than "done" is a refusal. @throws RigError INSTRUMENT_REFUSED; REPLY_MALFORMED: a question got "done" */
export function checkStatus(request: Uint8Array, reply: Uint8Array, question: boolean): void {
  if (reply[2] !== STATUS) return;
  const status = reply[3] ?? 0;
  const code = (request[2] ?? 0).toString(16).toUpperCase();
  if (status === OK && !question) return;
  if (status === OK) throw malformed(`command ${code} must be answered with data`, reply);
  const words = refusals[status] ?? "an unknown status";
  throw new RigError(
    "INSTRUMENT_REFUSED",
    `command ${code} was refused: ${words} (${status.toString(16).toUpperCase()})`,
    {
      command: code,
      status,
    },
  );
}

const at = (frame: Uint8Array): DataView => new DataView(frame.buffer, frame.byteOffset, frame.byteLength);

export const readU32 = (frame: Uint8Array, from = 3): number => at(frame).getUint32(from, true);
export const readU16 = (frame: Uint8Array, from = 3): number => at(frame).getUint16(from, true);

export interface LoadState {
  readonly voltage_V: number;
  readonly current_A: number;
  readonly power_W: number;
  readonly remote: boolean;
  readonly inputOn: boolean;
  readonly constantCurrent: boolean;
  /** Protections that act, in words. */
  readonly tripped: readonly string[];
}

/** Bits of the demand state register: libsigrok protocol.h, DS_*_FLAG. */
const protections: readonly (readonly [bit: number, words: string])[] = [
  [0, "reverse voltage"],
  [1, "over-voltage"],
  [2, "over-current"],
  [3, "over-power"],
  [4, "over-temperature"],
];
const CONSTANT_CURRENT = 1 << 6;
const REMOTE = 1 << 2;
const INPUT_ON = 1 << 3;

/** The answer to 5F (page 66): V, I, P, operation state, demand state. */
export function parseState(frame: Uint8Array): LoadState {
  const operation = frame[15] ?? 0;
  const demand = readU16(frame, 16);
  return {
    voltage_V: readU32(frame, 3) / 1e3,
    current_A: readU32(frame, 7) / 1e4,
    power_W: readU32(frame, 11) / 1e3,
    remote: (operation & REMOTE) !== 0,
    inputOn: (operation & INPUT_ON) !== 0,
    constantCurrent: (demand & CONSTANT_CURRENT) !== 0,
    tripped: protections.filter(([bit]) => (demand & (1 << bit)) !== 0).map(([, words]) => words),
  };
}

export interface Product {
  readonly model: string;
  readonly firmware: string;
  readonly serial: string;
}

/**
 * The answer to 6A (page 69): 5 characters of model, firmware low and high byte (BCD: 03 02 is 2.03), 10 characters of
 * serial number, filled with NUL. @throws RigError REPLY_MALFORMED
 */
export function parseProduct(frame: Uint8Array): Product {
  const text = (from: number, to: number): string => {
    const field = Buffer.from(frame.subarray(from, to))
      .toString("latin1")
      .replace(/[\0 ]+$/, "")
      .trim();
    if (!/^[\x20-\x7e]*$/.test(field)) throw malformed("the product's name is not printable", frame);
    return field;
  };
  const bcd = (byte = 0): string => byte.toString(16).padStart(2, "0");
  return {
    model: text(3, 8),
    firmware: `${bcd(frame[9]).replace(/^0/, "")}.${bcd(frame[8])}`,
    serial: text(10, 20),
  };
}
