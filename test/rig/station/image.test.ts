/** What a photo says of its size is read as it stands, whatever is before it; what is no photo never throws and has none. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inMemory, photoOf, tooManyPixels } from "../../../rig/station/image.ts";
import { jfif, jpegOf, jpegPart, pngOf } from "./imageFixture.ts";

const of = (bytes: Uint8Array) => photoOf(inMemory(bytes));
const side = fc.integer({ min: 1, max: 65_535 });
const frames = fc.constantFrom(0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc9, 0xcf);

describe("a JPEG", () => {
  const bytes = (most: number) => fc.uint8Array({ maxLength: most });
  /** Tables, comments, EXIF with a small picture of its own, and what decoders skip. */
  const part = fc.oneof(
    fc
      .tuple(fc.constantFrom(0xc4, 0xcc, 0xdb, 0xdd, 0xe0, 0xe1, 0xe2, 0xed, 0xef, 0xfe), bytes(300))
      .map(([marker, body]) => jpegPart(marker, body)),
    fc.tuple(side, side).map(([width, height]) => jpegPart(0xe1, jpegOf(width, height))),
    fc.constantFrom(Buffer.of(0xff), Buffer.of(0xff, 0xd0), Buffer.of(0xff, 0xd7)),
    fc.constant(jpegPart(0xe1, Buffer.alloc(65_533))),
  );

  test("has the size of its frame, not that of a picture inside a part before it", () => {
    fc.assert(
      fc.property(
        side,
        side,
        fc.array(part, { maxLength: 8 }),
        frames,
        bytes(50),
        (width, height, parts, frame, end) => {
          const file = Buffer.concat([jpegOf(width, height, parts, frame), end]);
          expect(of(file)).toEqual({ type: "image/jpeg", width, height });
        },
      ),
      { numRuns: 300 },
    );
  });

  test("that is cut off before its size has ended has none", () => {
    const file = jpegOf(640, 480, [jfif]);
    const end = file.length - 10;
    for (let length = 0; length < end; length += 1) expect(of(file.subarray(0, length))).toBeUndefined();
    expect(of(file.subarray(0, end))).toEqual({ type: "image/jpeg", width: 640, height: 480 });
  });

  test.each([
    ["no height in its frame", jpegOf(640, 0)],
    ["no width in its frame", jpegOf(0, 480)],
    ["its picture before a frame", jpegOf(640, 480, [jpegPart(0xda, Buffer.alloc(4))])],
    ["its end before a frame", jpegOf(640, 480, [Buffer.of(0xff, 0xd9)])],
    ["bytes between two parts", jpegOf(640, 480, [jfif, Buffer.of(0)])],
    ["a part of length 1", jpegOf(640, 480, [Buffer.of(0xff, 0xe0, 0, 1)])],
    ["more parts than any camera writes", jpegOf(640, 480, Array(1000).fill(jfif) as Buffer[])],
    ["only a frame that is reserved", jpegOf(640, 480, [], 0xc8)],
  ])("with %s has none", (_, file) => {
    expect(of(file)).toBeUndefined();
  });
});

describe("a PNG", () => {
  test("has the size of its first chunk", () => {
    const any = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(any, any, (width, height) => {
        expect(of(pngOf(width, height))).toEqual({ type: "image/png", width, height });
      }),
    );
  });

  test("without one, or with sizes that no PNG has, has none", () => {
    for (const [width, height] of [
      [0, 5],
      [5, 0],
      [2 ** 31, 5],
      [5, 2 ** 32 - 1],
    ] as const)
      expect(of(pngOf(width, height))).toBeUndefined();
    const file = pngOf(640, 480);
    for (let length = 0; length < 24; length += 1) expect(of(file.subarray(0, length))).toBeUndefined();
    const other = Buffer.from(file);
    other.write("IDAT", 12, "latin1");
    expect(of(other)).toBeUndefined();
    other.write("IHDR", 12, "latin1");
    other.writeUInt32BE(14, 8);
    expect(of(other)).toBeUndefined();
  });
});

test("garbage, also behind a right beginning, never throws, and has a size only where one stands", () => {
  const beginnings = [Buffer.alloc(0), Buffer.of(0xff, 0xd8, 0xff), jpegOf(9, 9, [jfif]).subarray(0, 24), pngOf(9, 9)];
  const begin = fc.constantFrom(...beginnings, ...beginnings.map((one) => one.subarray(0, 12)));
  fc.assert(
    fc.property(begin, fc.uint8Array({ maxLength: 400 }), (first, rest) => {
      const found = of(Buffer.concat([first, rest]));
      if (!found) return;
      for (const one of [found.width, found.height]) expect(Number.isSafeInteger(one) && one > 0).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("pictures of cameras are shown, and what takes more memory than they do is refused with its size", () => {
  const say = (width: number, height: number) => tooManyPixels({ type: "image/png", width, height });
  for (const [width, height] of [
    [1, 1],
    [4032, 3024],
    [6000, 4000],
    [8000, 4000],
    [16_384, 1],
  ] as const)
    expect(say(width, height)).toBeUndefined();
  expect(say(30_000, 30_000)).toBe("the photo has 30000 x 30000 pixels: at most 32 million, and 16384 along a side");
  for (const [width, height] of [
    [8001, 4000],
    [16_385, 1],
    [1, 16_385],
    [65_535, 65_535],
    [2 ** 31 - 1, 2 ** 31 - 1],
  ] as const)
    expect(say(width, height)).toContain(`${width} x ${height}`);
});
