/** Guessing is slow in sum over all addresses, and who knows a name keeps nobody waiting who sits where they always sit. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Guesses } from "../../../rig/station/guesses.ts";
import { as, secretOf, TestStation } from "./doorFixture.ts";

const from = (address: string, own = false) => ({ address, own });
const bench = from("127.0.0.1", true);

/** Tries as often as it is let, for an hour; how many wrong ones came through. `address`: of the try of that number. */
function attack(guesses: Guesses, clock: { ms: number }, address: (n: number) => string, hours = 1): number {
  let tries = 0;
  const end = clock.ms + hours * 3600_000;
  for (; clock.ms < end; clock.ms += 1000) {
    for (let i = 0; i < 20; i += 1) {
      const at = from(address(tries));
      if (guesses.wait_s("Tina", at) > 0) break;
      guesses.failed("Tina", at);
      tries += 1;
    }
  }
  return tries;
}

function made() {
  const clock = { ms: 1_000_000 };
  return { clock, guesses: new Guesses(() => clock.ms) };
}

describe("guessing one account for an hour", () => {
  const addresses: Record<string, (n: number) => string> = {
    "one address": () => "10.0.0.9",
    "a new address for each try": (n) => `10.1.${n >> 8}.${n & 255}`,
    "fifty addresses": (n) => `10.1.0.${n % 50}`,
  };
  test.each(Object.entries(addresses))("from %s comes to the same few tries", (_, address) => {
    const { guesses, clock } = made();
    // 5 at once, then after 2, 4, ... 512 s; after that one in 15 min.
    const first = attack(guesses, clock, address);
    expect(first).toBeGreaterThanOrEqual(13);
    expect(first).toBeLessThanOrEqual(18);
    expect(attack(guesses, clock, address, 24)).toBeLessThanOrEqual(24 * 4 + 1);
  });

  test("does not become faster by logins of its owner elsewhere, nor by made-up names in between", () => {
    const { guesses, clock } = made();
    attack(guesses, clock, (n) => `10.1.${n >> 8}.${n & 255}`);
    let tries = 0;
    for (let i = 0; i < 3600; i += 1) {
      clock.ms += 1000;
      for (const at of [bench, from("10.0.0.7")]) {
        if (guesses.wait_s("tina", at) > 0) continue;
        guesses.failed("tina", at);
        guesses.succeeded("tina", at);
      }
      for (let n = 0; n < 5; n += 1) guesses.failed(`made up ${i} ${n}`, from(`10.2.${i}.${n}`));
      if (guesses.wait_s("Tina", from(`10.3.0.${i}`)) === 0) {
        guesses.failed("Tina", from(`10.3.0.${i}`));
        tries += 1;
      }
    }
    expect(tries).toBeLessThanOrEqual(5);
  });

  test("however it is paced, and whoever logs in meanwhile, comes to some 35 an hour at most", () => {
    const step = fc.record({
      at: fc.constantFrom(bench, from("a"), from("b"), from("c"), from("d")),
      wait_s: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 800, max: 1000 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const { guesses, clock } = made();
        const begin_ms = clock.ms;
        let wrong = 0;
        for (const { at, wait_s } of steps) {
          clock.ms += 1000 * wait_s;
          if (guesses.wait_s("Tina", at) > 0) continue;
          guesses.failed("Tina", at);
          // The owner logs in at the bench and at one desk; all others are strangers.
          if (at.own || at.address === "a") guesses.succeeded("Tina", at);
          else wrong += 1;
        }
        expect(wrong).toBeLessThanOrEqual(14 + (36 * (clock.ms - begin_ms)) / 3600_000);
      }),
      { numRuns: 200 },
    );
  });

  test("is fastest in tens with a rest of a quarter of an hour, as docs/station-security.md says", () => {
    const { guesses, clock } = made();
    let tries = 0;
    for (const end = clock.ms + 24 * 3600_000; clock.ms < end; ) {
      for (let i = 0; i < 10; i += 1) {
        const at = from(`10.0.0.${tries % 200}`);
        clock.ms += 1000 * guesses.wait_s("Tina", at);
        guesses.failed("Tina", at);
        tries += 1;
      }
      clock.ms += 1000 * (guesses.wait_s("Tina", from("10.0.0.1")) + 901);
    }
    expect(tries / 24).toBeGreaterThan(30);
    expect(tries / 24).toBeLessThan(36);
  });
});

test("an owner is let in at once at the bench and where they logged in before, and waits only where they never did", () => {
  const { guesses, clock } = made();
  const desk = from("10.0.0.7");
  guesses.failed("Tina", desk);
  guesses.succeeded("Tina", desk);
  attack(guesses, clock, (n) => `10.1.${n >> 8}.${n & 255}`);
  const waits = (name: string, at: typeof desk) => guesses.wait_s(name, at) > 0;
  expect([waits("tina ", bench), waits("TINA", desk), waits("Tina", from("10.0.0.8"))]).toEqual([false, false, true]);
  // Another one's desk is strange to her, and she to nobody else's names.
  expect([waits("Egon", from("10.0.0.8")), waits("Egon", desk)]).toEqual([false, false]);
});

test("an account is known at its eight newest addresses only", () => {
  const { guesses, clock } = made();
  for (let i = 0; i < 20; i += 1) {
    guesses.failed("Tina", from(`10.0.0.${i}`));
    guesses.succeeded("Tina", from(`10.0.0.${i}`));
  }
  attack(guesses, clock, (n) => `10.1.${n >> 8}.${n & 255}`);
  const free = Array.from({ length: 20 }, (_, i) => i).filter((i) => guesses.wait_s("Tina", from(`10.0.0.${i}`)) === 0);
  expect(free).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
});

test("after a restart each desk is strange, as docs/station-security.md says, and the bench's own screen is not", () => {
  const before = made();
  before.guesses.succeeded("Tina", from("10.0.0.1"));
  const { guesses, clock } = made();
  attack(guesses, clock, (n) => `10.1.${n >> 8}.${n & 255}`);
  expect([guesses.wait_s("Tina", from("10.0.0.1")) > 0, guesses.wait_s("Tina", bench)]).toEqual([true, 0]);
});

test("a changed password makes strange every address but the one where it was changed", () => {
  for (const at of [bench, from("10.0.0.1")]) {
    const { guesses, clock } = made();
    for (const desk of [from("10.0.0.1"), from("10.0.0.2")]) {
      guesses.failed("Tina", desk);
      guesses.succeeded("Tina", desk);
    }
    guesses.changed("tina", at);
    attack(guesses, clock, (n) => `10.1.${n >> 8}.${n & 255}`);
    const waits = ["10.0.0.1", "10.0.0.2"].map((address) => guesses.wait_s("Tina", from(address)) > 0);
    expect(waits).toEqual([at.own, true]);
  }
});

test("at the station's door: a stranger who knows the name keeps nobody waiting at the bench's own screen", async () => {
  const station = await TestStation.open(["Tina"]);
  try {
    const login = (secret: string, address: string) =>
      station.post("/api/login", { name: "Tina", secret }, {}, address);
    const tries: number[] = [];
    expect((await login(secretOf("Tina"), "10.0.0.60")).status).toBe(200);
    for (let i = 0; i < 12; i += 1) tries.push((await login("12345678", `10.0.0.${i}`)).status);
    expect(tries).toEqual([401, 401, 401, 401, 401, ...Array(7).fill(429)]);
    const mine = await login(secretOf("Tina"), "127.0.0.1");
    expect(mine.status).toBe(200);
    const cookie = mine.headers.get("set-cookie")?.split(";")[0] ?? "";
    const { csrf } = (await mine.json()) as { csrf: string };
    // Given again, as before a signature.
    const body = { old: secretOf("Tina"), secret: "98765432" };
    expect((await station.post("/api/secret", body, as({ cookie, csrf }))).status).toBe(200);
    for (const address of ["10.0.0.77", "10.0.0.60"]) expect((await login("98765432", address)).status).toBe(429);
    station.now_ms += 901_000;
    expect((await login("98765432", "::ffff:10.0.0.77")).status).toBe(200);
    for (let i = 0; i < 12; i += 1) await login("12345678", `10.0.1.${i}`);
    expect((await login("98765432", "10.0.0.77")).status).toBe(200);
  } finally {
    station.close();
  }
});
