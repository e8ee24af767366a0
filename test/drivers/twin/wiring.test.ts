import { describe, expect, test } from "vitest";
import { loadAdapterUnderTest } from "../../../drivers/twin/world/adapterUnderTest.ts";
import { loadDeviations, noDeviations } from "../../../drivers/twin/world/deviations.ts";
import { adapterWith, energise, fourWire, healthy, high_ohm, low_ohm, rigWith, type TestRig } from "./testBench.ts";

const measure = (
  rig: TestRig,
  hi: Parameters<typeof fourWire>[0],
  lo: Parameters<typeof fourWire>[1],
  test = low_ohm,
) => {
  rig.close(fourWire(hi, lo));
  return rig.world.milliohm.measure(test);
};
const example = (name: string) => loadAdapterUnderTest(`drivers/twin/adapters/${name}.yaml`);
const deviating = (name: string) => loadDeviations(`drivers/twin/deviations/${name}.yaml`);

describe("four wires on a healthy adapter", () => {
  test.each([
    ["DC+", 1e-4, 5e-6],
    ["PE", 1e-3, 2e-5],
    ["CP", 0.02, 3e-4],
    ["PP", 0.02, 3e-4],
  ] as const)("%s reads %d ohm, without leads, contacts and EMF", (pin, expected_ohm, tolerance) => {
    const seen = measure(rigWith(), `evse.${pin}`, `ev.${pin}`);
    expect(seen.is).toBe("ohm");
    if (seen.is === "ohm") expect(Math.abs(seen.ohm - expected_ohm)).toBeLessThan(tolerance);
  });

  test("contacts that belong to different nets are over-range", () => {
    expect(measure(rigWith(), "evse.CP", "ev.PP", { ...low_ohm, range_ohm: 1000 as 0.1 })).toEqual({ is: "over" });
  });

  test("without an adapter every path is open", () => {
    expect(measure(rigWith({ fitted: false }), "evse.PE", "ev.PE")).toEqual({ is: "over" });
  });
});

describe("faulty adapters", () => {
  test("a broken earth is over-range", () => {
    expect(measure(rigWith({ adapter: example("pe-open") }), "evse.PE", "ev.PE")).toEqual({ is: "over" });
  });

  test("crossed poles are open straight and good across", () => {
    const rig = rigWith({ adapter: example("dc-swapped") });
    expect(measure(rig, "evse.DC+", "ev.DC+").is).toBe("over");
    const across = measure(rig, "evse.DC+", "ev.DC-");
    expect(across.is === "ohm" && Math.abs(across.ohm - 1e-4) < 1e-5).toBe(true);
  });

  test("a short between CP and PP reads its resistance", () => {
    const seen = measure(rigWith({ adapter: example("cp-pp-short") }), "evse.CP", "evse.PP", {
      ...low_ohm,
      ...{ range_ohm: 10 as 0.1, current_A: 0.01 as 1 },
    });
    expect(seen.is === "ohm" && Math.abs(seen.ohm - 0.21) < 0.01).toBe(true);
  });

  test("a pole of 400 uohm reads 400 uohm", () => {
    const seen = measure(rigWith({ adapter: example("pole-400u") }), "evse.DC+", "ev.DC+");
    expect(seen.is === "ohm" && Math.abs(seen.ohm - 4e-4) < 1e-5).toBe(true);
  });

  test("a diode does not conduct below 20 mV", () => {
    const rig = rigWith({ adapter: example("cp-diode") });
    rig.close(fourWire("evse.CP", "ev.CP"));
    expect(rig.world.milliohm.measure({ current_A: 0.001, range_ohm: 1, open_V: 0.02 })).toEqual({ is: "over" });
  });

  test("the leakage circuit finds 10 kohm from CP to PE and nothing on a healthy adapter", () => {
    const volt = (rig: TestRig): number => {
      const contacts = ["K_ISO.evse.CP", "K_ISO.evse.PE", "MX.evse.CP.FH", "MX.evse.PE.FL"];
      rig.close(contacts, "KM.LEAK", "KL12");
      return rig.channel("LEAK") as number;
    };
    const seen = volt(rigWith({ adapter: example("cp-leak-10k") }));
    expect((1e5 * (12 - seen)) / seen).toBeGreaterThan(9_500);
    expect((1e5 * (12 - seen)) / seen).toBeLessThan(10_500);
    expect(Math.abs(volt(rigWith()))).toBeLessThan(0.002);
  });

  test("a proximity resistor of 680 ohm is read", () => {
    const seen = measure(rigWith({ adapter: example("pp-680") }), "ev.PP", "ev.PE", high_ohm as never);
    expect(seen.is === "ohm" && Math.abs(seen.ohm - 680) < 2).toBe(true);
  });

  test("each fitting draws its own contact resistances, the same for the same seed", () => {
    const readings = () => {
      const rig = rigWith({ adapter: adapterWith({ remate_spread: 0.05 }) });
      const first = rig.world;
      const values: number[] = [];
      for (let n = 0; n < 3; n++) {
        const seen = measure(rig, "evse.DC+", "ev.DC+");
        if (seen.is === "ohm") values.push(seen.ohm);
        first.operator.remove();
        first.operator.fit();
      }
      return values;
    };
    const values = readings();
    expect(new Set(values.map((v) => v.toFixed(7))).size).toBe(3);
    expect(readings()).toEqual(values);
  });
});

describe("deviations of the bench", () => {
  test("swapped force wires of CP and PP: the meter's contact check trips", () => {
    const rig = rigWith({ deviations: deviating("swapped-wires") });
    expect(measure(rig, "evse.CP", "ev.CP")).toEqual({ is: "contact" });
    expect(measure(rig, "evse.PE", "ev.PE").is).toBe("ohm");
  });

  test("two taps exchanged as nodes make the meter read the wrong pair", () => {
    const swap: [string, string][] = [
      ["evse.CP.F", "evse.PP.F"],
      ["evse.CP.S", "evse.PP.S"],
    ];
    const rig = rigWith({ deviations: { ...noDeviations, swap } });
    expect(measure(rig, "evse.CP", "ev.CP")).toEqual({ is: "over" });
    expect(measure(rig, "evse.CP", "ev.PP").is).toBe("ohm");
  });

  test("a welded sense relay of ev.PE joins PE to the high sense bus", () => {
    const rig = rigWith({ deviations: deviating("welded-relay") });
    rig.close(["K_ISO.evse.PE", "K_ISO.ev.PE", "MX.evse.PE.FH", "MX.ev.PE.FL", "MX.ev.PE.SL", "KM.OHM"]);
    // Without the weld SHI would hang in the air and the contact check would trip.
    const seen = rig.world.milliohm.measure(low_ohm);
    expect(seen.is).not.toBe("contact");
    expect(measure(rigWith(), "evse.PE", "ev.PE").is).toBe("ohm");
  });

  test("an open sense wire makes the drop a floating input", () => {
    const [good, bad] = [rigWith(), rigWith({ deviations: deviating("open-sense") })];
    const readings = (rig: TestRig): number[] =>
      Array.from({ length: 20 }, (_, n) => {
        rig.world.advance(n);
        return rig.channel("V.DC+") as number;
      });
    expect(Math.max(...readings(good).map(Math.abs))).toBeLessThan(2e-5);
    expect(Math.max(...readings(bad).map(Math.abs))).toBeGreaterThan(1e-3);
  });

  test("earth ties left on both contacts make a broken earth read as good", () => {
    const rig = rigWith({ adapter: example("pe-open"), deviations: deviating("earth-tie") });
    const seen = measure(rig, "evse.PE", "ev.PE", { ...low_ohm, range_ohm: 1 as 0.1, current_A: 0.1 as 1 });
    expect(seen.is === "ohm" && Math.abs(seen.ohm - 0.1) < 0.01).toBe(true);
  });

  test("a lead that is off at the force tap is a contact error", () => {
    const rig = rigWith({ deviations: { ...noDeviations, openLead: ["W.ev.PE.S"] } });
    expect(measure(rig, "evse.PE", "ev.PE")).toEqual({ is: "contact" });
  });

  test("a relay that sticks open opens the path", () => {
    const rig = rigWith({ deviations: { ...noDeviations, stuckOpen: ["MX.evse.PE.FH"] } });
    expect(measure(rig, "evse.PE", "ev.PE")).toEqual({ is: "contact" });
  });

  test("a welded contactor shows in its mirror contact", () => {
    const rig = rigWith({ deviations: { ...noDeviations, weld: ["K1A"] } });
    expect(rig.world.gpio.lines()["M.K1A"]).toBe(false);
    expect(rig.world.gpio.lines()["M.K1B"]).toBe(true);
  });

  test("a deviation that names nothing of the bench is refused", () => {
    expect(() => rigWith({ deviations: { ...noDeviations, weld: ["MX.ev.PE.XX"] } })).toThrow(/weld: MX.ev.PE.XX/);
    expect(() => rigWith({ deviations: { ...noDeviations, openLead: ["nowhere"] } })).toThrow(/openLead: nowhere/);
  });
});

describe("one seed, one bench", () => {
  const trace = (seed: number): unknown[] => {
    const rig = rigWith({ seed, adapter: healthy });
    const seen: unknown[] = [measure(rig, "evse.CP", "ev.CP"), measure(rig, "evse.PE", "ev.PE")];
    energise(rig, 300);
    for (let t = 1; t < 20; t++) {
      rig.world.advance(t);
      seen.push(rig.channel("V.DC+"), rig.channel("SH"), rig.world.daq.thermocouple(201));
    }
    return seen;
  };

  test("the same seed gives the same readings, another seed others", () => {
    expect(trace(7)).toEqual(trace(7));
    expect(trace(8)).not.toEqual(trace(7));
  });
});
