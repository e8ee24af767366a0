import fc from "fast-check";
import { expect, test } from "vitest";
import { checksum, itechLoad } from "../../../../drivers/twin/devices/itechLoad.ts";
import { alone, hex, toHex } from "./bench.ts";

/** A frame from its first bytes, with zeros and checksum. */
function frame(head: string, address = 0): Uint8Array {
  const bytes = new Uint8Array(26);
  bytes.set([0xaa, address, ...hex(head)]);
  bytes[25] = checksum(bytes);
  return bytes;
}
const status = (code: string) => toHex(frame(`12 ${code}`));
const load = (unit = 0) => {
  const one = alone(itechLoad, ["load"], unit);
  one.say(frame("20 01"));
  return one;
};

test.each([
  ["20 01", 0xcb],
  ["21 01", 0xcc],
  ["21 00", 0xcb],
  ["12 80", 0x3c],
  ["2A 48 E8 01 00", 0x05],
  ["5F E4 0C 00 00 48 E8 01 00 22 A1 00 00 0C 40 00", 0x39],
])("golden checksum of %s", (head, sum) => {
  expect(frame(head)[25]).toBe(sum);
});

test("golden frame: state of 3.300 V, 12.5 A, on, CC, remote", () => {
  const { say, world } = load();
  expect(toHex(say(frame("2A 48 E8 01 00")))).toBe(status("80"));
  expect(world.load.state(0).current_A).toBeCloseTo(12.5, 9);
  expect(toHex(say(frame("21 01")))).toBe(status("80"));
  world.knobs.loop = { voltage_V: 3.3, current_A: 12.5 };
  expect(toHex(say(frame("5F")))).toBe(toHex(frame("5F E4 0C 00 00 48 E8 01 00 22 A1 00 00 0C 40 00")));
});

test("each unit moves its own load and tells its own serial number", () => {
  const { say, world } = load(2);
  say(frame("2A 10 27 00 00"));
  say(frame("21 01"));
  expect([0, 1, 2].map((unit) => world.load.state(unit))).toEqual([
    { current_A: 0, on: false },
    { current_A: 0, on: false },
    { current_A: 1, on: true },
  ]);
  const product = Buffer.from(say(frame("6A", 0xff)));
  expect(product.subarray(3, 8).toString()).toBe("8514\0");
  expect(product.subarray(10, 20).toString()).toBe("SIM-LOAD-3");
});

test("settings come back as they were written, and limits hold", () => {
  const { say } = load();
  say(frame("24 40 42 0F 00")); // 100 A
  expect(toHex(say(frame("25"))).slice(0, 20)).toBe("AA 00 25 40 42 0F 00".slice(0, 20));
  expect(toHex(say(frame("2A 41 42 0F 00")))).toBe(status("A0"));
  expect(toHex(say(frame("2A 40 42 0F 00")))).toBe(status("80"));
  expect(toHex(say(frame("2B"))).slice(0, 20)).toBe("AA 00 2B 40 42 0F 00".slice(0, 20));
  expect(toHex(say(frame("24 01 9F 24 00")))).toBe(status("A0")); // above 240 A
  expect(toHex(say(frame("28 00")))).toBe(status("80"));
  expect(toHex(say(frame("28 02")))).toBe(status("C0"));
  expect(toHex(say(frame("28 09")))).toBe(status("A0"));
  expect(toHex(say(frame("29")))).toBe(toHex(frame("29 00")));
  expect(toHex(say(frame("77")))).toBe(status("B0"));
});

test("in LOCAL settings are refused and readings are not", () => {
  const { say, world } = alone(itechLoad, ["load"]);
  expect(toHex(say(frame("21 01")))).toBe(status("C0"));
  expect(world.load.state(0).on).toBe(false);
  expect(say(frame("5F"))[2]).toBe(0x5f);
});

test("the load-on timer takes the input off, and a new value starts it again", () => {
  const { say, world } = load();
  say(frame("50 0A 00"));
  say(frame("52 01"));
  say(frame("21 01"));
  world.advance(9);
  say(frame("50 0A 00"));
  world.advance(18.9);
  expect(world.load.state(0).on).toBe(true);
  world.advance(19.1);
  expect(world.load.state(0).on).toBe(false);
  expect(toHex(say(frame("51")))).toBe(toHex(frame("51 0A 00")));
  expect(toHex(say(frame("53")))).toBe(toHex(frame("53 01")));
});

test("a wrong checksum is answered with 90, another address not at all", () => {
  const { say, world } = load();
  const bad = frame("21 01");
  bad[25] = 0;
  expect(toHex(say(bad))).toBe(status("90"));
  expect(say(frame("21 01", 5))).toHaveLength(0);
  expect(world.load.state(0).on).toBe(false);
});

test("after half a frame the same frame twice is understood the second time", () => {
  for (let half = 1; half < 26; half++) {
    const { say, world } = load();
    say(frame("21 01"));
    say(frame("2A 48 E8 01 00").subarray(0, half));
    say(frame("21 00"));
    say(frame("21 00"));
    expect(world.load.state(0).on).toBe(false);
  }
});

test("no bytes crash the load, and all answers are whole frames", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (chunks) => {
      const { say } = load();
      for (const chunk of chunks) {
        const answers = say(chunk);
        expect(answers.length % 26).toBe(0);
        for (let at = 0; at < answers.length; at += 26)
          expect(answers[at + 25]).toBe(checksum(answers.subarray(at, at + 26)));
      }
    }),
  );
});
