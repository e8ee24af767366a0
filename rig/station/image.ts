/**
 * What a photo is and how large it becomes when it is decoded, read from its header and nothing else: a small file may say
 * that it has a billion pixels, and the browser that is to show it takes memory for all of them. What does not hold exactly
 * to its format (JPEG: ITU-T T.81, annex B; PNG: W3C, chunk IHDR; both UNVERIFIED, checked against files) is no photo here.
 */

export const photoTypes = ["image/jpeg", "image/png"] as const;
export type PhotoType = (typeof photoTypes)[number];

/** In pixels, both at least 1. */
export interface Photo {
  readonly type: PhotoType;
  readonly width: number;
  readonly height: number;
}

/** Up to `bytes` bytes from a place of the file; fewer at its end. */
export type ReadAt = (from: number, bytes: number) => Uint8Array;

/** 128 MB when decoded. Cameras of phones make 12 to 24 million where nobody asks for more. */
const pixels_most = 32_000_000;
/** Longer ones do not fit the graphics of small machines. */
const side_most = 16_384;
/** Parts of a JPEG before its frame: of 64 kB at most each, and the largest photo has 8 MB. */
const parts_most = 1000;

export const inMemory =
  (bytes: Uint8Array): ReadAt =>
  (from, count) =>
    bytes.subarray(from, from + count);

/** What it begins as: it may be cut short or spoilt after that. */
export function beginsAs(read: ReadAt): PhotoType | undefined {
  const first = read(0, 8);
  const begins = (...bytes: readonly number[]): boolean => bytes.every((byte, i) => first[i] === byte);
  if (begins(0xff, 0xd8, 0xff)) return "image/jpeg";
  return begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) ? "image/png" : undefined;
}

/** Undefined for what is no JPEG or PNG, or does not say its size. */
export function photoOf(read: ReadAt): Photo | undefined {
  const type = beginsAs(read);
  if (type === undefined) return undefined;
  return type === "image/jpeg" ? jpeg(read) : png(read);
}

/** Why a photo is not decoded; undefined when it may be. */
export function tooManyPixels({ width, height }: Photo): string | undefined {
  if (width * height <= pixels_most && Math.max(width, height) <= side_most) return undefined;
  const most = `at most ${pixels_most / 1e6} million, and ${side_most} along a side`;
  return `the photo has ${width} x ${height} pixels: ${most}`;
}

const sized = (type: PhotoType, width: number, height: number): Photo | undefined =>
  width > 0 && height > 0 ? { type, width, height } : undefined;

/** Number of `bytes` bytes, the highest first; NaN past the end. */
function whole(read: ReadAt, from: number, bytes: 1 | 2 | 4): number {
  const found = read(from, bytes);
  return found.length < bytes ? Number.NaN : found.reduce((number, byte) => number * 256 + byte, 0);
}

/** The first chunk is the header: length 13, its name, width, height. */
function png(read: ReadAt): Photo | undefined {
  if (whole(read, 8, 4) !== 13 || whole(read, 12, 4) !== 0x49484452) return undefined;
  const [width, height] = [whole(read, 16, 4), whole(read, 20, 4)];
  return Math.max(width, height) < 2 ** 31 ? sized("image/png", width, height) : undefined;
}

/** From part to part by their lengths, until the frame (SOF): precision, height, width. */
function jpeg(read: ReadAt): Photo | undefined {
  let at = 2;
  for (let part = 0; part < parts_most; part += 1) {
    if (whole(read, at, 1) !== 0xff) return undefined;
    const marker = whole(read, at + 1, 1);
    // Filling before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isFrame(marker)) return sized("image/jpeg", whole(read, at + 7, 2), whole(read, at + 5, 2));
    // The picture begins or ends without a frame, or this is no marker (NaN too: cut off).
    if (!(marker >= 0xc0) || marker === 0xd8 || marker === 0xd9 || marker === 0xda) return undefined;
    const alone = marker >= 0xd0 && marker <= 0xd7;
    const length = alone ? 0 : whole(read, at + 2, 2);
    if (!alone && !(length >= 2)) return undefined;
    at += 2 + length;
  }
  return undefined;
}

/** 0xC0 to 0xCF, but for tables (DHT, DAC) and what is reserved (JPG). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
