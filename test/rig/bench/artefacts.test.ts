/** The register of artefacts: what is shipped is good, and a mistake is named by file, line and field. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { adapterFrom } from "../../../drivers/twin/world/adapterUnderTest.ts";
import { loadRegister, parseArtefact } from "../../../rig/bench/artefacts.ts";
import { loadBench } from "../../../rig/bench/benchFile.ts";

const shipped = loadRegister("procedures/artefacts");

test("what is shipped is good, and RB-1 asks only for artefacts that are there", () => {
  for (const { id, twin } of shipped) expect(adapterFrom({ adapter: id, family: "A", ...twin }).adapter).toBe(id);
  const asked = Object.values(loadBench("benches/rb-1.yaml").checks ?? {}).flatMap((rule) => rule.artefacts);
  expect(asked.length).toBeGreaterThan(0);
  for (const id of asked) expect(shipped.map((a) => a.id)).toContain(id);
});

const golden = `artefact: g
kind: golden
title: t
adapter: generic-a-pass
serial: G-1
expires: 2030-01-01
reference:
  pe.r: { unit: ohm, value: 0.001, tolerance: 0.0001, u: 0.00001 }
source: s
approved_by: a
`;

test.each([
  ["no reference", golden.replace(/reference:\n.*\n/, ""), /f\.yaml:2: kind: a golden artefact needs reference values/],
  [
    "a reference less sure than its tolerance",
    golden.replace("u: 0.00001", "u: 0.0001"),
    /f\.yaml:8: .*u: 2 u is more than/,
  ],
  ["a unit with a prefix", golden.replace("unit: ohm", "unit: mohm"), /f\.yaml:8: /],
  ["a tolerance of nothing", golden.replace("tolerance: 0.0001", "tolerance: 0"), /f\.yaml:8: /],
  [
    "a challenge without its row",
    golden.replace("golden", "challenge").replace(/reference:\n.*\n/, ""),
    /the row it must fail at/,
  ],
  ["a golden one that must fail", `${golden}fails_at: pe.r\n`, /fails_at: is only for a challenge artefact/],
  ["a day that is none", golden.replace("2030-01-01", "2030-02-30"), /f\.yaml:6: expires/],
])("%s is refused", (_, content, message) => {
  expect(() => parseArtefact("f.yaml", content)).toThrow(message);
});

test("two artefacts with one serial number are refused, and a file with another name than its id", () => {
  const dir = mkdtempSync(join(tmpdir(), "rig-artefacts-"));
  writeFileSync(join(dir, "g.yaml"), golden);
  expect(loadRegister(dir).map((a) => a.id)).toEqual(["g"]);
  writeFileSync(join(dir, "h.yaml"), golden.replace("artefact: g", "artefact: h"));
  expect(() => loadRegister(dir)).toThrow(/serial: G-1 is also that of g/);
  writeFileSync(join(dir, "h.yaml"), golden);
  expect(() => loadRegister(dir)).toThrow(/rename the file or correct the id/);
  rmSync(dir, { recursive: true, force: true });
});
