/**
 * What each judgement of thermal-protection is worth: for every row of the adapter there is a faulty adapter that it fails. Without
 * the row most of these adapters pass; of some the run then says nothing, and four are failed by another row (decision 0049).
 */
import { beforeAll, describe, expect, test } from "vitest";
import { adapterFrom } from "../../drivers/twin/world/adapterUnderTest.ts";
import { Campaign } from "../../rig/cli/faultCoverage/campaign.ts";
import type { Tried } from "../../rig/cli/faultCoverage/conduct.ts";
import { Station, virtualRun } from "../../rig/cli/faultCoverage/virtualRun.ts";
import { activeFields } from "../../rig/cli/nominalActive.ts";
import { without } from "../rig/cli/faultCoverage/without.ts";

const slow_ms = 120_000;
const type = "generic-a-active";
const campaign = new Campaign({ procedure: "thermal-protection", family: "A", seed: 1, count: 1 });

interface Worth {
  readonly row: string;
  /** Fields of the part that differ from what the profile promises. */
  readonly part?: object;
  readonly adapter?: object;
  /** Without the row: it passes (default), the run says nothing of the adapter, or these rows fail it. */
  readonly blind?: "nothing" | readonly string[];
}

const clamp = { diodes: [{ anode: "ev.PP", cathode: "ev.PE", drop_V: 2.2, ohm: 1 }] };

const worths: readonly Worth[] = [
  { row: "pe.r.screen", adapter: { paths: { PE: { bar_ohm: 0.0074 } } } },
  { row: "pe.r", adapter: { earth_neck: { melts_above_A: 12, leaves_ohm: 0.12 } } },
  { row: "wiring.path.r", adapter: { paths: { PP: { bar_ohm: 8 } } } },
  { row: "wiring.isolation.r", adapter: { diodes: [{ anode: "ev.CP", cathode: "evse.DC-" }] } },
  { row: "pp.open.v", adapter: { leaks: [{ between: ["ev.PP", "ev.PE"], ohm: 2200 }] } },
  // What lies beside the plug's resistor moves the open level most.
  {
    row: "pp.latched.v",
    adapter: { leaks: [{ between: ["ev.PP", "ev.PE"], ohm: 100 }] },
    blind: ["pp.open.v", "pp.pressed.v", "tp.fold.seen", "tp.recover.seen", "tp.shut.seen"],
  },
  { row: "pp.pressed.v", adapter: clamp, blind: ["pp.open.v", "tp.shut.seen"] },
  { row: "power.dc.r.cold", adapter: { paths: { "DC+": { bar_ohm: 0.5 } } }, blind: "nothing" },
  {
    row: "power.dc.r",
    adapter: { paths: { "DC-": { bar_ohm: 1e-4 } }, thermal: { t2_s: 400, body_to_ambient_K_per_W: 0.5 } },
  },
  { row: "cp.hot.r", adapter: { paths: { CP: { bar_ohm: 1.9 } } } },
  { row: "tp.fold.seen", part: { fold_degC: 500, shut_degC: 501 }, blind: ["tp.shut.seen"] },
  { row: "tp.fold.at", part: { fold_degC: 72 } },
  { row: "tp.fold.pp", part: { fold_ohm: 60 } },
  { row: "tp.shut.seen", part: { shut_degC: 500 }, blind: "nothing" },
  { row: "tp.shut.at", part: { shut_degC: 96.2 } },
  { row: "tp.shut.pp", part: { shut_ohm: 900 } },
  { row: "tp.recover.seen", part: { sticks: true }, blind: "nothing" },
  { row: "tp.recover.at", part: { recover_degC: 56 } },
  { row: "tp.chatter", part: { chatter_s: 7 }, blind: ["tp.recover.at"] },
];

const failing = (run: Tried): readonly string[] => [
  ...new Set(run.measurements.filter(({ verdict }) => verdict === "fail").map(({ limit }) => limit)),
];

describe("every judgement of thermal-protection", () => {
  let station: Awaited<ReturnType<Campaign["station"]>>;
  let bench: Station;
  beforeAll(async () => {
    station = await campaign.station(type);
    bench = new Station(station.inputs, 9);
  }, slow_ms);

  const run = ({ row, part, adapter: given = {} }: Worth, blind: boolean): Promise<Tried> => {
    const { inputs, planned } = station;
    const profile = inputs.adapter.pp.active;
    if (!profile) throw new Error(`${type} signals nothing`);
    const sound = activeFields(profile, true);
    const pp = { ...sound.pp, active: { ...sound.pp.active, ...part } };
    const adapter = adapterFrom({ adapter: row, family: "A", thermal: sound.thermal, ...given, pp });
    const trial = { adapter, noise: 5, planned };
    return virtualRun(bench, blind ? { ...trial, limits: without(inputs.limits, row) } : trial);
  };

  test("has a fault here, and nothing else has", () => {
    const { limits } = station.inputs;
    const rows = [...station.claimed].filter((row) => limits.rows[row]?.subject === "adapter");
    expect(worths.map(({ row }) => row).sort()).toEqual(rows.sort());
  });

  test.each(worths)("$row", { timeout: slow_ms }, async (worth) => {
    const { row, blind: left } = worth;
    const whole = await run(worth, false);
    expect(whole.verdict).toBe("fail");
    const others = Array.isArray(left) ? left : [];
    expect(failing(whole).toSorted()).toEqual([row, ...others].toSorted());
    const blind = await run(worth, true);
    if (left === undefined) {
      expect({ verdict: blind.verdict, ending: blind.ending }).toEqual({
        verdict: "pass-screening",
        ending: "completed",
      });
    } else if (left === "nothing") {
      expect(failing(blind)).toEqual([]);
      expect(["inconclusive", "not-judged"]).toContain(blind.verdict);
    } else expect(failing(blind).toSorted()).toEqual(others.toSorted());
  });
});
