/** A label is data: what it says is believed only as far as the station knows it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { controlCodes } from "../../../rig/station/codes.ts";
import { type Known, readLabel } from "../../../rig/station/label.ts";

const known: Known = {
  types: new Map([
    ["generic-a-pass", "A"],
    ["generic-c-pass", "C"],
  ]),
  procedures: new Map([
    ["incoming", ["A"]],
    ["dc-screening", ["A"]],
  ]),
  artefacts: new Map([["BAD-A-1", { adapter: "generic-a-pass", procedure: "challenge-check" }]]),
  lastRun: (serial) => (serial === "SN-9" ? { adapter: "generic-a-pass", procedure: "dc-screening" } : undefined),
  lastOfType: () => undefined,
};

test.each([
  ["generic-a-pass SN-1", { serial: "SN-1", adapter: "generic-a-pass", procedure: "incoming" }],
  ["generic-a-pass;SN 1;dc-screening", { serial: "SN 1", adapter: "generic-a-pass", procedure: "dc-screening" }],
  ["generic-a-pass SN-9", { serial: "SN-9", adapter: "generic-a-pass", procedure: "dc-screening" }],
  // Only a procedure's name after a serial number is one.
  ["generic-a-pass incoming", { serial: "incoming", adapter: "generic-a-pass", procedure: "incoming" }],
  ["generic-c-pass SN-1", { serial: "SN-1", adapter: "generic-c-pass" }],
  ["SN-9", { serial: "SN-9", adapter: "generic-a-pass", procedure: "dc-screening" }],
  ["BAD-A-1", { serial: "BAD-A-1", adapter: "generic-a-pass", procedure: "challenge-check" }],
  ["RIG1;R000004;PASS;2026-01-01;0123456789abcdef;SN-9", { serial: "SN-9", adapter: "generic-a-pass" }],
  ["RIG1;R000004;PASS;2026-01-01;0123456789abcdef;%E0%A4%A", { serial: expect.stringMatching(/^RIG1/) }],
  ["who knows", { serial: "who knows" }],
])("%j says %j", (text, says) => {
  const found = readLabel(text, known);
  expect(found).toMatchObject(says);
  expect(Object.keys(found ?? {}).includes("procedure")).toBe("procedure" in says || found?.procedure !== undefined);
});

test.each([
  "RIG1;R000004;PASS;2026-01-01;0123456789abcdef;",
  "RIG1;R000004;PASS;2026-01-01;0123456789abcdef;SN%001",
])("%j is no label: its serial number is none", (text) => expect(readLabel(text, known)).toBeUndefined());

test("the last run of a type names the procedure of a serial number that is new", () => {
  const seen = { ...known, lastOfType: () => ({ adapter: "generic-c-pass", procedure: "ac-screening" }) };
  expect(readLabel("generic-c-pass SN-1", seen)).toMatchObject({ procedure: "ac-screening", from: /this type/ });
});

test.each(Object.keys(controlCodes))("%s is a command of the scanner and no label", (code) => {
  expect(readLabel(code, known)).toBeUndefined();
});

test("whatever is scanned, only known types and procedures come out, and never an error", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: "binary", maxLength: 80 })), (text) => {
      const says = readLabel(text, known);
      if (!says) return;
      expect(says.serial.trim()).not.toBe("");
      if (says.adapter !== undefined) expect(known.types.has(says.adapter)).toBe(true);
    }),
  );
});
