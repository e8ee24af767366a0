/** `rig coverage`: repeatable, honest about escapes, and each judgement is worth something. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { beforeAll, describe, expect, test } from "vitest";
import { adapterFrom } from "../../../../drivers/twin/world/adapterUnderTest.ts";
import { coverageHtml } from "../../../../reports/coverage.ts";
import { exitOf, measure } from "../../../../rig/cli/commands/coverage.ts";
import { Campaign } from "../../../../rig/cli/faultCoverage/campaign.ts";
import { Station, virtualRun } from "../../../../rig/cli/faultCoverage/virtualRun.ts";
import type { CoverageResult } from "../../../../rig/model/coverage.ts";
import type { LimitSet } from "../../../../rig/model/limits.ts";
import { without } from "./without.ts";

const slow_ms = 120_000;
const options = { procedure: "incoming", family: "A", seed: 4, count: 48 };

describe("a run of 48 units of incoming", () => {
  let result: CoverageResult;
  beforeAll(async () => {
    result = await measure(options, 0);
  }, slow_ms);

  test("nothing escapes, nothing sound fails, the rig is not blamed", () => {
    expect({ escapes: result.escapes, wrong: result.wrong_fails, rig: result.rig_blamed }).toEqual({
      escapes: [],
      wrong: [],
      rig: [],
    });
    expect(exitOf(result)).toBe(0);
    const { faulty, sound, near } = result.standing;
    expect(faulty + sound + near).toBe(48);
    expect(faulty).toBeGreaterThan(10);
    expect(sound).toBeGreaterThan(10);
  });

  test("its JSON is what the schema says", () => {
    const schema = JSON.parse(readFileSync("reports/schema/coverage.schema.json", "utf8")) as object;
    const validate = new Ajv({ strict: false }).compile(schema);
    const plain = JSON.parse(JSON.stringify(result)) as object;
    expect(validate(plain), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...plain, escapes: [{ unit: 1 }] })).toBe(false);
  });

  test("its page says SIMULATED, shows a curve for each drawn class with a severity, and has no script", () => {
    const page = coverageHtml(result);
    expect(page).toContain("SIMULATED");
    expect(page).not.toMatch(/<script/i);
    for (const one of result.classes) {
      if (one.unit !== null) expect(page).toContain(`detection of ${one.id} over severity`);
    }
    expect(coverageHtml(result)).toBe(page);
  });

  test("the same seed gives the same units with the same results", { timeout: slow_ms }, async () => {
    const campaign = new Campaign(options);
    const again = await campaign.tryGroup(1);
    const first = (await measure({ ...options }, 0)).classes;
    expect(first).toEqual(result.classes);
    expect(again.map(({ unit }) => unit)).toEqual(Array.from({ length: 24 }, (_, n) => 24 + n));
  });
});

test("a unit alone ends in every detail as it did among the others", { timeout: slow_ms }, async () => {
  const campaign = new Campaign(options);
  const together = await campaign.tryGroup(0);
  expect(await campaign.tryUnit(0)).toEqual(together[0]);
  for (const one of together.filter(({ class: id }) => id !== "healthy").slice(0, 8)) {
    expect(await campaign.tryUnit(one.unit)).toEqual(one);
  }
});

test("a sabotaged limit lets faults escape: exit code 20, and each escape has the command that repeats it", {
  timeout: slow_ms,
}, async () => {
  const { limits } = new Campaign(options).inputsOf("generic-a-pass");
  const result = await measure({ ...options, limits: without(limits, "wiring.isolation.r") }, 0);
  expect(result.escapes.length).toBeGreaterThan(0);
  expect(exitOf(result)).toBe(20);
  for (const one of result.escapes) expect(coverageHtml(result)).toContain(`--unit ${one.unit}`);
});

test("a limit that is too strict fails sound units: exit code 20", { timeout: slow_ms }, async () => {
  const { limits } = new Campaign(options).inputsOf("generic-a-pass");
  const row = limits.rows["pe.r.screen"];
  if (!row) throw new Error("no row");
  const strict = { ...limits, rows: { ...limits.rows, "pe.r.screen": { ...row, max: 1e-6 } } };
  const result = await measure({ ...options, count: 24, limits: strict }, 0);
  expect(result.wrong_fails.length).toBeGreaterThan(0);
  expect(exitOf(result)).toBe(20);
});

test("three times the uncertainty changes the verdict near a limit, and only there", { timeout: slow_ms }, async () => {
  const campaign = new Campaign({ ...options, count: 1, types: ["generic-a-pass"] });
  const { inputs, planned } = await campaign.station("generic-a-pass");
  const row = inputs.limits.rows["pe.r.screen"];
  if (!row) throw new Error("no row");
  const wide = { ...inputs.limits, rows: { ...inputs.limits.rows, "pe.r.screen": { ...row, k: 3 * row.k } } };
  /** PE at 20 degC; at the room's 23 degC it has 1.2 % more. */
  const verdict = async (pe_ohm: number, limits: LimitSet): Promise<string> => {
    const adapter = adapterFrom({
      adapter: "near",
      family: "A",
      remate_spread: 0,
      paths: { PE: { evse_contact_ohm: 3e-4, bar_ohm: pe_ohm - 6e-4, ev_contact_ohm: 3e-4 } },
    });
    return (await virtualRun(new Station(inputs, 2), { adapter, noise: 3, planned, limits })).verdict;
  };
  expect(await verdict(0.004927, inputs.limits)).toBe("pass-screening");
  expect(await verdict(0.004927, wide)).toBe("inconclusive");
  expect(await verdict(0.004, wide)).toBe("pass-screening");
});
