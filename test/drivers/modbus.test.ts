import { createRequire } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  crc16,
  ModbusCoils,
  readCoilsRequest,
  rtuFrame,
  silenceBefore_ms,
  writeCoilRequest,
  writeCoilsRequest,
} from "../../drivers/modbus.ts";
import { type Bytes, conversation, type Exchange } from "../../drivers/port/conversation.ts";
import { memoryLine } from "../../drivers/port/memory.ts";
import { connectPort } from "../../drivers/port/transactor.ts";
import { io } from "./opening.ts";

const foreignCrc16 = createRequire(import.meta.url)("modbus-serial/utils/crc16.js") as (bytes: Buffer) => number;

const hex = (text: string): Bytes => ({ hex: text });
const asHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

async function coilsOver(script: readonly Exchange[], quiet_ms = 1) {
  const wire = conversation(script);
  const port = await wire.port("relays", { resync: { quiet_ms, late_ms: 10 } });
  return { wire, port, coils: new ModbusCoils(port, 115200) };
}

test("requests are the published frames byte for byte", () => {
  expect(asHex(writeCoilRequest(1, 0, true))).toBe("01050000ff008c3a");
  expect(asHex(writeCoilRequest(1, 0, false))).toBe("010500000000cdca");
  expect(asHex(writeCoilsRequest(1, new Array<boolean>(8).fill(true)))).toBe("010f0000000801ffbed5");
  expect(asHex(writeCoilsRequest(1, new Array<boolean>(8).fill(false)))).toBe("010f000000080100fe95");
  expect(asHex(writeCoilsRequest(1, new Array<boolean>(32).fill(false)))).toBe("010f000000200400000000c488");
  expect(asHex(readCoilsRequest(1, 8))).toBe("0101000000083dcc");
});

test("the checksum agrees with a foreign implementation", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => crc16(bytes) === foreignCrc16(Buffer.from(bytes))),
  );
});

test("the silence before a frame follows the baud rate", () => {
  expect(silenceBefore_ms(9600)).toBeCloseTo(4.01, 2);
  expect(silenceBefore_ms(115200)).toBe(1.75);
});

test("coils are read lowest bit first, in pieces too", async () => {
  const reply = rtuFrame([1, 1, 2, 0b1000_0001, 0b0000_0010]);
  const { wire, coils } = await coilsOver([[readCoilsRequest(1, 10), [reply.subarray(0, 3), reply.subarray(3)]]]);
  expect(await coils.read(1, 10, io())).toEqual([true, ...new Array<boolean>(6).fill(false), true, false, true]);
  wire.done();
});

test("one coil is set and its echo checked", async () => {
  const { wire, coils } = await coilsOver([[hex("01050000ff008c3a"), hex("01050000ff008c3a")]]);
  await coils.writeOne(1, 0, true, io());
  wire.done();
});

test("an exception is a refusal in words", async () => {
  const { coils } = await coilsOver([[writeCoilsRequest(1, [true]), rtuFrame([1, 0x8f, 2])]]);
  const write = coils.write(1, [true], io());
  await expect(write).rejects.toMatchObject({ code: "INSTRUMENT_REFUSED" });
  await expect(write).rejects.toThrow("illegal data address (2)");
});

test.each([
  ["another device", rtuFrame([2, 1, 1, 0])],
  ["another function", rtuFrame([1, 0x0f, 0, 0, 0, 8])],
  ["too many coils", rtuFrame([1, 1, 2, 0, 0])],
])("an answer of %s is malformed, not waited out", async (_what, reply) => {
  const { coils } = await coilsOver([[readCoilsRequest(1, 8), reply]]);
  await expect(coils.read(1, 8, io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
});

test("a wrong echo of a pattern is malformed", async () => {
  const { coils } = await coilsOver([[writeCoilsRequest(1, [true, false]), rtuFrame([1, 0x0f, 0, 0, 0, 3])]]);
  await expect(coils.write(1, [true, false], io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
});

test("bytes of noise before a good reply are passed over", async () => {
  const reply = Buffer.concat([Buffer.from([0x00, 0xff]), rtuFrame([1, 1, 1, 5])]);
  const { coils } = await coilsOver([[readCoilsRequest(1, 4), reply]]);
  expect(await coils.read(1, 4, io())).toEqual([true, false, true, false]);
});

test("a flipped bit never gives coils", async () => {
  const good = rtuFrame([1, 1, 4, 0x12, 0x34, 0x56, 0x78]);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: good.length * 8 - 1 }), async (bit) => {
      const reply = good.slice();
      reply[bit >> 3] = (reply[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { coils, port } = await coilsOver([[readCoilsRequest(1, 32), reply]]);
      await expect(coils.read(1, 32, io(5))).rejects.toMatchObject({ name: "RigError" });
      await port.close();
    }),
    { numRuns: 40 },
  );
});

test("a late answer does not answer the next question", async () => {
  const { connector, peer } = memoryLine();
  const port = await connectPort(connector, "relays", { resync: { quiet_ms: 1, late_ms: 20 } }, io());
  const coils = new ModbusCoils(port, 115200);
  await expect(coils.read(1, 8, io(5))).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
  const second = coils.read(1, 8, io());
  peer.write(rtuFrame([1, 1, 1, 0xff]));
  peer.onData(() => peer.write(rtuFrame([1, 1, 1, 0])));
  expect(await second).toEqual(new Array<boolean>(8).fill(false));
});

test("broadcast and impossible addresses are refused before anything is sent", async () => {
  const { wire, coils } = await coilsOver([]);
  for (const address of [0, 248, 1.5])
    await expect(coils.read(address, 8, io())).rejects.toMatchObject({ code: "SETPOINT_OUT_OF_RANGE" });
  await expect(coils.write(1, [], io())).rejects.toMatchObject({ code: "SETPOINT_OUT_OF_RANGE" });
  wire.done();
});
