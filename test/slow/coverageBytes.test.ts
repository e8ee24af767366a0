/**
 * Units of a coverage run again by bytes: drivers, device twins and pseudo-terminals, every scan and every sample. They end
 * as the kind twins said, by the same judgement. Two hundred: `docs/coverage.md`.
 */
import { expect, test } from "vitest";
import { measure } from "../../rig/cli/commands/coverage.ts";
import { Campaign } from "../../rig/cli/faultCoverage/campaign.ts";

const options = { procedure: "dc-screening", family: "A", seed: 21, count: 72 };
const units = 12;

test("a dozen units by bytes end as by kind twins", { timeout: 600_000 }, async () => {
  const { by_bytes } = await measure(options, units);
  expect(by_bytes).toEqual({ units, different: [] });
});

test("a pilot that its adapter keeps from ever crossing the trigger is recorded and judged by bytes too", async () => {
  const campaign = new Campaign({ procedure: "dc-screening", family: "A", seed: 3, count: 2400 });
  const unit = 704;
  expect(await campaign.tryByBytes(unit)).toMatchObject({
    class: "pilot-capacitance",
    standing: "faulty",
    verdict: "fail",
    ending: "completed",
    by: "cp.delta.duty/evse/5",
  });
});
