import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Circuit } from "../../../drivers/twin/world/circuit.ts";
import type { Branch, Element, Load, Source } from "../../../drivers/twin/world/elements.ts";

const branch = (id: string, a: string, b: string, ohm: number, emf_V = 0): Branch => ({
  type: "branch",
  ...{ id, a, b, ohm, emf_V },
});
const source = (a: string, b: string, volt: number, ampere: number): Source => ({
  type: "source",
  ...{ id: "source", a, b, volt, ampere, on: true, ohm: 1e-4, bleeder_ohm: 1e9 },
});
const load = (a: string, b: string, ampere: number): Load => ({
  type: "load",
  ...{ id: "load", a, b, ampere, on: true, saturation_ohm: 0.002, off_ohm: 1e9 },
});

describe("circuits solved by hand", () => {
  test("a divider of 1 and 2 ohm halves nothing but thirds the voltage", () => {
    const circuit = new Circuit([branch("V", "a", "0", 1e-6, 9), branch("R1", "a", "m", 1), branch("R2", "m", "0", 2)]);
    expect(circuit.volt("m", "0")).toBeCloseTo(6, 5);
    expect(circuit.current("R2")).toBeCloseTo(3, 5);
  });

  test("an unbalanced bridge gives the voltage of its two dividers", () => {
    const circuit = new Circuit([
      branch("V", "a", "0", 1e-6, 10),
      ...[branch("R1", "a", "l", 100), branch("R2", "l", "0", 200)],
      ...[branch("R3", "a", "r", 300), branch("R4", "r", "0", 100)],
    ]);
    expect(circuit.volt("l", "r")).toBeCloseTo((10 * 200) / 300 - (10 * 100) / 400, 6);
  });

  test("1 uohm and 1 Gohm in one island each keep their digits", () => {
    const circuit = new Circuit([
      branch("V", "a", "0", 1, 10),
      branch("leak", "a", "b", 1e9),
      branch("bar", "b", "c", 1e-6),
      branch("meter", "c", "0", 1e5),
    ]);
    const ampere = 10 / (1 + 1e9 + 1e-6 + 1e5);
    expect(Math.abs((circuit.volt("c", "0") as number) / (ampere * 1e5) - 1)).toBeLessThan(1e-6);
    const driven = new Circuit([
      branch("V", "a", "0", 0.1, 1),
      branch("bar", "a", "b", 1e-6),
      branch("R", "b", "0", 0.1),
    ]);
    expect(Math.abs((driven.volt("a", "b") as number) / (1e-6 / 0.200001) - 1)).toBeLessThan(1e-9);
  });

  test("a diode behind 1 kohm at 12 V and 2740 ohm gives the pilot's 9 V", () => {
    const circuit = new Circuit([
      branch("V", "a", "0", 1000, 12),
      { type: "diode", id: "D", a: "a", b: "k" },
      branch("R", "k", "0", 2740),
    ]);
    expect(circuit.volt("a", "0")).toBeCloseTo(8.98, 1);
    expect(circuit.volt("a", "k")).toBeCloseTo(0.7, 2);
    expect(circuit.residual("a")).toBeCloseTo(0, 12);
  });

  test("a reversed diode passes no more than its saturation current", () => {
    const circuit = new Circuit([
      branch("V", "a", "0", 1000, -12),
      { type: "diode", id: "D", a: "a", b: "k" },
      branch("R", "k", "0", 2740),
    ]);
    expect(Math.abs(circuit.current("R"))).toBeLessThan(1e-8);
    expect(circuit.volt("a", "0")).toBeCloseTo(-12, 4);
  });

  test.each([0.7, 3.3, 8, 20])("a clamp of %d V takes that at 3 mA, blocks below it and the other way", (drop_V) => {
    const behind = (emf_V: number, ohm: number): Circuit =>
      new Circuit([branch("V", "a", "0", ohm, emf_V), { type: "diode", id: "D", a: "a", b: "0", drop_V }]);
    const at = behind(drop_V + 3, 1000);
    expect(at.volt("a", "0")).toBeCloseTo(drop_V, 2);
    expect(at.current("D")).toBeCloseTo(3e-3, 4);
    for (const emf_V of [drop_V - 0.65, 0, -30]) {
      const blocked = behind(emf_V, 1000);
      expect(blocked.volt("a", "0")).toBeCloseTo(emf_V, 4);
      expect(Math.abs(blocked.current("D"))).toBeLessThan(1e-8);
    }
    // It is no battery: nothing drives it, nothing flows.
    expect(behind(0, 1000).current("D")).toBeCloseTo(0, 15);
  });

  test("between two islands there is no voltage", () => {
    const circuit = new Circuit([branch("R1", "a", "b", 1, 1), branch("R2", "c", "d", 1)]);
    expect(circuit.volt("a", "c")).toBeUndefined();
    expect(circuit.volt("a", "nowhere")).toBeUndefined();
    expect(circuit.joined("a", "b")).toBe(true);
  });
});

describe("source and load", () => {
  const loop = (volt: number, limit_A: number, sink_A: number): Circuit =>
    new Circuit([source("p", "m", volt, limit_A), branch("lead", "p", "l", 0.001), load("l", "m", sink_A)]);

  test("the load sets the current while the source holds the voltage", () => {
    const circuit = loop(4, 550, 500);
    expect(circuit.current("load")).toBeCloseTo(500, 5);
    expect(circuit.sourceMode("source")).toBe("CV");
    expect(circuit.volt("l", "m")).toBeCloseTo(4 - 500 * 0.0011, 5);
  });

  test("a load that asks for more than the source gives is driven into saturation", () => {
    const circuit = loop(4, 300, 500);
    expect(circuit.current("load")).toBeCloseTo(300, 5);
    expect(circuit.sourceMode("source")).toBe("CC");
    expect(circuit.loadMode("load")).toBe("saturated");
    expect(circuit.volt("l", "m")).toBeCloseTo(300 * 0.002, 5);
  });

  test("a voltage too low for the load is used up by its saturation resistance", () => {
    const circuit = loop(0.5, 550, 500);
    expect(circuit.current("load")).toBeCloseTo(0.5 / (0.001 + 0.0001 + 0.002), 4);
  });

  test("a source does not sink: a higher voltage outside blocks it", () => {
    const circuit = new Circuit([source("p", "m", 4, 10), branch("other", "p", "m", 1, 6)]);
    expect(circuit.current("source")).toBeCloseTo(0, 6);
    expect(circuit.sourceMode("source")).toBe("blocked");
  });

  test("a shorted source gives its limit", () => {
    const circuit = new Circuit([source("p", "m", 5, 30), branch("short", "p", "m", 1e-4)]);
    expect(circuit.current("short")).toBeCloseTo(30, 6);
  });
});

const ohm = fc.double({ min: -6, max: 9, noNaN: true }).map((decade) => 10 ** decade);
/** A connected random network of resistors on nodes 0..5: a chain and some more. */
const network = fc
  .tuple(fc.array(ohm, { minLength: 5, maxLength: 5 }), fc.array(fc.tuple(fc.nat(5), fc.nat(5), ohm), { maxLength: 8 }))
  .map(([chain, more]): Branch[] => [
    ...chain.map((r, n) => branch(`c${n}`, `${n}`, `${n + 1}`, r)),
    ...more.filter(([a, b]) => a !== b).map(([a, b, r], n) => branch(`m${n}`, `${a}`, `${b}`, r)),
  ]);
const injected = (elements: readonly Element[], a: string, b: string, ampere: number): Circuit =>
  new Circuit([...elements, { type: "injection", id: "J", a, b, ampere }]);

/** The most that 1 A can raise anywhere, V: rounding is 1e-16 of it. */
const span = (elements: readonly Branch[]): number => elements.reduce((sum, { ohm: r }) => sum + r, 0);

describe("properties of resistive networks", () => {
  test("reciprocity: source and meter may change places", () => {
    fc.assert(
      fc.property(network, (elements) => {
        const there = injected(elements, "0", "3", 1).volt("1", "5") as number;
        const back = injected(elements, "1", "5", 1).volt("0", "3") as number;
        expect(Math.abs(there - back)).toBeLessThanOrEqual(1e-14 * span(elements));
      }),
    );
  });

  test("passivity: current through a network always costs power", () => {
    fc.assert(
      fc.property(network, (elements) => {
        expect(injected(elements, "0", "4", 1).volt("4", "0")).toBeGreaterThan(0);
      }),
    );
  });

  test("superposition: two currents give the sum of their voltages", () => {
    fc.assert(
      fc.property(network, (elements) => {
        const one = injected(elements, "0", "5", 2).volt("1", "4") as number;
        const two = injected(elements, "2", "3", -1).volt("1", "4") as number;
        const second: Element = { type: "injection", id: "K", a: "2", b: "3", ampere: -1 };
        const both = injected([...elements, second], "0", "5", 2).volt("1", "4") as number;
        expect(Math.abs(both - one - two)).toBeLessThanOrEqual(4e-14 * span(elements));
      }),
    );
  });

  test("Kirchhoff: what enters a node leaves it", () => {
    fc.assert(
      fc.property(network, (elements) => {
        const circuit = injected(elements, "0", "5", 1);
        for (const node of ["1", "2", "3", "4"]) {
          // The current of a very small resistance comes from nearly equal voltages: its rounding is V x 1e-16 / R.
          const least = Math.min(...elements.filter(({ a, b }) => a === node || b === node).map((e) => e.ohm));
          const volt = Math.abs(circuit.volt("5", "0") as number);
          expect(Math.abs(circuit.residual(node))).toBeLessThanOrEqual(1e-9 + (1e-14 * volt) / least);
        }
      }),
    );
  });
});
