import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatLineMap, lineMapOf, parseLineMap } from "../../../drivers/gpio/lineMap.ts";

describe("the map of the lines", () => {
  it("is made of a bench file's lines", () => {
    const map = lineMapOf({ EN: { direction: "out", line: 17 }, "M.K1A": { direction: "in", line: 14 } });
    expect(formatLineMap(map)).toBe("EN=17:out,M.K1A=14:in");
  });

  it.each([
    "",
    "EN",
    "EN=17",
    "EN=17:up",
    "=17:out",
    "EN=-1:out",
    "EN=1.5:in",
    "EN=17:out,",
    "EN=17 :out",
  ])('refuses "%s"', (text) => {
    expect(() => parseLineMap(text)).toThrow(/maps no line.*USAGE/);
  });

  it("refuses a name and a line given twice", () => {
    expect(() => parseLineMap("EN=17:out,EN=18:out")).toThrow(/EN is mapped twice/);
    expect(() => parseLineMap("EN=17:out,WD=17:in")).toThrow(/line 17 is mapped twice/);
  });

  it("comes back from its text", () => {
    const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/);
    const line = fc.record({ offset: fc.nat(999), direction: fc.constantFrom("in" as const, "out" as const) });
    const entries = fc.uniqueArray(fc.tuple(name, line), {
      minLength: 1,
      comparator: (a, b) => a[0] === b[0] || a[1].offset === b[1].offset,
    });
    fc.assert(
      fc.property(entries, (given) => {
        const parsed = parseLineMap(formatLineMap(Object.fromEntries(given)));
        expect(new Map(Object.entries(parsed))).toEqual(new Map(given));
      }),
    );
  });
});
