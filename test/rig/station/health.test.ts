/** Bench health is asked only of a bench that nobody uses, is shown with its age, and never stands for more than it found. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadBench } from "../../../rig/bench/benchFile.ts";
import { linesFound } from "../../../rig/cli/benchLines.ts";
import { started } from "../../../rig/cli/commands/serveHealth.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { BenchRuns, type Child } from "../../../rig/station/bench.ts";
import { Health, type HealthFound, healthIn } from "../../../rig/station/health.ts";
import { LastReadings } from "../../../rig/station/readings.ts";
import type { Tail } from "../../../rig/store/tail.ts";
import type { Event } from "../../../rig/store/types.ts";
import { as, TestStation } from "./doorFixture.ts";

const rb1 = loadBench("benches/rb-1.yaml");
const well: HealthFound = {
  ...{ bench: "RB-1", simulated: true, well: true, instruments: [], lines: { interlocks: [], nest: 0 } },
  ...{ overdue: [], locked: [], noted: [], latched: null },
};

let now_ms = 0;
let asked = 0;
let answer: () => Promise<HealthFound>;
let other: string | undefined;
let exit: (code: number | null, signal: string | null) => void;

function parts() {
  const bench = new BenchRuns({
    bench: "RB-1",
    simulated: true,
    start: () => ({
      send: () => undefined,
      stop: () => undefined,
      onMessage: () => undefined,
      onExit: (listener) => {
        exit = listener;
      },
    }),
    makeSafe: async () => ({ proved: true, why: "test" }),
    ended: async () => ({ safe: true, why: "test" }),
    utc: () => "2026-01-01T00:00:00.000Z",
  });
  const health = new Health({
    bench,
    ask: () => {
      asked += 1;
      return answer();
    },
    elsewhere: async () => other,
    readings: new LastReadings(rb1, () => now_ms),
    utc: () => "2026-01-01T00:00:00.000Z",
    now_ms: () => now_ms,
  });
  return { bench, health };
}

const job = { by: "Tina", procedure: "incoming", adapter: "generic-a-pass", serial: "SN-1" };
const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};

beforeEach(() => {
  now_ms = 0;
  asked = 0;
  other = undefined;
  answer = async () => well;
});

test("it is asked by itself at the start, and after a run only when the last answer is old", async () => {
  const { bench, health } = parts();
  health.look();
  await settle();
  health.look();
  expect([asked, health.now().age_s]).toEqual([1, 0]);
  for (const [later_ms, times] of [
    [60_000, 1],
    [301_000, 2],
  ] as const) {
    now_ms += later_ms;
    bench.start(job, ["run"]);
    health.look();
    expect(health.now()).toMatchObject({ running: true, checking: false });
    exit(2, null);
    await settle();
    health.look();
    await settle();
    expect(asked).toBe(times);
  }
});

test("while a run or its preflight goes on nobody asks, and the refusal names who runs it", async () => {
  const { bench, health } = parts();
  bench.start(job, ["run"]);
  await expect(health.check()).rejects.toThrow(/Tina runs the bench/);
  health.look();
  await settle();
  expect(asked).toBe(0);
});

test("a run of another program is left alone, by a wish and by itself", async () => {
  const { health } = parts();
  other = "Ann runs dc-screening (R000007) outside this station";
  await expect(health.check()).rejects.toThrow(/Ann runs dc-screening/);
  health.look();
  await settle();
  expect([asked, health.now().found, health.now().failed?.why]).toEqual([
    0,
    undefined,
    expect.stringMatching(/Ann runs dc-screening/),
  ]);
});

test("a check that fails keeps the older answer with its age, and says that it failed", async () => {
  const { health } = parts();
  await health.check();
  now_ms = 90_000;
  answer = async () => Promise.reject(new RigError("USAGE", "the twin has gone"));
  await expect(health.check()).rejects.toThrow(/the twin has gone/);
  expect(health.now()).toMatchObject({ found: { well: true }, age_s: 90, failed: { why: /./ } });
  answer = async () => well;
  await health.check();
  expect(health.now().failed).toBeUndefined();
});

test("two checks at once are one", async () => {
  const { health } = parts();
  let tell: (found: HealthFound) => void = () => undefined;
  answer = () =>
    new Promise((resolve) => {
      tell = resolve;
    });
  const first = health.check();
  await expect(health.check()).rejects.toThrow(/being asked already/);
  tell(well);
  await first;
  expect(asked).toBe(1);
});

test("a controller begins when the check has let go of the ports; stopped before, it never begins", async () => {
  let ready: () => void = () => undefined;
  const begun: string[] = [];
  const child: Child = {
    send: () => undefined,
    stop: () => undefined,
    onMessage: () => undefined,
    onExit: (listener) => listener(0, null),
  };
  const begin = () => {
    begun.push("child");
    return child;
  };
  const waits = () =>
    started(
      new Promise((resolve) => {
        ready = resolve;
      }),
      begin,
    );
  const codes: (number | null)[] = [];
  waits().onExit((code) => codes.push(code));
  expect(begun).toEqual([]);
  ready();
  await settle();
  const stopped = waits();
  stopped.onExit((code) => codes.push(code));
  stopped.stop();
  ready();
  await settle();
  expect([begun, codes]).toEqual([["child"], [0, 30]]);
});

test("a controller that cannot begin ends: the bench is free again, and whoever asked for it reads why", async () => {
  const cannot = (): Child => {
    throw new Error("The argument must be a string without null bytes");
  };
  const child = started(Promise.resolve(), cannot);
  const heard: unknown[] = [];
  child.onMessage((message) => heard.push(message));
  child.onExit((code, signal) => heard.push([code, signal]));
  await settle();
  expect(heard).toEqual([{ is: "said", line: expect.stringContaining("null bytes") }, [null, null]]);
});

test("what is no answer of rig doctor is an error, not a healthy bench", () => {
  expect(healthIn(JSON.stringify(well))).toEqual(well);
  for (const text of ["", "{}", "[]", JSON.stringify({ ...well, well: "yes" })]) {
    expect(() => healthIn(text)).toThrow(/nothing that can be read/);
  }
});

const quiet = {
  ...{ ESTOP: true, LID1: true, LID2: true, OT: true, SMOKE: true, WDR: false },
  ...{ "M.K1A": true, "M.K1B": true, "M.K2": true, "M.K3F": true },
  ...{ NEST0: true, NEST1: false, NEST2: false, NEST3: false },
};
const statesOf = (lines: Record<string, boolean>) =>
  linesFound(rb1, lines).interlocks.flatMap(({ line, state }) => (state === "healthy" ? [] : [[line, state]]));

test("each open interlock is named with its reason and its remedy; the watchdog relay is at rest", () => {
  expect(linesFound(rb1, quiet).nest).toBe(1);
  expect(statesOf(quiet)).toEqual([["WDR", "at-rest"]]);
  for (const [line, why, remedy] of [
    ["ESTOP", /emergency stop is pressed/, /turn the button/],
    ["LID2", /lid is open/, /Close the lid/],
    ["OT", /over-temperature/, /cool/],
    ["SMOKE", /smoke/, /mains/],
    ["M.K1A", /K1A is not open/, /weld/],
  ] as const) {
    const found = linesFound(rb1, { ...quiet, [line]: false }).interlocks.find((one) => one.line === line);
    expect(found).toMatchObject({ state: "open" });
    expect([found?.why, found?.remedy]).toEqual([expect.stringMatching(why), expect.stringMatching(remedy)]);
  }
});

test("a line that was not read is unknown, never healthy", () => {
  const { ESTOP: _, "M.K2": __, ...rest } = quiet;
  expect(statesOf(rest)).toEqual([
    ["ESTOP", "unknown"],
    ["WDR", "at-rest"],
    ["M.K2", "unknown"],
  ]);
});

test("the last readings come from the record, with their channel, role and age", () => {
  const stamp = { bench_s: 1, utc: "2026-01-01T00:00:00.000Z", lane: "main", attempt: 1 };
  const call = (role: string, op: string) => ({ do: "call", role, op, args: {} });
  const volt = { unit: "V", raw: "", t_s: 1 };
  const events: Event[] = [
    { ...stamp, seq: 1, type: "issued", effect: "read", command: call("source", "measure") },
    { ...stamp, seq: 2, type: "replied", to: 1, reply: { voltage: { ...volt, is: "value", value: 4, u: 0.1 } } },
    { ...stamp, seq: 3, type: "issued", effect: "read", command: call("daq", "once") },
    { ...stamp, seq: 4, type: "replied", to: 3, reply: { 102: { ...volt, is: "above", bound: 0.1 } } },
    { ...stamp, seq: 5, type: "issued", effect: "switch", command: call("matrix", "pattern") },
    { ...stamp, seq: 6, type: "replied", to: 5, reply: { closed: ["KG"] } },
    { ...stamp, seq: 7, type: "issued", effect: "read", command: call("load", "measure") },
    { ...stamp, seq: 8, type: "failed", to: 7, code: "INSTRUMENT_TIMEOUT", message: "load: no answer" },
    { ...stamp, seq: 9, type: "tripped", body: { message: "interlock-open: ESTOP is low" } },
  ];
  const points = [{ series: "thermal/T.ev.DC+", unit: "degC", from: 0, t_s: [1, 2], values: [20, 21] }];
  const of = (points: readonly object[]) => ({
    events: (run: number) => ({ events: run === 1 ? events : [] }),
    points: () => ({ points }),
  });
  const tail = of(points) as unknown as Tail;
  const last = new LastReadings(rb1, () => now_ms);
  last.look(tail, 1);
  now_ms = 2000;
  const { readings, closed, trip } = last.now();
  expect(readings.map(({ role, name, is, value, bound, age_s }) => [role, name, is, value ?? bound, age_s])).toEqual([
    ["source", "voltage", "value", 4, 2],
    ["daq", "V.DC+", "above", 0.1, 2],
    ["load", "measure", "invalid", undefined, 2],
    ["daq", "T.ev.DC+", "value", 21, 2],
  ]);
  expect(closed).toEqual([{ role: "matrix", relays: ["KG"], age_s: 2 }]);
  expect(trip?.message).toMatch(/ESTOP/);
  last.look(of([]) as unknown as Tail, 2);
  // The last word of each instrument stays, with its age; what was closed or tripped is of another run.
  expect(last.now()).toMatchObject({ run: 2, readings: [{}, {}, {}, {}], closed: [] });
  expect(last.now().trip).toBeUndefined();
});

let place: TestStation;
let made: ReturnType<typeof parts>;
beforeAll(async () => {
  made = parts();
  place = await TestStation.open(["Tina", "Queenie"], { health: made.health });
});
afterAll(() => place.close());

test("everybody reads it, who may run asks for it, and it is written down; QA and strangers ask for nothing", async () => {
  const [tina, queenie] = [await place.login("Tina"), await place.login("Queenie")];
  expect((await place.ask("/api/health")).status).toBe(401);
  expect((await place.post("/api/health/check", {})).status).toBe(401);
  expect((await place.post("/api/health/check", {}, as(queenie))).status).toBe(403);
  expect((await place.ask("/api/health/check", { headers: as(tina) })).status).toBe(404);
  expect(asked).toBe(0);
  expect((await place.post("/api/health/check", {}, as(tina))).status).toBe(200);
  expect(await (await place.ask("/api/health", { headers: as(queenie) })).json()).toMatchObject({
    checking: false,
    found: { well: true },
    age_s: 0,
  });
  expect(place.written(1)).toEqual(["Tina: bench health asked"]);
  made.bench.start(job, ["run"]);
  const refused = await place.post("/api/health/check", {}, as(tina));
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringMatching(/Tina runs the bench/)]);
});
