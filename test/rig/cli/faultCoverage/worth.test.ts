/**
 * What each judgement of dc-screening, and of its form without soak, is worth: for every row of the adapter there is a faulty adapter that this row alone
 * fails. Without the row it passes, or, where another row comes to it later, its first fail comes later or names the rig.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { Campaign } from "../../../../rig/cli/faultCoverage/campaign.ts";
import { isPass } from "../../../../rig/model/verdict.ts";
import { failing, signalWorths, tried, type Worth } from "./worths.ts";

const slow_ms = 120_000;
const ofA = {
  family: "A",
  types: { PASS: "generic-a-pass", SERIES_SW: "generic-a-series-sw", LOCAL: "generic-a-local" },
} as const;

/** Heat leaves so well that a pole with too much resistance stays cool. */
const coolBody = { pole_to_body_K_per_W: 0.6, body_to_ambient_K_per_W: 0.3 };

const worths: readonly Worth[] = [
  ...signalWorths,
  { row: "power.dc.r.cold", adapter: { paths: { "DC+": { bar_ohm: 0.5 } } }, untold: true },
  { row: "power.dc.r", adapter: { paths: { "DC-": { bar_ohm: 1e-4 } }, thermal: { body_to_ambient_K_per_W: 0.15 } } },
  { row: "power.r.rise", adapter: { paths: { "DC+": { growth_per_K: 0.0105 } }, thermal: coolBody } },
  { row: "th.rise", adapter: { thermal: { dc_plus_to_body_K_per_W: 1.6 } } },
  { row: "th.grip.nonmetal", adapter: { thermal: { grip_share: 1 } } },
];

/** What the form without soak judges and the other does not. */
const noSoak: Worth = {
  row: "th.contact.abs",
  adapter: {
    paths: { "DC+": { evse_contact_ohm: 5e-5, ev_contact_ohm: 4.5e-5, bar_ohm: 4e-5 } },
    thermal: { dc_plus_to_body_K_per_W: 8, t1_s: 150 },
  },
};

const campaignOf = (procedure: string): Campaign => new Campaign({ procedure, family: "A", seed: 1, count: 1 });
const campaign = campaignOf("dc-screening");
const shortCampaign = campaignOf("dc-screening-no-soak");

describe("every judgement of dc-screening", () => {
  let judged: ReadonlySet<string>;
  beforeAll(async () => {
    judged = await campaign.claimed();
  }, slow_ms);

  test("has a fault here, and nothing else has", () => {
    const { limits } = campaign.inputsOf("generic-a-pass");
    const rows = [...judged].filter((row) => limits.rows[row]?.subject === "adapter");
    expect(worths.map(({ row }) => row).sort()).toEqual(rows.sort());
  });

  test.each(worths)("$row", { timeout: slow_ms }, async (worth) => {
    const run = await tried(worth, false, campaign, ofA);
    const blind = await tried(worth, true, campaign, ofA);
    expect({ verdict: run.verdict, failing: failing(run) }).toEqual({ verdict: "fail", failing: [worth.row] });
    const passes = { verdict: "pass-screening", ending: "completed" };
    const ended = { verdict: blind.verdict, ending: blind.ending };
    expect(ended).toEqual(worth.untold ? { verdict: "not-judged", ending: "aborted" } : passes);
  });
});

describe("without soak", () => {
  test("the contacts are judged by one row, and no row is judged that has no fault here", {
    timeout: slow_ms,
  }, async () => {
    const judged = await shortCampaign.claimed();
    const { limits } = shortCampaign.inputsOf("generic-a-pass");
    const rows = [...judged].filter((row) => limits.rows[row]?.subject === "adapter");
    const others = worths.map(({ row }) => row).filter((row) => row !== "th.rise");
    expect(rows.sort()).toEqual([...others, noSoak.row].sort());
  });

  test(noSoak.row, { timeout: slow_ms }, async () => {
    const run = await tried(noSoak, false, shortCampaign, ofA);
    expect({ verdict: run.verdict, failing: failing(run) }).toEqual({ verdict: "fail", failing: [noSoak.row] });
    const blind = await tried(noSoak, true, shortCampaign, ofA);
    expect(isPass(blind.verdict)).toBe(false);
  });
});
