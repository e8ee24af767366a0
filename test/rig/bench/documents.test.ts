import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adapterTypeIds, findAdapterType, parseAdapterType } from "../../../rig/bench/adapterTypes.ts";
import { loadLimits, parseLimits } from "../../../rig/bench/limitsFile.ts";
import { netlistOf } from "../../../rig/model/adapter.ts";

const file = "procedures/limits/dc-screening.yaml";
const text = readFileSync(file, "utf8");

function change(from: string, to: string, of = text): string {
  if (!of.includes(from)) throw new Error(`${from} is not in the document`);
  return of.replace(from, to);
}

describe("limits of the DC screening", () => {
  const set = loadLimits(file);

  it("has the rows that the procedures judge by", () => {
    expect(Object.keys(set.rows).length).toBe(56);
    expect(set.rows["pe.r.screen"]).toMatchObject({
      unit: "ohm",
      max: 0.005,
      rule: "guard-U",
      k: 2,
      subject: "adapter",
    });
    expect(set.rows["pp.latched.v"]).toMatchObject({ min: 1.23, max: 1.82, rule: "simple", confidence: "P" });
    expect(set.rows["rig.offset.drift"]).toMatchObject({ unit: "V", max: 5e-6, subject: "rig" });
    expect(set.rows["wiring.isolation.r"]).toMatchObject({ min: 1e6 });
  });

  it("no row is approved, and rig checks are house proposals", () => {
    for (const row of Object.values(set.rows)) {
      expect(row.approvedBy).toBe("unapproved");
      expect(row.id.startsWith("rig.")).toBe(row.subject === "rig");
      if (row.subject === "rig") expect(row.confidence).toBe("H");
    }
  });

  const bad: readonly [string, string, RegExp][] = [
    [
      "wrong unit",
      change('unit: "ohm"', 'unit: "mohm"'),
      /:\d+: rows\.rig\.short\.r\.unit: "mohm" is not allowed here/,
    ],
    ["unknown key", change("k: 2", "kk: 2"), /rows\.rig\.short\.r\.kk: unknown key/],
    ["no bound", change("max: 0.01,", ""), /rows\.rig\.short\.r: has neither min nor max/],
    ["bounds the wrong way", change("min: 980, max: 1020", "min: 1020, max: 980"), /1020 is not below max 980/],
    ["not a number", change("max: 0.01", "max: .nan"), /must be a number, is NaN/],
    ["infinite", change("max: 0.01", "max: .inf"), /must be a number, is Infinity/],
    ["text", change("max: 0.01", 'max: "0.01"'), /must be a number, is "0.01"/],
    ["duplicate row", change("rig.contact.open:", "rig.short.r:"), /rig\.short\.r: Map keys must be unique/],
    [
      "a row lost",
      change(/row_count: \d+/.exec(text)?.[0] ?? "", "row_count: 999"),
      /999 rows were promised, \d+ are here/,
    ],
    [
      "a stabilisation rule that nobody knows",
      change("rows:", "stabilisation: { rule: ten-minutes }\nrows:"),
      /:\d+: stabilisation\.rule: "ten-minutes" is not allowed here; write one of: three-readings-10min-2K/,
    ],
    [
      "a stabilisation rule where nothing is soaked",
      change("th.rise:", "th.rise.other:").replace("rows:", "stabilisation: { rule: three-readings-10pct-1K }\nrows:"),
      /:\d+: stabilisation: no row th\.rise is here, so that nothing is soaked; leave it out/,
    ],
    [
      "unknown rule",
      change("rule: simple", "rule: lenient"),
      /"lenient" is not allowed here; write one of: simple, guard-U/,
    ],
  ];
  for (const [what, content, message] of bad) {
    it(`refuses: ${what}`, () => {
      expect(() => parseLimits("l.yaml", content)).toThrow(message);
      expect(() => parseLimits("l.yaml", content)).toThrow(/^l\.yaml:\d+: [^\n]*; [^\n]* \[LIMITS_INVALID\]$/);
    });
  }

  it("refuses a document cut off anywhere", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.trimEnd().length - 1 }), (length) => {
        expect(() => parseLimits("l.yaml", text.slice(0, length))).toThrow(/LIMITS_INVALID/);
      }),
      { numRuns: 60 },
    );
  });
});

describe("adapter types", () => {
  const dir = "procedures/adapters";
  const one = readFileSync(`${dir}/generic-a-pass.yaml`, "utf8");

  it("every file of the catalogue loads under its own name and has a netlist", () => {
    const ids = adapterTypeIds(dir);
    expect(ids).toContain("tesla-ccs-combo-1");
    expect(ids.length).toBeGreaterThanOrEqual(27);
    for (const id of ids) expect(netlistOf(findAdapterType(dir, id)).nets.length).toBeGreaterThan(4);
  });

  it("marks what no maker published", () => {
    for (const id of adapterTypeIds(dir)) expect(["K", "H"]).toContain(findAdapterType(dir, id).confidence);
    expect(findAdapterType(dir, "lenz-nacs-ccs1-dc").rating.voltage_V).toBe(500);
    expect(findAdapterType(dir, "generic-a-series-sw").pp.topology).toBe("SERIES_SW");
  });

  it("has every family, the AC products of domain.md 4.3, and the two ratings of a combined adapter", () => {
    const types = adapterTypeIds(dir).map((id) => findAdapterType(dir, id));
    expect(new Set(types.map((type) => type.family))).toEqual(new Set(["A", "B", "C", "D", "E"]));
    const rated = (id: string) => findAdapterType(dir, id).rating.current_A;
    const products = ["teslatap-j1772-nacs", "jplus-nacs-j1772", "lectron-ac-nacs-j1772", "gearit-ac-nacs-j1772"];
    expect([...products, "tesla-j1772"].map(rated)).toEqual([80, 80, 48, 40, 48]);
    expect(findAdapterType(dir, "generic-e-switched")).toMatchObject({
      rating: { current_A: 500, ac: { current_A: 80 } },
      combo: { power: "switched" },
    });
  });

  it("refuses an AC inlet that is none of a combined adapter's, and AC contacts where no CCS1 face is", () => {
    const other = readFileSync(`${dir}/generic-c-pass.yaml`, "utf8");
    const bad = (from: string, to: string) => () => parseAdapterType("c.yaml", change(from, to, other));
    expect(bad("ac_contacts_populated: false", "ac_contacts_populated: true")).toThrow(
      /c\.yaml:7: parts\.ac_contacts_populated: is about L1 and L2N of a CCS1 face, and family C has none/,
    );
    expect(bad("voltage_V: 250", "voltage_V: 1000")).toThrow(/c\.yaml:5: rating\.voltage_V: 1000 is more than any AC/);
  });

  it("an id never leaves the folder", () => {
    for (const id of ["../limits/dc-screening", "none", "", "a/b", "generic-a-pass.yaml", "\u0000"]) {
      expect(() => findAdapterType(dir, id)).toThrow(/there is no adapter type .*USAGE/);
    }
  });

  it("refuses unknown topologies, families without procedure, impossible ratings and contradictions", () => {
    const bad =
      (from: string, to: string): (() => unknown) =>
      () =>
        parseAdapterType("a.yaml", change(from, to, one));
    expect(bad("PASS", "PAS")).toThrow(/^a\.yaml:6: pp\.topology: "PAS" is not allowed/);
    expect(bad("family: A", "family: C")).toThrow(/a\.yaml:5: rating\.current_A: 500 is more than any AC coupler/);
    expect(bad("family: A", "family: E")).toThrow(/a\.yaml:5: rating: family E has an AC inlet too/);
    expect(bad("confidence:", "combo: { power: joined }\nconfidence:")).toThrow(/combo: is only for family E, not A/);
    const ac = "ambient_max_degC: 40, ac: { current_A: 48, voltage_V: 250 }";
    expect(bad("ambient_max_degC: 40", ac)).toThrow(/rating\.ac: is only for family E, not A/);
    expect(bad("current_A: 500", "current_A: 50000")).toThrow(
      /rating\.current_A: 50000 is too big; it may be 1000 or less/,
    );
    expect(bad("current_A: 500", "current_mA: 500")).toThrow(/rating\.current_mA: unknown key/);
    expect(bad("PASS", "SERIES_SW")).toThrow(/latch_switch: must be true/);
    expect(bad("ambient_max_degC: 40", "ambient_max_degC: -40")).toThrow(/not below ambient_max_degC/);
  });
});
