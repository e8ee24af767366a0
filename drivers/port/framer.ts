/**
 * Framers cut the bytes of a reply out of a stream. They are deterministic: no clock, no timer, no I/O. The same bytes
 * give the same frames and the same fault, however the stream was cut into chunks; each framer holds at most its bound.
 */
import { RigError } from "../../rig/model/errors.ts";

export interface Framer {
  /**
   * Takes bytes from the front of the chunk until a frame is complete or the chunk is used up, and returns how many.
   * Collect the frame with next() before pushing on; `takeFrames` does both.
   * @throws RigError REPLY_TOO_LONG or REPLY_MALFORMED; the framer is empty afterwards.
   */
  push(chunk: Uint8Array): number;
  /** The complete frame, once. */
  next(): Uint8Array | undefined;
  /** The line was silent: a frame that only silence ends, or one hidden behind a false start; else undefined. */
  idle(): Uint8Array | undefined;
  /** Forgets everything. */
  reset(): void;
  /** Bytes held at the moment, a complete frame that nobody has collected included. */
  readonly held: number;
}

export type MakeFramer = () => Framer;

/** All frames of a chunk, in order. For the device's side of a line, where several requests may come in one chunk. */
export function takeFrames(framer: Framer, chunk: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let rest = chunk;
  while (rest.length > 0) {
    rest = rest.subarray(framer.push(rest));
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) frames.push(frame);
  }
  return frames;
}

export const tooLong = (max_bytes: number, what: string): RigError =>
  new RigError("REPLY_TOO_LONG", `more than ${max_bytes} bytes without ${what}`, { max_bytes });

export const malformed = (why: string, bytes: Uint8Array): RigError =>
  new RigError("REPLY_MALFORMED", `${why}: ${printable(bytes)}`, { bytes: printable(bytes) });

/** A bound must be a whole number of at least one byte. */
export function checkBound(max_bytes: number): void {
  if (!Number.isInteger(max_bytes) || max_bytes < 1)
    throw new RigError("PLAN_INVALID", `a framer's bound must be a whole number of bytes >= 1, not ${max_bytes}`);
}

const TAB = 0x09;

/**
 * The text of a line, one character a byte. UTF-8 is not used: it turns line noise into U+FFFD without a word. Refuses
 * what is not printable ASCII or tab; `latin1: true` also admits A0 to FF, for devices that send a degree or micro sign.
 * @throws RigError REPLY_MALFORMED
 */
export function asciiLine(bytes: Uint8Array, options: { readonly latin1?: boolean } = {}): string {
  for (const byte of bytes) {
    if ((byte >= 0x20 && byte <= 0x7e) || byte === TAB) continue;
    if (options.latin1 === true && byte >= 0xa0) continue;
    throw malformed(`byte 0x${hex(byte)} is not printable`, bytes);
  }
  return latin1(bytes);
}

export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");

const PRINTED_MAX = 80;

/** Bytes for a person: text without its line end in quotes, anything else in hex; cut off after 80 bytes. */
export function printable(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, PRINTED_MAX);
  const more = bytes.length > PRINTED_MAX ? ` ... (${bytes.length} bytes)` : "";
  const text = bytes.length > PRINTED_MAX ? latin1(shown) : latin1(shown).replace(/[\r\n]+$/, "");
  if (/^[\x20-\x7e\t\r\n]*$/.test(text)) return `${JSON.stringify(text)}${more}`;
  return `${Array.from(shown, hex).join(" ")}${more}`;
}
