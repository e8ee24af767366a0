/** Coverage of procedures that bring out what no screening does: high voltage, flexing. */
import { describe, expect, test } from "vitest";
import { measure } from "../../../../rig/cli/commands/coverage.ts";
import { Campaign } from "../../../../rig/cli/faultCoverage/campaign.ts";

const slow_ms = 120_000;

describe.each([
  ["insulation-withstand-ac", "A", ["leak-at-voltage", "breakdown", "pole-capacitance"]],
  ["insulation", "C", ["leak-at-voltage", "breakdown"]],
  ["intermittents", "A", ["intermittent"]],
] as const)("%s of family %s", (procedure, family, own) => {
  const options = { procedure, family, seed: 5, count: 48 };

  test("nothing escapes, nothing sound fails, the rig is not blamed, each judged row has its truth", {
    timeout: slow_ms,
  }, async () => {
    const result = await measure(options, 0);
    expect({ escapes: result.escapes, wrong: result.wrong_fails, rig: result.rig_blamed }).toEqual({
      escapes: [],
      wrong: [],
      rig: [],
    });
    expect(result.standing.faulty).toBeGreaterThan(4);
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
    const tried = await Promise.all(wanted.slice(0, 12).map(async (unit) => (await campaign.tryUnit(unit)).result));
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
