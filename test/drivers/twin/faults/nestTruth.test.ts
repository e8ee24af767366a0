/** Truth that only nest N2 or a person's hands bring out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flexTruth } from "../../../../drivers/twin/faults/flexTruth.ts";
import { highVoltageTruth } from "../../../../drivers/twin/faults/highVoltageTruth.ts";
import { adapterFrom } from "../../../../drivers/twin/world/adapterUnderTest.ts";
import { findAdapterType } from "../../../../rig/bench/adapterTypes.ts";
import { netlistOf } from "../../../../rig/model/adapter.ts";

const netlistFor = (id: string) => netlistOf(findAdapterType("procedures/adapters", id));
const withstand = { mode: "ac", voltage_V: 3000 } as const;
const truth = (given: object, id = "generic-a-pass") =>
  highVoltageTruth(adapterFrom({ adapter: "t", family: "A", ...given }), {
    netlist: netlistFor(id),
    ir_V: 1000,
    withstand,
  });
const insulation = (fields: object) => truth({ insulation: fields });

describe("at high voltage", () => {
  test("a healthy adapter insulates without end, mates and holds; microamperes flow through its capacitance", () => {
    const t = truth({});
    expect(t).toMatchObject({ "ir.poles": Infinity, "ir.bundle": Infinity, mating: 0 });
    expect(t["survives"]).toBeUndefined();
    // Both poles to earth, 50 pF each, 3 kV at 60 Hz.
    expect(t["leak"]).toBeCloseTo(3000 * 2 * Math.PI * 60 * 1e-10, 9);
  });

  test("leaks of a side count in parallel, leaks over a third conductor in a row", () => {
    const between = (a: string, b: string, ohm: number) => ({ between: [a, b], ohm });
    const two = truth({ leaks: [between("ev.DC+", "ev.CP", 3e8), between("evse.DC-", "ev.PE", 3e8)] });
    expect(two["ir.bundle"]).toBeCloseTo(1.5e8, 0);
    expect(two["ir.poles"]).toBe(Number.POSITIVE_INFINITY);
    const row = truth({ leaks: [between("ev.DC+", "ev.PE", 5e7), between("ev.DC-", "ev.PE", 7e7)] });
    expect((row["ir.poles"] as number) / 1.2e8).toBeCloseTo(1, 9);
  });

  test("what is not between the two sides is none of its business: CP to PE, a diode in the pilot", () => {
    const t = truth({ leaks: [{ between: ["ev.CP", "ev.PE"], ohm: 1e5 }], paths: { CP: { diode_anode: "ev" } } });
    expect(t).toMatchObject({ "ir.poles": Infinity, "ir.bundle": Infinity, mating: 0 });
  });

  test("an onset conducts from its voltage on and not below, an arc by its peak", () => {
    const onset = (above_V: number) => insulation({ onset: [{ between: ["ev.DC+", "ev.PE"], ohm: 2e7, above_V }] });
    expect(onset(999)["ir.bundle"]).toBeCloseTo(2e7, 0);
    expect(onset(1001)["ir.bundle"]).toBe(Number.POSITIVE_INFINITY);
    const arc = (volt: number) => insulation({ breakdowns: [{ between: ["ev.DC-", "ev.PE"], volt }] });
    expect(arc(900)).toMatchObject({ "ir.survives": 0, survives: 0 });
    expect(arc(4200)["survives"]).toBe(0);
    expect(arc(4200)["ir.survives"]).toBeUndefined();
    expect(arc(4300)["survives"]).toBeUndefined();
  });

  test.each([
    ["generic-a-pass", { paths: { "DC+": { open: "evse" } } }, -1],
    ["generic-a-pass", { paths: { CP: { open: "bar" } } }, -1],
    ["generic-a-local", { pp: { topology: "LOCAL" }, paths: { PE: { open: "evse" } } }, -1],
    ["generic-a-local", { pp: { topology: "LOCAL" } }, 0],
    ["generic-a-pass", { paths: { "DC+": { to: "CP" }, CP: { to: "DC+" } } }, 0],
  ])("%s with %j: contacts joined less those expected are %d", (id, given, mating) => {
    expect(truth(given, id)["mating"]).toBe(mating);
  });

  test("crossed conductors are a short between the sides", () => {
    expect(truth({ paths: { "DC+": { to: "CP" }, CP: { to: "DC+" } } })["ir.bundle"]).toBe(0);
  });

  test("more leakage never insulates better", () => {
    const ohm = fc.double({ min: 1e5, max: 1e10, noNaN: true });
    fc.assert(
      fc.property(ohm, ohm, (a, b) => {
        const leak = { between: ["ev.DC+", "ev.PE"], ohm: a };
        const more = { between: ["evse.DC-", "ev.PP"], ohm: b };
        const [one, both] = [truth({ leaks: [leak] }), truth({ leaks: [leak, more] })];
        expect(both["ir.bundle"] as number).toBeLessThanOrEqual((one["ir.bundle"] as number) * (1 + 1e-12));
      }),
      { numRuns: 30 },
    );
  });
});

describe("while flexed for 30 s", () => {
  const loose = (open_s: number, per_s: number, at = "ev") => ({ PE: { intermittent: { open_s, per_s, at } } });
  const flexed = (given: object, list: "paths" | "paths2" = "paths") =>
    flexTruth(adapterFrom({ adapter: "t", family: "E", ...given }), list, 30);

  test("a whole adapter has no openings; one that opens often has many, and as long as the file says", () => {
    expect(flexed({})).toEqual({ openings: 0, open: 0 });
    expect(flexed({ paths: loose(0.02, 5) })).toEqual({ openings: 100, open: 0.02 });
  });

  test("what may or may not happen is neither good nor bad", () => {
    expect(flexed({ paths: loose(0.02, 0.05) })).toEqual({ openings: 3, open: 1e-3 });
    expect(flexed({ paths: loose(2e-5, 0.01) })).toEqual({ openings: 0, open: 2e-5 });
  });

  test("the second inlet shares the first one's contacts at the vehicle, and nothing else", () => {
    expect(flexed({ paths: loose(0.02, 5) }, "paths2").openings).toBe(100);
    expect(flexed({ paths: loose(0.02, 5, "bar") }, "paths2").openings).toBe(0);
    expect(flexed({ paths2: loose(0.02, 5, "bar") }, "paths2").openings).toBe(100);
    expect(flexed({ paths2: loose(0.02, 5, "bar") }).openings).toBe(0);
  });
});
