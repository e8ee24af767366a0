/**
 * Structures and requests of the GPIO character device, version 2 (Linux 5.10 and later): include/uapi/linux/gpio.h,
 * "v2 ioctl()s"; Documentation/userspace-api/gpio/chardev.rst. All fields have fixed widths and explicit padding, so the
 * layout is the same on x64 and arm64 (both little-endian); request numbers follow asm-generic/ioctl.h on both.
 */
import { RigError } from "../../rig/model/errors.ts";

const READ = 2;
const READ_WRITE = 3;
const GPIO_TYPE = 0xb4;

/** _IOC of asm-generic/ioctl.h: direction in bits 30-31, size in 16-29, type in 8-15, number in 0-7. */
const ioc = (direction: number, number: number, size: number): number =>
  ((direction << 30) | (size << 16) | (GPIO_TYPE << 8) | number) >>> 0;

const NAME_bytes = 32;
/** GPIO_V2_LINES_MAX */
export const LINES_max = 64;
const CHIP_INFO_bytes = 68;
const LINE_INFO_bytes = 256;
const LINE_REQUEST_bytes = 592;
const LINE_VALUES_bytes = 16;
export const LINE_EVENT_bytes = 48;

export const GET_CHIPINFO = ioc(READ, 0x01, CHIP_INFO_bytes);
export const GET_LINEINFO = ioc(READ_WRITE, 0x05, LINE_INFO_bytes);
export const GET_LINE = ioc(READ_WRITE, 0x07, LINE_REQUEST_bytes);
export const GET_VALUES = ioc(READ_WRITE, 0x0e, LINE_VALUES_bytes);
export const SET_VALUES = ioc(READ_WRITE, 0x0f, LINE_VALUES_bytes);

/** enum gpio_v2_line_flag */
const USED = 1n << 0n;
const INPUT = 1n << 2n;
const OUTPUT = 1n << 3n;
const EDGE_RISING = 1n << 4n;
const EDGE_FALLING = 1n << 5n;
/** enum gpio_v2_line_attr_id */
const ATTR_OUTPUT_VALUES = 2;
/** enum gpio_v2_line_event_id */
const RISING = 1;
const FALLING = 2;

/** Byte offsets in struct gpio_v2_line_request. */
const request = {
  consumer: 256,
  flags: 288,
  attrs: 296,
  attrId: 320,
  attrValue: 328,
  attrMask: 336,
  lines: 560,
  events: 564,
  fd: 588,
};

export interface LineRequest {
  /** Offsets on the chip, 1 to 64. */
  readonly offsets: readonly number[];
  /** Shown to whoever asks why the line is taken; at most 31 bytes. */
  readonly consumer: string;
  /** Outputs begin low; inputs report both edges. */
  readonly direction: "in" | "out";
  /** Edges that the kernel keeps while nobody reads; its own default is 16 a line. 0 for outputs. */
  readonly event_buffer_size: number;
}

/** @throws RigError PLAN_INVALID for a count of lines that the kernel does not take. */
export function packLineRequest({ offsets, consumer, direction, event_buffer_size }: LineRequest): Buffer {
  if (offsets.length === 0 || offsets.length > LINES_max)
    throw new RigError("PLAN_INVALID", `${offsets.length} lines in one request: the kernel takes 1 to ${LINES_max}`);
  const bytes = Buffer.alloc(LINE_REQUEST_bytes);
  offsets.forEach((offset, index) => {
    bytes.writeUInt32LE(offset, index * 4);
  });
  bytes.write(consumer.slice(0, NAME_bytes - 1), request.consumer, "latin1");
  bytes.writeBigUInt64LE(direction === "out" ? OUTPUT : INPUT | EDGE_RISING | EDGE_FALLING, request.flags);
  if (direction === "out") {
    bytes.writeUInt32LE(1, request.attrs);
    bytes.writeUInt32LE(ATTR_OUTPUT_VALUES, request.attrId);
    bytes.writeBigUInt64LE(0n, request.attrValue);
    bytes.writeBigUInt64LE(maskOf(offsets.length), request.attrMask);
  }
  bytes.writeUInt32LE(offsets.length, request.lines);
  bytes.writeUInt32LE(event_buffer_size, request.events);
  return bytes;
}

/** The descriptor that the kernel wrote into a granted request. */
export const requestFd = (bytes: Buffer): number => bytes.readInt32LE(request.fd);

/** The first `count` lines of a request. */
export const maskOf = (count: number): bigint => (1n << BigInt(count)) - 1n;

/** Bits and mask count lines in the order of the request's offsets, not by offset on the chip. */
export function packValues(bits: bigint, mask: bigint): Buffer {
  const bytes = Buffer.alloc(LINE_VALUES_bytes);
  bytes.writeBigUInt64LE(bits, 0);
  bytes.writeBigUInt64LE(mask, 8);
  return bytes;
}

export const valueBits = (bytes: Buffer): bigint => bytes.readBigUInt64LE(0);

export interface ChipInfo {
  readonly name: string;
  readonly label: string;
  readonly lines: number;
}

export const emptyChipInfo = (): Buffer => Buffer.alloc(CHIP_INFO_bytes);

export function parseChipInfo(bytes: Buffer): ChipInfo {
  return { name: text(bytes, 0), label: text(bytes, NAME_bytes), lines: bytes.readUInt32LE(2 * NAME_bytes) };
}

export function packLineInfo(offset: number): Buffer {
  const bytes = Buffer.alloc(LINE_INFO_bytes);
  bytes.writeUInt32LE(offset, 64);
  return bytes;
}

export interface LineInfo {
  readonly name: string;
  /** Who holds it; may be empty although it is used. */
  readonly consumer: string;
  readonly used: boolean;
}

export function parseLineInfo(bytes: Buffer): LineInfo {
  return { name: text(bytes, 0), consumer: text(bytes, NAME_bytes), used: (bytes.readBigUInt64LE(72) & USED) !== 0n };
}

export interface LineEvent {
  /** CLOCK_MONOTONIC. */
  readonly timestamp_ns: bigint;
  readonly high: boolean;
  readonly offset: number;
  /** Counts all edges of the request from 1, modulo 2^32; what the kernel had no room for is counted too. */
  readonly seqno: number;
  /** The same for this line alone. */
  readonly line_seqno: number;
}

/** @throws RigError REPLY_MALFORMED when the bytes are no whole events or an event is neither edge. */
export function parseEvents(bytes: Buffer): LineEvent[] {
  if (bytes.length % LINE_EVENT_bytes !== 0)
    throw new RigError("REPLY_MALFORMED", `the kernel gave ${bytes.length} bytes, no multiple of ${LINE_EVENT_bytes}`);
  return Array.from({ length: bytes.length / LINE_EVENT_bytes }, (_, index) => {
    const event = bytes.subarray(index * LINE_EVENT_bytes, (index + 1) * LINE_EVENT_bytes);
    const id = event.readUInt32LE(8);
    if (id !== RISING && id !== FALLING) throw new RigError("REPLY_MALFORMED", `the kernel gave an edge of kind ${id}`);
    return {
      timestamp_ns: event.readBigUInt64LE(0),
      high: id === RISING,
      offset: event.readUInt32LE(12),
      seqno: event.readUInt32LE(16),
      line_seqno: event.readUInt32LE(20),
    };
  });
}

function text(bytes: Buffer, at: number): string {
  const field = bytes.subarray(at, at + NAME_bytes);
  const end = field.indexOf(0);
  return field.toString("latin1", 0, end < 0 ? NAME_bytes : end);
}
