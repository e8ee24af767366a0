import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  binaryGroups,
  earthLowGroups,
  type Group,
  isolationNets,
  polarGroups,
} from "../../../procedures/analysis/groups.ts";
import { type AdapterType, netlistOf } from "../../../rig/model/adapter.ts";
import { type Contact, faces, pinOf, pins } from "../../../rig/model/contacts.ts";

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
});

describe("groups with earth low", () => {
  const isEarth = (contact: Contact): boolean => pinOf(contact) === "PE";
  /** Every net of earth is one, as in an adapter. */
  const earthed = nets.map((list) => {
    const earth = list.filter((net) => net.some(isEarth)).flat();
    return [...list.filter((net) => !net.some(isEarth)), ...(earth.length > 0 ? [earth] : [])];
  });

  test("read any two others both ways, each against earth with earth low, and never raise earth", () => {
    fc.assert(
      fc.property(earthed, (list) => {
        const groups = earthLowGroups(list);
        const way = (plus: readonly Contact[], minus: readonly Contact[]): boolean =>
          groups.some(({ hi, lo }) => plus.every((c) => hi.includes(c)) && minus.every((c) => lo.includes(c)));
        for (const { hi, lo } of groups) {
          expect(hi.some(isEarth)).toBe(false);
          expect([...hi, ...lo].sort()).toEqual(list.flat().sort());
        }
        for (const plus of list) {
          for (const minus of list) {
            if (plus !== minus) expect(way(plus, minus)).toBe(!plus.some(isEarth));
          }
        }
      }),
    );
  });

  test("an adapter with active proximity takes one reading more than in one polarity", () => {
    const list = isolationNets(netlistOf(type("ACTIVE")));
    expect(earthLowGroups(list).length).toBe(binaryGroups(list).length + 1);
  });
});

/** Net `i` as one contact of a made-up connector: more nets than any adapter has. */
const singles = (count: number): readonly (readonly Contact[])[] =>
  Array.from({ length: count }, (_, i) => [`evse.${i}` as Contact]);

/** All subsets of `bits` places in chains, each a subset of the next (de Bruijn, Tengbergen, Kruyswijk 1951). */
function chainsOf(bits: number): readonly (readonly number[])[] {
  if (bits === 0) return [[0]];
  const added = 1 << (bits - 1);
  return chainsOf(bits - 1).flatMap((chain) => {
    const last = chain.at(-1) as number;
    const long = [...chain, last | added];
    const short = chain.slice(0, -1).map((word) => word | added);
    return short.length > 0 ? [long, short] : [long];
  });
}

describe("groups for both polarities", () => {
  const isDriven = (groups: readonly Group[], plus: readonly Contact[], minus: readonly Contact[]): boolean =>
    groups.some(({ hi, lo }) => plus.every((c) => hi.includes(c)) && minus.every((c) => lo.includes(c)));

  test("have for every ordered pair of nets one with the first on HI and the second on LO", () => {
    fc.assert(
      fc.property(nets, (list) => {
        const groups = polarGroups(list);
        for (const plus of list) {
          for (const minus of list) if (plus !== minus) expect(isDriven(groups, plus, minus)).toBe(true);
        }
      }),
    );
  });

  test("use every contact once in each group, and leave no side empty", () => {
    fc.assert(
      fc.property(nets, (list) => {
        for (const { hi, lo } of polarGroups(list)) {
          expect([...hi, ...lo].sort()).toEqual(list.flat().sort());
          expect(hi.length > 0 && lo.length > 0).toBe(true);
        }
      }),
    );
  });

  test.each([
    [0, 0],
    [1, 0],
    [2, 2],
    [3, 3],
    [6, 4],
    [7, 5],
    [10, 5],
    [11, 6],
    [20, 6],
    [21, 7],
  ])("%i nets take %i groups", (count, groups) => {
    expect(polarGroups(singles(count))).toHaveLength(groups);
  });

  test("are the fewest: with one less, two nets' words lie in one chain, and one of the two polarities is never driven", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 70 }), (count) => {
        const fewer = polarGroups(singles(count)).length - 1;
        const chains = chainsOf(fewer);
        // The chains hold every word there is, each a subset of the next: two nets in one chain are not told apart both ways.
        expect(new Set(chains.flat()).size).toBe(2 ** fewer);
        for (const chain of chains) {
          chain.slice(1).forEach((word, i) => {
            expect(word & (chain[i] as number)).toBe(chain[i]);
          });
        }
        expect(chains.length).toBeLessThan(count);
      }),
    );
  });
});

describe.each([
  ["binary groups", binaryGroups],
  ["groups for both polarities", polarGroups],
])("%s", (_name, groupsOf) => {
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
        const clean = groupsOf(list).every((group) => read(group) > limit_ohm);
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
