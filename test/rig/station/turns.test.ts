/** Passwords are hashed two at a time; a flood of logins is refused before it costs anything, and the bench's own screen gets in. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Busy, type InTurn, Turns } from "../../../rig/station/turns.ts";
import { secretOf, TestStation } from "./doorFixture.ts";

let station: TestStation;
/** Of each hash that has begun: for whom, and how to let it go on. */
let begun: { readonly name: string; readonly go: () => void }[];

beforeEach(async () => {
  station = await TestStation.open(["Tina"]);
  begun = [];
  const real = station.accounts.verify.bind(station.accounts);
  vi.spyOn(station.accounts, "verify").mockImplementation(async (name, secret) => {
    await new Promise<void>((go) => begun.push({ name, go }));
    return real(name, secret);
  });
});
afterEach(() => station.close());

const login = (name: string, address: string, secret = "12345678") =>
  station.post("/api/login", { name, secret }, {}, address);

/** Lets all go on that have begun and that begin then. */
async function letGo(until: Promise<unknown>): Promise<void> {
  const going = setInterval(() => {
    for (const { go } of begun) go();
  }, 1);
  await until.finally(() => clearInterval(going));
}

test("of fifty strangers two are hashed, eight wait, and forty are told at once when to come again", async () => {
  const answers: Response[] = [];
  const flood = Array.from({ length: 50 }, (_, i) =>
    login(`stranger ${i}`, `10.0.0.${i}`).then((answer) => answers.push(answer)),
  );
  await vi.waitFor(() => expect(answers).toHaveLength(40));
  expect(begun).toHaveLength(2);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  const [first] = answers as [Response];
  expect(first.headers.get("retry-after")).toBe("3");
  expect(await first.json()).toEqual({
    error: "too many passwords are being checked at once: nothing was done, wait 3 s",
    remedy: "",
  });
  await letGo(Promise.all(flood));
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
  expect(station.written(100).filter((line) => line === "nobody: refused: too many")).toHaveLength(20);
});

test("the bench's own screen is the next during a flood, and is let in", async () => {
  const flood = Array.from({ length: 50 }, (_, i) => login(`stranger ${i}`, `10.0.0.${i}`));
  await vi.waitFor(() => expect(begun).toHaveLength(2));
  const own = login("Tina", "127.0.0.1", secretOf("Tina"));
  const later = Array.from({ length: 20 }, (_, i) => login(`later ${i}`, `10.0.1.${i}`));
  await Promise.all(later);
  begun[0]?.go();
  await vi.waitFor(() => expect(begun).toHaveLength(3));
  expect(begun[2]?.name).toBe("Tina");
  begun[2]?.go();
  expect((await own).status).toBe(200);
  await letGo(Promise.all(flood));
});

test("who was refused for the flood's sake is not taken for one who guesses", async () => {
  const flood = Array.from({ length: 10 }, (_, i) => login(`stranger ${i}`, `10.0.0.${i}`));
  await vi.waitFor(() => expect(begun).toHaveLength(2));
  const tries: number[] = [];
  for (let i = 0; i < 30; i += 1) tries.push((await login("Tina", "10.0.0.77", secretOf("Tina"))).status);
  expect(new Set(tries)).toEqual(new Set([503]));
  await letGo(Promise.all(flood));
  const mine = login("Tina", "10.0.0.77", secretOf("Tina"));
  await letGo(mine);
  expect((await mine).status).toBe(200);
});

test("in any order of asking and ending two run at most, nobody is forgotten, and own ones go first", async () => {
  const step = fc.constantFrom("own", "other", "end", "fail");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const turns = new Turns();
      const running: { readonly own: boolean; readonly end: (fails: boolean) => void }[] = [];
      const waiting = { own: 0, other: 0 };
      const all: Promise<unknown>[] = [];
      const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
      const work = (own: boolean) => (): Promise<void> =>
        new Promise((resolve, reject) => {
          running.push({ own, end: (fails) => (fails ? reject(new Error("failed")) : resolve()) });
        });
      const ask = async (own: boolean) => {
        const line = own ? "own" : "other";
        let inTurn: InTurn | undefined;
        try {
          inTurn = turns.take(own);
        } catch (error) {
          expect(error).toBeInstanceOf(Busy);
        }
        expect(inTurn === undefined).toBe(running.length === 2 && waiting[line] === 8);
        if (!inTurn) return;
        if (running.length === 2) waiting[line] += 1;
        all.push(inTurn(work(own)).catch(() => undefined));
        await settle();
      };
      const end = async (fails: boolean) => {
        running.shift()?.end(fails);
        await settle();
        const next = waiting.own > 0 ? "own" : waiting.other > 0 ? "other" : undefined;
        if (next === undefined || running.length < 2) return;
        waiting[next] -= 1;
        expect(running.at(-1)?.own).toBe(next === "own");
      };
      for (const one of steps) {
        if (one === "own" || one === "other") await ask(one === "own");
        else await end(one === "fail");
        expect(running.length).toBeLessThanOrEqual(2);
      }
      while (running.length > 0) await end(false);
      await Promise.all(all);
      expect(waiting).toEqual({ own: 0, other: 0 });
    }),
    { numRuns: 60 },
  );
});
