import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { latin1 } from "../../../drivers/port/framer.ts";
import { lines } from "../../../drivers/port/lines.ts";
import { memoryLine } from "../../../drivers/port/memory.ts";
import type { Expect } from "../../../drivers/port/port.ts";
import { connectPort } from "../../../drivers/port/transactor.ts";
import { RigError } from "../../../rig/model/errors.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const wait = (within_ms: number, urgent = false) => ({
  signal: new AbortController().signal,
  deadline_wall_ms: performance.now() + within_ms,
  ...(urgent ? { urgent: true as const } : {}),
});
const wants = (reply: string, more: Expect = {}): Expect => ({
  framer: lines("lf", 32),
  check: (frame) => {
    if (latin1(frame) !== reply) throw new RigError("REPLY_MALFORMED", "another answer");
  },
  ...more,
});

async function bench() {
  const { connector, peer } = memoryLine();
  const got: string[] = [];
  peer.onData((data) => got.push(latin1(data)));
  return { port: await connectPort(connector, "source", {}, wait(100)), peer, got };
}

test("an urgent request takes the place of all that waits, and its answer is found among those owed", async () => {
  const { port, peer, got } = await bench();
  const before = ["A?\n", "B\n"].map((text) => port.transact(bytes(text), wants("a"), wait(2000)).catch((e) => e));
  const inDoubt = { poison: bytes("*\n") };
  const urgent = port.transact(bytes("OFF?\n"), wants("off", { inDoubt }), wait(400, true));
  await vi.advanceTimersByTimeAsync(1);
  expect(got).toEqual(["A?\n", "*\nOFF?\n"]);
  for (const ended of await Promise.all(before)) expect(ended).toMatchObject({ code: "ABORTED" });
  peer.write(bytes("a\n"));
  peer.write(bytes("x".repeat(40)));
  peer.write(bytes("\noff\n"));
  await vi.advanceTimersByTimeAsync(1);
  expect(latin1(await urgent)).toBe("off");
});

test("two urgent requests keep their order; a trusted line gets no poison", async () => {
  const { port, peer, got } = await bench();
  const inDoubt = { poison: bytes("*\n") };
  const both = ["ONE\n", "TWO\n"].map((text) => port.transact(bytes(text), wants("k", { inDoubt }), wait(400, true)));
  await vi.advanceTimersByTimeAsync(1);
  peer.write(bytes("k\n"));
  await vi.advanceTimersByTimeAsync(1);
  peer.write(bytes("k\n"));
  await Promise.all(both);
  expect(got).toEqual(["ONE\n", "TWO\n"]);
});

test("a line that never falls silent holds an urgent request back for less than 100 ms", async () => {
  const { port, peer, got } = await bench();
  const babble = setInterval(() => peer.write(bytes("?")), 1);
  await vi.advanceTimersByTimeAsync(5);
  const urgent = port.transact(bytes("OFF\n"), { quiet_ms: 50 }, wait(400, true));
  await vi.advanceTimersByTimeAsync(99);
  expect(got).toEqual(["OFF\n"]);
  clearInterval(babble);
  await urgent;
});

test("what is not urgent still waits for the owed answer afterwards", async () => {
  const { port, got } = await bench();
  const late = port.transact(bytes("A?\n"), wants("a"), wait(10)).catch((error) => error);
  await vi.advanceTimersByTimeAsync(20);
  await late;
  await port.transact(bytes("OFF\n"), {}, wait(400, true));
  const next = port.transact(bytes("B?\n"), wants("b"), wait(200)).catch((error) => error);
  await vi.advanceTimersByTimeAsync(250);
  expect(await next).toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
  expect(got).toEqual(["A?\n", "OFF\n"]);
});
