/** The live stream at its limits: pages that do not read, too many pages, sessions that end while they watch. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { as, TestStation, type Visitor } from "./doorFixture.ts";

let station: TestStation;
let tina: Visitor;

beforeEach(async () => {
  station = await TestStation.open(["Tina", "Egon"]);
  tina = await station.login("Tina");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
  station.close();
});

const watch = (who = tina) => station.ask("/api/live", { headers: as(who) });
const statuses = async (n: number, who = tina) => {
  const answers: number[] = [];
  for (let i = 0; i < n; i += 1) answers.push((await watch(who)).status);
  return answers;
};

/** What comes until there is nothing for a moment. */
async function heard(answer: Response, ms: number): Promise<{ readonly text: string; readonly over: boolean }> {
  const reader = answer.body?.getReader();
  let text = "";
  let over = false;
  const reading = (async () => {
    for (;;) {
      const next = await reader?.read();
      if (!next || next.done) break;
      text += new TextDecoder().decode(next.value);
    }
    over = true;
  })();
  await vi.advanceTimersByTimeAsync(ms);
  const ended = over;
  if (!over) void reader?.cancel();
  await reading;
  return { text, over: ended };
}

test("a page hears the state at once and a beat each second", async () => {
  const { text } = await heard(await watch(), 3500);
  expect(text.match(/^event: beat$/gm)).toHaveLength(4);
  expect(text.match(/^event: state$/gm)).toHaveLength(1);
  const ms = [...text.matchAll(/"ms":([\d.]+)/g)].map(([, one]) => Math.round(Number(one) / 1000));
  expect(ms.slice(1).map((one, i) => one - (ms[i] ?? 0))).toEqual([1, 1, 1]);
});

test("one account watches with 12 pages and no more, and does not keep others from watching", async () => {
  expect(await statuses(13)).toEqual([...Array.from({ length: 12 }, () => 200), 429]);
  expect(await statuses(1, await station.login("Egon"))).toEqual([200]);
  expect(station.written(5)).toContain("Tina: refused: too many");
});

test("pages that do not read are left after 10 s, and make room", async () => {
  await statuses(12);
  expect(await statuses(1)).toEqual([429]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await statuses(1)).toEqual([200]);
});

test.each<[string, () => unknown]>([
  ["logs out", () => station.post("/api/logout", {}, as(tina))],
  ["is disabled", () => station.accounts.change("Root", "Tina", { disabled: true })],
])("the stream of somebody who %s ends within a second", async (_, end) => {
  const answer = await watch();
  await end();
  expect((await heard(answer, 1500)).over).toBe(true);
});

test("where the accounts cannot be read, who watches goes on watching: STOP is on that page", async () => {
  const answer = await watch();
  vi.spyOn(station.accounts, "account").mockImplementation(() => {
    throw new Error("disk I/O error");
  });
  const { text, over } = await heard(answer, 3500);
  expect([over, (text.match(/^event: beat$/gm) ?? []).length]).toEqual([false, 4]);
});
