import { expect, test } from "vitest";
import { rtuFrame } from "../../../drivers/modbus.ts";
import { conversation, type Exchange } from "../../../drivers/port/conversation.ts";
import { modbusRelay } from "../../../drivers/waveshare/modbusRelay.ts";
import type { Bench, Relay } from "../../../rig/model/bench.ts";
import { io, open, rb1 } from "../opening.ts";

const relay = (id: string, board: number, output: number): Relay => ({
  id,
  class: "signal",
  role: "matrix",
  board,
  output,
  poles: [["a", "b"]],
});

/** Three relays on two boards of 8, one of another role. */
const bench: Partial<Bench> = {
  relays: {
    A: relay("A", 1, 0),
    B: relay("B", 1, 1),
    C: relay("C", 2, 0),
    K: { ...relay("K", 5, 0), role: "contactor" },
  },
};
const boards = [
  { address: 1, outputs: 8 },
  { address: 2, outputs: 8 },
];

const write = (board: number, coils: number): Exchange => [
  rtuFrame([board, 0x0f, 0, 0, 0, 8, 1, coils]),
  rtuFrame([board, 0x0f, 0, 0, 0, 8]),
];
const read = (board: number, coils: number): Exchange => [
  rtuFrame([board, 1, 0, 0, 0, 8]),
  rtuFrame([board, 1, 1, coils]),
];
const opening: readonly Exchange[] = [write(1, 0), write(2, 0), read(1, 0), read(2, 0)];

async function matrixOver(script: readonly Exchange[]) {
  const wire = conversation([...opening, ...script]);
  const matrix = await open(modbusRelay, {
    role: "matrix",
    bench,
    entry: { config: { boards } },
    wires: { relays: wire },
    options: { resync: { quiet_ms: 1, late_ms: 1 } },
  });
  return { wire, matrix };
}

test("opening switches all boards off with the published frames and reads them back", async () => {
  const wire = conversation([
    [{ hex: "010f000000080100fe95" }, { hex: "010f00000008540d" }],
    [{ hex: "0101000000083dcc" }, { hex: "010101005188" }],
  ]);
  const one = [{ address: 1, outputs: 8 }];
  const relays = { A: relay("A", 1, 0) };
  await open(modbusRelay, {
    role: "matrix",
    bench: { relays },
    entry: { config: { boards: one } },
    wires: { relays: wire },
  });
  wire.done();
});

test("opening leaves relays that keep a bleeder as they are: nobody knows yet whether a charge is behind them", async () => {
  const wire = conversation([read(1, 3), read(2, 0)]);
  const tree = await open(modbusRelay, {
    role: "matrix",
    bench,
    entry: { config: { boards, keeps_bleeder: true } },
    wires: { relays: wire },
    options: { resync: { quiet_ms: 1, late_ms: 1 } },
  });
  wire.done();
  expect(tree.safe).toEqual([]);
});

test("a pattern opens on all boards first, then closes, then reads back what changed", async () => {
  const { wire, matrix } = await matrixOver([
    write(1, 0b01),
    read(1, 0b01),
    write(1, 0b00),
    write(1, 0b10),
    write(2, 0b01),
    read(1, 0b10),
    read(2, 0b01),
  ]);
  expect(await matrix.call.pattern({ closed: ["A"] }, io())).toEqual({ closed: ["A"] });
  expect(await matrix.call.pattern({ closed: ["C", "B"] }, io())).toEqual({ closed: ["B", "C"] });
  wire.done();
});

test("a relay that stays closed is in no opening frame, and a pattern that is there already sends nothing", async () => {
  const { wire, matrix } = await matrixOver([write(1, 0b11), read(1, 0b11), write(1, 0b01), read(1, 0b01)]);
  await matrix.call.pattern({ closed: ["A", "B"] }, io());
  await matrix.call.pattern({ closed: ["A"] }, io());
  expect(await matrix.call.pattern({ closed: ["A"] }, io())).toEqual({ closed: ["A"] });
  wire.done();
});

test("a relay that did not follow is named", async () => {
  const { matrix } = await matrixOver([write(1, 0b01), read(1, 0b10)]);
  const pattern = matrix.call.pattern({ closed: ["A"] }, io());
  await expect(pattern).rejects.toMatchObject({ code: "READ_BACK_DIFFERS" });
  await expect(pattern).rejects.toThrow("A reads open, B reads closed");
});

test("an output without a relay that is on is a difference too", async () => {
  const { matrix } = await matrixOver([write(1, 0b01), read(1, 0b1000_0001)]);
  await expect(matrix.call.pattern({ closed: ["A"] }, io())).rejects.toThrow(
    "output 7 (no relay of the bench) reads closed",
  );
});

test("S8: after a lost answer the board is read before the next pattern, never just set again", async () => {
  const { wire, matrix } = await matrixOver([[write(1, 0b01)[0], null], read(1, 0b01), write(1, 0b00), read(1, 0b00)]);
  await expect(matrix.call.pattern({ closed: ["A"] }, io(20))).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
  expect(await matrix.call.pattern({ closed: [] }, io())).toEqual({ closed: [] });
  wire.done();
});

test("a refused pattern says why", async () => {
  const { matrix } = await matrixOver([[write(2, 0b01)[0], rtuFrame([2, 0x8f, 3])]]);
  await expect(matrix.call.pattern({ closed: ["C"] }, io())).rejects.toThrow("illegal data value");
});

test("reading back asks every board", async () => {
  const { wire, matrix } = await matrixOver([read(1, 0b11), read(2, 0b00)]);
  expect(await matrix.call.readBack({}, io())).toEqual({ closed: ["A", "B"] });
  wire.done();
});

test("a relay of another instrument, or none, is refused before anything is sent", async () => {
  const { wire, matrix } = await matrixOver([]);
  for (const id of ["K", "Z"])
    await expect(matrix.call.pattern({ closed: ["A", id] }, io())).rejects.toMatchObject({
      code: "SETPOINT_OUT_OF_RANGE",
    });
  wire.done();
});

test("two patterns at once run one after the other", async () => {
  const { wire, matrix } = await matrixOver([
    write(1, 1),
    read(1, 1),
    write(1, 0),
    write(2, 1),
    read(1, 0),
    read(2, 1),
  ]);
  const both = [matrix.call.pattern({ closed: ["A"] }, io()), matrix.call.pattern({ closed: ["C"] }, io())];
  expect(await Promise.all(both)).toEqual([{ closed: ["A"] }, { closed: ["C"] }]);
  wire.done();
});

test("an aborted call sends nothing", async () => {
  const { wire, matrix } = await matrixOver([]);
  const reason = new Error("stopped");
  await expect(matrix.call.pattern({ closed: ["A"] }, io(5000, AbortSignal.abort(reason)))).rejects.toBe(reason);
  wire.done();
});

test("a fenced matrix refuses even a pattern that is there already", async () => {
  const { wire, matrix } = await matrixOver([]);
  matrix.fence("it hangs");
  await expect(matrix.call.pattern({ closed: [] }, io())).rejects.toMatchObject({ code: "PORT_FENCED" });
  wire.done();
});

test("the safe recipes of the reference bench: relays at rank 4, contactors at rank 3", async () => {
  const all = (board: number, outputs: number): Exchange[] => {
    const bytes = new Array<number>(outputs / 8).fill(0);
    return [
      [rtuFrame([board, 15, 0, 0, 0, outputs, bytes.length, ...bytes]), rtuFrame([board, 15, 0, 0, 0, outputs])],
      [rtuFrame([board, 1, 0, 0, 0, outputs]), rtuFrame([board, 1, bytes.length, ...bytes])],
    ];
  };
  const matrixWire = conversation(
    [0, 1].flatMap((at) => [all(1, 32), all(2, 32), all(3, 32), all(4, 16)].flatMap((pair) => pair.slice(at, at + 1))),
  );
  const matrix = await open(modbusRelay, { role: "matrix", wires: { relays: matrixWire } });
  const contactor = await open(modbusRelay, { role: "contactor", wires: { relays: conversation(all(5, 8)) } });
  expect(matrix.safe).toHaveLength(1);
  expect(matrix.safe[0]?.port).toEqual(rb1.ports["relays"]);
  expect(matrix.safe[0]?.quiet_ms).toBe(5);
  expect(matrix.safe[0]?.steps.map(({ rank }) => rank)).toEqual([4, 4, 4, 4]);
  expect(matrix.safe[0]?.steps[0]).toMatchObject({
    send_hex: "010f000000200400000000c488",
    expect_hex: "010f000000205413",
  });
  expect(contactor.safe[0]?.steps.map(({ rank }) => rank)).toEqual([3]);
  matrixWire.done();
});

test.each([
  ["no boards", {}],
  ["an address of 0", { boards: [{ address: 0, outputs: 8 }] }],
  ["too many outputs", { boards: [{ address: 1, outputs: 64 }] }],
  ["one address twice", { boards: [boards[0] ?? null, boards[0] ?? null] }],
  ["a board missing", { boards: [boards[0] ?? null] }],
])("a bench entry with %s is refused", async (_what, config) => {
  const opened = open(modbusRelay, { role: "matrix", bench, entry: { config }, wires: { relays: conversation([]) } });
  await expect(opened).rejects.toMatchObject({ code: "BENCH_INVALID" });
});
