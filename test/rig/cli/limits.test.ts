import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseLimits } from "../../../rig/bench/limitsFile.ts";
import { limits } from "../../../rig/cli/commands/limits.ts";
import { asBegun, controlled, explicitly, limitsLine } from "../../../rig/cli/controlledLimits.ts";
import { readInputs } from "../../../rig/cli/inputs.ts";
import { dryRun } from "../../../rig/cli/nominal.ts";
import { isApproved } from "../../../rig/model/limits.ts";

const store = mkdtempSync(join(tmpdir(), "rig-limits-"));
afterAll(() => rmSync(store, { recursive: true, force: true }));

let said = "";
beforeEach(() => {
  said = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

const call = (action: string, names: readonly string[] = [], more: { by?: string; reason?: string } = {}) =>
  limits(action, names, { store, json: false, ...more });
const ok = { reason: "read against the source" };

describe("rig limits", () => {
  test("lists every document with its state, then follows it through two approvals and a change", async () => {
    await call("list");
    expect(said).toMatch(/^dc-screening +0\.1 +\d+ rows {2}not approved: 0 of 2 approvals$/m);
    await call("approve", ["mechanics"], { by: "Ann", ...ok });
    await call("approve", ["mechanics"], { by: "Bob", ...ok });
    expect(said).toContain("approved by Ann and Bob");
    const file = join(store, "mechanics.yaml");
    const text = readFileSync("procedures/limits/mechanics.yaml", "utf8");
    writeFileSync(file, text.replace('revision: "0.1"', 'revision: "0.2"').replace("min: 1,", "min: 2,"));
    said = "";
    await call("diff", ["mechanics@0.1", file]);
    expect(said).toMatch(/me\.hold: min 1 -> 2 \(stricter\)/);
    said = "";
    await call("show", [file]);
    expect(said).toMatch(/not approved \(0 of 2 approvals; another content was approved\)/);
  });

  test.each<[string, readonly string[], { by?: string; reason?: string }, RegExp]>([
    ["fly", [], {}, /"fly" is no action: list, show, diff, approve, withdraw/],
    ["diff", ["a"], {}, /takes two documents, 1 were given/],
    ["show", ["no-such"], {}, /"no-such" is no limits document: ac-screening/],
    ["show", ["../../etc/passwd"], {}, /is no limits document/],
    ["show", ["mechanics@9"], {}, /no approved revision 9 of mechanics/],
    ["approve", ["mechanics"], ok, /--by is missing/],
    ["approve", ["mechanics"], { by: "Cid" }, /--reason is missing/],
    ["approve", ["mechanics"], { by: "Cid", reason: "a\nb" }, /--reason: 1 to 400 printable/],
    ["approve", ["R000001"], { by: "Cid", ...ok }, /R000001 is a run/],
    ["approve", ["mechanics"], { by: "Adapter rig project", ...ok }, /wrote mechanics/],
  ])("%s %j %j is refused in one line", async (action, names, more, message) => {
    await expect(call(action, names, more)).rejects.toThrow(message);
  });
});

test("the file refuses a conditional rule for a check of the rig, and an effective day that is none", () => {
  const text = readFileSync("procedures/limits/dc-screening.yaml", "utf8");
  const rig = text.replace("rule: simple, k: 2, subject: rig", "rule: nonbinary-U, k: 2, subject: rig");
  expect(() => parseLimits("f.yaml", rig)).toThrow(/f\.yaml:\d+: rows\.rig\.short\.r\.rule: nonbinary-U has no place/);
  expect(() => parseLimits("f.yaml", text.replace("title:", "effective: soon\ntitle:"))).toThrow(
    /f\.yaml:\d+: effective/,
  );
  const all = text.replaceAll("subject: adapter", "subject: adapter").replaceAll("guard-U", "iso14253");
  expect(Object.values(parseLimits("f.yaml", all).rows).some((row) => row.rule === "iso14253")).toBe(true);
});

describe("E6: a run by limits that nobody approved", () => {
  const inputs = readInputs({ procedure: "mechanics", adapter: "generic-a-pass", serial: "T", operator: "t" });
  const by = async (names: readonly string[]) => {
    const state = names.length === 2 ? ("approved" as const) : ("unapproved" as const);
    const set = { ...inputs.limits, approval: { state, by: names, note: "" } };
    const { limits: judged } = asBegun(inputs, set);
    const run = await dryRun({ ...inputs, limits: judged });
    return new Set(run.measurements.map((m) => m.verdict));
  };

  test("has screenings only; by approved ones a row of a citable source passes", async () => {
    expect(await by(["Ann", "Bob"])).toContain("pass");
    expect(await by([])).not.toContain("pass");
  });

  test("and nobody looked up is judged as not approved, and its record says so; what was looked up stays", async () => {
    expect(inputs.limits.approval).toBeUndefined();
    const judged = explicitly(inputs);
    expect(judged.limits.approval).toEqual({ state: "unapproved", by: [], note: "the ledger was not asked" });
    expect(judged.context.limits).toBe(judged.limits);
    const run = await dryRun(judged);
    expect(run.measurements.map((m) => m.verdict)).not.toContain("pass");
    const known = { ...inputs, limits: await controlled(inputs.limits, join(store, "empty")) };
    expect(explicitly(known)).toBe(known);
    expect([isApproved(inputs.limits, true), isApproved(inputs.limits, false)]).toEqual([true, false]);
    expect(isApproved(judged.limits, true)).toBe(false);
  });

  test("says so in one line before it starts", async () => {
    const set = await controlled(inputs.limits, join(store, "empty"));
    expect(limitsLine(set)).toMatch(
      /^Limits mechanics 0\.1 \([0-9a-f]{12}\): not approved \(0 of 2 .*screening at best$/,
    );
  });
});
