/** Overdue checks: a real bench does not run, a waived one runs conditionally, a simulated one says so. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseBench } from "../../../rig/bench/benchFile.ts";
import { loadLimits } from "../../../rig/bench/limitsFile.ts";
import { dueChecks, judgesTemperature, overdue, validWalk } from "../../../rig/cli/due.ts";
import { withWaivers } from "../../../rig/cli/outcomeOfRun.ts";
import type { Bench } from "../../../rig/model/bench.ts";
import type { CheckHistory, CheckRun } from "../../../rig/store/checks.ts";

const text = readFileSync("benches/rb-1.yaml", "utf8");
const bench = parseBench("rb-1.yaml", text);
const limits = loadLimits("procedures/limits/dc-screening.yaml");
const now_ms = Date.parse("2026-11-22T12:00:00Z");
const ago = (h: number): string => new Date(now_ms - h * 3_600_000).toISOString();

const check = (run: number, procedure: string, artefact: string, h: number, answer: CheckRun["answer"] = "right") => ({
  ...{
    run,
    id: `R00000${run}`,
    hash: "h",
    started: ago(h),
    ended: ago(h),
    procedure,
    artefact,
    serial: "",
    operator: "",
  },
  ...{ answer, row: "", says: "" },
});

const fresh = [
  check(1, "golden-check", "golden-a", 1),
  check(2, "challenge-check", "challenge-pole-400u", 2),
  check(3, "thermocouple-walk", "", 30),
];
const history = (checks: readonly CheckRun[], simulated = false): CheckHistory => ({
  ...{ bench: "RB-1", simulated, checks, audit: [] },
});
const due = (h: CheckHistory, of: Bench = bench) => {
  const { waivers, refused } = dueChecks(of, h, limits, now_ms);
  return { waivers: waivers.map((w) => `${w.id} by ${w.by}`), refused: refused?.message };
};

test("everything done in time: no waiver, no refusal", () => {
  expect(due(history(fresh))).toEqual({ waivers: [], refused: undefined });
});

describe("what is overdue refuses a real bench, and says what to do", () => {
  test.each([
    [
      "never done",
      [],
      /golden-check with golden-a is due every 24 h, none was ever done rightly.*waiver check\.golden-check.*CHECK_OVERDUE/,
    ],
    [
      "too old",
      [check(1, "golden-check", "golden-a", 25), ...fresh.slice(1)],
      /the last right one was R000001 on 2026-11-21T11:00Z/,
    ],
    ["another artefact", [check(1, "golden-check", "golden-b", 1), ...fresh.slice(1)], /golden-a/],
    ["without an answer", [check(1, "golden-check", "golden-a", 1, "none"), ...fresh.slice(1)], /golden-a/],
    [
      "from the future, after a clock was set",
      [check(1, "golden-check", "golden-a", -1), ...fresh.slice(1)],
      /golden-a/,
    ],
    [
      "the challenge",
      fresh.filter((c) => c.procedure !== "challenge-check"),
      /challenge-check with challenge-pole-400u/,
    ],
  ] as const)("%s", (_, checks, message) => expect(due(history(checks)).refused).toMatch(message));
});

test("a named person in the bench file lets it run, and the record says that a pass is conditional", () => {
  const waived = parseBench(
    "rb-1.yaml",
    text.replace("waivers: []", 'waivers: [{ id: check.golden-check, by: "Ann", why: "artefact at calibration" }]'),
  );
  expect(due(history(fresh.slice(1)), waived)).toEqual({
    waivers: ["condition:golden-check by Ann"],
    refused: undefined,
  });
});

test("a missing walk refuses nothing and leaves a condition that nobody accepted", () => {
  expect(due(history(fresh.slice(0, 2)))).toEqual({
    waivers: ["condition:thermocouple-walk by nobody"],
    refused: undefined,
  });
});

test("a document that limits no temperature asks for no walk", () => {
  const none = { ...limits, rows: {} };
  expect(judgesTemperature(limits)).toBe(true);
  expect(judgesTemperature(none)).toBe(false);
  expect(dueChecks(bench, history(fresh.slice(0, 2)), none, now_ms).waivers).toEqual([]);
});

test("a walk that found a bad channel ends what an earlier one proved", () => {
  const later = check(4, "thermocouple-walk", "", 1, "wrong");
  expect(due(history([...fresh, later])).waivers).toEqual(["condition:thermocouple-walk by nobody"]);
  expect(validWalk(bench, history([...fresh, later]), now_ms)).toBeUndefined();
  // One that was stopped has answered nothing.
  expect(due(history([...fresh, check(4, "thermocouple-walk", "", 1, "none")])).waivers).toEqual([]);
});

test("thermal signalling, which judges at contact temperatures, asks for a walk too", () => {
  expect(judgesTemperature(loadLimits("procedures/limits/thermal-protection.yaml"))).toBe(true);
});

test.each([
  ["calibration:daq", "pass-conditional"],
  ["condition:thermocouple-walk", "pass-conditional"],
  ["half:plug-ccs1", "pass-conditional"],
  ["proof-test.lid", "pass-screening"],
])("a pass under the waiver %s is %s", (id, verdict) => {
  const outcome = { verdict: "pass-screening", ending: "completed" } as const;
  expect(withWaivers(outcome, [{ id, text: "", by: "Ann" }]).verdict).toBe(verdict);
});

test("a simulated bench runs and says what is missing; one whose file enforces it does not", () => {
  expect(due(history([], true))).toEqual({
    waivers: ["check.golden-check by twin", "check.challenge-check by twin", "check.thermocouple-walk by twin"],
    refused: undefined,
  });
  const enforced = parseBench(
    "rb-1.yaml",
    text.replace("artefacts: [golden-a], simulated: waived", "artefacts: [golden-a], simulated: enforced"),
  );
  expect(due(history([], true), enforced).refused).toMatch(/golden-check with golden-a/);
});

test("a bench file that says nothing is held to a day and a week", () => {
  const { checks: _, ...silent } = bench;
  expect(overdue(silent, history(fresh), "golden-check", now_ms)).toEqual([]);
  expect(overdue(silent, history([check(1, "golden-check", "x", 25)]), "golden-check", now_ms)).toHaveLength(1);
  expect(overdue(silent, history([check(1, "thermocouple-walk", "", 169)]), "thermocouple-walk", now_ms)).toHaveLength(
    1,
  );
});
