import fc from "fast-check";
import { expect, test } from "vitest";
import { checksumHolds, sealed } from "../../../../drivers/twin/devices/modbusFrame.ts";
import { waveshareRelay } from "../../../../drivers/twin/devices/waveshareRelay.ts";
import { alone, hex, toHex } from "./bench.ts";

const line = () => alone(waveshareRelay, ["matrix", "contactor"]);
const request = (...body: number[]) => sealed(body);

test.each([
  ["coil 0 on", "01 05 00 00 FF 00 8C 3A", "01 05 00 00 FF 00 8C 3A"],
  ["coil 0 off", "01 05 00 00 00 00 CD CA", "01 05 00 00 00 00 CD CA"],
  ["all off", "01 05 00 FF 00 00 FD FA", "01 05 00 FF 00 00 FD FA"],
  ["flash on", "01 05 02 00 00 07 8D B0", "01 05 02 00 00 07 8D B0"],
])("golden frame: %s", (_, sent, answered) => {
  expect(toHex(line().say(hex(sent)))).toBe(answered);
});

test("golden frames: pattern and read-back of eight, and of 32 outputs", () => {
  const { say, world } = line();
  expect(toHex(say(hex("01 0F 00 00 00 08 01 FF BE D5")))).toBe(toHex(request(1, 0x0f, 0, 0, 0, 8)));
  expect(world.relays.coils("matrix", 1).slice(0, 9)).toEqual([...new Array(8).fill(true), false]);
  expect(toHex(say(hex("01 01 00 00 00 08 3D CC")))).toBe(toHex(request(1, 1, 1, 0xff)));
  say(hex("01 0F 00 00 00 08 01 00 FE 95"));
  expect(toHex(say(hex("01 01 00 00 00 08 3D CC")))).toBe(toHex(request(1, 1, 1, 0)));
  expect(toHex(say(hex("01 0F 00 00 00 20 04 00 00 00 00 C4 88")))).toBe(toHex(request(1, 0x0f, 0, 0, 0, 0x20)));
});

test("all on, flip and the flip of one output", () => {
  const { say, world } = line();
  say(request(5, 5, 0, 0xff, 0xff, 0));
  expect(world.relays.coils("contactor", 5)).toEqual(new Array(8).fill(true));
  say(request(5, 5, 0, 2, 0x55, 0));
  expect(world.relays.coils("contactor", 5)[2]).toBe(false);
  say(request(5, 5, 0, 0xff, 0x55, 0));
  expect(world.relays.coils("contactor", 5).map(Number).join("")).toBe("00100000");
});

test("a flash ends after its time of bench time, unless the output is written again", () => {
  const { say, world } = line();
  say(request(4, 5, 0x02, 3, 0, 7));
  say(request(4, 5, 0x02, 4, 0, 7));
  world.advance(0.69);
  expect(world.relays.coils("matrix", 4)[3]).toBe(true);
  say(request(4, 5, 0, 4, 0xff, 0));
  world.advance(0.71);
  expect(world.relays.coils("matrix", 4).slice(3, 5)).toEqual([false, true]);
});

test.each([
  ["an output the board has not", [5, 5, 0, 8, 0xff, 0], 2],
  ["a value that is no state", [1, 5, 0, 0, 0x12, 0x34], 3],
  ["a pattern over the end", [5, 0x0f, 0, 4, 0, 8, 1, 0xff], 2],
  ["a byte count that does not fit", [1, 0x0f, 0, 0, 0, 9, 1, 0xff], 3],
  ["reading over the end", [5, 1, 0, 0, 0, 9], 2],
  ["reading nothing", [1, 1, 0, 0, 0, 0], 3],
  ["a function the board has not", [1, 4, 0, 0, 0, 1], 1],
])("exception for %s, and nothing moves", (_, body, code) => {
  const { say, world } = line();
  const [address = 0, number = 0] = body;
  expect(toHex(say(sealed(body)))).toBe(toHex(request(address, number | 0x80, code)));
  expect([...world.relays.coils("matrix", 1), ...world.relays.coils("contactor", 5)].some(Boolean)).toBe(false);
});

test("an unknown function is refused at the silence that ends its frame", () => {
  const { say, device } = line();
  expect(say(request(1, 0x2b, 1, 2, 3))).toHaveLength(0);
  device.silence?.();
  expect(toHex(say(new Uint8Array()))).toBe(toHex(request(1, 0xab, 1)));
});

test("silence for a wrong checksum, another address and the broadcast, which acts on all boards", () => {
  const { say, world, device } = line();
  expect(say(hex("01 05 00 00 FF 00 8C 3B"))).toHaveLength(0);
  device.silence?.();
  expect(say(request(9, 5, 0, 0, 0xff, 0))).toHaveLength(0);
  expect(world.relays.coils("matrix", 1)[0] ?? false).toBe(false);
  expect(say(request(0, 5, 0, 1, 0xff, 0))).toHaveLength(0);
  for (const board of [1, 2, 3, 4]) expect(world.relays.coils("matrix", board)[1]).toBe(true);
  expect(world.relays.coils("contactor", 5)[1]).toBe(true);
});

test("half a frame is forgotten at a silence; without it the next frame is spoiled", () => {
  const good = hex("01 05 00 00 FF 00 8C 3A");
  const quiet = line();
  quiet.say(good.subarray(0, 5));
  quiet.device.silence?.();
  expect(toHex(quiet.say(good))).toBe(toHex(good));
  const hasty = line();
  hasty.say(good.subarray(0, 5));
  expect(hasty.say(good)).toHaveLength(0);
});

test("address and version are readable", () => {
  const { say } = line();
  expect(toHex(say(request(3, 3, 0x40, 0, 0, 1)))).toBe(toHex(request(3, 3, 2, 0, 3)));
  expect(toHex(say(request(3, 3, 0x80, 0, 0, 1)))).toBe(toHex(request(3, 3, 2, 0, 200)));
});

test("no bytes crash the line, and after a silence it answers as before", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }), (chunks) => {
      const { say, device } = line();
      for (const chunk of chunks) {
        const answer = say(chunk);
        if (answer.length > 0) expect(checksumHolds(answer.subarray(0, answer.length))).toBe(true);
      }
      device.silence?.();
      say(new Uint8Array());
      expect(toHex(say(hex("01 05 00 00 FF 00 8C 3A")))).toBe("01 05 00 00 FF 00 8C 3A");
    }),
  );
});
