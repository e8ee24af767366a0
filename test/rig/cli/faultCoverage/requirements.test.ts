/** Where a unit stands: beyond the limit by more than U, within by 2 U, or between. */
import { expect, test } from "vitest";
import { standingOf, untoldRows } from "../../../../rig/cli/faultCoverage/requirements.ts";
import type { Limit, LimitSet } from "../../../../rig/model/limits.ts";

const row = (id: string, limit: { min?: number; max?: number }): Limit => ({
  id,
  title: id,
  unit: "ohm",
  ...limit,
  rule: "guard-U",
  k: 2,
  subject: "adapter",
  source: "x",
  edition: "x",
  clause: "x",
  confidence: "H",
  approvedBy: "x",
});
const set = (...rows: readonly Limit[]): LimitSet => ({
  id: "x",
  revision: "1",
  title: "x",
  hash: "x",
  rows: Object.fromEntries(rows.map((one) => [one.id, one])),
});
const limits = set(row("th.rise", { max: 50 }), row("wiring.isolation.r", { min: 1e6 }), row("new.row", { max: 1 }));
const all = new Set(Object.keys(limits.rows));
/** U of the rise is 2 x hypot(0.5, 0.8) K. */
const U = 2 * Math.hypot(0.5, 0.8);

test.each([
  [50 + 1.05 * U, "faulty"],
  [50 + 0.95 * U, "near"],
  [50 - 1.95 * U, "near"],
  [50 - 2.05 * U, "sound"],
  [Number.POSITIVE_INFINITY, "faulty"],
  [Number.NaN, "faulty"],
])("a rise of %d K is %s", (value, standing) => {
  expect(standingOf([{ "rise.ev.DC+": value }], limits, all)).toMatchObject({ standing, row: "th.rise" });
});

test("the worst requirement decides", () => {
  expect(standingOf([{ "rise.ev.DC+": 20, apart: 1e5 }], limits, all)).toMatchObject({
    standing: "faulty",
    row: "wiring.isolation.r",
    quantity: "apart",
  });
  expect(standingOf([{ "rise.ev.DC+": 20, apart: Number.POSITIVE_INFINITY }], limits, all).standing).toBe("sound");
});

test("a procedure answers only for the rows that it judges", () => {
  expect(standingOf([{ "rise.ev.DC+": 200 }], limits, new Set(["wiring.isolation.r"])).standing).toBe("sound");
});

test("what chance decides is near, unless something else is faulty", () => {
  expect(standingOf([{ "maybe.apart": 1 }], limits, all)).toMatchObject({ standing: "near", quantity: "apart" });
  expect(standingOf([{ "maybe.apart": 1, "rise.ev.DC+": 60 }], limits, all).standing).toBe("faulty");
  expect(standingOf([{ "maybe.apart": 1 }], limits, new Set(["th.rise"])).standing).toBe("sound");
});

test("what the safety layer's watch ends a run for is asked of the adapter without a row", () => {
  expect(standingOf([{ "growth.hot": 0.23 }], limits, all)).toMatchObject({ standing: "faulty", row: "safety-trip" });
  expect(standingOf([{ "growth.hot": 0.15 }], limits, all).standing).toBe("sound");
});

test("a judged row that nothing says the truth of is named", () => {
  expect(untoldRows(limits, all)).toEqual(["new.row"]);
});
