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
import { couplerPins } from "../../../rig/model/contacts.ts";

const anyAdapter = fc
  .record({
    family: fc.constantFrom<"A" | "B">("A", "B"),
    topology: fc.constantFrom<AdapterType["pp"]["topology"]>("PASS", "SERIES_SW", "LOCAL", "ACTIVE"),
    parts: fc.record({
      idElement: fc.boolean(),
      tempSensors: fc.boolean(),
      latchSwitch: fc.boolean(),
      acContactsPopulated: fc.boolean(),
    }),
  })
  .map(({ family, topology, parts }) => adapter(family, topology, parts));

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
  test("has each contact in exactly one net", () => {
    fc.assert(
      fc.property(anyAdapter, (type) => {
        const { contacts, nets } = netlistOf(type);
        expect(nets.flat().sort()).toEqual([...contacts].sort());
        expect(new Set(contacts).size).toBe(contacts.length);
      }),
    );
  });

  test("accounts for every contact of its couplers, with metal or without", () => {
    fc.assert(
      fc.property(anyAdapter, (type) => {
        const { contacts, unpopulated } = netlistOf(type);
        const { faces } = families[type.family as "A" | "B"];
        const expected = faces.flatMap(({ face, coupler }) => couplerPins[coupler].map((pin) => `${face}.${pin}`));
        expect([...contacts, ...unpopulated].sort()).toEqual(expected.sort());
      }),
    );
  });

  test("joins a pin with its own on the other face and with nothing else", () => {
    fc.assert(
      fc.property(anyAdapter, (type) => {
        for (const net of netlistOf(type).nets) {
          expect(new Set(net.map((contact) => contact.slice(contact.indexOf(".")))).size).toBe(1);
        }
      }),
    );
  });

  test("joins power, earth and pilot in every case, and proximity unless the adapter makes its own", () => {
    fc.assert(
      fc.property(anyAdapter, (type) => {
        const joined = netlistOf(type)
          .nets.filter((net) => net.length === 2)
          .map(([first]) => first);
        const local = type.pp.topology === "LOCAL";
        const power = ["evse.DC+", "evse.DC-", "evse.PE", "evse.CP"];
        expect(joined.sort()).toEqual([...power, ...(local ? [] : ["evse.PP"])].sort());
      }),
    );
  });

  test("declares a part only between contacts that no conductor joins", () => {
    fc.assert(
      fc.property(anyAdapter, (type) => {
        const { nets, parts } = netlistOf(type);
        expect(parts.length).toBe(type.pp.topology === "LOCAL" ? 1 : 0);
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

  test.each(["C", "D", "E"] as const)("of family %s is refused: nothing describes it yet", (family) => {
    expect(() => netlistOf(adapter(family))).toThrow(RangeError);
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
});
