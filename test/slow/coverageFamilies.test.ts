/** Coverage of adapters with two inlets: truth, faults and reference halves are those of the inlet that is tested. */
import { describe, expect, test } from "vitest";
import { ofFace, truthOf } from "../../drivers/twin/faults/truth.ts";
import { adapterFrom } from "../../drivers/twin/world/adapterUnderTest.ts";
import { findAdapterType } from "../../rig/bench/adapterTypes.ts";
import { measure } from "../../rig/cli/commands/coverage.ts";
import { Campaign } from "../../rig/cli/faultCoverage/campaign.ts";
import { passesOf } from "../../rig/cli/faultCoverage/passes.ts";
import { passed } from "../../rig/cli/faultCoverage/tally.ts";
import { netlistOf } from "../../rig/model/adapter.ts";

const slow_ms = 120_000;
const typeOf = (id: string) => findAdapterType("procedures/adapters", id);
const joined = typeOf("generic-e-joined");

describe("truth of a combined adapter", () => {
  const truth = (given: object, face: "evse" | "evse2") => {
    const adapter = adapterFrom({ adapter: "t", family: "E", remate_spread: 0, ...given });
    const netlist = ofFace(netlistOf(joined, face), face);
    return truthOf(adapter, { face, netlist, rated_A: face === "evse" ? 350 : 48, cable_ohm: 1e-4 });
  };

  test("is that of the inlet in use: 100 uohm a DC pole, 230 uohm an AC line down to the shared contact", () => {
    expect(truth({}, "evse")["path20.DC+"]).toBeCloseTo(1e-4, 9);
    expect(truth({}, "evse2")["path20.L1"]).toBeCloseTo(2.3e-4, 9);
    expect(truth({}, "evse")["path20.L1"]).toBeUndefined();
    expect(truth({}, "evse")["apart"]).toBe(Number.POSITIVE_INFINITY);
  });

  test("a fault of one inlet is none of the other's", () => {
    const open = { paths2: { L1: { open: "bar" }, CP: { open: "evse" } } };
    expect(truth(open, "evse2")["path.L1"]).toBe(Number.POSITIVE_INFINITY);
    expect(truth(open, "evse2")["level.B"]).toBeCloseTo(12, 6);
    expect(truth(open, "evse")["path.DC+"]).toBeLessThan(1.1e-4);
    expect(truth(open, "evse")["level.B"]).toBeLessThan(9.1);
  });

  test("only the contacts that carry the current warm: 48 A through the J1772 inlet are a fraction of a kelvin", () => {
    expect(truth({}, "evse2")["rise.evse.DC+"]).toBeLessThan(2);
    const hot = truth({}, "evse")["rise.evse.DC+"] as number;
    const alone = truth({ paths2: { L1: { evse_contact_ohm: 1 } } }, "evse")["rise.evse.DC+"];
    expect(alone).toBeCloseTo(hot, 6);
  });
});

test("each inlet that is tested is a fitting of its own, in the procedure's order", () => {
  const of = (procedure: string) => passesOf(procedure, joined).map(({ face, fitting }) => [face, fitting]);
  expect(of("dc-screening")).toEqual([["evse", 0]]);
  expect(of("ac-screening")).toEqual([["evse2", 0]]);
  expect(of("combo-screening-no-soak").map(([face]) => face)).toEqual(["evse2", "evse"]);
  expect(of("incoming")).toEqual([
    ["evse", 0],
    ["evse2", 1],
  ]);
  expect(passesOf("ac-screening", typeOf("generic-c-pass"))).toMatchObject([{ face: "evse", fitting: 0 }]);
});

test("incoming on combined adapters: nothing escapes, nothing sound fails, faults lie in both inlets", {
  timeout: slow_ms,
}, async () => {
  const options = { procedure: "incoming", family: "E", seed: 5, count: 96 };
  const result = await measure(options, 0);
  expect({ escapes: result.escapes, wrong: result.wrong_fails, rig: result.rig_blamed }).toEqual({
    escapes: [],
    wrong: [],
    rig: [],
  });
  expect(result.standing.faulty).toBeGreaterThan(20);
  const campaign = new Campaign(options);
  const lists = [0, 24, 48, 72].map(async (unit) => (await campaign.draw(unit)).drawn.adapter);
  const combos = (await Promise.all(lists)).map(({ combo }) => combo.power);
  expect([...new Set(combos)].sort()).toEqual(["joined", "switched"]);
});

test("every unit of a bench meets the half that the procedure asked for, not only the first", {
  timeout: slow_ms,
}, async () => {
  const campaign = new Campaign({ procedure: "ac-screening-no-soak", family: "E", seed: 5, count: 24 });
  const units = (await campaign.tryGroup(0)).filter(({ class: id }) => id === "open" || id === "swap");
  expect(units.length).toBeGreaterThan(1);
  for (const unit of units)
    expect({ unit: unit.unit, passed: passed(unit) }).toEqual({ unit: unit.unit, passed: false });
});

test("AC adapters are drawn with faults of heat, around an AC adapter's own cooling", {
  timeout: slow_ms,
}, async () => {
  const campaign = new Campaign({ procedure: "ac-screening", family: "C", seed: 1, count: 1 });
  const classes = new Set<string>();
  for (let unit = 0; unit < 960; unit += 1) {
    const { drawn } = await campaign.draw(unit);
    classes.add(drawn.class);
    if (drawn.class === "healthy") expect(drawn.adapter.thermal.body_to_ambient_K_per_W).toBeGreaterThan(2.5);
  }
  for (const id of ["growing-line", "line-heat-path", "small-body-heat-path"]) expect(classes).toContain(id);
});
