import { expect, test } from "vitest";
import { checkIdentity, configNumber, onlyPort } from "../../drivers/entry.ts";
import { openWait, pause } from "../../drivers/wait.ts";
import { io, rb1 } from "./opening.ts";

const load = rb1.instruments["load"] ?? expect.fail("no load");

test("a pause lasts at least as long as asked on the wall clock", async () => {
  const from_ms = performance.now();
  await pause(3, "the relay had released", io());
  expect(performance.now() - from_ms).toBeGreaterThanOrEqual(3);
});

test("a pause that would outlast its deadline is refused at once and says what it waited for", async () => {
  const waiting = pause(1e9, "the relay had released", io(10));
  await expect(waiting).rejects.toMatchObject({ code: "INSTRUMENT_TIMEOUT" });
  await expect(waiting).rejects.toThrow("the deadline passed before the relay had released");
});

test("a pause ends with the reason of its signal, before it began or meanwhile", async () => {
  const reason = new Error("stopped");
  await expect(pause(1, "x", io(1e9, AbortSignal.abort(reason)))).rejects.toBe(reason);
  const abort = new AbortController();
  const waiting = pause(1e6, "x", io(1e9, abort.signal));
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test("opening an instrument has a deadline though its caller gives only a signal", () => {
  const { signal } = new AbortController();
  const wait = openWait(signal, 1000);
  expect(wait.signal).toBe(signal);
  expect(wait.deadline_wall_ms).toBeLessThanOrEqual(performance.now() + 1000);
});

test("a number of the bench entry is checked against its bounds, with the field's name in the error", () => {
  expect(configNumber(load, "unit_max_A", { min: 0, max: 1000 })).toBe(240);
  expect(configNumber(load, "absent", { min: 0, max: 1, default: 0.5 })).toBe(0.5);
  for (const value of ["240", null, Number.NaN, 1001]) {
    const entry = { ...load, config: { unit_max_A: value } };
    expect(() => configNumber(entry, "unit_max_A", { min: 0, max: 1000 })).toThrow(
      "instruments.load.config.unit_max_A",
    );
  }
});

test("an instrument with one port refuses none and several", () => {
  expect(onlyPort({ ...load, ports: ["a"] })).toBe("a");
  expect(() => onlyPort({ ...load, ports: [] })).toThrow("exactly one port, not 0");
  expect(() => onlyPort(load)).toThrow("exactly one port, not 3");
});

test("model and serial number must both be in the identity; n/a asks nothing", () => {
  const entry = { ...load, identity: "8514", serial: "S1" };
  expect(() => checkIdentity(entry, "load1", "8514,S1,1.0")).not.toThrow();
  expect(() => checkIdentity(entry, "load1", "8512,S1,1.0")).toThrow('must be "8514"');
  expect(() => checkIdentity(entry, "load1", "8514,S2,1.0")).toThrow('must be "S1"');
  expect(() => checkIdentity({ ...entry, serial: "n/a" }, "load1", "8514,S2,1.0")).not.toThrow();
});
