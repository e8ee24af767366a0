/** The ageing check: conditioning, three matings and growth since the run before; each row catches a fault that it alone sees. */
import { beforeAll, describe, expect, test } from "vitest";
import { adapterFrom } from "../../drivers/twin/world/adapterUnderTest.ts";
import { withDeclared } from "../../rig/cli/declare.ts";
import { type Inputs, readInputs } from "../../rig/cli/inputs.ts";
import { type DryRun, dryRun } from "../../rig/cli/nominal.ts";
import { Engine } from "../../rig/engine/engine.ts";
import { ReplayPerformer } from "../../rig/engine/replay.ts";
import type { Baseline, Conditioning, Declared } from "../../rig/model/declared.ts";
import { combined } from "../../rig/model/uncertainty.ts";
import type { Prompt } from "../../rig/plan/commands.ts";
import { bad } from "./scenario.ts";

const inputsOf = (declared: Declared): Inputs =>
  withDeclared(
    readInputs({ procedure: "ageing-check", adapter: "generic-a-pass", serial: "SN-1", operator: "test" }),
    declared,
  );

/** The run and its replay, which must come to the same end. */
async function run(declared: Declared, adapter: Readonly<Record<string, unknown>> = {}): Promise<DryRun> {
  const inputs = inputsOf(declared);
  const dry = await dryRun(inputs, { adapter: adapterFrom({ adapter: "aged", family: "A", ...adapter }) });
  const performer = new ReplayPerformer(dry.journal.events, (name, from, total) =>
    dry.journal.series(name, from, total),
  );
  const again = await new Engine({
    performer,
    limits: inputs.limits,
    approved: true,
    end: new AbortController(),
    planned: [],
    earthProved: () => undefined,
    safeOff: async () => undefined,
  }).run(() => inputs.procedure.body(inputs.context));
  expect([again.verdict, again.ending, again.firstCause]).toEqual([dry.verdict, dry.ending, dry.firstCause]);
  return dry;
}

const endOf = (dry: DryRun) => ({ verdict: dry.verdict, ending: dry.ending, first: bad(dry)[0]?.id });
const passed = { verdict: "pass-screening", ending: "completed", first: undefined };

let before: DryRun;

/** What the store would make of the run before. */
function baseline(change: Readonly<Record<string, number>> = {}): Baseline {
  const values = Object.fromEntries(
    before.measurements.flatMap((m) =>
      /^(power\.dc\.r\.mean|th\.rise)\//.test(m.id) && m.reading.is === "value"
        ? [[m.id, { value: change[m.id] ?? m.reading.value, u: m.reading.u }]]
        : [],
    ),
  );
  return { run: 7, id: "R000007", hash: "ab", ended: "2026-11-01T00:00:00.000Z", cycles: 0, values };
}

const riseOf = (id: string): number => {
  const r = before.measurements.find((m) => m.id === id)?.reading;
  return r?.is === "value" ? r.value : Number.NaN;
};

beforeAll(async () => {
  before = await run({});
}, 120_000);

describe("the run before and the run after", () => {
  test("without a run before it is the one before: growth is not judged, the count of cycles is kept", () => {
    expect(endOf(before)).toEqual(passed);
    expect(before.measurements.filter((m) => m.id.startsWith("age.")).map((m) => m.id)).toEqual(["age.cycles"]);
    const notes = before.journal.events.flatMap((e) => (e.type === "note" ? [e.body as Record<string, unknown>] : []));
    expect(notes.find((n) => n["kind"] === "ageing")).toMatchObject({ cycles: 0, baseline: null });
    expect(notes.filter((n) => n["kind"] === "budget").map((n) => n["pole"])).toEqual(["DC+", "DC-"]);
  });

  test("an adapter that has not changed passes, and each growth is judged with its uncertainty", async () => {
    const after = await run({ baseline: baseline() });
    expect(endOf(after)).toEqual(passed);
    const growth = after.measurements.filter((m) => /growth/.test(m.id));
    expect(growth.length).toBe(6);
    expect(growth.every((m) => m.reading.is === "value" && m.reading.u > 0)).toBe(true);
    const kept = after.measurements.filter((m) => /growth|^power\.dc\.r\.(mean|spread)/.test(m.id));
    expect(kept.length).toBe(10);
    for (const { id, reading, budget } of kept) {
      const u = reading.is === "value" ? reading.u : Number.NaN;
      expect(combined(budget ?? []) / u, id).toBeCloseTo(1, 9);
    }
  }, 60_000);

  test.each([
    ["a resistance within its limit that grew by 70 %", { "power.dc.r.mean/DC-": 6e-5 }, "age.r.growth/DC-", "fail"],
    ["a rise within its limit that grew by 12 K", { "th.rise/ev.DC+": -12 }, "age.rise.growth/ev.DC+", "fail"],
    ["a growth that cannot be known", { "power.dc.r.mean/DC+": Number.NaN }, "age.r.growth/DC+", "inconclusive"],
  ] as const)(
    "%s",
    async (_, change, first, verdict) => {
      const values = Object.fromEntries(
        Object.entries(change).map(([id, value]) => [id, id.startsWith("th.") ? riseOf(id) + value : value]),
      );
      const after = await run({ baseline: baseline(values) });
      expect(endOf(after)).toEqual({ verdict, ending: "completed", first });
    },
    60_000,
  );

  test("fewer cycles than before is a slip of the person: inconclusive at once, nothing energised", async () => {
    const inputs = inputsOf({ baseline: { ...baseline(), cycles: 2_000_000 } });
    const dry = await dryRun(inputs);
    expect(endOf(dry)).toEqual({ verdict: "inconclusive", ending: "completed", first: "age.cycles" });
    expect(dry.steps.map((s) => s.path)).not.toContain("Fit the adapter");
  });
});

describe("three matings", () => {
  test("an adapter that nobody took out in between is noticed: one mating is not three", async () => {
    const dry = await dryRun(inputsOf({}), {
      between: {
        instruments: (twins) => twins,
        body: (body) => body,
        ask: (ask) => (prompt, signal) => {
          const { action: _, ...idle } = prompt;
          return ask(prompt.id === "remate-2" ? (idle as Prompt) : prompt, signal);
        },
        advancing: () => undefined,
        step: () => undefined,
        refused: () => undefined,
      },
    });
    expect([dry.ending, bad(dry)[0]?.id]).toEqual(["rig-error", "rig.nest/0"]);
    expect(dry.firstCause).toMatch(/^the adapter was not taken out between two matings/);
  }, 60_000);

  test("contacts that differ at each mating, while each mating and the mean are within the limit", async () => {
    const pole = { bar_ohm: 1e-5 };
    const dry = await run({}, { remate_spread: 0.3, seed: 5, paths: { "DC+": pole, "DC-": pole } });
    expect(endOf(dry)).toMatchObject({ verdict: "fail", ending: "completed" });
    expect([...new Set(bad(dry).map((m) => m.limit))]).toEqual(["power.dc.r.spread"]);
  }, 60_000);
});

const conditioned: Conditioning = {
  file: "soak.yaml",
  hash: "ab",
  by: "somebody",
  soak_s: 20_000,
  warmUp_s: 7200,
  humidity: { RH_pct: 50, u_pct: 2, instrument: "HYG-1" },
};

describe("what is not conditioned is inconclusive, and no current flows", () => {
  test.each([
    ["an hour of soak", { ...conditioned, soak_s: 3600 }, {}, "cond.soak"],
    ["instruments just switched on", { ...conditioned, warmUp_s: 60 }, {}, "cond.warmup"],
    ["too humid", { ...conditioned, humidity: { ...conditioned.humidity, RH_pct: 90 } }, {}, "cond.rh"],
    [
      "too near the edge for its uncertainty",
      { ...conditioned, humidity: { ...conditioned.humidity, RH_pct: 74 } },
      {},
      "cond.rh",
    ],
    ["from the cold store, whatever was said", conditioned, { thermal: { fitted_offset_K: -12 } }, "cond.equilibrium"],
    ["no number at all", { ...conditioned, soak_s: Number.NaN }, {}, "cond.soak"],
  ] as const)("%s", async (_, conditioning, adapter, first) => {
    const dry = await dryRun(inputsOf({ conditioning }), {
      adapter: adapterFrom({ adapter: "unconditioned", family: "A", ...adapter }),
    });
    expect(endOf(dry)).toEqual({ verdict: "inconclusive", ending: "completed", first });
    expect(dry.steps.map((s) => s.path)).not.toContain("Protective earth at 1 A");
  });
});
