/** A person is never as fast as the station lets one be; a program with a person's session fills no disk, and STOP is never refused. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Pace } from "../../../rig/station/pace.ts";
import { as, job, secretOf, TestStation, type Visitor } from "./doorFixture.ts";

let station: TestStation;
let tina: Visitor;

/** Requests at once in these tests; a real station lets more. */
const burst = 20;

beforeEach(async () => {
  station = await TestStation.open(["Tina", "Egon", "Queenie"], { pace: new Pace(() => station.now_ms, burst) });
  // Logging in counts too.
  tina = await station.login("Tina");
});
afterEach(() => station.close());

const answer = (who = tina) => station.post("/api/answer", { number: 1, answer: true }, as(who));
const lines = (): number => station.accounts.actions(10_000).length;
const written = (line: string): number => station.written(10_000).filter((one) => one === line).length;

test("ten scans a second for ten seconds all come through", () => {
  let now_ms = 0;
  const pace = new Pace(() => now_ms);
  for (let i = 0; i < 100; i += 1) {
    expect(pace.take("Tina")).toBe(0);
    now_ms += 100;
  }
});

test("a program that goes on and on is told to wait, in one line", async () => {
  for (let i = 1; i < burst; i += 1) expect((await answer()).status).toBe(400);
  const refused = await answer();
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  expect(await refused.text()).toMatch(/"too many requests of one person: [^\n]*wait 1 s"/);
});

test("requests as fast as they go write two lines a second, and refusals of it nearly none", async () => {
  const before = lines();
  for (let s = 0; s < 40; s += 1) {
    for (let i = 0; i < 6; i += 1) await answer();
    station.now_ms += 1000;
  }
  const asked = written("Tina: prompt answered");
  expect(asked).toBeGreaterThan(2 * 39);
  expect(asked).toBeLessThanOrEqual(burst + 2 * 40);
  const too = written("Tina: refused: too many");
  expect(too).toBeLessThanOrEqual(20);
  // What is answered and does not wait is refused too, in its own twenty lines.
  expect(lines() - before).toBeLessThanOrEqual(asked + too + 20);
});

test("more sessions of the same person do not make it faster, and another person is not kept waiting", async () => {
  const egon = await station.login("Egon");
  let allowed = 0;
  const mine = [tina, await station.login("Tina"), await station.login("Tina")];
  for (let i = 0; i < 2 * burst; i += 1) if ((await answer(mine[i % 3])).status !== 429) allowed += 1;
  expect(allowed).toBe(burst - 3);
  expect((await answer(egon)).status).toBe(400);
  const again = await station.post("/api/login", { name: "Tina", secret: secretOf("Tina") });
  expect([again.status, again.headers.get("set-cookie")]).toEqual([429, null]);
  station.now_ms += 1000;
  await station.login("Tina");
});

test("STOP, making safe and logging out work however many were sent, and are written down with their number", async () => {
  expect((await station.post("/api/start", job, as(tina))).status).toBe(200);
  for (let i = 0; i < burst; i += 1) await answer();
  const before = lines();
  for (let i = 0; i < 50; i += 1) expect((await station.post("/api/stop", {}, as(tina))).status).toBe(200);
  expect([station.stops, lines() - before]).toEqual([50, 20]);
  station.now_ms += 301_000;
  for (let i = 0; i <= burst; i += 1) await station.post("/api/stop", {}, as(tina));
  const left = station.accounts
    .actions(10)
    .find(({ what, detail }) => what === "stop asked" && `${JSON.stringify(detail)}`.includes("left_out"));
  expect(left?.detail).toMatchObject({ left_out: 30 });
  expect((await station.post("/api/logout", {}, as(tina))).status).toBe(200);
});

test("files that are taken count too, since each is written down", async () => {
  const quinn = await station.login("Queenie");
  let [taken, refused] = [0, 0];
  for (let i = 0; i < burst + 5; i += 1) {
    const { status } = await station.ask("/api/audit/file/csv", { headers: as(quinn) });
    if (status === 200) taken += 1;
    if (status === 429) refused += 1;
  }
  expect([taken, refused]).toEqual([burst - 1, 6]);
  expect((await station.ask("/api/audit", { headers: as(quinn) })).status).toBe(200);
});

test("the count fills up with time and never beyond its burst, also where the clock was set back", () => {
  const step = fc.record({ wait_ms: fc.integer({ min: -5000, max: 20_000 }), tries: fc.integer({ min: 0, max: 50 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let [now_ms, allowed, passed_ms] = [1e6, 0, 0];
      const pace = new Pace(() => now_ms, 10);
      for (const { wait_ms, tries } of steps) {
        now_ms += wait_ms;
        passed_ms += Math.max(0, wait_ms);
        let here = 0;
        for (let i = 0; i < tries; i += 1) if (pace.take("Tina") === 0) here += 1;
        expect(here).toBeLessThanOrEqual(10);
        allowed += here;
      }
      expect(allowed).toBeLessThanOrEqual(10 + (2 * passed_ms) / 1000);
    }),
  );
});
