/** What asks a station to reload or to end while it is still starting is done once it is up, and ends nothing before. */
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { StationSignals } from "../../../rig/cli/stationSignals.ts";

function made() {
  const process = new EventEmitter();
  const signals = new StationSignals(process);
  const reloads: string[] = [];
  return { process, signals, reloads, answer: () => void reloads.push("reload") };
}

test("reloads that came before anybody answers are answered by one, those after it one by one", () => {
  const { process, signals, reloads, answer } = made();
  process.emit("SIGUSR2");
  process.emit("SIGUSR2");
  expect(reloads).toEqual([]);
  signals.onReload(answer);
  expect(reloads).toHaveLength(1);
  process.emit("SIGUSR2");
  expect(reloads).toHaveLength(2);
});

test("without a reload before, nobody is asked at the beginning", () => {
  const { signals, reloads, answer } = made();
  signals.onReload(answer);
  expect(reloads).toEqual([]);
});

test("at the end a reload is still heard, so that it does not end the station before its bench is safe", () => {
  const { process, signals, reloads, answer } = made();
  signals.onReload(answer);
  signals.settle();
  expect(process.listenerCount("SIGUSR2")).toBe(1);
  process.emit("SIGUSR2");
  expect(reloads).toEqual([]);
});

test.each([
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
])("%s during the start ends it once it is up; again, at once", async (name) => {
  const { process, signals } = made();
  process.emit(name);
  expect(await signals.ending).toBe(name);
  // Nobody listens: the system's own way holds.
  expect(process.listenerCount(name)).toBe(0);
});
