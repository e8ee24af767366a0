/** Connected is what the page has heard of within 2 s by monotonic clocks, and nothing else. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type PageModules, pageModules } from "./pageModules.ts";

let heard: PageModules["heard"];
let now = 1_000_000;
/** The clock of the station began elsewhere. */
const station = (): number => now - 987_654;
const day = 1_800_000_000_000;
/** How wrong the date of the browser is, ms. */
let shift_ms = 0;

beforeAll(async () => {
  vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.spyOn(Date, "now").mockImplementation(() => day + now + shift_ms);
  ({ heard } = await pageModules());
});

// The next file of this worker has its clocks again.
afterAll(() => vi.restoreAllMocks());

beforeEach(() => {
  now += 100_000;
  look();
  heard.opened();
});

const look = (): boolean => heard.look(now, Date.now());

/** Time goes on, looked at as a page does. */
function pass(ms: number): void {
  for (let left = ms; left > 0; left -= 250) {
    now += 250;
    look();
  }
}

test("without a beat for 2 s it is lost, and with one it is back", () => {
  heard.hear(station());
  look();
  expect(heard.connected.value).toBe(true);
  pass(1750);
  expect(heard.connected.value).toBe(true);
  pass(250);
  expect(heard.connected.value).toBe(false);
  heard.hear(station());
  expect(heard.connected.value).toBe(true);
});

test("beats that were kept on their way are as old as they are: only the last ones make it connected", () => {
  heard.hear(station());
  const sent: number[] = [];
  for (let s = 0; s < 10; s += 1) {
    pass(1000);
    sent.push(station());
  }
  expect(heard.connected.value).toBe(false);
  for (const one of sent.slice(0, 7)) heard.hear(one);
  expect(heard.connected.value).toBe(false);
  heard.hear(sent[9] ?? 0);
  expect(heard.connected.value).toBe(true);
});

test("a page whose timer stood still for more than 2 s is in doubt and begins anew, whatever it had heard", () => {
  heard.hear(station());
  now += 2500;
  expect(look()).toBe(true);
  expect(heard.connected.value).toBe(false);
  heard.opened();
  heard.hear(station());
  expect(heard.connected.value).toBe(true);
});

test("a machine that slept while its monotonic clock stood still is in doubt by its date", () => {
  heard.hear(station());
  now += 250;
  shift_ms += 3_600_000;
  expect(look()).toBe(true);
  expect(heard.connected.value).toBe(false);
});

test("a date that is an hour off changes nothing", () => {
  shift_ms -= 3_600_000;
  look();
  heard.opened();
  for (let s = 0; s < 30; s += 1) {
    heard.hear(station());
    pass(1000);
    expect(heard.connected.value).toBe(true);
  }
});

test("while nothing comes the stream is begun anew every 5 s, not more often", () => {
  heard.hear(station());
  let times = 0;
  for (let i = 0; i < 120; i += 1) {
    now += 250;
    if (look()) times += 1;
  }
  expect(times).toBeGreaterThanOrEqual(5);
  expect(times).toBeLessThanOrEqual(6);
});

test("clocks that drift apart by 500 ppm over a shift do not make it lost", () => {
  let drifted = 0;
  for (let s = 0; s < 12 * 3600; s += 1) {
    now += 500;
    look();
    now += 500;
    drifted += 0.5;
    look();
    heard.hear(station() - drifted);
    if (!heard.connected.value) throw new Error(`lost after ${s} s`);
  }
  expect(heard.connected.value).toBe(true);
});

test("a page that has just begun to ask is not lost for 2 s; nothing may be done on it before it is connected", () => {
  heard.begins();
  look();
  expect([heard.connected.value, heard.lost.value]).toEqual([false, false]);
  pass(1750);
  expect(heard.lost.value).toBe(false);
  pass(250);
  expect([heard.connected.value, heard.lost.value]).toEqual([false, true]);
  heard.hear(station());
  expect([heard.connected.value, heard.lost.value]).toEqual([true, false]);
});

test("a page that stood still while it began to ask is lost until it hears", () => {
  heard.begins();
  heard.doubt();
  look();
  expect(heard.lost.value).toBe(true);
});
