/** What the record says that a station sees: in runs, and of levels that fit several states, or are none. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Levels, stateNames } from "../../../procedures/routines/pilotLevels.ts";
import { seenOf, stateWords } from "../../../procedures/routines/pilotSeen.ts";
import { invalid, type Reading, reading } from "../../../rig/model/reading.ts";
import { perform, type Scenario } from "../scenario.ts";

const volt = (value: number, u = 0.01): Reading<"V"> => reading("V", value, u, { raw: "x", t_s: 0 });
const levelsOf = (at: Readonly<Record<"A" | "B" | "C" | "D" | "low", Reading>>): Levels => {
  const both = (one: Reading) => ({ evse: one, ev: one });
  return { A: both(at.A), B: both(at.B), C: both(at.C), D: both(at.D), low: at.low };
};
const nominal = { A: volt(12), B: volt(8.98), C: volt(5.99), D: volt(2.93), low: volt(-12) };

async function seenIn(scenario: Scenario) {
  const { journal } = await perform(scenario);
  return journal.events.flatMap((event) => {
    const body = event.type === "note" ? (event.body as unknown as ReturnType<typeof seenOf>) : undefined;
    return (body?.kind as string | undefined) === "pilot-seen" && body ? [body] : [];
  });
}

describe("of a run", () => {
  test.each([
    "incoming",
    "dc-screening-no-soak",
  ])("%s tells each state, the resistances and the diode", async (procedure) => {
    const [seen, ...more] = await seenIn({ procedure });
    expect(more).toEqual([]);
    expect(seen?.levels.map(({ circuit, sees, fits }) => [circuit, sees, fits])).toEqual([
      ["A", "A", ""],
      ["B", "B", "B"],
      ["C", "C", "C"],
      ["D", "D", "D"],
      ["-", "F", ""],
    ]);
    expect(seen?.diode).toBe("present");
    expect(seen?.wave?.sees).toBe(procedure === "incoming" ? undefined : "B");
    const [least = 0, most = 0] = seen?.levels[1]?.ohm ?? [];
    expect(least).toBeLessThan(2740);
    expect(most).toBeGreaterThan(2740);
  });

  test("ac-screening tells it in the adapter's own words of its inlet", async () => {
    const seen = await seenIn({
      procedure: "ac-screening-no-soak",
      type: "generic-d-pass",
      adapter: "adapter: d\nfamily: D\n",
    });
    expect(seen[0]?.levels.map(({ sees }) => sees)).toEqual(["A", "B", "C", "D", "F"]);
  });

  test("a clamp on the pilot is told as the state that it makes of A", async () => {
    const clamp = "diodes: [{ anode: ev.CP, cathode: ev.PE, drop_V: 10.4 }]";
    const [seen] = await seenIn({ procedure: "incoming", adapter: `adapter: clamp\nfamily: A\n${clamp}\n` });
    expect(seen?.levels[0]?.sees).toMatch(/^(invalid: 10\.\d+ V is in no state's window|several fit: )/);
    expect(seen?.levels[1]?.sees).toBe("B");
  });
});

test("a level at the edge of a window fits it and none; one between two fits both", () => {
  const { levels } = seenOf(levelsOf({ ...nominal, B: volt(10.25, 0.02), C: volt(7.5, 0.3) }));
  expect(levels[1]?.sees).toBe("several fit: B or no state");
  expect(levels[2]?.sees).toBe("several fit: B or C");
});

test("a loaded negative half is no diode and no F, and the wave is invalid", () => {
  const wave = { periods: 20, frequency_Hz: 1000, duty_pct: 50, duty_s_pct: 0, high_V: 8.98, low_V: -8.98 };
  const seen = seenOf(levelsOf({ ...nominal, low: volt(-8.98) }), wave);
  expect(seen.diode).toBe("absent");
  expect(seen.levels.at(-1)?.sees).toMatch(/^invalid: /);
  expect(seen.wave?.sees).toMatch(/^invalid: negative half/);
});

test("no level is told as a state when it is no number", () => {
  const none = fc.constantFrom(
    invalid("V", "overload", { raw: "9.9E37", t_s: 0 }),
    reading("V", Number.NaN, 0.01, { raw: "x", t_s: 0 }),
    reading("V", 9, Number.POSITIVE_INFINITY, { raw: "x", t_s: 0 }),
  );
  fc.assert(
    fc.property(none, fc.constantFrom(...stateNames, "low" as const), (one, at) => {
      const { levels, diode } = seenOf(levelsOf({ ...nominal, [at]: one }));
      const told = levels.find(({ circuit }) => circuit === (at === "low" ? "-" : at));
      expect(told).toMatchObject({ level_V: null, sees: "invalid: no level", ohm: null, fits: "" });
      if (at === "B" || at === "low") expect(diode).toBe("unknown");
    }),
  );
  expect(stateWords({ is: "invalid", why: "no level" })).toBe("invalid: no level");
});
