import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentOf } from "../../reports/content.ts";
import { type Decisions, noDecisions } from "../../reports/decisions.ts";
import { codeText, drawLabel, labelRefusal } from "../../reports/label.ts";
import type { Outcome } from "../../rig/model/verdict.ts";
import type { RunHead } from "../../rig/store/types.ts";
import { failing, headOf, passing } from "./fixture.ts";
import { hostile } from "./hostile.ts";

const signed = (meaning: string, role = "qa"): Decisions => ({
  ...noDecisions,
  signatures: [{ by: "Quinn", role, meaning, reason: "looked at", utc: "2026-08-23T00:00:00.000Z" }],
});
const lab = { name: "L", address: "A", paper: "A4", label: { after_sign_off: true } } as const;

const content = (over: Partial<RunHead> = {}, outcome?: Outcome, decisions?: Decisions) => {
  const { record, series } = passing(over);
  return contentOf(outcome ? { ...record, outcome } : record, series, undefined, decisions);
};
const pass: Outcome = { verdict: "pass-screening", ending: "completed" };

describe("who gets a label", () => {
  test("a pass, and a pass (screening)", () => {
    expect(labelRefusal(content({}, pass))).toBeUndefined();
    expect(labelRefusal(content({}, { verdict: "pass", ending: "completed" }))).toBeUndefined();
  });

  test.each([
    ["a fail", content({}, { verdict: "fail", ending: "completed" }), /verdict is FAIL/],
    ["a conditional pass", content({}, { verdict: "pass-conditional", ending: "completed" }), /PASS \(conditional\)/],
    [
      "a run whose soak a prediction may end",
      content({ options: { early: "engineering" } }, pass),
      /run for engineering/,
    ],
    ["an undecided run", content({}, { verdict: "inconclusive", ending: "completed" }), /INCONCLUSIVE/],
    ["a pass of a run that was stopped", content({}, { verdict: "pass", ending: "stopped" }), /ended as stopped/],
    ["a pass without sign-off where the laboratory wants one", content({ lab }, pass), /QA has not released/],
    ["a run that only a technician signed", content({ lab }, pass, signed("released", "technician")), /QA has not/],
    ["a run that QA rejected", content({}, pass, signed("rejected")), /QA rejected it \(Quinn: looked at\)/],
  ])("not %s", async (_, refused, why) => {
    expect(labelRefusal(refused)).toMatch(why);
    await expect(drawLabel(refused, "svg")).rejects.toMatchObject({ code: "LABEL_REFUSED" });
  });

  test("not a run whose chain of hashes is broken, or that holds a fail", () => {
    const { record, series } = passing();
    expect(labelRefusal(contentOf({ ...record, outcome: pass }, series, "event 7 was changed"))).toMatch(/event 7/);
    const bad = failing();
    expect(labelRefusal(contentOf({ ...bad.record, outcome: pass }, bad.series))).toMatch(/are a fail/);
  });

  test("not while an earlier fail of the adapter is open", () => {
    expect(labelRefusal(content({}, pass), ["R000007"])).toMatch(/R000007 of this serial number failed/);
  });

  test("not when QA scrapped the adapter", () => {
    expect(labelRefusal(content({}, pass), [], "D-000001 scrapped it")).toMatch(/D-000001/);
  });

  test("a run that QA released, where the laboratory wants that", () => {
    expect(labelRefusal(content({ lab }, pass, signed("released")))).toBeUndefined();
  });
});

describe("the label", () => {
  test("holds run, verdict, day, hash and serial number", () => {
    const { record } = content();
    const [mark, run, verdict, day, hash, serial] = codeText(content({}, pass)).split(";");
    expect([mark, run, verdict, serial]).toEqual(["RIG1", "R000042", "PASS (screening)", "SW-A500-004711"]);
    expect(day).toBe(record.ended?.slice(0, 10));
    expect(hash).toBe(record.hash?.slice(0, 16));
  });

  test("a simulated pass is never without the word, in the code as in the drawing", async () => {
    const simulated = content({ simulated: true }, pass);
    expect(codeText(simulated)).toContain("PASS (screening) SIMULATED");
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
    // The drawing has outlines only: the band behind the word is one more area than a real label has.
    const areas = async (one: typeof simulated) => text(await drawLabel(one, "svg")).match(/<path/g)?.length ?? 0;
    expect(await areas(simulated)).toBeGreaterThan(await areas(content({}, pass)));
  });

  test("is an SVG without letters, or a PNG", async () => {
    const svg = Buffer.from(await drawLabel(content({}, pass), "svg")).toString("utf8");
    expect(svg).toMatch(/^<svg viewBox="0 0 760 260"/);
    expect(svg).not.toMatch(/<text|<script|href/);
    const png = await drawLabel(content({}, pass), "png");
    expect([...png.slice(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  });

  test("takes any serial number: fields stay apart, and the drawing has the same parts", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (serial) => {
        const { adapter } = headOf();
        const one = content({ adapter: { ...adapter, serial } }, pass);
        expect(codeText(one)).toMatch(/^[\x20-\x7e]*$/);
        expect(codeText(one).split(";").length).toBe(6);
        expect(Buffer.from(await drawLabel(one, "svg")).toString("utf8")).not.toContain("<text");
      }),
      { numRuns: 15 },
    );
  });
});
