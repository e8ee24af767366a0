import fc from "fast-check";
import { expect, test } from "vitest";
import { itechFrame, itechReply, parseProduct, parseState } from "../../../drivers/itech/frame.ts";
import { it8500 } from "../../../drivers/itech/it8500.ts";
import { type Bytes, conversation, type Exchange } from "../../../drivers/port/conversation.ts";
import { takeFrames } from "../../../drivers/port/framer.ts";
import { io, open, rb1 } from "../opening.ts";

/** A frame written out: head in hex, zeros up to the checksum given. */
const golden = (head: string, sum: string): Bytes => ({ hex: head.replace(/\s/g, "").padEnd(50, "0") + sum });
const ok = golden("AA 00 12 80", "3C");
const refused = (status: number): Bytes => itechFrame(0, 0x12, [status]);
const text = (ascii: string, length: number): number[] => [...Buffer.from(ascii.padEnd(length, "\0"), "latin1")];

const product = (model = "8514", serial = "SIM-LOAD-1"): Exchange => [
  itechFrame(0, 0x6a),
  itechFrame(0, 0x6a, [...text(model, 5), 0x03, 0x02, ...text(serial, 10)]),
];

const le = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, at) => (value >>> (8 * at)) & 0xff);

interface State {
  readonly mV?: number;
  readonly counts?: number;
  readonly operation?: number;
  readonly demand?: number;
}
const REMOTE = 0x04;
const ON = 0x08;
const state = ({ mV = 0, counts = 0, operation = REMOTE, demand = 0x40 }: State = {}): Exchange => [
  itechFrame(0, 0x5f),
  itechFrame(0, 0x5f, [...le(mV, 4), ...le(counts, 4), 0, 0, 0, 0, operation, ...le(demand, 2)]),
];
const setTo = (counts: number, reads = counts): Exchange[] => [
  [itechFrame(0, 0x2a, le(counts, 4)), ok],
  [itechFrame(0, 0x2b), itechFrame(0, 0x2b, le(reads, 4))],
];
const input = (on: boolean, reads = on): Exchange[] => [
  [itechFrame(0, 0x21, [on ? 1 : 0]), ok],
  state({ operation: reads ? REMOTE | ON : REMOTE }),
];
const MAX = 240_0000;
const prepared: readonly Exchange[] = [
  [golden("AA 00 20 01", "CB"), ok],
  [golden("AA 00 21 00", "CB"), ok],
  state(),
  [itechFrame(0, 0x28, [0]), ok],
  [itechFrame(0, 0x5d, [0]), ok],
  [itechFrame(0, 0x29), itechFrame(0, 0x29, [0])],
  [itechFrame(0, 0x5e), itechFrame(0, 0x5e, [0])],
  [itechFrame(0, 0x24, le(MAX, 4)), ok],
  [itechFrame(0, 0x25), itechFrame(0, 0x25, le(MAX, 4))],
  ...setTo(0),
];

/** A bank of as many units as there are scripts. */
async function bankOf(scripts: readonly (readonly Exchange[])[], config: Record<string, number> = {}) {
  const wires = scripts.map((script) => conversation([product(), ...prepared, ...script]));
  const ports = scripts.map((_, at) => `load${at + 1}`);
  const load = await open(it8500, {
    role: "load",
    entry: { ports, config: { unit_max_A: 240, ...config } },
    wires: Object.fromEntries(wires.map((wire, at) => [`load${at + 1}`, wire])),
    options: { resync: { quiet_ms: 1, late_ms: 1 } },
  });
  return { load, done: () => wires.forEach((wire) => void wire.done()) };
}

test("frames are the published ones byte for byte", () => {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex").toUpperCase();
  const zeros = (count: number): string => "00".repeat(count);
  expect(hex(itechFrame(0, 0x20, [1]))).toBe(`AA002001${zeros(21)}CB`);
  expect(hex(itechFrame(0, 0x21, [1]))).toBe(`AA002101${zeros(21)}CC`);
  expect(hex(itechFrame(0, 0x21, [0]))).toBe(`AA002100${zeros(21)}CB`);
  expect(hex(itechFrame(0, 0x2a, [0x48, 0xe8, 1, 0]))).toBe(`AA002A48E80100${zeros(18)}05`);
});

test("the published state frame reads as 3.3 V, 12.5 A, 41.25 W, on, constant current", () => {
  const frame = Buffer.from(`AA005FE40C000048E8010022A100000C4000${"00".repeat(7)}39`, "hex");
  expect(takeFrames(itechReply(), frame)).toHaveLength(1);
  expect(parseState(frame)).toEqual({
    voltage_V: 3.3,
    current_A: 12.5,
    power_W: 41.25,
    remote: true,
    inputOn: true,
    constantCurrent: true,
    tripped: [],
  });
});

test("the product frame of the manual reads as model, firmware 2.03 and serial number", () => {
  const frame = itechFrame(0, 0x6a, [...text("8511", 5), 0x03, 0x02, ...text("000045", 10)]);
  expect(parseProduct(frame)).toEqual({ model: "8511", firmware: "2.03", serial: "000045" });
});

test("opening leaves each unit remote, off, in constant current, at 0 A, with its maximum", async () => {
  const { load, done } = await bankOf([[], [], []]);
  expect(load.identity).toMatchObject({ model: "ITECH 8514 x 3", firmware: "2.03", unverified: [] });
  done();
});

test("12.5 A on one unit is the published frame, and read back", async () => {
  const { load, done } = await bankOf([[[golden("AA 00 2A 48 E8 01 00", "05"), ok], ...setTo(125_000).slice(1)]]);
  await load.call.set({ current_A: 12.5 }, io());
  done();
});

test("a current is shared equally to the count, the rest on the first units", async () => {
  const { load, done } = await bankOf([setTo(33_334), setTo(33_333), setTo(33_333)]);
  await load.call.set({ current_A: 10 }, io());
  done();
});

test("a current that no bank can take is refused before anything is sent", async () => {
  const { load, done } = await bankOf([[], []]);
  for (const current_A of [480.1, -0.1, Number.NaN, Number.POSITIVE_INFINITY])
    await expect(load.call.set({ current_A }, io())).rejects.toMatchObject({ code: "SETPOINT_OUT_OF_RANGE" });
  done();
});

test.each([
  [0x90, "checksum wrong"],
  [0xa0, "parameter wrong or out of range"],
  [0xb0, "unknown command"],
  [0xc0, "command not valid now"],
])("status %i is a refusal that names the unit", async (status, words) => {
  const { load } = await bankOf([setTo(50_000), [[itechFrame(0, 0x2a, le(50_000, 4)), refused(status)]]]);
  const set = load.call.set({ current_A: 10 }, io());
  await expect(set).rejects.toMatchObject({ code: "INSTRUMENT_REFUSED" });
  await expect(set).rejects.toThrow(`load unit 2 (load2): command 2A was refused: ${words}`);
});

test("a set-point that reads back differently is named", async () => {
  const { load } = await bankOf([setTo(50_000, 49_999)]);
  await expect(load.call.set({ current_A: 5 }, io())).rejects.toMatchObject({ code: "READ_BACK_DIFFERS" });
});

test("input on is confirmed by the operation state", async () => {
  const { load, done } = await bankOf([[...input(true), ...input(false)]]);
  await load.call.input({ on: true }, io());
  await load.call.input({ on: false }, io());
  done();
});

test("an input that stays off is named", async () => {
  const { load } = await bankOf([input(true, false)]);
  await expect(load.call.input({ on: true }, io())).rejects.toThrow(
    "load unit 1 (load1): input was set to on, but reads off",
  );
});

test("the load-on timer is armed before the input goes on, when the bench asks for it", async () => {
  const arm: Exchange[] = [
    [itechFrame(0, 0x50, le(600, 2)), ok],
    [itechFrame(0, 0x51), itechFrame(0, 0x51, le(600, 2))],
    [itechFrame(0, 0x52, [1]), ok],
    [itechFrame(0, 0x53), itechFrame(0, 0x53, [1])],
  ];
  const { load, done } = await bankOf([[...arm, ...input(true)]], { timer_s: 600 });
  await load.call.input({ on: true }, io());
  done();
});

test("voltages of units in parallel are averaged, currents added, each with its uncertainty", async () => {
  const on = REMOTE | ON;
  const { load } = await bankOf([
    [state({ mV: 3300, counts: 1_000_000, operation: on })],
    [state({ mV: 3302, counts: 1_001_000, operation: on })],
  ]);
  const { voltage, current } = await load.call.measure({}, io());
  expect(voltage).toMatchObject({ is: "value", unit: "V" });
  expect(current).toMatchObject({ is: "value", unit: "A" });
  if (voltage.is !== "value" || current.is !== "value") throw new Error("no values");
  expect(voltage.value).toBeCloseTo(3.301, 9);
  expect(current.value).toBeCloseTo(200.1, 9);
  // Two units, each 0.1 % of 100 A and 0.1 % of 240 A, rectangular.
  expect(current.u).toBeCloseTo((Math.SQRT2 * 0.34) / Math.sqrt(3), 3);
});

test.each<[string, State, string, string]>([
  ["is in local control", { operation: ON }, "READ_BACK_DIFFERS", "no longer under remote control"],
  ["is hot", { counts: 0, operation: REMOTE | ON, demand: 0x50 }, "MEASUREMENT_INVALID", "over-temperature"],
  ["is off", { counts: 1_000_000 }, "READ_BACK_DIFFERS", "its input is off while another"],
  ["carries too little", { counts: 800_000, operation: REMOTE | ON }, "MEASUREMENT_INVALID", "80 A where its share is"],
])("a unit that %s is named", async (_what, second, code, words) => {
  const first = state({ counts: 1_000_000, operation: REMOTE | ON });
  const { load } = await bankOf([[state({ counts: 1_000_000, operation: REMOTE | ON })], [state(second)], [first]]);
  const measure = load.call.measure({}, io());
  await expect(measure).rejects.toMatchObject({ code });
  await expect(measure).rejects.toThrow(words);
});

test("an echo of the question is no measurement", async () => {
  const { load } = await bankOf([[[itechFrame(0, 0x5f), itechFrame(0, 0x5f)]]]);
  await expect(load.call.measure({}, io())).rejects.toMatchObject({ code: "READ_BACK_DIFFERS" });
});

test("an answer of another address or to another command is malformed", async () => {
  const { load } = await bankOf([[[itechFrame(0, 0x5f), itechFrame(1, 0x5f)]]]);
  await expect(load.call.measure({}, io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
  const other = await bankOf([[[itechFrame(0, 0x5f), itechFrame(0, 0x2b)]]]);
  await expect(other.load.call.measure({}, io())).rejects.toMatchObject({ code: "REPLY_MALFORMED" });
});

test("a good frame in pieces is found behind a false start", async () => {
  const reply = Buffer.from(state({ mV: 5000, operation: REMOTE })[1] as Uint8Array);
  const pieces = [Buffer.from([0xaa, 0x00]), reply.subarray(0, 7), reply.subarray(7)];
  const { load } = await bankOf([[[itechFrame(0, 0x5f), pieces]]]);
  expect((await load.call.measure({}, io())).voltage).toMatchObject({ is: "value", value: 5 });
});

test("no corrupted byte of a reply passes as a measurement", async () => {
  const good = state({ mV: 3300, counts: 125_000, operation: REMOTE | ON })[1] as Uint8Array;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const frame = good.slice();
      frame[at] = (frame[at] ?? 0) ^ change;
      expect(takeFrames(itechReply(), frame)).toEqual([]);
    }),
  );
});

test("a unit that does not answer is named", async () => {
  const { load } = await bankOf([[state()], [[itechFrame(0, 0x5f), null]]]);
  const measure = load.call.measure({}, io(20));
  await expect(measure).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
  await expect(measure).rejects.toThrow("load unit 2 (load2)");
});

test.each([
  ["another model", product("8512")],
  ["another serial number", product("8514", "9999999999")],
])("%s is refused before anything is set", async (_what, answer) => {
  const wire = conversation([answer]);
  const opened = open(it8500, { role: "load", entry: { ports: ["load1"] }, wires: { load1: wire } });
  await expect(opened).rejects.toMatchObject({ code: "IDENTITY_MISMATCH" });
  wire.done();
});

test("each unit has its own safe recipe: remote, input off twice, then local", async () => {
  const { load } = await bankOf([[], [], []]);
  expect(load.safe.map(({ port }) => port)).toEqual(["load1", "load2", "load3"].map((name) => rb1.ports[name]));
  const [recipe] = load.safe;
  const off = `aa002100${"00".repeat(21)}cb`;
  expect(recipe?.steps.map(({ send_hex }) => send_hex)).toEqual([
    `aa002001${"00".repeat(21)}cb`,
    off,
    off,
    `aa002000${"00".repeat(21)}ca`,
  ]);
  expect(
    recipe?.steps.every(({ rank, expect_hex }) => rank === 2 && expect_hex === `aa001280${"00".repeat(21)}3c`),
  ).toBe(true);
  expect(recipe?.quiet_ms).toBeGreaterThan(0);
});
