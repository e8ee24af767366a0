import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadBench } from "../../../rig/bench/benchFile.ts";
import { type AdapterType, families, netlistOf } from "../../../rig/model/adapter.ts";
import type { Contact } from "../../../rig/model/contacts.ts";
import { atTerminals, contactAt, isStraight, matingFor, terminalOf } from "../../../rig/model/halves.ts";

const halves = loadBench("benches/rb-1.yaml").halves ?? [];

const type = (family: AdapterType["family"]): AdapterType => ({
  id: "x",
  maker: "x",
  model: "x",
  family,
  rating: { current_A: 48, voltage_V: 250, ambient_min_degC: -30, ambient_max_degC: 40 },
  pp: { topology: "PASS" },
  parts: { idElement: false, tempSensors: false, latchSwitch: false, acContactsPopulated: false },
  source: "test",
  confidence: "H",
});

const anyMating = fc.constantFrom(...(["A", "B", "C", "D", "E"] as const)).chain((family) =>
  fc.record({
    family: fc.constant(family),
    station: fc.constantFrom(...families[family].faces.map(({ face }) => face).filter((face) => face !== "ev")),
  }),
);

describe("an adapter between reference halves", () => {
  test("puts the AC contacts on the terminals of the power loop", () => {
    const mating = matingFor(type("C"), halves);
    expect([mating.evse.half.id, mating.ev.half.id]).toEqual(["RH-S-J1772", "RH-V-NACS"]);
    expect((["evse.L1", "evse.L2N", "evse.PE", "ev.DC+"] as const).map((c) => terminalOf(mating, c))).toEqual([
      "evse.DC+",
      "evse.DC-",
      "evse.PE",
      "ev.DC+",
    ]);
    expect(terminalOf(matingFor(type("D"), halves), "ev.L2N")).toBe("ev.DC-");
  });

  test("of family E reaches the contacts of the inlet in use and no others", () => {
    const mating = matingFor(type("E"), halves, "evse2");
    expect(terminalOf(mating, "evse2.L1")).toBe("evse.DC+");
    expect(terminalOf(mating, "evse.DC+")).toBeUndefined();
    expect(contactAt(mating, "evse.CP")).toBe("evse2.CP");
  });

  test("finds every contact back from its terminal", () => {
    fc.assert(
      fc.property(anyMating, ({ family, station }) => {
        const mating = matingFor(type(family), halves, station);
        const { contacts } = netlistOf(type(family), station);
        const reached = contacts.filter((contact) => terminalOf(mating, contact) !== undefined);
        expect(reached.length).toBeGreaterThanOrEqual(10);
        for (const contact of reached) expect(contactAt(mating, terminalOf(mating, contact) as Contact)).toBe(contact);
      }),
    );
  });

  test("keeps a partition of the terminals, with each power path through the heavy leads", () => {
    fc.assert(
      fc.property(anyMating, ({ family, station }) => {
        const { contacts, nets } = atTerminals(
          netlistOf(type(family), station),
          matingFor(type(family), halves, station),
        );
        expect(nets.flat().sort()).toEqual([...contacts].sort());
        for (const pin of ["DC+", "DC-", "PE", "CP", "PP"] as const) {
          expect(nets).toContainEqual([`evse.${pin}`, `ev.${pin}`]);
        }
      }),
    );
  });

  test("is in no need of other words with DC halves, and says which half a bench has not", () => {
    expect(isStraight(matingFor(type("A"), halves))).toBe(true);
    expect(isStraight(matingFor(type("B"), []))).toBe(true);
    expect(isStraight(matingFor(type("C"), halves))).toBe(false);
    expect(() => matingFor(type("D"), [])).toThrow(
      /family D needs a J1772 reference half on the ev side.*HALF_MISSING/,
    );
  });
});
