/** One account has eight sessions at most: the oldest ends, that is written down, and nobody else's does. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { as, TestStation, type Visitor } from "./doorFixture.ts";

let station: TestStation;

beforeEach(async () => {
  station = await TestStation.open(["Tina", "Egon"]);
});
afterEach(() => station.close());

const isOpen = async (visitor: Visitor): Promise<boolean> =>
  (await station.ask("/api/me", { headers: as(visitor) })).status === 200;

async function logins(count: number): Promise<readonly Visitor[]> {
  const made: Visitor[] = [];
  for (let i = 0; i < count; i += 1) {
    station.now_ms += 1000;
    made.push(await station.login("Tina"));
  }
  return made;
}

const ended = () => station.accounts.actions(50).filter(({ what }) => what === "session ended");

test("the ninth login ends the first session and no other, and the list of actions says so", async () => {
  const egon = await station.login("Egon");
  const tinas = await logins(8);
  expect(ended()).toEqual([]);
  const [ninth] = await logins(1);
  const open = [];
  for (const one of [...tinas, ninth as Visitor, egon]) open.push(await isOpen(one));
  expect(open).toEqual([false, ...Array(9).fill(true)]);
  expect(ended()).toMatchObject([
    { who: "Tina", detail: { why: "more than 8 at once: the oldest one", since: new Date(1_001_000).toISOString() } },
  ]);
});

test("who logs in three hundred times keeps eight sessions and pushes nobody else out", async () => {
  const egon = await station.login("Egon");
  const tinas = await logins(300);
  expect(await isOpen(egon)).toBe(true);
  const open = [];
  for (const [i, one] of tinas.entries()) if (await isOpen(one)) open.push(i);
  expect(open).toEqual([292, 293, 294, 295, 296, 297, 298, 299]);
});

test("sessions that were logged out or have run out do not count", async () => {
  const [first] = await logins(8);
  await station.post("/api/logout", {}, as(first as Visitor));
  await logins(1);
  station.now_ms += 12 * 3600_000 + 10_000;
  await logins(8);
  expect(ended()).toEqual([]);
});
