import { describe, expect, test } from "vitest";
import { contentOf, doubtsOf, shownVerdict } from "../../reports/content.ts";
import type { RunRecord } from "../../rig/store/types.ts";
import { failing, passing } from "./fixture.ts";

const words = (record: RunRecord, fault?: string) => shownVerdict(contentOf(record, new Map(), fault)).words;

describe("what is printed as verdict", () => {
  test("a completed run with all its judgements is printed as it is", () => {
    expect(words(passing().record)).toBe("PASS (screening)");
    expect(words(failing().record)).toBe("FAIL");
  });

  test.each([
    "stopped",
    "aborted",
    "rig-error",
  ] as const)("a pass is never printed when the run ended as %s", (ending) => {
    expect(words({ ...passing().record, outcome: { verdict: "pass", ending } })).toBe("NO VERDICT");
  });

  test("a pass is never printed without every planned judgement", () => {
    const { record } = passing();
    const measurements = record.measurements.filter((m) => m.id !== "pe.r");
    expect(words({ ...record, measurements })).toBe("NO VERDICT");
    expect(doubtsOf(contentOf({ ...record, measurements }, new Map()))).toEqual([
      "1 planned judgement(s) were not made.",
    ]);
  });

  test("a pass is never printed over a stored fail, an empty record, a damaged event or a broken chain", () => {
    const { record } = passing();
    const bad = record.measurements.map((m, i) => (i === 2 ? { ...m, verdict: "fail" as const } : m));
    expect(words({ ...record, measurements: bad })).toBe("NO VERDICT");
    expect(words({ ...record, measurements: [], notes: [] })).toBe("NO VERDICT");
    expect(words({ ...record, defects: [{ seq: 7, why: "a judgement needs a verdict" }] })).toBe("NO VERDICT");
    expect(words(record, "event 7 was changed")).toBe("NO VERDICT");
  });

  test("a reading that is no number counts as damage, never as a pass", () => {
    const { record } = passing();
    const measurements = record.measurements.map((m, i) =>
      i === 0
        ? { ...m, reading: { is: "value" as const, unit: "ohm" as const, value: Number.NaN, u: 0, raw: "", t_s: 0 } }
        : m,
    );
    expect(words({ ...record, measurements })).toBe("NO VERDICT");
  });

  test("a fail stays a fail whatever else is wrong with the record", () => {
    const { record } = failing();
    const aborted = {
      ...record,
      outcome: { verdict: "fail", ending: "aborted" } as const,
      defects: [{ seq: 1, why: "damaged" }],
    };
    expect(words(aborted, "the chain is broken")).toBe("FAIL");
  });

  test("a run without outcome claims nothing", () => {
    const { outcome: _, ...record } = passing().record;
    expect(words(record)).toBe("NOT JUDGED");
    expect(contentOf(record, new Map()).outcome.ending).toBe("rig-error");
  });
});

describe("judgements not made", () => {
  test("are listed with what blocked them", () => {
    const { missing } = contentOf(failing().record, new Map());
    expect(missing.map(({ id, blockedBy }) => [id, blockedBy])).toContainEqual(["pe.r", "wiring.path.r/CP"]);
    expect(missing).toHaveLength(6);
  });

  test("without a reason they have none", () => {
    const { record } = failing();
    const notes = record.notes.filter(({ kind }) => kind !== "blocked");
    const { missing } = contentOf({ ...record, notes }, new Map());
    expect(missing).toHaveLength(6);
    expect(missing.every((m) => m.blockedBy === undefined)).toBe(true);
  });

  test("a judgement that was made is not missing", () => {
    expect(contentOf(passing().record, new Map()).missing).toEqual([]);
  });
});

describe("the wiring note", () => {
  test("is read, and what names no contact of ours is left out", () => {
    const { record } = failing();
    expect(contentOf(record, new Map()).wiring?.found).toContainEqual({
      a: "ev.PP",
      b: "ev.PE",
      is: "short",
      ohm: 3.42,
    });
    const body = {
      kind: "wiring",
      expected: [["evse.CP", "ev.CP"], ["x", "ev.CP"], 3],
      found: [{ a: "ev.CP", b: "moon", is: "path" }, null, { a: "ev.CP", b: "ev.PP", is: "<b>" }],
    };
    const odd = { seq: 1, utc: "", bench_s: 0, lane: "main", kind: "wiring", body };
    expect(contentOf({ ...record, notes: [odd] }, new Map()).wiring).toEqual({
      expected: [["evse.CP", "ev.CP"]],
      found: [],
    });
  });
});
