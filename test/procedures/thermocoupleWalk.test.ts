/** The walk names each channel that is swapped, dead or frozen; a sound bench passes; nothing without a value passes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leadOf } from "../../procedures/thermocoupleWalk.ts";
import type { Reading } from "../../rig/model/reading.ts";
import { expectPass, expectRigFault } from "./cases.ts";

const procedure = "thermocouple-walk";

test("a sound bench passes", () => expectPass({ procedure }));

describe("each fault of a channel is named", () => {
  test.each([
    [
      "dead",
      "thermocouple: { T.bar.DC-: open }",
      "rig.walk.lead/T.bar.DC-",
      /^T\.bar\.DC- gives no reading: its wire is open\./,
    ],
    [
      "frozen",
      "thermocouple: { T.grip.2: frozen }",
      "rig.walk.lead/T.grip.2",
      /^T\.grip\.2 did not rise when it was warmed/,
    ],
    [
      "swapped, which warm alike in a run and so are seen by the walk alone",
      "thermocouple: { T.evse.DC+: { swappedWith: T.evse.DC- }, T.evse.DC-: { swappedWith: T.evse.DC+ } }",
      "rig.walk.lead/T.evse.DC+",
      /^T\.evse\.DC- rose where T\.evse\.DC\+ was warmed: the two are exchanged \(also bad: T\.evse\.DC-\)/,
    ],
    [
      "an ambient sensor exchanged with a grip",
      "thermocouple: { T.ambient.1: { swappedWith: T.grip.1 }, T.grip.1: { swappedWith: T.ambient.1 } }",
      "rig.walk.lead/T.grip.1",
      /^T\.ambient\.1 rose where T\.grip\.1 was warmed/,
    ],
  ] as const)("%s", (_, bench, id, cause) =>
    expectRigFault({ procedure, bench }, { id, step: "Answer of the walk", cause }));
});

const of = (value: number): Reading =>
  Number.isFinite(value)
    ? { is: "value", unit: "degC", value, u: 0.1, raw: String(value), t_s: 0 }
    : { is: "invalid", unit: "degC", code: "not-a-number", raw: String(value), t_s: 0 };

test("no channel without two finite readings ever leads", () => {
  const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  fc.assert(
    fc.property(odd, fc.double({ min: -40, max: 90, noNaN: true }), fc.boolean(), (bad, good, first) => {
      const before = new Map([["T.a", of(first ? bad : good)]]);
      const after = new Map([["T.a", of(first ? good : bad)]]);
      expect(leadOf("T.a", before, after).lead.is).toBe("invalid");
    }),
  );
  expect(leadOf("T.a", new Map(), new Map()).lead.is).toBe("invalid");
});

test("a channel leads by what no other channel rose", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 20, noNaN: true }),
      fc.double({ min: 0, max: 20, noNaN: true }),
      (own, other) => {
        const before = new Map([
          ["T.a", of(20)],
          ["T.b", of(30)],
        ]);
        const after = new Map([
          ["T.a", of(20 + own)],
          ["T.b", of(30 + other)],
        ]);
        const { lead } = leadOf("T.a", before, after);
        expect(lead.is === "value" && Math.abs(lead.value - (own - other)) < 1e-9).toBe(true);
      },
    ),
  );
});
