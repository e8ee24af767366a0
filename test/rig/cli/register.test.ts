/** Calibrations of the register over those of the bench file, and what is overdue for one run. */
import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { loadAdapterType } from "../../../rig/bench/adapterTypes.ts";
import { parseBench, withoutCalibration } from "../../../rig/bench/benchFile.ts";
import { check } from "../../../rig/cli/commands/check.ts";
import { asBegun, type Calibrations, certificatesOf, withRegister } from "../../../rig/cli/register.ts";
import { dueWaivers, halvesFor } from "../../../rig/cli/waivers.ts";
import { calibrate } from "../../../rig/ledger/calibrations.ts";
import { tempDir } from "../store/fixture.ts";

const text = readFileSync("benches/rb-1.yaml", "utf8");
const bench = parseBench("rb-1.yaml", text);
const type = (id: string) => loadAdapterType(`procedures/adapters/${id}.yaml`);
const today = new Date().toISOString().slice(0, 10);
const needs = { daq: "daq", milliohm: "milliohm", source: "source" };

const certificate = { certificate: "C-1", laboratory: "Cal Lab", calibrated: "2025-01-01", inTolerance: true };
const registered = (over: Partial<Calibrations[string]> = {}): Calibrations => ({
  "SIM-DAQ-1": { ...certificate, due: "2026-01-01", ...over },
});

test("the register counts alone: earlier or later than the bench file's date", () => {
  const late = withRegister(bench, registered({ due: "2030-01-01" }));
  expect(late.instruments["daq"]).toMatchObject({ calibrationDue: "2030-01-01", calibration: certificate });
  expect(withoutCalibration(late, "2029-06-01")).not.toContain("daq");
  expect(withoutCalibration(withRegister(bench, registered()), "2026-11-23")).toEqual(["daq"]);
  expect(withRegister(bench, {})).toEqual(bench);
});

test("an instrument left out of tolerance, or calibrated tomorrow, has no valid calibration", () => {
  const out = withRegister(bench, registered({ due: "2030-01-01", inTolerance: false }));
  expect(withoutCalibration(out, "2026-11-23")).toEqual(["daq"]);
  const future = withRegister(bench, registered({ due: "2030-01-01", calibrated: "2027-01-01" }));
  expect(withoutCalibration(future, "2026-11-23")).toEqual(["daq"]);
});

describe("a run on a real bench", () => {
  const overdue = withRegister(bench, registered());

  test("is refused, with instrument, certificate and date", () => {
    expect(() => dueWaivers(overdue, needs, type("generic-a-pass"), false)).toThrow(
      /calibration of daq \(serial number SIM-DAQ-1, due 2026-01-01, certificate C-1\) is overdue \(waiver calibration:daq in rb-1\.yaml/,
    );
  });

  test("is refused by its preflight too, by the register of its store and not by the bench file", async () => {
    const store = tempDir();
    const body = {
      ...{ certificate: "C-9", laboratory: "Cal Lab", calibrated: "2026-11-02", due: "2099-01-01" },
      ...{ as_found: "out-of-tolerance", as_left: "out-of-tolerance" },
    };
    await calibrate(store, { serial: "SIM-DAQ-1", by: "Mia", body });
    const said: string[] = [];
    const printed = vi.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
    try {
      const asked = {
        procedure: "dc-screening",
        adapter: "generic-a-pass",
        serial: "preflight",
        operator: "preflight",
      };
      expect(await check({ ...asked, store, json: true })).toBe(40);
    } finally {
      printed.mockRestore();
    }
    expect(said.join("")).toMatch(/calibration of daq .*left out of tolerance by certificate C-9/);
  });

  test("names who accepts it and why, where the bench file does", () => {
    const by = 'waivers: [{ id: "calibration:daq", by: "Ann", why: "new one ordered" }]';
    const waived = withRegister(parseBench("rb-1.yaml", text.replace("waivers: []", by)), registered());
    expect(dueWaivers(waived, needs, type("generic-a-pass"), false)).toEqual([
      {
        id: "calibration:daq",
        text: expect.stringMatching(/calibration of daq .* is overdue: new one ordered/),
        by: "Ann",
      },
    ]);
    // A waiver that stayed in the file after the calibration binds nothing.
    const renewed = withRegister(waived, registered({ due: "2099-01-01" }));
    expect(dueWaivers(renewed, needs, type("generic-a-pass"), false)).toEqual([]);
  });

  test("is not refused for an instrument that its procedure does not use", () => {
    expect(dueWaivers(overdue, { milliohm: "milliohm" }, type("generic-a-pass"), false)).toEqual([]);
  });

  test("is refused for a half that this adapter is fitted between, and for no other", () => {
    const old = parseBench(
      "rb-1.yaml",
      text.replace(/(RH-S-J1772:.*due: )[\d-]+/, `$12026-10-06`).replace(/(RH-V-CCS1:.*due: )[\d-]+/, "$12099-01-01"),
    );
    expect(() => dueWaivers(old, needs, type("generic-c-pass"), false)).toThrow(/reference half RH-S-J1772 is overdue/);
    expect(dueWaivers(old, needs, type("generic-a-pass"), false)).toEqual([]);
    expect(today > "2026-10-06").toBe(true);
  });
});

test("a simulated bench runs, and the record says what would be overdue", () => {
  expect(dueWaivers(withRegister(bench, registered()), needs, type("generic-a-pass"), true)).toMatchObject([
    { id: "calibration:daq", by: "twin" },
  ]);
});

test("a combined adapter needs the halves of both inlets", () => {
  expect([...halvesFor(bench, type("generic-e-joined"))].sort()).toHaveLength(3);
  expect(halvesFor(bench, type("generic-a-pass"))).toHaveLength(2);
});

test("what a certificate adds is fixed when a run begins, whatever is registered later", () => {
  const stated = withRegister(bench, registered({ due: "2030-01-01", U_pct: 0.01, k: 2 }));
  const begun = certificatesOf(stated, ["daq", "milliohm"]);
  expect(begun).toEqual({ daq: { certificate: "C-1", U_pct: 0.01, k: 2 } });
  expect(certificatesOf(withRegister(bench, registered()), ["daq"])).toBeUndefined();
  const later = withRegister(bench, registered({ certificate: "C-2", due: "2031-01-01", U_pct: 0.5, k: 2 }));
  expect(certificatesOf(asBegun(later, begun), ["daq"])).toEqual(begun);
  expect(certificatesOf(asBegun(later, undefined), ["daq"])).toBeUndefined();
  expect(certificatesOf(asBegun(bench, begun), ["daq"])).toEqual(begun);
});
