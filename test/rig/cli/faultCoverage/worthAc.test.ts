/**
 * What each judgement of ac-screening is worth: for every row of the adapter there is a faulty adapter that this row alone fails,
 * and that passes without it. Mechanics are a person's answers: no adapter of the twin has a latch that could be looked at.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { Campaign } from "../../../../rig/cli/faultCoverage/campaign.ts";
import { failing, signalWorths, tried, type Worth } from "./worths.ts";

const slow_ms = 120_000;
const ofC = {
  family: "C",
  types: { PASS: "generic-c-pass", SERIES_SW: "generic-c-series-sw", LOCAL: "generic-c-local" },
} as const;

/** Heat by its rows: at 80 A. */
const type = "generic-c-80";
const worths: readonly Worth[] = [
  ...signalWorths,
  { row: "power.ac.r.cold", adapter: { paths: { L1: { bar_ohm: 0.5 } } }, untold: true },
  { row: "power.ac.r", adapter: { paths: { L2N: { bar_ohm: 4e-4 } } } },
  { row: "power.r.rise", type, adapter: { paths: { L1: { growth_per_K: 0.025 } } } },
  {
    row: "th.rise",
    type,
    adapter: {
      paths: { L1: { evse_contact_ohm: 1.4e-4, ev_contact_ohm: 1.4e-4 } },
      thermal: { dc_plus_to_body_K_per_W: 100 },
    },
  },
  { row: "th.grip.nonmetal", type, adapter: { thermal: { grip_share: 1, body_to_ambient_K_per_W: 7 } } },
];

const campaign = new Campaign({ procedure: "ac-screening", family: "C", seed: 1, count: 1 });

describe("every judgement of ac-screening", () => {
  let judged: ReadonlySet<string>;
  beforeAll(async () => {
    judged = await campaign.claimed();
  }, slow_ms);

  test("has a fault here, and nothing else has", () => {
    const { limits } = campaign.inputsOf(ofC.types.PASS);
    const rows = [...judged].filter((row) => limits.rows[row]?.subject === "adapter" && !row.startsWith("me."));
    expect(worths.map(({ row }) => row).sort()).toEqual(rows.sort());
  });

  test.each(worths)("$row", { timeout: slow_ms }, async (worth) => {
    const run = await tried(worth, false, campaign, ofC);
    const blind = await tried(worth, true, campaign, ofC);
    expect({ verdict: run.verdict, failing: failing(run) }).toEqual({ verdict: "fail", failing: [worth.row] });
    const ended = { verdict: blind.verdict, ending: blind.ending };
    expect(ended).toEqual(
      worth.untold ? { verdict: "not-judged", ending: "aborted" } : { verdict: "pass-screening", ending: "completed" },
    );
  });
});
