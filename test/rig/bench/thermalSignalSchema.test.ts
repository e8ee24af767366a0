/** Profiles of active proximity in a type's file: what cannot be is refused by file, line and field. */
import { describe, expect, test } from "vitest";
import { parseAdapterType } from "../../../rig/bench/adapterTypes.ts";

const lines = [
  "adapter: own",
  "maker: lab",
  "model: own",
  "family: A",
  "rating: { current_A: 400, voltage_V: 1000, ambient_min_degC: -30, ambient_max_degC: 40 }",
  "pp:",
  "  topology: ACTIVE",
  "  active:",
  "    foldback_degC: 80",
  "    shutdown_degC: 90",
  "    recovery_degC: 65",
  "    normal_V: [1.23, 1.82]",
  "    foldback_V: [1.90, 2.30]",
  "    shutdown_V: [2.38, 3.16]",
  "    source: lab",
  "    confidence: H",
  "thermal_cutout: { opens: CP, trip_degC: 95, reset_degC: 70 }",
  "parts: { id_element: false, temp_sensors: false, latch_switch: false, ac_contacts_populated: false }",
  "source: lab",
  "confidence: H",
];
const parse = (from = "", to = "") => parseAdapterType("own.yaml", lines.join("\n").replace(from, to));

describe("a type with active proximity", () => {
  test("carries thresholds, windows, their source, and its cut-out", () => {
    const type = parse();
    expect(type.pp).toEqual({
      topology: "ACTIVE",
      active: {
        foldback_degC: 80,
        shutdown_degC: 90,
        recovery_degC: 65,
        windows: { normal: [1.23, 1.82], foldback: [1.9, 2.3], shutdown: [2.38, 3.16] },
        source: "lab",
        confidence: "H",
      },
    });
    expect(type.thermalCutout).toEqual({ opens: "CP", trip_degC: 95, reset_degC: 70 });
  });

  test.each([
    ["topology: ACTIVE", "topology: PASS", 8, /pp.active: is only for topology ACTIVE, not PASS; remove it/],
    ["recovery_degC: 65", "recovery_degC: 80", 11, /pp.active.recovery_degC: is not below foldback_degC/],
    ["foldback_degC: 80", "foldback_degC: 90", 9, /pp.active.foldback_degC: is not below shutdown_degC/],
    ["[1.23, 1.82]", "[1.82, 1.23]", 12, /pp.active.normal_V: 1.82 is not below 1.23/],
    ["[1.90, 2.30]", "[1.82, 2.30]", 12, /pp.active.normal_V: overlaps foldback_V, so one level would mean both/],
    ["[2.38, 3.16]", "[2.20, 3.16]", 13, /pp.active.foldback_V: overlaps shutdown_V/],
    ["shutdown_degC: 90", "shutdown_degC: .nan", 10, /pp.active.shutdown_degC/],
    ["reset_degC: 70", "reset_degC: 95", 17, /thermal_cutout.reset_degC: is not below trip_degC/],
    ["    source: lab", "    sauce: lab", 15, /pp.active.sauce: unknown key/],
  ])("%s as %s is refused", (from, to, line, words) => {
    expect(() => parse(from, to)).toThrow(words);
    expect(() => parse(from, to)).toThrow(new RegExp(`^own.yaml:${line}:`));
  });
});
