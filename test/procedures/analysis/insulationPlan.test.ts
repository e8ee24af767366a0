/** What is put under high voltage against what, for every family and proximity topology. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { insulationPairs, matingGroups, voltageClass } from "../../../procedures/analysis/insulationPlan.ts";
import { contactsSeen } from "../../../procedures/routines/highVoltageCheck.ts";
import { type AdapterNetlist, type AdapterType, families, netlistOf } from "../../../rig/model/adapter.ts";
import { pinOf } from "../../../rig/model/contacts.ts";
import { above, below, invalid, type Reading } from "../../../rig/model/reading.ts";
import { judge } from "../../../rig/model/verdict.ts";

const type = fc.record({
  family: fc.constantFrom("A", "B", "C", "D", "E"),
  topology: fc.constantFrom("PASS", "SERIES_SW", "LOCAL", "ACTIVE"),
  populated: fc.boolean(),
  power: fc.constantFrom("joined", "switched"),
});

const typeOf = (one: typeof type extends fc.Arbitrary<infer T> ? T : never): AdapterType =>
  ({
    family: one.family,
    pp: { topology: one.topology },
    parts: { idElement: false, tempSensors: false, latchSwitch: false, acContactsPopulated: one.populated },
    ...(one.family === "E" ? { combo: { power: one.power } } : {}),
  }) as unknown as AdapterType;

describe("insulation pairs", () => {
  it("put every contact on at most one side, all of them in the last pair, and never earth or signals against each other", () => {
    fc.assert(
      fc.property(type, (one) => {
        const adapter = typeOf(one);
        const netlist = netlistOf(adapter);
        const [poles, bundle] = insulationPairs(adapter, netlist);
        const power = new Set(families[adapter.family].power.flat());
        for (const pair of [poles, bundle]) {
          const [hi, lo] = [pair?.hi.flat() ?? [], pair?.lo.flat() ?? []];
          expect(new Set([...hi, ...lo]).size).toBe(hi.length + lo.length);
          // One side at least is a pole: CP, PP and PE are judged at 12 V.
          expect(hi.every((contact) => power.has(contact))).toBe(true);
          expect(hi.length > 0 && lo.length > 0).toBe(true);
          const across = netlist.parts.some(
            ({ from, to }) => (hi.includes(from) && lo.includes(to)) || (hi.includes(to) && lo.includes(from)),
          );
          expect(pair?.part !== undefined).toBe(across);
        }
        const all = [...(bundle?.hi.flat() ?? []), ...(bundle?.lo.flat() ?? [])];
        expect(new Set(all)).toEqual(new Set([...netlist.contacts, ...netlist.unpopulated]));
        expect(bundle?.lo.flat().some((contact) => pinOf(contact) === "PE")).toBe(true);
      }),
    );
  });

  it("a part between a pole and anything else keeps the pair from high voltage", () => {
    const adapter = typeOf({ family: "A", topology: "PASS", populated: false, power: "joined" });
    const netlist: AdapterNetlist = {
      ...netlistOf(adapter),
      parts: [{ from: "ev.DC+", to: "ev.PE", ohm: 1e6, what: "sensor" }],
    };
    expect(insulationPairs(adapter, netlist).map(({ part }) => part)).toEqual([undefined, "sensor"]);
  });

  it("mating drives each net once and expects all its contacts, so that no net is left at another potential", () => {
    fc.assert(
      fc.property(type, (one) => {
        const adapter = typeOf(one);
        const netlist = netlistOf(adapter);
        const groups = matingGroups(adapter, netlist);
        expect(groups.reduce((sum, { expected }) => sum + expected, 0)).toBe(netlist.nets.flat().length);
        for (const net of netlist.nets) {
          expect(groups.flatMap(({ drive }) => drive).filter((contact) => net.includes(contact)).length).toBe(1);
        }
      }),
    );
  });

  test.each([
    [0, 500],
    [240, 500],
    [500, 500],
    [501, 1000],
    [1000, 1000],
  ])("%d V on the label is of the %d V class", (rated, expected) => expect(voltageClass(rated)).toBe(expected));
});

describe("number of contacts seen", () => {
  const row = {
    ...{
      id: "hv.mating",
      title: "",
      unit: "1" as const,
      min: -0.5,
      rule: "simple" as const,
      k: 2,
      subject: "adapter" as const,
    },
    ...{ source: "", edition: "", clause: "", confidence: "H" as const, approvedBy: "" },
  };
  const origin = { raw: "", t_s: 0 };
  const ohm = (value: number): Reading<"ohm"> => ({ is: "value", unit: "ohm", value, u: 0, ...origin });

  it("is what the resistors in parallel say", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), (joined, expected) => {
        const verdict = judge(row, contactsSeen(ohm(1e9 / joined), 1e9, expected));
        expect(verdict).toBe(joined >= expected ? "pass-screening" : "fail");
      }),
    );
  });

  it("never passes on what is no number", () => {
    for (const r of [
      above("ohm", 9.5e9, origin),
      below("ohm", 1e6, origin),
      invalid("ohm", "no-test", origin),
      ohm(Number.NaN),
      ohm(0),
      ohm(Number.POSITIVE_INFINITY),
    ]) {
      expect(judge(row, contactsSeen(r, 1e9, 2))).not.toMatch(/^pass/);
    }
  });
});
