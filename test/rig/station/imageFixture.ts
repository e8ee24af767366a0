/** Beginnings of photos, as cameras and programs write them. */
import { Buffer } from "node:buffer";

/** One part of a JPEG: its marker, its length, what it holds. */
export function jpegPart(marker: number, body: Uint8Array): Buffer {
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** Up to and with the frame; `before`: parts that stand before it, as EXIF does. */
export function jpegOf(width: number, height: number, before: readonly Uint8Array[] = [], frame = 0xc0): Buffer {
  const size = Buffer.of(8, 0, 0, 0, 0, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1);
  size.writeUInt16BE(height, 1);
  size.writeUInt16BE(width, 3);
  return Buffer.concat([Buffer.of(0xff, 0xd8), ...before, jpegPart(frame, size)]);
}

export const jfif = jpegPart(0xe0, Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1"));

export function pngOf(width: number, height: number): Buffer {
  const head = Buffer.from("89504e470d0a1a0a0000000d4948445200000000000000000806000000", "hex");
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}
