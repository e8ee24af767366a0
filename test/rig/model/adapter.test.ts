import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AdapterType,
  families,
  hasElectronics,
  netlistOf,
  pp_latched_ohm,
  pp_pressed_ohm,
} from "../../../rig/model/adapter.ts";
import { couplerPins, faceOf, pinOf } from "../../../rig/model/contacts.ts";

const everyFamily = ["A", "B", "C", "D", "E"] as const;
const everyTopology = ["PASS", "SERIES_SW", "LOCAL", "ACTIVE"] as const;

const anyAdapter = fc
  .record({
    family: fc.constantFrom(...everyFamily),
    topology: fc.constantFrom(...everyTopology),
    power: fc.constantFrom("joined" as const, "switched" as const),
    parts: fc.record({
      idElement: fc.boolean(),
      tempSensors: fc.boolean(),
      latchSwitch: fc.boolean(),
      acContactsPopulated: fc.boolean(),
    }),
  })
  .map(({ family, topology, power, parts }) => ({
    ...adapter(family, topology, parts),
    ...(family === "E" ? { combo: { power } } : {}),
  }));
const anyFace = fc.constantFrom("evse" as const, "evse2" as const);

const bare = { idElement: false, tempSensors: false, latchSwitch: false, acContactsPopulated: false };

function adapter(
  family: AdapterType["family"],
  topology: AdapterType["pp"]["topology"] = "PASS",
  parts: AdapterType["parts"] = bare,
): AdapterType {
  return {
    id: "x",
    maker: "x",
    model: "x",
    family,
    rating: { current_A: 500, voltage_V: 1000, ambient_min_degC: -30, ambient_max_degC: 40 },
    pp: { topology },
    parts,
    source: "test",
    confidence: "H",
  };
}

describe("the netlist of an adapter", () => {
  test("has each contact in exactly one net, whichever inlet is in use", () => {
    fc.assert(
      fc.property(anyAdapter, anyFace, (type, inUse) => {
        const { contacts, nets } = netlistOf(type, inUse);
        expect(nets.flat().sort()).toEqual([...contacts].sort());
        expect(new Set(contacts).size).toBe(contacts.length);
      }),
    );
  });

  test("accounts for every contact of its couplers, with metal or without", () => {
    fc.assert(
      fc.property(anyAdapter, (type) => {
        const { contacts, unpopulated } = netlistOf(type);
        const { faces } = families[type.family];
        const expected = faces.flatMap(({ face, coupler }) => couplerPins[coupler].map((pin) => `${face}.${pin}`));
        expect([...contacts, ...unpopulated].sort()).toEqual(expected.sort());
      }),
    );
  });

  test("joins a pin with its own on the other face, power with the power of its pole, and nothing else", () => {
    const poles: Readonly<Record<string, string>> = { "DC+": "plus", L1: "plus", "DC-": "minus", L2N: "minus" };
    fc.assert(
      fc.property(anyAdapter, anyFace, (type, inUse) => {
        for (const net of netlistOf(type, inUse).nets.filter((one) => one.length > 1)) {
          expect(new Set(net.map((contact) => poles[pinOf(contact)] ?? pinOf(contact))).size).toBe(1);
          expect(new Set(net.map(faceOf)).size).toBe(net.length);
        }
      }),
    );
  });

  test.each(
    everyFamily.flatMap((family) => everyTopology.map((topology) => [family, topology] as const)),
  )("of family %s with proximity %s joins power, earth and pilot, and proximity unless the adapter makes its own", (family, topology) => {
    const joined = netlistOf(adapter(family, topology)).nets.filter((net) => net.length > 1);
    const expected = {
      A: [
        ["evse.DC+", "ev.DC+"],
        ["evse.DC-", "ev.DC-"],
      ],
      B: [
        ["evse.DC+", "ev.DC+"],
        ["evse.DC-", "ev.DC-"],
      ],
      C: [
        ["evse.L1", "ev.DC+"],
        ["evse.L2N", "ev.DC-"],
      ],
      D: [
        ["evse.DC+", "ev.L1"],
        ["evse.DC-", "ev.L2N"],
      ],
      E: [
        ["evse.DC+", "evse2.L1", "ev.DC+"],
        ["evse.DC-", "evse2.L2N", "ev.DC-"],
      ],
    }[family];
    const sides = family === "E" ? ["evse", "evse2", "ev"] : ["evse", "ev"];
    const signals = topology === "LOCAL" ? ["PE", "CP"] : ["PE", "CP", "PP"];
    expect(joined).toEqual([...expected, ...signals.map((pin) => sides.map((side) => `${side}.${pin}`))]);
  });

  test("of a switched combined adapter leaves the power of the other inlet in the open", () => {
    const type: AdapterType = { ...adapter("E"), combo: { power: "switched" } };
    const powerOf = (inUse: "evse" | "evse2") =>
      netlistOf(type, inUse).nets.filter((net) => net.some((contact) => /DC|L/.test(pinOf(contact))));
    expect(powerOf("evse")).toEqual([["evse.DC+", "ev.DC+"], ["evse.DC-", "ev.DC-"], ["evse2.L1"], ["evse2.L2N"]]);
    expect(powerOf("evse2")).toEqual([["evse2.L1", "ev.DC+"], ["evse2.L2N", "ev.DC-"], ["evse.DC+"], ["evse.DC-"]]);
  });

  test("declares a part only between contacts that no conductor joins", () => {
    fc.assert(
      fc.property(anyAdapter, (type) => {
        const { nets, parts } = netlistOf(type);
        expect(parts.length).toBe(["LOCAL", "ACTIVE"].includes(type.pp.topology) ? 1 : 0);
        for (const { from, to } of parts) {
          expect(nets.some((net) => net.includes(from) && net.includes(to))).toBe(false);
        }
      }),
    );
  });

  test("with its own proximity resistor has 150 ohm from PP to PE on the vehicle's face", () => {
    expect(netlistOf(adapter("A", "LOCAL")).parts).toEqual([
      { from: "ev.PP", to: "ev.PE", ohm: pp_latched_ohm, what: "proximity resistor" },
    ]);
    expect([pp_latched_ohm, pp_pressed_ohm]).toEqual([150, 480]);
  });

  test("leaves L1 and L2N of the CCS1 face without metal unless the type says otherwise", () => {
    expect(netlistOf(adapter("A")).unpopulated).toEqual(["ev.L1", "ev.L2N"]);
    expect(netlistOf(adapter("B")).unpopulated).toEqual(["evse.L1", "evse.L2N"]);
    expect(netlistOf(adapter("A", "PASS", { ...bare, acContactsPopulated: true })).unpopulated).toEqual([]);
  });

  test("has AC contacts without metal on CCS1 faces only", () => {
    expect(netlistOf(adapter("C")).unpopulated).toEqual([]);
    expect(netlistOf(adapter("D")).unpopulated).toEqual([]);
    expect(netlistOf(adapter("E")).unpopulated).toEqual(["evse.L1", "evse.L2N"]);
  });

  test("does not say what active proximity measures: nobody has characterised it", () => {
    expect(netlistOf(adapter("C", "ACTIVE")).parts).toEqual([{ from: "ev.PP", to: "ev.PE", what: "active proximity" }]);
  });
});

describe("electronics inside an adapter", () => {
  test("are an identity element, temperature sensors or active proximity", () => {
    expect(hasElectronics(adapter("A"))).toBe(false);
    expect(hasElectronics(adapter("A", "PASS", { ...bare, idElement: true }))).toBe(true);
    expect(hasElectronics(adapter("A", "PASS", { ...bare, tempSensors: true }))).toBe(true);
    expect(hasElectronics(adapter("A", "ACTIVE"))).toBe(true);
    expect(hasElectronics(adapter("A", "SERIES_SW", { ...bare, latchSwitch: true }))).toBe(false);
  });

  test("are spared on both signals of every face, by active proximity on PP alone", () => {
    const spared = (type: AdapterType) => [...(netlistOf(type).electronics ?? [])].sort();
    expect(spared(adapter("B", "PASS", { ...bare, tempSensors: true }))).toEqual([
      "ev.CP",
      "ev.PP",
      "evse.CP",
      "evse.PP",
    ]);
    expect(spared(adapter("E", "ACTIVE"))).toEqual(["ev.PP", "evse.PP", "evse2.PP"]);
    expect(netlistOf(adapter("A")).electronics).toBeUndefined();
  });
});
