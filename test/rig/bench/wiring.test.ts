import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBench } from "../../../rig/bench/benchFile.ts";
import { makeWiring } from "../../../rig/bench/wiring.ts";
import type { Bench } from "../../../rig/model/bench.ts";
import { edgesOf, Joined } from "../../../rig/model/netlist.ts";

const text = readFileSync("benches/rb-1.yaml", "utf8");
const bench = parseBench("benches/rb-1.yaml", text);
const wiring = makeWiring(bench);
const contact = fc.constantFrom(...bench.contacts);

function joined(of: Bench, closed: readonly string[]): Joined {
  return new Joined(edgesOf(of).filter((edge) => edge.kind === "lead" || closed.includes(edge.id)));
}

describe("four-wire path", () => {
  it("closes isolation, matrix and instrument relays, found by the netlist", () => {
    expect(wiring.fourWire("evse.PE", "ev.PE").relays).toEqual([
      "KM.OHM",
      "K_ISO.ev.PE",
      "K_ISO.evse.PE",
      "MX.ev.PE.FL",
      "MX.ev.PE.SL",
      "MX.evse.PE.FH",
      "MX.evse.PE.SH",
    ]);
  });

  it("joins force and sense of each side to its contact, and the two sides never", () => {
    fc.assert(
      fc.property(contact, contact, (hi, lo) => {
        fc.pre(hi !== lo);
        const sets = joined(bench, wiring.fourWire(hi, lo).relays);
        expect(sets.same("OHM.FH", hi) && sets.same("OHM.SH", hi)).toBe(true);
        expect(sets.same("OHM.FL", lo) && sets.same("OHM.SL", lo)).toBe(true);
        expect(sets.same(hi, lo)).toBe(false);
      }),
    );
  });

  it("follows the netlist when relays are renamed", () => {
    const renamed = parseBench("b", text.replaceAll("MX.evse.PE.FH", "R7").replaceAll("K_ISO.evse.PE", "R8"));
    expect(makeWiring(renamed).fourWire("evse.PE", "ev.PE").relays).toEqual(
      expect.arrayContaining(["R7", "R8", "MX.evse.PE.SH"]),
    );
  });

  it("takes the relay whose poles join the nodes after two relays exchanged their poles", () => {
    const swapped = parseBench(
      "b",
      text
        .replace("poles: [[evse.CP.Fi, FHI]]", "poles: [[evse.PP.Fi, TMP]]")
        .replace("poles: [[evse.PP.Fi, FHI]]", "poles: [[evse.CP.Fi, FHI]]")
        .replace("TMP", "FHI"),
    );
    expect(makeWiring(swapped).fourWire("evse.CP", "ev.CP").relays).toContain("MX.evse.PP.FH");
  });

  it("refuses a path with an element below what is asked and names it", () => {
    expect(() => wiring.fourWire("evse.CP", "ev.CP", { current_A: 3 })).toThrow(/KM\.OHM carries 2 A.*PATH_REFUSED/);
    expect(() => wiring.fourWire("evse.CP", "ev.CP", { voltage_V: 500 })).toThrow(/withstands 60 V.*500 V/);
    expect(() => wiring.fourWire("evse.CP", "ev.CP", { current_A: Number.NaN })).toThrow(/PATH_REFUSED/);
    expect(() => wiring.fourWire("evse.CP", "evse.CP")).toThrow(/PATH_REFUSED/);
    expect(() => wiring.fourWire("evse2.CP", "ev.CP")).toThrow(/evse2\.CP has no reference half/);
  });

  it("by default asks for what the meter itself can give", () => {
    const weak = parseBench("b", text.replace("signal:    { carry_A: 2,", "signal:    { carry_A: 0.5,"));
    expect(() => makeWiring(weak).fourWire("evse.CP", "ev.CP")).toThrow(/carries 0\.5 A, the step can produce 1 A/);
  });
});

it("shorted joins all four wires of the meter on one contact", () => {
  fc.assert(
    fc.property(contact, (one) => {
      const route = wiring.shorted(one);
      expect(route.relays.length).toBe(6);
      const sets = joined(bench, route.relays);
      for (const wire of ["OHM.FH", "OHM.FL", "OHM.SH", "OHM.SL"]) expect(sets.same(wire, one)).toBe(true);
    }),
  );
});

describe("leakage circuit", () => {
  it("puts any set on high and any other on low, and never joins the two", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...bench.contacts], { minLength: 2 }), fc.nat(), (picked, cut) => {
        const at = 1 + (cut % (picked.length - 1));
        const [hi, lo] = [picked.slice(0, at), picked.slice(at)];
        const { base, rail } = wiring.leak(hi, lo, 12);
        const sets = joined(bench, base.relays);
        for (const one of hi) expect(sets.same("LEAK.HI", one)).toBe(true);
        for (const one of lo) expect(sets.same("LEAK.LO", one)).toBe(true);
        expect(sets.same("LEAK.HI", "LEAK.LO")).toBe(false);
        expect(rail.relays).toEqual(["KL12"]);
      }),
    );
  });
  it("takes the rail asked for, not another 5 V supply of the fixture", () => {
    expect(wiring.leak(["ev.PP"], ["ev.PE"], 5).rail.relays).toEqual(["KL5"]);
    expect(wiring.leak(["ev.PP"], ["ev.PE"], 5).base.relays).toContain("KM.LEAK");
  });
  it("refuses a contact on both sides and an empty side", () => {
    expect(() => wiring.leak(["ev.PP", "ev.PE"], ["ev.PE"], 5)).toThrow(/ev\.PE is on both sides/);
    expect(() => wiring.leak([], ["ev.PE"], 5)).toThrow(/PATH_REFUSED/);
  });
});

describe("routes between nodes", () => {
  it("power, earth, pilot and bypass paths close what they must", () => {
    expect(wiring.route("SRC+", "evse.DC+").relays).toEqual(["K1A"]);
    expect(wiring.route("SRC+", "evse.PE").relays).toEqual(["K3F"]);
    expect(wiring.route("CP_S", "evse.CP").relays).toEqual(["KP1.A", "K_ISO.evse.CP"]);
    expect(wiring.route("CP_S", "CP_V").relays).toEqual(["KP1.X", "KP2.X"]);
    expect(wiring.route("SRC+", "evse.DC+").carry_A).toBe(600);
    expect(wiring.route("SRC+", "evse.DC+").settle_s).toBeCloseTo(0.05, 9);
  });
  it("refuses nodes that no relay can join", () => {
    expect(() => wiring.route("LEAK.12", "SRC+")).toThrow(/no relay path joins LEAK\.12 and SRC\+.*PATH_REFUSED/);
    expect(() => wiring.route("SRC+", "nowhere")).toThrow(/no node nowhere/);
    expect(() => wiring.route("SRC+", "evse.PE", { current_A: 41 })).toThrow(/W\.evse\.PE\.F carries 40 A/);
  });
  it("knows channels by name and taps by the meter's wires", () => {
    expect(wiring.channel("V.PE")).toBe(104);
    expect(() => wiring.channel("V.XX")).toThrow(/channels: V\.XX is missing/);
    expect(wiring.tapOf("ev.CP", "F")).toBe("ev.CP.F");
    expect(wiring.tapOf("ev.CP", "S")).toBe("ev.CP.S");
  });
});
