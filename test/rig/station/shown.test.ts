/** What the page makes of what it knows: time left, limit and prediction beside curves, looks of verdicts, pictures of prompts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Prompt } from "../../../rig/plan/commands.ts";
import { pointedAt } from "../../../rig/station/pointed.ts";
import { bandOf, limitOf, limitRow, meanRow } from "../../../rig/station/thermalLines.ts";
import { leftWords, minutes, timeLeft } from "../../../rig/station/timeLeft.ts";
import { isBeingRead, lookOf } from "../../../rig/station/verdictLook.ts";

const planned = [
  { path: "Self-check", takes_s: 90 },
  { path: "Self-check / Contactors", takes_s: 1 },
  { path: "Fit", takes_s: 20 },
  { path: "Rise", takes_s: 600 },
];

describe("time left", () => {
  test("is what the declared durations leave, and says when a step is late", () => {
    expect(timeLeft(planned, undefined, [], 0)).toEqual({ done: 0, of: 3, left_s: 710, late_s: 0 });
    const inFit = timeLeft(planned, { path: "Fit", from_s: 90 }, ["Self-check", "Self-check / Contactors"], 100);
    expect(inFit).toEqual({ done: 1, of: 3, left_s: 610, late_s: 0 });
    const late = timeLeft(planned, { path: "Rise", from_s: 100 }, ["Self-check", "Fit"], 900);
    expect(late).toEqual({ done: 2, of: 3, left_s: 0, late_s: 200 });
    expect(leftWords(late)).toBe("3 min longer than planned");
    expect(leftWords({ ...late, left_s: 120 })).toBe("at least 2 min left; this step is 3 min longer than planned");
    expect(leftWords(inFit)).toBe("about 10 min left");
    expect(leftWords({ ...inFit, left_s: 0 })).toBe("nearly done");
    expect([minutes(89), minutes(90), minutes(5400)]).toEqual(["89 s", "2 min", "1 h 30 min"]);
  });

  test("is never negative, never more than all, and never 0 without a word of lateness while a step is late", () => {
    const step = fc.constantFrom(undefined, "Self-check", "Fit", "Rise", "Resume: something else");
    fc.assert(
      fc.property(
        step,
        fc.subarray(["Self-check", "Fit", "Rise"]),
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        (path, done, now_s) => {
          const found = timeLeft(planned, path === undefined ? undefined : { path, from_s: 0 }, done, now_s);
          expect(found.left_s).toBeGreaterThanOrEqual(0);
          expect(found.left_s).toBeLessThanOrEqual(710);
          expect(found.late_s).toBeGreaterThanOrEqual(0);
          if (found.late_s > 2) expect(leftWords(found)).toMatch(/longer than planned/);
        },
      ),
    );
  });
});

describe("beside the temperatures", () => {
  const limits = { rise_K: 50, absolute: { degC: 90, at_degC: 40 } };

  test("the limit is that which the run judges contacts by, over the ambient as measured", () => {
    expect(limitOf(limits, ["th.rise/evse.DC+", "pe.r"])).toEqual({ rise_K: 50, row: "th.rise" });
    expect(limitOf({ ...limits, rise_K: 45 }, ["th.contact.abs/ev.DC-"])).toEqual({
      rise_K: 50,
      row: "th.contact.abs",
    });
    expect(limitOf(limits, ["pe.r", "th.rise.other"])).toBeUndefined();
    expect(limitOf(undefined, ["th.rise"])).toBeUndefined();
    const ambient = meanRow(
      [
        [20, null, 22, Number.NaN],
        [22, 23, 24, 25],
      ],
      4,
    );
    expect(ambient).toEqual([21, 21, 23, 23]);
    expect(limitRow([null, ...ambient], { rise_K: 50, row: "th.rise" })).toEqual([null, 71, 71, 73, 73]);
    expect(meanRow([], 2)).toEqual([null, null]);
  });

  test("the band is that of the record's predictions, from when each was made, of the contact that gets hottest", () => {
    const at = (bench_s: number, contact: string, R_K: number | null, band_K: number | null) => ({
      bench_s,
      contact,
      R_K,
      band_K,
    });
    const predictions = [
      at(10, "evse.DC+", 30, 5),
      at(10, "ev.DC+", 32, 1),
      at(20, "evse.DC+", 31, 3),
      at(20, "ev.DC+", null, null),
    ];
    const band = bandOf([5, 10, 15, 20, 25], [20, 20, 20, 21, null], predictions);
    expect(band).toMatchObject({ contact: "evse.DC+", rise_K: 31, band_K: 3 });
    expect(band?.high).toEqual([null, 55, 55, 55, null]);
    expect(band?.low).toEqual([null, 45, 45, 49, null]);
  });

  test("nothing is drawn where nothing was predicted", () => {
    expect(bandOf([1], [20], [])).toBeUndefined();
    expect(bandOf([1], [20], [{ bench_s: 0, contact: "ev.DC+", R_K: null, band_K: null }])).toBeUndefined();
  });
});

describe("looks of an end", () => {
  test("each verdict has its own, and what was not completed is no result, but for a fail", () => {
    const verdicts = ["pass", "pass-screening", "pass-conditional", "inconclusive", "fail", "not-judged"];
    expect(verdicts.map((verdict) => lookOf(verdict, "completed").kind)).toEqual([
      "good",
      "screening",
      "conditional",
      "open",
      "bad",
      "none",
    ]);
    for (const ending of ["stopped", "aborted", "rig-error", "anything"]) {
      for (const verdict of verdicts) {
        const { kind, judged } = lookOf(verdict, ending);
        expect([kind, judged]).toEqual(verdict === "fail" ? ["bad", true] : ["none", false]);
      }
    }
    expect(lookOf("something new", "completed").kind).toBe("open");
  });
});

describe("pictures of prompts", () => {
  const prompt = (action: unknown, id = "x"): Prompt =>
    ({
      id,
      title: "t",
      text: "t",
      timeout_s: 1,
      kind: "confirm",
      ...(action === undefined ? {} : { action }),
    }) as Prompt;

  test.each([
    [{ do: "fit" }, "x", { part: "nest1", does: "fit" }],
    [{ do: "fit", nest: 2 }, "x", { part: "nest2", does: "fit" }],
    [{ do: "remove" }, "x", { part: "nest1", does: "remove" }],
    [{ do: "estop", pressed: false }, "x", { part: "estop", does: "release" }],
    [{ do: "lid", which: "LID1", closed: true }, "x", { part: "lids", does: "closeLid" }],
    [{ do: "latch", which: "adapter", pressed: true }, "x", { part: "adapter", does: "latchPress" }],
    [
      { do: "half", half: "RH-V-CCS1" },
      "half-ev-CCS1",
      { part: "ev", does: "half", face: { face: "ev", half: "CCS1" } },
    ],
    [{ do: "half", half: "RH" }, "exchange-half", { part: "evse", does: "half" }],
    [{ do: "warm", channel: "T.ev.DC-" }, "x", { does: "warm", what: "ev.DC-", face: { face: "ev", pin: "DC-" } }],
    [{ do: "warm", channel: "T.grip.1" }, "x", { part: "nest1", does: "warm", what: "grip.1" }],
    [{ do: "warm", channel: null }, "x", { does: "warmEnd" }],
    [undefined, "label", { part: "none", does: "confirm" }],
    [{ do: "something new" }, "x", { part: "none", does: "confirm" }],
  ])("%j points where it is done", (action, id, expected) => {
    expect(pointedAt(prompt(action, id))).toMatchObject(expected);
  });
});

test("a run whose record is still being read is not said to have no result", () => {
  const utc = "2026-01-01T00:00:00.000Z";
  const hot = [{ is: "energised-possible" }, { is: "asked", utc }] as const;
  expect(hot.map((safety) => isBeingRead({ run: 1 }, safety))).toEqual([true, true]);
  expect(isBeingRead({ run: 1, outcome: { verdict: "pass", ending: "completed" } }, hot[0])).toBe(false);
  expect(isBeingRead({ run: 1 }, { is: "not-proved", utc, why: "" })).toBe(false);
  expect(isBeingRead({}, { is: "asked", utc })).toBe(false);
});
