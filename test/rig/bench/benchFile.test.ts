import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  loadBench,
  overdueCalibrations,
  overdueProofTests,
  parseBench,
  requireRoles,
} from "../../../rig/bench/benchFile.ts";
import { RigError } from "../../../rig/model/errors.ts";

const text = readFileSync("benches/rb-1.yaml", "utf8");

function change(from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${from} is not in the bench file`);
  return changed;
}

function refusal(content: string): RigError {
  try {
    parseBench("b.yaml", content);
  } catch (error) {
    if (error instanceof RigError) return error;
    throw error;
  }
  throw new Error("was accepted");
}

function lineOf(content: string, part: string): number {
  return content.slice(0, content.indexOf(part)).split("\n").length;
}

describe("the reference bench", () => {
  const bench = loadBench("benches/rb-1.yaml");

  it("loads with all its relays, leads, channels and interlocks", () => {
    expect(Object.keys(bench.relays).length).toBe(56 + 23 + 10 + 4 + 2 * 19 + 3);
    expect(bench.contacts.length).toBe(14);
    expect(bench.interlocks).toEqual(["ESTOP", "LID1", "LID2", "OT", "SMOKE", "WDR"]);
    expect(bench.channels["SH"]).toMatchObject({ channel: 101, measure: "V", hi: "SRC+", lo: "P" });
    expect(bench.instruments["milliohm"]?.calibrationDue).toBe("2027-06-30");
    expect(bench.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("expands patterns of exclusive groups to relays", () => {
    const taps = bench.exclusive.find((rule) => rule.id === "use-of-taps");
    expect(taps?.groups["matrix"]?.length).toBe(56);
  });

  it("gives the same hash for the same bytes and another for others", () => {
    expect(parseBench("x", text).hash).toBe(bench.hash);
    expect(parseBench("x", `${text}\n# more`).hash).not.toBe(bench.hash);
  });
});

describe("a bad bench file is refused in one line that names file, line and field", () => {
  const cases: readonly [string, string, RegExp][] = [
    ["unknown key", change("site:", "sight: x\nsite:"), /^b\.yaml:6: sight: unknown key; remove it/],
    ["unknown key in an entry", change("baud: 9600", "baud: 9600, bauds: 1"), /ports\.relays/],
    ["duplicate key", change("title:", "bench: again\ntitle:"), /^b\.yaml:\d+: bench: Map keys must be unique/],
    [
      "wrong unit in a key",
      change("resistance_ohm: 0.03, emf", "resistance_mohm: 30, emf"),
      /resistance_mohm: unknown key/,
    ],
    ["wrong type", change("baud: 9600", 'baud: "9600"'), /ports\.relays.*baud: number/],
    ["text for a number", change("carry_A: 600", "carry_A: 600 A"), /carry_A: must be a number, is "600 A"/],
    ["not a number", change("carry_A: 600", "carry_A: .nan"), /carry_A: must be a number, is NaN/],
    ["infinity", change("carry_A: 600", "carry_A: .inf"), /carry_A: must be a number, is Infinity/],
    ["negative rating", change("withstand_V: 1000", "withstand_V: -5"), /withstand_V: -5 is too small/],
    ["duplicate channel", change("channel: 102", "channel: 101"), /channel 101 is used twice, also by channels\.SH/],
    ["unknown class", change("class: rail", "class: rale"), /there is no relay class rale/],
    ["unknown board", change("role: matrix, board: 4", "role: matrix, board: 9"), /matrix has no board 9/],
    [
      "two relays on one output",
      change("board: 4, output: 1,", "board: 4, output: 0,"),
      /board 4 output 0 is used twice/,
    ],
    ["output off the board", change("board: 5, output: 3", "board: 5, output: 8"), /board 5 ends at output 7/],
    ["one address for two boards", change("address: 5", "address: 4"), /address 4 is used twice/],
    ["misspelt node of a pole", change("[[evse.DC+.Fi, FHI]]", "[[evse.DC+.Fj, FHI]]"), /node evse\.DC\+\.Fj/],
    ["pole from a node to itself", change("[[CP_S, COM_S]]", "[[CP_S, CP_S]]"), /joins CP_S to itself/],
    ["channel on an unknown node", change("hi: CP_V", "hi: CP_W"), /channels\.CP_V\.hi: there is no node CP_W/],
    ["terminal on an unknown node", change("plus: SRC+", "plus: SRCX"), /terminals\.plus: there is no node SRCX/],
    ["pattern without a relay", change('"MX.*"', '"MY.*"'), /no relay matches MY\.\*/],
    ["unknown port", change("ports: [ohm]", "ports: [om]"), /there is no port om/],
    [
      "one port for two instruments",
      change("ports: [rails]", "ports: [scope]"),
      /port scope already belongs to another/,
    ],
    ["one address for two ports", change("192.168.70.12", "192.168.70.11"), /192\.168\.70\.11:5025 is used twice/],
    ["unknown kind", change("kind: milliohm", "kind: ohmmeter"), /there is no kind "ohmmeter"/],
    ["gpio line twice", change("line: 10,", "line: 9,"), /line 9 is used twice/],
    [
      "interlock on an output",
      change("direction: out, line: 17", "direction: out, line: 17, healthy: high"),
      /an output cannot/,
    ],
    ["mirror without a line", change("mirror: M.K2", "mirror: M.K9"), /M\.K9 is not an input line/],
    [
      "impossible rating: heat",
      change(
        "carry_A: 600, withstand_V: 1000, resistance_ohm: 0.0001",
        "carry_A: 600, withstand_V: 1000, resistance_ohm: 0.03",
      ),
      /would be 1\.08e\+4 W/,
    ],
    [
      "impossible rating: breaks more than it carries",
      change("hot_switch_A: 0.05", "hot_switch_A: 5"),
      /above carry_A/,
    ],
    [
      "envelope above the contactors",
      change("carry_A: 600, withstand_V: 1000", "carry_A: 500, withstand_V: 1000"),
      /550 is above 500, what relay K1A carries/,
    ],
    [
      "envelope above a lead",
      change("resistance_ohm: 0.0002, carry_A: 600", "resistance_ohm: 0.0002, carry_A: 300"),
      /what lead W\.LOAD\+ carries/,
    ],
    [
      "earth current above the earth path",
      change("earth_current_A: 30", "earth_current_A: 50"),
      /what lead W\.evse\.PE\.F carries/,
    ],
    [
      "envelope above the source",
      change("power_voltage_V: 6", "power_voltage_V: 12"),
      /above 10, the most the source gives/,
    ],
    ["not a day", change("due: 2027-04-05", "due: 2027-02-30"), /write a date as YYYY-MM-DD/],
    [
      "proof test due before done",
      change("done: 2026-10-05, due: 2027-04-05", "done: 2026-10-05, due: 2026-04-05"),
      /is before done/,
    ],
    ["not a contact", change("[evse.DC+,", "[evse.DCX,"), /"evse\.DCX" is not a contact/],
    ["a key that is a method of objects", change("waivers: []", "__proto__: []\nwaivers: []"), /__proto__/],
    ["an alias", change("waivers: []", "waivers: &a [*a]"), /is not a key|Unresolved alias|\*a/],
    ["two documents", `${text}\n---\nbench: two\n`, /keep one document/],
    ["empty", "", /document/],
    ["a list", "- 1\n", /document/],
  ];
  for (const [what, content, message] of cases) {
    it(what, () => {
      const error = refusal(content);
      expect(error.message).toMatch(message);
      expect(error.message).toMatch(/^b\.yaml:\d+: [^:]+(:\d+)?[^\n]*; [^\n]+ \[BENCH_INVALID\]$/);
    });
  }

  it("points at the line itself", () => {
    const content = change("hi: CP_V", "hi: CP_W");
    expect(refusal(content).facts["line"]).toBe(lineOf(content, "hi: CP_W"));
  });

  it("a file cut off anywhere is refused", () => {
    const end = text.trimEnd().length;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: end - 1 }), (length) => {
        expect(refusal(text.slice(0, length)).code).toBe("BENCH_INVALID");
      }),
      { numRuns: 40 },
    );
  });

  it("any text gives a bench or a refusal in one line, nothing else", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: "binary" }), (content) => {
        expect(refusal(content).message).not.toContain("\n");
      }),
      { numRuns: 300 },
    );
  });
});

describe("files that cannot be documents", () => {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  it("absent, or a folder", () => {
    expect(() => loadBench(join(folder, "none.yaml"))).toThrow(/cannot be read.*FILE_UNREADABLE/);
    expect(() => loadBench(folder)).toThrow(/is not a file.*FILE_UNREADABLE/);
  });
  it("too big, or not UTF-8", () => {
    expect(() => loadBench(file("big.yaml", "#".repeat(1_000_001)))).toThrow(
      /larger than 1000000 bytes.*BENCH_INVALID/,
    );
    expect(() => loadBench(file("latin.yaml", Uint8Array.of(0x62, 0xe9, 0x0a)))).toThrow(/not UTF-8.*BENCH_INVALID/);
  });
});

describe("what a run asks of a bench", () => {
  const bench = parseBench("b.yaml", text);
  it("missing role and wrong kind are ROLE_MISSING", () => {
    expect(() => requireRoles(bench, { source: "source", daq: "daq" })).not.toThrow();
    expect(() => requireRoles(bench, { source2: "source" })).toThrow(
      /role source2 \(source\).*it has source.*ROLE_MISSING/,
    );
    expect(() => requireRoles(bench, { source: "load" })).toThrow(/instruments\.source: is a source.*ROLE_MISSING/);
  });
  it("a proof test counts on its due date and no longer, and never before it was done", () => {
    expect(overdueProofTests(bench, "2027-04-05")).toEqual([]);
    expect(overdueProofTests(bench, "2027-04-06").map((test) => test.id)).toContain("emergency-stop");
    expect(overdueProofTests(bench, "2026-10-04").length).toBe(6);
    expect(() => overdueProofTests(bench, "today")).toThrow(/USAGE/);
  });
  it("an overdue calibration is named unless it is waived", () => {
    expect(overdueCalibrations(bench, "2027-06-30")).toEqual([]);
    expect(overdueCalibrations(bench, "2027-07-01")).toContain("milliohm");
    const waived = parseBench(
      "b.yaml",
      change("waivers: []", "waivers: [{ id: calibration:milliohm, by: QA, why: in transit }]"),
    );
    expect(overdueCalibrations(waived, "2027-07-01")).not.toContain("milliohm");
  });
});
