/** Coverage of procedures that bring out what no screening does: high voltage, flexing, the extremes of a pilot. */
import { describe, expect, test } from "vitest";
import { protectionFaults } from "../../drivers/twin/faults/protectionFaults.ts";
import { measure } from "../../rig/cli/commands/coverage.ts";
import { Campaign, typesOf } from "../../rig/cli/faultCoverage/campaign.ts";

const slow_ms = 120_000;

describe.each([
  ["insulation-withstand-ac", "A", ["leak-at-voltage", "breakdown", "pole-capacitance"]],
  ["intermittents", "A", ["intermittent"]],
  ["pilot-corners", "A", []],
  ["thermal-protection", "A", protectionFaults.map(({ id }) => id)],
] as const)("%s of family %s", (procedure, family, own) => {
  const options = { procedure, family, seed: 5, count: 24 };

  test("nothing escapes, nothing sound fails, the rig is not blamed, each judged row has its truth", {
    timeout: slow_ms,
  }, async () => {
    const result = await measure(options, 0);
    expect({ escapes: result.escapes, wrong: result.wrong_fails, rig: result.rig_blamed }).toEqual({
      escapes: [],
      wrong: [],
      rig: [],
    });
    expect(result.standing.faulty).toBeGreaterThan(2);
    expect(result.untold_rows).toEqual([]);
  });

  test("its own faults are drawn, found where they are faulty, and drawn for nobody else", {
    timeout: slow_ms,
  }, async () => {
    const campaign = new Campaign(options);
    const classes = new Set<string>();
    const wanted: number[] = [];
    for (let unit = 0; unit < 1200; unit += 1) {
      const { drawn } = await campaign.draw(unit);
      classes.add(drawn.class);
      if (own.some((id) => id === drawn.class)) wanted.push(unit);
    }
    for (const id of own) expect(classes).toContain(id);
    const tried = await Promise.all(wanted.slice(0, 12).map((unit) => campaign.tryUnit(unit)));
    for (const { unit, standing, verdict } of tried) {
      if (standing === "near") continue;
      const good = standing === "sound";
      expect({ unit, verdict }).toEqual({ unit, verdict: good ? "pass-screening" : "fail" });
    }
    const other = new Campaign({ ...options, procedure: "incoming" });
    for (let unit = 0; unit < 600; unit += 1) {
      expect(own.map(String)).not.toContain((await other.draw(unit)).drawn.class);
    }
  });
});

test("what a procedure does not do to an adapter is not asked of it: nobody melts a neck of the earth at 1 A", {
  timeout: slow_ms,
}, async () => {
  const campaign = new Campaign({ procedure: "incoming", family: "A", seed: 5, count: 960 });
  // Three necks that 25 A would melt.
  for (const unit of [250, 399, 656]) {
    const { drawn } = await campaign.draw(unit);
    expect(drawn.adapter.earth_neck?.melts_above_A).toBeLessThan(25);
    expect(await campaign.tryUnit(unit)).toMatchObject({ standing: "sound", verdict: "pass-screening" });
  }
});

test("a procedure without a truth says so and finds nothing", { timeout: slow_ms }, async () => {
  await expect(measure({ procedure: "mechanics", family: "A", seed: 1, count: 12 }, 0)).rejects.toThrow(
    /^mechanics has no fault coverage: virtual adapters have no truth for what it judges \(me\./,
  );
  expect(() => typesOf("thermal-protection", "B")).toThrow(
    "thermal-protection takes no generic type of family B, so nothing can be drawn (generic-b-pass: its proximity is PASS, " +
      "only ACTIVE signals a temperature); take another family",
  );
  expect(typesOf("thermal-protection", "A")).toEqual(["generic-a-active"]);
  expect(typesOf("dc-screening", "A")).not.toContain("generic-a-active");
});

test("a wrong proximity resistor is a fault for a procedure that looks at it only while hot", {
  timeout: slow_ms,
}, async () => {
  const campaign = new Campaign({ procedure: "thermal-qualification", family: "A", seed: 5, count: 96 });
  const { drawn } = await campaign.draw(78);
  expect(drawn.class).toBe("proximity-part");
  const outcome = { verdict: "fail", ending: "completed", measurements: [] } as const;
  expect(await campaign.judge(drawn, 1, outcome)).toMatchObject({ standing: "faulty", truth: { row: "pp.hot.v" } });
});
