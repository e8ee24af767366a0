/** What an adapter with active proximity really signals, from its parameters: each follows from one field of its file. */
import { describe, expect, test } from "vitest";
import { activeTruth, type Heated } from "../../../../drivers/twin/faults/activeTruth.ts";
import { classesFor, type Site } from "../../../../drivers/twin/faults/catalogue.ts";
import { drawAdapter } from "../../../../drivers/twin/faults/draw.ts";
import { protectionFaults } from "../../../../drivers/twin/faults/protectionFaults.ts";
import { type Declared, truthOf } from "../../../../drivers/twin/faults/truth.ts";
import { adapterFrom } from "../../../../drivers/twin/world/adapterUnderTest.ts";
import { activeFields } from "../../../../rig/cli/nominalActive.ts";
import { type AdapterType, netlistOf } from "../../../../rig/model/adapter.ts";
import type { ActiveProfile } from "../../../../rig/model/thermalSignal.ts";

const profile: ActiveProfile = {
  foldback_degC: 80,
  shutdown_degC: 90,
  recovery_degC: 65,
  windows: { normal: [1.23, 1.82], foldback: [1.9, 2.3], shutdown: [2.38, 3.16] },
  source: "test",
  confidence: "H",
};
const heated: Heated = {
  profile,
  rated_A: 400,
  most_A: 520,
  cable_ohm: 1e-4,
  room_degC: 23,
  face: "evse",
  fitting: 0,
};
const sound = activeFields(profile, true);
const given = (part: object, more: object = {}) =>
  adapterFrom({
    adapter: "t",
    family: "A",
    remate_spread: 0,
    thermal: sound.thermal,
    ...more,
    pp: { ...sound.pp, active: { ...sound.pp.active, lag_s: 0, ...part } },
  });
const truth = (part: object = {}, more: object = {}) => activeTruth(given(part, more), heated);

const type: AdapterType = {
  id: "x",
  maker: "x",
  model: "x",
  family: "A",
  rating: { current_A: 400, voltage_V: 1000, ambient_min_degC: -30, ambient_max_degC: 40 },
  pp: { topology: "ACTIVE", active: profile },
  parts: { idElement: false, tempSensors: false, latchSwitch: false, acContactsPopulated: false },
  source: "x",
  confidence: "H",
};
const netlist = netlistOf(type);

describe("a part at the contacts, without a lag", () => {
  test("signals where its file says, in the middle of the windows, and is normal again where its file says", () => {
    const t = truth();
    // One step of a second at less than 0.1 K/s.
    for (const name of ["fold.at", "shut.at"]) {
      expect(t[name]).toBeGreaterThanOrEqual(0);
      expect(t[name]).toBeLessThan(0.1);
    }
    expect(t["recover.at"]).toBeLessThanOrEqual(0);
    expect(t["recover.at"]).toBeGreaterThan(-0.2);
    expect(t["fold.pp"]).toBeCloseTo(0.2, 2);
    expect(t["shut.pp"]).toBeCloseTo(0.39, 2);
    for (const bad of ["fold.seen", "shut.seen", "recover.seen", "wavers", "maybe.wavers"]) {
      expect(t[bad], bad).toBeUndefined();
    }
    expect(t["growth.hot"]).toBeCloseTo(0, 9);
  });

  test.each([
    ["fold.at", { fold_degC: 74 }, -6],
    ["fold.at", { fold_degC: 86 }, 6],
    ["shut.at", { shut_degC: 84 }, -6],
    ["shut.at", { shut_degC: 95 }, 5],
    ["recover.at", { recover_degC: 55 }, -10],
    ["recover.at", { recover_degC: 75 }, 10],
  ])("%s follows %j", (name, part, off_K) => {
    expect(Math.abs((truth(part)[name] ?? Number.NaN) - off_K)).toBeLessThan(0.2);
  });

  test("one that never signals, never asks for the end or never returns is said to, and of what never comes no temperature", () => {
    expect(truth({ fold_degC: 900, shut_degC: 900 })).toMatchObject({ "fold.seen": 0, "shut.seen": 0 });
    expect(truth({ fold_degC: 900, shut_degC: 900 })["fold.at"]).toBeUndefined();
    expect(truth({ shut_degC: 900 })).toMatchObject({ "shut.seen": 0 });
    expect(truth({ shut_degC: 900 })["fold.seen"]).toBeUndefined();
    expect(truth({ sticks: true })).toMatchObject({ "recover.seen": 0 });
    expect(truth({ sticks: true })["recover.at"]).toBeUndefined();
  });

  test("levels are those between plug and vehicle: outside a window they are below zero", () => {
    // 150 and 60 ohm beside 2700, against 330: 1.86 V.
    expect(truth({ fold_ohm: 60 })["fold.pp"]).toBeCloseTo(1.86 - 1.9, 1);
    expect(truth({ shut_ohm: 900 })["shut.pp"]).toBeLessThan(-0.2);
  });

  test("one that jumps to shutdown at once has no level of foldback", () => {
    expect(truth({ fold_degC: 88, shut_degC: 84 })["fold.pp"]).toBeLessThan(0);
  });
});

describe("what a part feels", () => {
  test("the slower a part, the later it signals and returns; less than in proportion, because each pause lets it catch up", () => {
    const t = truth({ lag_s: 60 });
    const slow = truth({ lag_s: 120 });
    expect(t["fold.at"]).toBeGreaterThan(0.5);
    expect((slow["fold.at"] ?? 0) / (t["fold.at"] ?? 1)).toBeGreaterThan(1.2);
    expect((slow["fold.at"] ?? 0) / (t["fold.at"] ?? 1)).toBeLessThan(2.2);
    expect(slow["recover.at"]).toBeLessThan(t["recover.at"] ?? 0);
  });

  test("in the body, which stays far colder, it does not signal in time", () => {
    expect(truth({ at: ["body"] })).toMatchObject({ "fold.seen": 0, "shut.seen": 0 });
  });

  test("at one pole it is late by what the other is hotter, and at the hotter one it is not", () => {
    const uneven = { paths: { "DC-": { evse_contact_ohm: 7e-5 } } };
    expect(truth({ at: ["evse.DC+", "ev.DC+"] }, uneven)["fold.at"]).toBeGreaterThan(4);
    expect(truth({ at: ["evse.DC-", "ev.DC-"] }, uneven)["fold.at"]).toBeLessThan(0.2);
  });

  test("a body that does not get there asks nothing of the thresholds", () => {
    const t = truth({}, { thermal: { body_to_ambient_K_per_W: 0.38 } });
    expect(Object.keys(t).filter((name) => /^(fold|shut|recover)\./.test(name))).toEqual([]);
  });
});

test("a signal that wavers is counted; one slow enough hangs on when it began", () => {
  expect(truth({ chatter_s: 10 })["wavers"]).toBeGreaterThan(10);
  const slow = truth({ chatter_s: 2000 });
  expect(Object.keys(slow).some((name) => name.startsWith("maybe."))).toBe(true);
});

test("a resistor that rises with temperature returns where it came from", () => {
  expect(truth({ kind: "ptc" })["recover.at"]).toBeGreaterThan(10);
});

test("a cut-out opens the pilot where it trips, and near the end of the heating nobody knows", () => {
  const trips = (trip_degC: number) => truth({}, { thermal_cutout: { opens: "CP", trip_degC, reset_degC: 40 } });
  expect(trips(80)["hot.CP"]).toBeGreaterThan(1e9);
  expect(trips(120)["hot.CP"]).toBeLessThan(0.1);
  expect(trips(90.5)["maybe.hot.CP"] ?? trips(91)["maybe.hot.CP"]).toBe(1);
});

test("the pilot is read hot: copper has a fifth more, and a contact that grows shows beyond copper", () => {
  const t = truth({}, { paths: { CP: { bar_ohm: 1.9 } } });
  expect(t["hot.CP"]).toBeGreaterThan(2.1);
  expect(t["hot.CP"]).toBeLessThan(2.5);
  expect(truth({}, { paths: { "DC+": { growth_per_K: 0.01 } } })["growth.hot"]).toBeGreaterThan(0.2);
});

test("earth is never made positive against electronics: what conducts only from it is not asked", () => {
  const declared: Declared = { netlist, rated_A: 400, cable_ohm: 1e-4 };
  const apart = (anode: string, cathode: string) =>
    truthOf(given({}, { diodes: [{ anode, cathode }] }), declared)["apart"];
  expect(apart("ev.PE", "ev.CP")).toBeGreaterThan(1e9);
  expect(apart("ev.CP", "ev.PE")).toBeLessThan(1e5);
  expect(apart("ev.CP", "ev.DC+")).toBeLessThan(1e5);
  expect(apart("ev.DC+", "ev.CP")).toBeLessThan(1e5);
});

describe("drawing", () => {
  const { contacts, unpopulated } = netlist;
  const part = sound.pp.active;
  if (!part || !sound.thermal) throw new Error("no part");
  const site: Site = {
    family: "A",
    topology: "ACTIVE",
    pins: ["DC+", "DC-", "PE", "CP", "PP"],
    contacts,
    unpopulated,
    active: { part, thermal: sound.thermal },
  };
  const units = Array.from({ length: 900 }, (_, n) => drawAdapter(3, n, n, site));

  test("every class is drawn, those of the part too; all units are possible", () => {
    const seen = new Set(units.map((unit) => unit.class));
    expect([...seen].sort()).toEqual(["healthy", "pair", ...classesFor(site).map(({ id }) => id)].sort());
    for (const { id } of protectionFaults) expect(seen).toContain(id);
    const others = classesFor({ ...site, topology: "PASS" }).map(({ id }) => id);
    for (const { id } of protectionFaults) expect(others).not.toContain(id);
  });

  test("healthy units get beyond the last threshold at all corners, and signal within their tolerances", () => {
    const healthy = units.filter((unit) => unit.class === "healthy").slice(0, 24);
    for (const { adapter } of healthy) {
      const t = activeTruth(adapter, heated);
      for (const name of ["fold.at", "shut.at", "recover.at"]) {
        expect(Math.abs(t[name] ?? Number.NaN), name).toBeLessThan(1.5);
      }
      const dead = { ...adapter, pp: { ...adapter.pp, active: { ...adapter.pp.active, shut_degC: 900 } } };
      expect(activeTruth(dead, heated)["shut.seen"]).toBe(0);
    }
  });
});
