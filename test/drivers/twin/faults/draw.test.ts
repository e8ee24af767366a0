/** The catalogue of faults: what is drawn is possible, repeatable, and covers every class; truth follows the parameters. */
import { describe, expect, test } from "vitest";
import { classesFor, type Site, singleFaults } from "../../../../drivers/twin/faults/catalogue.ts";
import { drawAdapter } from "../../../../drivers/twin/faults/draw.ts";
import { type Declared, truthOf } from "../../../../drivers/twin/faults/truth.ts";
import { adapterFrom } from "../../../../drivers/twin/world/adapterUnderTest.ts";
import { type AdapterType, netlistOf } from "../../../../rig/model/adapter.ts";

const type = (topology: "PASS" | "LOCAL" | "SERIES_SW"): AdapterType => ({
  id: "x",
  maker: "x",
  model: "x",
  family: "A",
  rating: { current_A: 500, voltage_V: 1000, ambient_min_degC: -30, ambient_max_degC: 40 },
  pp: { topology },
  parts: { idElement: false, tempSensors: false, latchSwitch: topology !== "PASS", acContactsPopulated: false },
  source: "x",
  confidence: "H",
});

function siteOf(topology: "PASS" | "LOCAL" | "SERIES_SW"): Site {
  const { contacts, unpopulated } = netlistOf(type(topology));
  return { family: "A", topology, pins: ["DC+", "DC-", "PE", "CP", "PP"], contacts, unpopulated };
}

const declared = (topology: "PASS" | "LOCAL" | "SERIES_SW"): Declared => ({
  netlist: netlistOf(type(topology)),
  rated_A: 500,
  cable_ohm: 1e-4,
});

const truth = (given: object, topology: "PASS" | "LOCAL" | "SERIES_SW" = "PASS") =>
  truthOf(adapterFrom({ adapter: "t", family: "A", pp: { topology }, remate_spread: 0, ...given }), declared(topology));

describe("drawing", () => {
  test("the same seed and number give the same unit, another seed another", () => {
    const site = siteOf("PASS");
    expect(drawAdapter(7, 41, 41, site)).toEqual(drawAdapter(7, 41, 41, site));
    expect(drawAdapter(8, 41, 41, site).adapter).not.toEqual(drawAdapter(7, 41, 41, site).adapter);
  });

  test.each([
    "PASS",
    "LOCAL",
    "SERIES_SW",
  ] as const)("every class of %s is drawn, and all units are possible", (topology) => {
    const site = siteOf(topology);
    const seen = new Set(Array.from({ length: 600 }, (_, n) => drawAdapter(3, n, n, site).class));
    expect([...seen].sort()).toEqual(["healthy", "pair", ...classesFor(site).map(({ id }) => id)].sort());
  });

  test("severities stay in their range and reach both ends of it", () => {
    const site = siteOf("PASS");
    const units = Array.from({ length: 1000 }, (_, n) => drawAdapter(5, n, n, site));
    for (const one of classesFor(site)) {
      const { severity } = one;
      if (!severity) continue;
      const drawn = units.filter((unit) => unit.class === one.id).map((unit) => unit.faults[0]?.severity ?? Number.NaN);
      const place = drawn.map((s) => Math.log(s / severity.from) / Math.log(severity.to / severity.from));
      expect(Math.min(...place), one.id).toBeGreaterThanOrEqual(0);
      expect(Math.min(...place), one.id).toBeLessThan(0.25);
      expect(Math.max(...place), one.id).toBeGreaterThan(0.75);
      expect(Math.max(...place), one.id).toBeLessThanOrEqual(1);
    }
  });

  test("ids are unique", () => {
    expect(new Set(singleFaults.map(({ id }) => id)).size).toBe(singleFaults.length);
  });
});

describe("truth", () => {
  test("a healthy adapter: resistances as its file says, nothing joined that should not be", () => {
    const t = truth({});
    expect(t["path20.DC+"]).toBeCloseTo(1e-4, 9);
    expect(t["path20.PE"]).toBeCloseTo(1e-3, 9);
    expect(t["path.PE"]).toBeCloseTo(1e-3 * (1 + 3 * 0.00393), 9);
    expect(t["apart"]).toBe(Number.POSITIVE_INFINITY);
    expect(t["duty"]).toBe(0);
  });

  test("leaks in a row and in parallel read as between two terminals", () => {
    const between = (a: string, b: string, ohm: number) => ({ between: [a, b], ohm });
    const t = truth({ leaks: [between("ev.CP", "ev.PE", 3e6), between("ev.PP", "ev.PE", 3e6)] });
    expect(t["apart12.CP-PE"]).toBeCloseTo(3e6, -4);
    expect(t["apart.CP-PP"]).toBeCloseTo(6e6, -4);
    const both = truth({ leaks: [between("ev.CP", "ev.PE", 3e6), between("evse.CP", "evse.PE", 3e6)] });
    expect(both["apart"]).toBeCloseTo(1.5e6, -4);
  });

  test("a diode between two conductors joins them, whichever way it lies", () => {
    for (const [anode, cathode] of [
      ["ev.CP", "ev.PE"],
      ["ev.PE", "ev.CP"],
    ]) {
      expect(truth({ diodes: [{ anode, cathode }] })["apart"]).toBeLessThan(1e5);
    }
  });

  test.each([
    ["ev.CP", "ev.PE"],
    ["evse.PE", "evse.CP"],
  ])("a clamp of 8 V from %s to %s is apart at 5 V and joined at the pilot's 12 V", (anode, cathode) => {
    const t = truth({ diodes: [{ anode, cathode, drop_V: 8, ohm: 1e5 }] });
    expect(t["apart"]).toBeGreaterThan(1e8);
    // Some 7.7 V at 21 uA, and 100 kohm.
    expect(t["apart12.CP-PE"]).toBeGreaterThan(3e5);
    expect(t["apart12.CP-PE"]).toBeLessThan(6e5);
  });

  test("a diode in a path and an open path are no path", () => {
    expect(truth({ paths: { CP: { diode_anode: "evse" } } })["path.CP"]).toBeGreaterThan(1e4);
    expect(truth({ paths: { CP: { open: "bar" } } })["path.CP"]).toBe(Number.POSITIVE_INFINITY);
  });

  test("own proximity resistors: latched and pressed, and no limit for what they tie together", () => {
    const t = truth({}, "LOCAL");
    expect(t["local.latched"]).toBeCloseTo(150, 1);
    expect(t["local.pressed"]).toBeCloseTo(480, 1);
    expect(truth({ leaks: [{ between: ["ev.CP", "ev.PE"], ohm: 4e6 }] }, "LOCAL")["apart.CP-PP"]).toBeUndefined();
  });

  test("the settled rise agrees with the ladder's resistances by hand", () => {
    const t = truth({ thermal: { body_to_ambient_K_per_W: 0.38, pole_to_body_K_per_W: 0.6 } });
    // 25 W a pole at 20 degC, a fifth more when warm; most of it through 0.38 K/W, each pole's through 0.6 K/W.
    const watt = 25 * 1.2;
    expect(t["rise.evse.DC-"]).toBeGreaterThan(0.9 * (2 * watt * 0.38 + watt * 0.6 * 0.9));
    expect(t["rise.evse.DC-"]).toBeLessThan(1.15 * (2 * watt * 0.38 + watt * 0.6));
    expect(truth({ thermal: { body_to_ambient_K_per_W: 9 } })["rise.evse.DC+"]).toBeGreaterThan(200);
  });

  test("a contact that grows as it warms shows beyond copper", () => {
    expect(truth({})["growth.DC+"]).toBeCloseTo(0, 9);
    expect(truth({ paths: { "DC+": { growth_per_K: 0.02 } } })["growth.DC+"]).toBeGreaterThan(0.1);
  });

  test("capacitance shifts the duty cycle: it rises through 730 ohm and falls through 1000", () => {
    const shift = truth({ cp_pe_farad: 5e-9 })["duty"] as number;
    // At most ln 2 of the difference of both time constants, on a period of 1 ms.
    expect(shift).toBeGreaterThan(0.2e-3);
    expect(shift).toBeLessThan((Math.LN2 * 270 * 5e-9) / 1e-3);
    expect(truth({ cp_pe_farad: 1e-6 })["duty"]).toBeGreaterThan(0.01);
  });

  const corners = (given: object) => {
    const adapter = adapterFrom({ adapter: "t", family: "A", remate_spread: 0, ...given });
    return truthOf(adapter, { ...declared("PASS"), corners: true });
  };

  test("corners without an adapter worth speaking of are the published windows (domain.md 2.1), K, D and P", () => {
    const t = corners({ paths: { CP: { bar_ohm: 1e-6, evse_contact_ohm: 1e-6, ev_contact_ohm: 1e-6 } } });
    const window = (state: string) => [t[`corner.${state}.low`], t[`corner.${state}.high`]].map((v) => v?.toFixed(2));
    expect(window("A")).toEqual(["11.40", "12.60"]);
    expect(window("B")).toEqual(["8.37", "9.59"]);
    expect(window("C")).toEqual(["5.47", "6.53"]);
    expect(window("D")).toEqual(["2.59", "3.28"]);
    expect(t["corner.shift"]).toBeLessThan(1e-5);
  });

  test("100 ohm in the pilot and 100 kohm to earth move the corners as far as domain.md 2.4 says", () => {
    // 2.2 mV an ohm in B and 2.8 in C; 0.065 V of a leak in B.
    expect(corners({ paths: { CP: { bar_ohm: 10 } } })["corner.shift"]).toBeGreaterThan(0.025);
    expect(corners({ leaks: [{ between: ["ev.CP", "ev.PE"], ohm: 1e5 }] })["driven.shift"]).toBeGreaterThan(0.06);
    expect(corners({ cp_pe_farad: 1e-8 })["corner.low"]).toBeGreaterThan(-10);
  });

  test("an earth neck melts only where a procedure sends that much current through it", () => {
    const neck = { earth_neck: { melts_above_A: 10, leaves_ohm: 1e6 } };
    const adapter = adapterFrom({ adapter: "t", family: "A", remate_spread: 0, ...neck });
    expect(truthOf(adapter, { ...declared("PASS"), earth_A: 1 })["level.B"]).toBeLessThan(9.1);
    expect(truthOf(adapter, declared("PASS"))["level.B"]).toBeGreaterThan(11);
  });
});
