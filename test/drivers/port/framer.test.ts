import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockData, blockOrLine } from "../../../drivers/port/block.ts";
import { asciiLine, type Framer, type MakeFramer, printable, takeFrames } from "../../../drivers/port/framer.ts";
import { checked, fixed, untilSilence } from "../../../drivers/port/frames.ts";
import { type LineEnd, lines, prompt } from "../../../drivers/port/lines.ts";

const text = (s: string): Uint8Array => Buffer.from(s, "latin1");
const show = (frames: readonly Uint8Array[]): string[] => frames.map((frame) => Buffer.from(frame).toString("latin1"));

/** Frames and fault of a byte stream, cut as given; the bound is watched after each push. */
function run(make: MakeFramer, chunks: readonly Uint8Array[], max_bytes: number): string[] {
  const framer = make();
  const seen: string[] = [];
  const watched: Framer = {
    push: (chunk) => {
      const taken = framer.push(chunk);
      expect(framer.held).toBeLessThanOrEqual(max_bytes);
      return taken;
    },
    next: () => {
      const frame = framer.next();
      if (frame !== undefined) seen.push(Buffer.from(frame).toString("hex"));
      return frame;
    },
    idle: () => framer.idle(),
    reset: () => framer.reset(),
    get held() {
      return framer.held;
    },
  };
  try {
    for (const chunk of chunks) takeFrames(watched, chunk);
  } catch (error) {
    expect(framer.held).toBe(0);
    seen.push(`fault: ${(error as { code?: string }).code}`);
  }
  return seen;
}

const sumOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);

/** AA, length of the data, data, sum: as ITECH's frame, but of variable length. */
const summed = checked({
  max_bytes: 26,
  expected: (head) => {
    if (head[0] !== 0xaa) return 0;
    return head[1] === undefined ? undefined : head[1] + 3;
  },
  check: (frame) => sumOf(frame.subarray(0, -1)) === frame[frame.length - 1],
});

const frameOf = (data: Uint8Array): Uint8Array => {
  const body = Uint8Array.from([0xaa, data.length, ...data]);
  return Uint8Array.from([...body, sumOf(body)]);
};

const framers: Readonly<Record<string, { make: MakeFramer; max_bytes: number }>> = {
  "lines lf": { make: lines("lf", 12), max_bytes: 12 },
  "lines cr": { make: lines("cr", 12), max_bytes: 12 },
  "lines crlf": { make: lines("crlf", 12), max_bytes: 12 },
  "lines lfcr": { make: lines("lfcr", 12), max_bytes: 12 },
  "lines any": { make: lines("any", 12), max_bytes: 12 },
  prompt: { make: prompt(">", 12), max_bytes: 12 },
  fixed: { make: fixed(7), max_bytes: 7 },
  checked: { make: summed, max_bytes: 2 * 26 },
  block: { make: blockOrLine(14), max_bytes: 14 },
};

/** Bytes that mean something to one framer or another come often. */
const someByte = fc.oneof(
  fc.constantFrom(0x0a, 0x0d, 0x3e, 0x23, 0x30, 0x31, 0x32, 0x33, 0xaa, 0x02, 0x04, 0x41),
  fc.integer({ min: 0, max: 255 }),
);
const someBytes = fc.array(someByte, { maxLength: 90 }).map((bytes) => Uint8Array.from(bytes));
const someCuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe.each(Object.entries(framers))("framer %s", (_name, { make, max_bytes }) => {
  test("gives the same frames and the same fault for any chunking, and never holds more than its bound", () => {
    fc.assert(
      fc.property(someBytes, someCuts, (bytes, sizes) => {
        expect(run(make, cut(bytes, sizes), max_bytes)).toEqual(run(make, [bytes], max_bytes));
      }),
      { numRuns: 400 },
    );
  });

  test("is as new after reset", () => {
    fc.assert(
      fc.property(someBytes, someBytes, (before, bytes) => {
        const framer = make();
        try {
          takeFrames(framer, before);
        } catch (error) {
          expect(error).toHaveProperty("code");
        }
        framer.reset();
        expect(framer.held).toBe(0);
        expect(run(() => framer, [bytes], max_bytes)).toEqual(run(make, [bytes], max_bytes));
      }),
      { numRuns: 200 },
    );
  });
});

describe("lines", () => {
  test.each<[LineEnd, string, string[]]>([
    ["lf", "1\r\n2\n\n", ["1", "2", ""]],
    ["cr", "1\r2\r\r", ["1", "2", ""]],
    ["crlf", "1\r\n2\n3\r\n", ["1", "2\n3"]],
    ["lfcr", "1\n\r2\r3\n\r", ["1", "2\r3"]],
    ["any", "\n\r1\r\n2\n\r3\r4\n", ["1", "2", "3", "4"]],
  ])("with end %s cut %j", (end, stream, expected) => {
    expect(show(takeFrames(lines(end, 64)(), text(stream)))).toEqual(expected);
  });

  test("keep every byte as it came, none read as UTF-8", () => {
    const bytes = Uint8Array.from([0, 0x80, 0xc3, 0x28, 0xff, 0x0a]);
    expect(takeFrames(lines("lf", 64)(), bytes)).toEqual([Buffer.from([0, 0x80, 0xc3, 0x28, 0xff])]);
  });

  test.each<LineEnd>([
    "lf",
    "any",
  ])("with end %s are refused when longer than the bound, and taken at the bound", (end) => {
    expect(show(takeFrames(lines(end, 4)(), text("123\n")))).toEqual(["123"]);
    expect(() => takeFrames(lines(end, 4)(), text("1234\n"))).toThrow(
      expect.objectContaining({ code: "REPLY_TOO_LONG" }),
    );
  });
});

describe("prompt", () => {
  test("ends at '>' at the start of a line only, and keeps echo and LF CR order", () => {
    const frames = takeFrames(prompt(">", 64)(), text("relay read 0\n\ra>b\n\r>"));
    expect(show(frames)).toEqual(["relay read 0\n\ra>b\n\r"]);
  });
});

describe("checked frames", () => {
  const someData = fc.uint8Array({ maxLength: 23 });

  test("are found again after any garbage, and nothing but frames with a right sum is taken", () => {
    fc.assert(
      fc.property(fc.array(someByte, { maxLength: 40 }), someData, (garbage, data) => {
        const good = Buffer.from(frameOf(data));
        const framer = summed();
        const frames = takeFrames(framer, Uint8Array.from([...garbage, ...good]));
        for (let frame = framer.idle(); frame !== undefined; frame = framer.idle()) frames.push(frame);
        for (const frame of frames) expect(Buffer.compare(frame, frameOf(frame.subarray(2, -1)))).toBe(0);
        // A frame that garbage and good bytes form together by chance may swallow the good one: only then may it lack.
        const byChance = frames.some((frame) => Buffer.from(garbage).indexOf(frame) === -1 && !good.equals(frame));
        if (!byChance) expect(frames.some((frame) => good.equals(frame))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("with AA inside the data are not cut there", () => {
    const data = Uint8Array.from([0xaa, 0x01, 0xaa, 0xaa]);
    expect(takeFrames(summed(), frameOf(data))).toEqual([frameOf(data)]);
  });

  test("hidden behind a false start come out when the line falls silent", () => {
    const framer = summed();
    const good = frameOf(Uint8Array.from([1, 2, 3]));
    expect(takeFrames(framer, Uint8Array.from([0xaa, 20, ...good]))).toEqual([]);
    expect(framer.idle()).toEqual(good);
    expect(framer.idle()).toBeUndefined();
  });

  test("endless garbage is refused after a stated number of bytes", () => {
    const noise = new Uint8Array(4 * 26 + 1).fill(0x55);
    expect(() => takeFrames(summed(), noise)).toThrow(expect.objectContaining({ code: "REPLY_MALFORMED" }));
    expect(takeFrames(summed(), noise.subarray(1))).toEqual([]);
  });
});

describe("frames ended by silence", () => {
  test("are given whole by idle(), once", () => {
    const framer = untilSilence(8)();
    expect(takeFrames(framer, text("ab"))).toEqual([]);
    expect(takeFrames(framer, text("cd"))).toEqual([]);
    expect(framer.idle()).toEqual(new Uint8Array(text("abcd")));
    expect(framer.idle()).toBeUndefined();
  });

  test("are refused beyond the bound", () => {
    expect(() => untilSilence(3)().push(text("abcd"))).toThrow(expect.objectContaining({ code: "REPLY_TOO_LONG" }));
  });
});

describe("definite-length blocks", () => {
  test("may hold line ends, and the answer to ROUT:SCAN? of the 34970A is one", () => {
    const [frame] = takeFrames(blockOrLine(64)(), text("#214(@101,\n\r105:)x\n"));
    expect(frame && blockData(frame) && Buffer.from(blockData(frame) ?? []).toString()).toBe("(@101,\n\r105:)x");
  });

  test("are not needed: an ordinary line, a hash number and an empty line are lines", () => {
    const frames = takeFrames(blockOrLine(64)(), text("+1.0E0\r\n#HFF\n\n"));
    expect(show(frames)).toEqual(["+1.0E0", "#HFF", ""]);
    expect(frames.map((frame) => blockData(frame))).toEqual([undefined, undefined, undefined]);
  });

  test.each(["#0abc\n", "#1x", "#13abcd\n", "#13abc\rx"])("%j is malformed", (stream) => {
    expect(() => takeFrames(blockOrLine(64)(), text(stream))).toThrow(
      expect.objectContaining({ code: "REPLY_MALFORMED" }),
    );
  });

  test("longer than the bound are refused at their header", () => {
    expect(() => takeFrames(blockOrLine(64)(), text("#9999999999"))).toThrow(
      expect.objectContaining({ code: "REPLY_TOO_LONG" }),
    );
  });
});

describe("asciiLine", () => {
  test("gives printable text and refuses anything else", () => {
    expect(asciiLine(text("+1.2 V\t~"))).toBe("+1.2 V\t~");
    expect(asciiLine(text("25 °C"), { latin1: true })).toBe("25 °C");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (byte) => {
        const good = (byte >= 0x20 && byte <= 0x7e) || byte === 9;
        const line = (): string => asciiLine(Uint8Array.from([0x31, byte]));
        if (good) expect(line()).toBe(`1${String.fromCharCode(byte)}`);
        else expect(line).toThrow(expect.objectContaining({ code: "REPLY_MALFORMED" }));
      }),
    );
  });
});

test("bytes are printed as text without its line end, else in hex, and never at full length", () => {
  expect(printable(text("MEAS:VOLT?\n"))).toBe('"MEAS:VOLT?"');
  expect(printable(Uint8Array.from([0xaa, 0, 0x5f]))).toBe("aa 00 5f");
  expect(printable(new Uint8Array(5000).fill(0x41)).length).toBeLessThan(120);
});
