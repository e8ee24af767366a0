/** Pilot lines are worked out once: what may be taken for the same line, and how little that changes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Circuit } from "../../../drivers/twin/world/circuit.ts";
import type { Branch, Capacitor, Element } from "../../../drivers/twin/world/elements.ts";
import { lineOf } from "../../../drivers/twin/world/pilotLines.ts";
import { NodeNumbers, Topology } from "../../../drivers/twin/world/topology.ts";

const driver: Branch = { type: "branch", id: "driver", a: "drive", b: "earth", ohm: 0.1, emf_V: 0 };
const branch = (id: string, a: string, b: string, ohm: number): Branch => ({
  ...{ type: "branch", id, a, b },
  ...{ ohm, emf_V: 0 },
});
const capacitor = (farad: number): Capacitor => ({ type: "capacitor", id: "C", a: "ev", b: "earth", farad });

/** Generator with its kilohm, contact, conductor, the vehicle's resistor and the line's capacitance. */
const line = (contact_ohm: number, farad = 1e-9): readonly Element[] => [
  driver,
  branch("R1", "drive", "evse", 1000),
  branch("contact", "evse", "ev", contact_ohm),
  branch("R3", "ev", "earth", 2740),
  capacitor(farad),
];
const square = { period_s: 1e-3, high_s: 5e-4, low_V: -12, high_V: 12 };
const structure = new Topology(line(1));
const at = (elements: readonly Element[], topology = structure) =>
  lineOf(new Circuit(elements, topology), driver, [
    ["evse", "earth"],
    ["ev", "earth"],
  ]);
const volts = (period: ReturnType<ReturnType<typeof at>["period"]>) => period.volt.map((v) => Array.from(v ?? []));

describe("pilot lines that have been worked out", () => {
  test("a contact that has cooled by some uohm is the same line, and no level would differ by a microvolt", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.double({ min: -9e-6, max: 9e-6, noNaN: true }),
        (ohm, cooler_ohm) => {
          const known = at(line(ohm));
          expect(at(line(ohm + cooler_ohm))).toBe(known);
          const itself = at(line(ohm + cooler_ohm), new Topology(line(1)));
          const [kept, exact] = [volts(known.period(square)), volts(itself.period(square))];
          for (const [n, of] of exact.entries()) {
            for (const [i, volt] of of.entries())
              expect(Math.abs((kept[n]?.[i] ?? Number.NaN) - volt)).toBeLessThan(1e-6);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("another resistance, a very small one that differs and another capacitance are other lines", () => {
    expect(at(line(0.5))).not.toBe(at(line(0.5001)));
    expect(at(line(2e-6))).not.toBe(at(line(3e-6)));
    expect(at(line(0.5, 75e-12))).not.toBe(at(line(0.5, 300e-12)));
    expect(at(line(0.5, 1e-9))).not.toBe(at(line(0.5, 1.000_001e-9)));
  });
});

describe("numbers of nodes that circuits share", () => {
  test("whatever was numbered before, a circuit solves to the same digits and knows its own nodes only", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(["ev", "evse", "drive", "earth", "elsewhere"]), (before) => {
        const numbers = new NodeNumbers();
        for (const node of before) numbers.number(node);
        const driven = line(1).map((one) => (one === driver ? { ...driver, emf_V: 12 } : one));
        const alone = new Circuit(driven, new Topology(driven));
        const shared = new Circuit(driven, new Topology(driven, numbers));
        for (const node of ["drive", "evse", "ev"]) expect(shared.volt(node, "earth")).toBe(alone.volt(node, "earth"));
        expect(shared.volt("elsewhere", "earth")).toBe(undefined);
        numbers.number("later");
        expect(shared.volt("later", "earth")).toBe(undefined);
      }),
    );
  });
});
