// Golden bytes: written by a C program over the kernel's own linux/gpio.h (Debian 12, linux-libc-dev), gcc on x64.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  emptyChipInfo,
  GET_CHIPINFO,
  GET_LINE,
  GET_LINEINFO,
  GET_VALUES,
  LINE_EVENT_bytes,
  maskOf,
  packLineInfo,
  packLineRequest,
  packValues,
  parseChipInfo,
  parseEvents,
  parseLineInfo,
  requestFd,
  SET_VALUES,
  valueBits,
} from "../../../drivers/gpio/uapi.ts";

/** Zeros but for the eight bytes at each offset named. */
function sparse(length: number, words: Readonly<Record<number, string>>): Buffer {
  const bytes = Buffer.alloc(length);
  for (const [at, hex] of Object.entries(words)) bytes.write(hex, Number(at), "hex");
  return bytes;
}

const consumer = { 256: "616461707465722d", 264: "7269670000000000" };

describe("the structures of GPIO v2", () => {
  it("have the request numbers of the kernel's header", () => {
    expect([GET_CHIPINFO, GET_LINEINFO, GET_LINE, GET_VALUES, SET_VALUES]).toEqual([
      0x8044b401, 0xc100b405, 0xc250b407, 0xc010b40e, 0xc010b40f,
    ]);
  });

  it("ask for two outputs that begin low", () => {
    const packed = packLineRequest({
      offsets: [17, 27],
      consumer: "adapter-rig",
      direction: "out",
      event_buffer_size: 0,
    });
    const golden = {
      ...{ 0: "110000001b000000", ...consumer, 288: "0800000000000000", 296: "0100000000000000" },
      ...{ 320: "0200000000000000", 336: "0300000000000000", 560: "0200000000000000" },
    };
    expect(packed.toString("hex")).toBe(sparse(592, golden).toString("hex"));
  });

  it("ask for three inputs with both edges and room for 1024 of them", () => {
    const packed = packLineRequest({
      offsets: [9, 10, 300],
      consumer: "adapter-rig",
      direction: "in",
      event_buffer_size: 1024,
    });
    const golden = {
      ...{ 0: "090000000a000000", 8: "2c01000000000000", ...consumer },
      ...{ 288: "3400000000000000", 560: "0300000000040000" },
    };
    expect(packed.toString("hex")).toBe(sparse(592, golden).toString("hex"));
  });

  it("refuse no line and more than 64, and cut a long name", () => {
    const ask = (count: number) =>
      packLineRequest({
        offsets: Array.from({ length: count }, (_, index) => index),
        consumer: "x".repeat(40),
        direction: "in",
        event_buffer_size: 0,
      });
    expect(() => ask(0)).toThrow(/PLAN_INVALID/);
    expect(() => ask(65)).toThrow(/PLAN_INVALID/);
    expect(ask(64).subarray(256, 288).toString("latin1")).toBe(`${"x".repeat(31)}\0`);
  });

  it("give the descriptor of a granted request", () => {
    expect(requestFd(sparse(592, { 584: "0000000004030201" }))).toBe(0x01020304);
  });

  it("hold values and their mask", () => {
    expect(packValues(0x0102030405060708n, 0x1112131415161718n).toString("hex")).toBe(
      "08070605040302011817161514131211",
    );
    expect(valueBits(packValues(1n << 63n, maskOf(64)))).toBe(1n << 63n);
    expect(maskOf(64)).toBe(0xffffffffffffffffn);
  });

  it("tell of a chip and of a line", () => {
    const chip = sparse(68, { 0: "6770696f6368697030", 32: "70696e6374726c2d727031", 64: "36000000" });
    expect(emptyChipInfo()).toHaveLength(chip.length);
    expect(parseChipInfo(chip)).toEqual({ name: "gpiochip0", label: "pinctrl-rp1", lines: 54 });
    const words = { 0: "4750494f31370000", 32: "6f74686572000000", 64: "1100000000000000" };
    expect(packLineInfo(17)).toEqual(sparse(256, { 64: "1100000000000000" }));
    const used = parseLineInfo(sparse(256, { ...words, 72: "0900000000000000" }));
    expect(used).toEqual({ name: "GPIO17", consumer: "other", used: true });
    expect(parseLineInfo(sparse(256, { ...words, 72: "0800000000000000" })).used).toBe(false);
  });

  it("tell of an edge", () => {
    const golden = `1581e97df41022110200000009000000ffffffff07000000${"00".repeat(24)}`;
    expect(parseEvents(Buffer.from(golden, "hex"))).toEqual([
      { timestamp_ns: 1234567890123456789n, high: false, offset: 9, seqno: 0xffffffff, line_seqno: 7 },
    ]);
  });

  it("give back any edges as they were", () => {
    const edge = fc.record({
      timestamp_ns: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      high: fc.boolean(),
      offset: fc.nat(0xffffffff),
      seqno: fc.nat(0xffffffff),
      line_seqno: fc.nat(0xffffffff),
    });
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 70 }), (edges) => {
        const bytes = Buffer.alloc(edges.length * 48);
        edges.forEach(({ timestamp_ns, high, offset, seqno, line_seqno }, index) => {
          bytes.writeBigUInt64LE(timestamp_ns, index * 48);
          [high ? 1 : 2, offset, seqno, line_seqno].forEach((word, at) => {
            bytes.writeUInt32LE(word, index * 48 + 8 + at * 4);
          });
        });
        expect(parseEvents(bytes)).toEqual(edges);
      }),
    );
  });

  it("are refused, never guessed, when the bytes are no edges", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const kinds = bytes.length / LINE_EVENT_bytes;
        const ids = Array.from({ length: Math.floor(kinds) }, (_, at) => Buffer.from(bytes).readUInt32LE(at * 48 + 8));
        const good = Number.isInteger(kinds) && ids.every((id) => id === 1 || id === 2);
        if (good) expect(parseEvents(Buffer.from(bytes))).toHaveLength(kinds);
        else expect(() => parseEvents(Buffer.from(bytes))).toThrow(/REPLY_MALFORMED/);
      }),
    );
  });
});
