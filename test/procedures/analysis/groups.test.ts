import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binaryGroups, isolationNets } from "../../../procedures/analysis/groups.ts";
import { type AdapterType, netlistOf } from "../../../rig/model/adapter.ts";
import { type Contact, faces, pins } from "../../../rig/model/contacts.ts";

const everyContact: readonly Contact[] = faces.flatMap((face) => pins.map((pin): Contact => `${face}.${pin}`));

/** Any partition of some contacts into nets. */
const nets = fc
  .tuple(fc.shuffledSubarray([...everyContact], { minLength: 2 }), fc.array(fc.nat({ max: 12 }), { minLength: 21 }))
  .map(([contacts, colours]) => {
    const byColour = new Map<number, Contact[]>();
    contacts.forEach((contact, i) => {
      const colour = colours[i] as number;
      byColour.set(colour, [...(byColour.get(colour) ?? []), contact]);
    });
    return [...byColour.values()];
  });

const type = (topology: AdapterType["pp"]["topology"]): AdapterType => ({
  id: "t",
  maker: "m",
  model: "x",
  family: "A",
  rating: { current_A: 500, voltage_V: 1000, ambient_min_degC: -30, ambient_max_degC: 40 },
  pp: { topology },
  parts: { idElement: false, tempSensors: false, latchSwitch: true, acContactsPopulated: false },
  source: "test",
  confidence: "H",
});

describe("binary groups", () => {
  test("separate every pair of nets in at least one group, and never split a net", () => {
    fc.assert(
      fc.property(nets, (list) => {
        const groups = binaryGroups(list);
        const apart = (a: readonly Contact[], b: readonly Contact[]): boolean =>
          groups.some(
            ({ hi, lo }) =>
              (a.every((c) => hi.includes(c)) && b.every((c) => lo.includes(c))) ||
              (a.every((c) => lo.includes(c)) && b.every((c) => hi.includes(c))),
          );
        list.forEach((a, i) => {
          for (const b of list.slice(i + 1)) expect(apart(a, b)).toBe(true);
        });
      }),
    );
  });

  test("use every contact once in each group, and as few groups as the number of nets allows", () => {
    fc.assert(
      fc.property(nets, (list) => {
        const groups = binaryGroups(list);
        expect(groups).toHaveLength(list.length < 2 ? 0 : Math.ceil(Math.log2(list.length)));
        for (const { hi, lo } of groups) {
          expect([...hi, ...lo].sort()).toEqual(list.flat().sort());
          expect(hi.length > 0 && lo.length > 0).toBe(true);
        }
      }),
    );
  });

  test("are sound for leakage: when every group reads above a limit, no pair of nets leaks below it", () => {
    const limit_ohm = 1e6;
    const leaks = fc.array(
      fc.record({
        a: fc.nat({ max: 20 }),
        b: fc.nat({ max: 20 }),
        log_ohm: fc.double({ min: 3, max: 9, noNaN: true }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(nets, leaks, (list, drawn) => {
        const present = drawn
          .map(({ a, b, log_ohm }) => ({ a: a % list.length, b: b % list.length, ohm: 10 ** log_ohm }))
          .filter(({ a, b }) => a !== b);
        const read = ({ hi }: { readonly hi: readonly Contact[] }): number => {
          const high = (net: number): boolean => hi.includes((list[net] as Contact[])[0] as Contact);
          const siemens = present.filter(({ a, b }) => high(a) !== high(b)).reduce((sum, l) => sum + 1 / l.ohm, 0);
          return 1 / siemens;
        };
        const clean = binaryGroups(list).every((group) => read(group) > limit_ohm);
        if (clean) for (const { ohm } of present) expect(ohm).toBeGreaterThan(limit_ohm);
      }),
    );
  });
});

describe("nets of the isolation screen", () => {
  test("a declared part makes one net of its two ends, so that it is not judged as a leak", () => {
    const own = isolationNets(netlistOf(type("LOCAL")));
    expect(own.find((net) => net.includes("ev.PP"))).toContain("ev.PE");
    expect(own.find((net) => net.includes("evse.PP"))).toEqual(["evse.PP"]);
  });

  test.each([
    "PASS",
    "SERIES_SW",
    "LOCAL",
  ] as const)("every contact of %s is in exactly one net, unpopulated ones too", (topology) => {
    const netlist = netlistOf(type(topology));
    const all = isolationNets(netlist).flat();
    expect([...all].sort()).toEqual([...netlist.contacts, ...netlist.unpopulated].sort());
    expect(all).toContain("ev.L1");
  });
});
