import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentOf } from "../../reports/content.ts";
import { htmlReport } from "../../reports/html.ts";
import { failing, passing, type Sample } from "./fixture.ts";
import { hostile, spoiled } from "./hostile.ts";

const page = ({ record, series }: Sample): string => htmlReport(contentOf(record, series));
const good = page(passing());
const bad = page(failing());
const twin = page(failing({ simulated: true }));

/** What a reader sees, without style, markup and titles. */
const textOf = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("\u00a0", " ")
    .replaceAll("&gt;", ">")
    .replace(/\s+/g, " ");

const tagsOf = (html: string): string =>
  [...html.replace(/<style>[\s\S]*?<\/style>/g, "").matchAll(/<\/?[a-z][a-z0-9]*/gi)].join("");

describe("the page", () => {
  test("begins with verdict, ending and first cause", () => {
    const text = textOf(bad);
    const order = [
      "✗ FAIL",
      "Run completed",
      "First cause",
      "Control pilot is open",
      "Findings",
      "Identification",
      "Connector faces",
      "Measurements",
      "Prompts and answers",
      "End of report R000043",
    ];
    const at = order.map((words) => text.indexOf(words));
    expect(at.every((i) => i >= 0)).toBe(true);
    expect([...at].sort((a, b) => a - b)).toEqual(at);
  });

  test("needs nothing but itself: no script, no link, no address, no style attribute", () => {
    for (const html of [good, bad, twin]) {
      expect(html).not.toMatch(/<(script|link|img|iframe|object|embed|base|form|a)\b/i);
      expect(html.replace(/Content-Security-Policy/g, "")).not.toMatch(
        /https?:|\/\/[a-z]|url\((?!#)|@import|\son[a-z]+=|\sstyle=|src=|href=/i,
      );
    }
  });

  test("carries a policy that allows its own style sheet and nothing else", () => {
    const css = /<style>([\s\S]*?)<\/style>/.exec(good)?.[1] ?? "";
    const hash = createHash("sha256").update(css).digest("base64");
    expect(good).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
  });

  test("is the same bytes for the same record", () => {
    expect(page(passing())).toBe(good);
  });

  test("prints each measurement with value, U, limit, rule, source and confidence", () => {
    const text = textOf(good);
    for (const words of [
      "98.4 ± 1.9 µΩ",
      "≤ 150 µΩ",
      "guard-U",
      "confidence H",
      "66 % of limit used",
      "8.37 V",
      "to 9.59 V",
      "IEC 61851-1, 2017",
      "> 100 MΩ",
      "drift-beyond-budget",
      "attempt 2",
    ]) {
      expect(text).toContain(words);
    }
  });

  test("says what a screening pass is worth", () => {
    expect(textOf(good)).toContain("pass (screening), no conformity statement");
    expect(textOf(good)).toContain("The results relate only to the item tested");
  });

  test("shows who, when, hashes in full, instruments, overdue calibration, unverified sets and waivers", () => {
    const text = textOf(good);
    for (const words of [
      "M. Keller",
      "2026-08-22 09:14:03 UTC",
      "SW-A500-004711",
      "Keysight DAQ973A",
      "overdue since 2026-06-30",
      "UNVERIFIED: dead-man timer",
      "W-2026-03",
      "Bench door opened",
      "RB-1",
    ]) {
      expect(text).toContain(words);
    }
    const full = createHash("sha256").digest("hex").length;
    expect(text.replaceAll(" ", "")).toMatch(new RegExp(`[0-9a-f]{${full}}`));
  });

  test("plots temperatures with limit and stabilisation, current, resistance and pilot waveforms of both faces", () => {
    const text = textOf(good);
    for (const words of [
      "th.contact.abs: 90 °C",
      "above ambient",
      "stabilised after 1 h 02 min",
      "Current through the adapter",
      "R(t) / µΩ",
      "State B, 5 % duty, EVSE face (CP_S)",
      "State C, 5 % duty, EV face (CP_V)",
      "bypass",
    ]) {
      expect(text).toContain(words);
    }
  });

  test("no line of a drawing was cut", () => {
    expect(good).not.toContain("more characters in the record");
  });

  test("lists what was blocked and by what", () => {
    expect(textOf(bad)).toMatch(/th\.rise Thermal run, 500 A blocked by wiring\.path\.r\/CP/);
  });

  test("a simulated run says so at the head of every printed page, on screen and in the title; a real one nowhere", () => {
    expect(/<thead><tr><td>(.*?)<\/td>/s.exec(twin)?.[1]).toContain("SIMULATED");
    expect(/<main>\s*<div class="screen">(.*?)<\/div>/s.exec(twin)?.[1]).toContain("SIMULATED");
    expect(/<title>(.*?)<\/title>/.exec(twin)?.[1]).toContain("SIMULATED");
    expect(bad).not.toContain("SIMULATED");
  });

  test("every printed page names run, adapter and verdict", () => {
    const head = textOf(/<thead><tr><td>(.*?)<\/thead>/s.exec(bad)?.[1] ?? "");
    for (const words of ["R000043", "SW-A500-004711", "FAIL"]) expect(head).toContain(words);
    expect(bad).toContain("table.sheet>thead{display:table-header-group");
    expect(bad).toContain('@bottom-left{content:"R000043"');
  });
});

describe("E10: hostile text", () => {
  const harmless = tagsOf(page(spoiled("plain words")));

  test("changes no tag of the page, whatever it is", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(text.trim() !== "" && !/^\d{4}-/.test(text) && !text.includes("/"));
        const html = page(spoiled(text));
        expect(tagsOf(html)).toBe(harmless);
        expect(html).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><b>",
    "<!--",
    "NUL \0",
    "\u202eright to left",
  ])("%j stays text", (text) => {
    const html = page(spoiled(text));
    expect(html).not.toMatch(/<(script|img|b>alert)|<!--/);
    expect(html).not.toContain(text);
  });

  test("a megabyte does not make a page nobody can open", () => {
    const html = page(spoiled("<&\u202e\0 ".repeat(200_000)));
    expect(html.length).toBeLessThan(3_000_000);
  });
});

test("what people wrote, sent and paused stands with its name, and nowhere as a note of the rig", () => {
  const { record, series } = passing();
  const by = "Tina <b>";
  const bodies: readonly Readonly<Record<string, number | string>>[] = [
    { kind: "operator-note", by, text: "<img src=x onerror=alert(1)> smells warm" },
    { kind: "photo", by, name: "front.png", text: "front", bytes: 70, hash: "ab".repeat(32) },
    { kind: "pause-asked", by },
    { kind: "paused", by, before: "Drop resistance" },
    { kind: "went-on", by, before: "Drop resistance" },
  ];
  const notes = bodies.map((body, i) => ({
    ...{ seq: 9000 + i, utc: "2026-11-23T05:00:00.000Z", bench_s: 1, lane: "main" },
    ...{ kind: String(body["kind"]), body },
  }));
  const html = page({ record: { ...record, notes: [...record.notes, ...notes] }, series });
  const text = textOf(html);
  expect(text).toContain("Notes, photos and pauses");
  for (const said of ["smells warm", "photo front.png: front; 70 bytes", "paused before Drop", "went on with Drop"])
    expect(text).toContain(said);
  expect(html).not.toContain("<img src=x");
  expect(html).not.toContain("Tina <b>");
  expect(text).not.toContain("pause-asked");
  expect(textOf(page({ record, series }))).not.toContain("Notes, photos and pauses");
});
