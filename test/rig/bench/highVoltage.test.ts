/** Nest N2 on paper: what separates it from the rest, its ratings, its bleeder, its known resistors; and its paths. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadBench, parseBench } from "../../../rig/bench/benchFile.ts";
import { makeHighVoltageWiring } from "../../../rig/bench/highVoltageWiring.ts";
import { highVoltageTree, nestCodeOf } from "../../../rig/model/highVoltage.ts";

const text = readFileSync("benches/rb-1.yaml", "utf8");
const bench = loadBench("benches/rb-1.yaml");

function refusal(from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${from} is not in the bench file`);
  try {
    parseBench("b.yaml", changed);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was accepted");
}

describe("nest N2 of the reference bench", () => {
  it("hangs together with no contact, meter, sensor or tie of N1, even with every relay closed", () => {
    const tree = highVoltageTree(bench);
    expect(tree?.relays.size).toBe(2 * 19 + 3);
    const others = Object.values(bench.instruments).filter(({ kind }) => kind !== "insulation");
    const foreign = [
      ...others.flatMap(({ terminals }) => Object.values(terminals)),
      ...Object.values(bench.channels).flatMap(({ hi, lo }) => [hi, lo]),
      ...bench.ties.map(({ node }) => node),
      ...bench.contacts,
    ];
    expect(foreign.filter((node) => node !== undefined && tree?.nodes.has(node))).toEqual([]);
  });

  it("knows its nest code only when every coding line was read", () => {
    const lines = { NEST0: false, NEST1: true, NEST2: false, NEST3: false };
    expect(nestCodeOf(lines)).toBe(2);
    expect(nestCodeOf({ ...lines, NEST3: undefined as unknown as boolean })).toBeUndefined();
    expect(nestCodeOf({})).toBeUndefined();
  });
});

describe("a bad nest N2 is refused in one line that names file, line and field", () => {
  it.each<[string, string | RegExp, string, RegExp]>([
    [
      "a relay into the matrix",
      /poles: \[\[HV.OUT, N2.ev.PE.F\]\]/,
      "poles: [[HV.OUT, N2.ev.PE.F], [HV.RET, FHI]]",
      /b\.yaml.*hangs together with the insulation tester/,
    ],
    [
      "a DAQ channel on the tester",
      "hi: LEAK.T, lo: LEAK.HI",
      "hi: HV.OUT, lo: LEAK.HI",
      /channels\.LEAK\.hi.*hangs together/,
    ],
    [
      "a watch loop, whose comparators are the computer's",
      "watch: [WATCH.1a, WATCH.1b]",
      "watch: [WATCH.1a, N2.ev.PE.F]",
      /gpio\.lines\.WATCH\.1\.watch.*hangs together/,
    ],
    [
      "a supply of the fixture",
      /(LEAK.V5: .*)\n/,
      "$1\n  LEAK.V9: { type: supply, from: HV.OUT, to: HV.RET, volt: 9.0, ohm: 1 }\n",
      /parts\.LEAK\.V9.*hangs together/,
    ],
    [
      "a tree that a guard would open on its charge",
      ", keeps_bleeder: true }",
      " }",
      /instruments\.hvtree\.config\.keeps_bleeder.*write true/,
    ],
    [
      "contactors that a guard would leave closed",
      /(\n {2}contactor:\n[\s\S]*?config: \{ boards: \[[^\]]*\])/,
      "$1, keeps_bleeder: true",
      /instruments\.contactor\.config\.keeps_bleeder.*remove it/,
    ],
    [
      "an earth tie",
      "tie.generator: { node: COM_S",
      "tie.generator: { node: HV.RET",
      /ties\.tie\.generator\.node.*hangs together/,
    ],
    [
      "a relay class below the peak",
      /(reed: .*)withstand_V: 5000/,
      "$1withstand_V: 3500",
      /reed\.withstand_V.*below peak_V/,
    ],
    [
      "a relay class that may switch under voltage",
      /(reed: .*)hot_switch_A: 0, hot_switch_V: 0/,
      "$1hot_switch_A: 0.01, hot_switch_V: 100",
      /nothing is switched under voltage/,
    ],
    ["a lead below the peak", /(W.N2.ev.PE: .*)withstand_V: 5000/, "$1withstand_V: 600", /W\.N2\.ev\.PE\.withstand_V/],
    ["a peak above the tester", "peak_V: 4300", "peak_V: 6200", /above the 6100 V of insulation/],
    ["a bleeder that is too slow", /(HV.BLEED: .*)ohm: 1.0e7/, "$1ohm: 1.0e8", /discharge_s.*allow more time/],
    [
      "a bleeder elsewhere",
      "HV.BLEED: { type: resistor, from: HV.OUT, to: HV.EARTH",
      "HV.BLEED: { type: resistor, from: HV.OUT, to: HV.RET",
      /HV\.BLEED does not join/,
    ],
    [
      "a contact without known resistor",
      /(HV.R.ev.CP: .*)ohm: 1.0e9/,
      "$1ohm: 2.0e9",
      /no resistor of 1000000000 ohm joins N2\.ev\.CP/,
    ],
    [
      "a contact that is none",
      "reach: [evse.DC+, evse.DC-, evse.L1, evse.L2N, evse.PE, evse.CP, evse.PP, ev.DC+, ev.DC-, ev.L1, ev.L2N, ev.PE, ev.CP, ev.PP, evse2.L1",
      "reach: [evse.XX, evse2.L1",
      /"evse\.XX" is not a contact/,
    ],
    ["one code for both nests", "power_code: 1", "power_code: 2", /also the code of the power nest/],
    ["a tester without the section", /\nhigh_voltage:[\s\S]*?\n\n/, "\n\n", /needs the section high_voltage/],
  ])("%s", (_, from, to, message) => expect(refusal(from, to)).toMatch(message));
});

describe("paths through the tree", () => {
  const hv = makeHighVoltageWiring(bench);
  if (!hv) throw new Error("RB-1 has N2");

  it("closes one relay a contact and one for the bus", () => {
    const { relays } = hv.route(["evse.DC+", "ev.DC+"], ["ev.DC-"], "guard", 1000);
    expect(relays).toEqual(["HV.BE", "HV.ev.DC+.H", "HV.ev.DC-.L", "HV.evse.DC+.H"]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a contact on both sides", () => hv.route(["ev.PE"], ["ev.PE"], "guard", 500), /both sides/],
    ["a contact that N2 lacks", () => hv.route(["evse2.DC+"], [], "return", 500), /no contact evse2\.DC\+/],
    ["a voltage above the relays", () => hv.route(["ev.PE"], [], "return", 5001), /withstands 5000 V/],
    ["no number for a voltage", () => hv.route(["ev.PE"], [], "return", Number.NaN), /withstands/],
  ])("refuses %s", (_, ask, message) => expect(ask).toThrow(message));
});
