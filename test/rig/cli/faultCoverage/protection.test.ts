/** Coverage of the test of thermal signalling: adapters whose proximity signals a temperature, each as its truth says. */
import { expect, test } from "vitest";
import { protectionFaults } from "../../../../drivers/twin/faults/protectionFaults.ts";
import { Campaign } from "../../../../rig/cli/faultCoverage/campaign.ts";
import { untoldRows } from "../../../../rig/cli/faultCoverage/requirements.ts";
import { isPass } from "../../../../rig/model/verdict.ts";

const slow_ms = 120_000;
const campaign = new Campaign({ procedure: "thermal-protection", family: "A", seed: 1, count: 2400 });

test("each judged row of the adapter has a truth", { timeout: slow_ms }, async () => {
  const { limits } = campaign.inputsOf("generic-a-active");
  const claimed = await campaign.claimed();
  expect(claimed).toContain("tp.recover.at");
  expect(untoldRows(limits, claimed)).toEqual([]);
});

test("units of one bench end as their truth says, those with faults of the part too", {
  timeout: slow_ms,
}, async () => {
  const units = await campaign.tryGroup(2);
  const own = units.filter((unit) =>
    protectionFaults.some(({ id }) => id === unit.class && unit.standing === "faulty"),
  );
  expect(own.length).toBeGreaterThan(2);
  for (const { unit, standing, verdict, cause } of units) {
    if (standing === "near") continue;
    expect({ unit, passes: isPass(verdict), cause }).toMatchObject({ unit, passes: standing === "sound" });
  }
});
