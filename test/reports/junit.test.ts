import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentOf } from "../../reports/content.ts";
import { junitReport } from "../../reports/junit.ts";
import type { RunRecord } from "../../rig/store/types.ts";
import { failing, passing, type Sample } from "./fixture.ts";
import { hostile, spoiled } from "./hostile.ts";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#9": "\t",
  "#10": "\n",
};

function decode(text: string): string {
  return text.replace(/&([^;]*);/g, (_, name: string) => {
    const found = entities[name];
    if (found === undefined) throw new SyntaxError(`entity ${name}`);
    return found;
  });
}

/** A strict reader of elements and attributes; throws for anything that XML does not allow. */
function parse(xml: string): Element {
  const root: Element = { name: "", attributes: {}, children: [] };
  const stack = [root];
  const token = /<\?xml [^<>]*\?>|<\/([a-z]+)>|<([a-z]+)((?: [a-z]+="[^"<>]*")*)(\/?)>|([^<>]+)/gy;
  let end = 0;
  for (const [all, close, open, attributes, single, text] of xml.matchAll(token)) {
    end += all.length;
    if (text !== undefined && text.trim() !== "") throw new SyntaxError(`text ${text}`);
    if (close !== undefined && stack.pop()?.name !== close) throw new SyntaxError(`</${close}>`);
    if (open === undefined) continue;
    const pairs = [...(attributes ?? "").matchAll(/ ([a-z]+)="([^"]*)"/g)].map(
      (m) => [m[1] ?? "", decode(m[2] ?? "")] as const,
    );
    const element = { name: open, attributes: Object.fromEntries(pairs), children: [] };
    stack.at(-1)?.children.push(element);
    if (single === "") stack.push(element);
  }
  if (end !== xml.length || stack.length !== 1) throw new SyntaxError(`not well-formed at ${end}`);
  return root.children[0] ?? root;
}

const report = ({ record, series }: Sample): Element => parse(junitReport(contentOf(record, series)));
const cases = (of: Element): readonly Element[] =>
  of.children.flatMap((suite) => suite.children.filter((c) => c.name === "testcase"));
const fates = (of: Element) =>
  Object.fromEntries(cases(of).map((c) => [c.attributes["name"], c.children[0]?.name ?? "passed"]));

describe("the JUnit report", () => {
  test("has a suite for each step and a case for each judgement", () => {
    const xml = report(passing());
    expect(xml.children.map((s) => s.attributes["name"])).toEqual([
      "run",
      "Wiring screen",
      "Protective earth, 25 A for 60 s",
      "Control pilot",
      "Power path",
      "Thermal run, 500 A",
    ]);
    expect(fates(xml)).toMatchObject({ verdict: "passed", ending: "passed", record: "passed", "pe.r": "passed" });
  });

  test("tells a bad adapter from what was blocked", () => {
    const xml = report(failing());
    expect(fates(xml)).toMatchObject({
      "wiring.path.r/CP": "failure",
      "wiring.path.r/PE": "passed",
      "pe.r": "skipped",
      verdict: "failure",
      ending: "passed",
    });
    const cp = cases(xml).find((c) => c.attributes["name"] === "wiring.path.r/CP");
    expect(cp?.children[0]?.attributes["message"]).toContain("Control pilot is open");
  });

  test("tells a bad rig from a bad adapter", () => {
    const { record, series } = passing();
    const measurements = record.measurements.map((m) => (m.id === "rig.self" ? { ...m, verdict: "fail" as const } : m));
    const broken: RunRecord = {
      ...record,
      measurements,
      outcome: { verdict: "not-judged", ending: "rig-error", firstCause: "self-check" },
    };
    expect(fates(report({ record: broken, series }))).toMatchObject({
      "rig.self": "error",
      ending: "error",
      verdict: "failure",
    });
  });

  test("a run that was stopped is never green although each judgement passed", () => {
    const { record, series } = passing();
    const stopped: RunRecord = { ...record, outcome: { verdict: "pass", ending: "stopped" } };
    const xml = report({ record: stopped, series });
    expect(Number(xml.attributes["errors"])).toBeGreaterThan(0);
    expect(fates(xml)).toMatchObject({ ending: "error", verdict: "error" });
  });

  test("an undecided judgement is a failure, and each attempt is a case", () => {
    expect(fates(report(passing()))).toMatchObject({
      "power.dc.r/DC+ (attempt 1)": "failure",
      "power.dc.r/DC+ (attempt 2)": "passed",
    });
  });

  test("counts add up", () => {
    for (const sample of [passing(), failing()]) {
      const xml = report(sample);
      for (const of of [xml, ...xml.children]) {
        const mine = of === xml ? cases(xml) : of.children.filter((c) => c.name === "testcase");
        const count = (name: string) => mine.filter((c) => c.children[0]?.name === name).length;
        expect(of.attributes).toMatchObject({
          tests: `${mine.length}`,
          failures: `${count("failure")}`,
          errors: `${count("error")}`,
          skipped: `${count("skipped")}`,
        });
      }
    }
  });

  test("says that it was simulated", () => {
    expect(report(failing({ simulated: true })).attributes["name"]).toBe("R000043 SIMULATED");
    expect(report(failing()).attributes["name"]).toBe("R000043");
  });

  test("stays well-formed with any text, and holds no number that is none", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const xml = junitReport(contentOf(spoiled(text).record, new Map()));
        expect(() => parse(xml)).not.toThrow();
        expect(xml).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\ufffe\uffff]/u);
        expect(text.includes("NaN") || !xml.includes("NaN")).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("keeps a megabyte whole", () => {
    const serial = "<".repeat(1_000_000);
    const { record } = failing();
    const long = { ...record, head: { ...record.head, adapter: { ...record.head.adapter, serial } } };
    const properties = parse(junitReport(contentOf(long, new Map()))).children[0]?.children[0]?.children ?? [];
    expect(properties.find((p) => p.attributes["name"] === "serial")?.attributes["value"]).toBe(serial);
  });
});
