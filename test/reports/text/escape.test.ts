import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  escapeJson,
  escapeText,
  escapeXml,
  fileStem,
  html,
  Markup,
  shown,
  visible,
} from "../../../reports/text/escape.ts";
import { hostile } from "../hostile.ts";

const decode = (text: string): string =>
  text.replace(
    /&(amp|lt|gt|quot|#39|#9|#10);/g,
    (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#9": "\t", "#10": "\n" })[name] ?? "",
  );

describe("escaping", () => {
  test("nothing that could end an element or an attribute is left, and no hidden character", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const escaped of [escapeText(text), escapeXml(text), html`${text}`.text]) {
          expect(escaped).not.toMatch(/[<>"']/);
          expect(escaped).not.toMatch(/&(?!(amp|lt|gt|quot|#39|#9|#10);)/);
          expect(escaped).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffe\uffff]/u);
        }
      }),
    );
  });

  test("printable text comes back unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 100 }), (text) => {
        expect(decode(escapeText(text))).toBe(text);
        expect(decode(escapeXml(text))).toBe(text);
      }),
    );
  });

  test("marks that turn the reading direction stand as visible escapes", () => {
    expect(visible("A\u202eB\u2066\u200fC\0\ud800")).toBe("A⟨U+202E⟩B⟨U+2066⟩⟨U+200F⟩C⟨U+0000⟩⟨U+D800⟩");
  });

  test("letters of any script, signs and emoji are left alone", () => {
    expect(visible("Żółć ΩµΔ 充电 شحن 😀\t\n")).toBe("Żółć ΩµΔ 充电 شحن 😀\t\n");
  });

  test("a megabyte is cut for a page, and says how much is missing", () => {
    const text = shown("<".repeat(1_000_000));
    expect(text.length).toBeLessThan(2100);
    expect(text).toContain("998000 more characters in the record");
  });

  test("XML keeps all of it", () => {
    expect(escapeXml("a".repeat(1_000_000))).toHaveLength(1_000_000);
  });

  test("JSON text decodes to the very same data", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = escapeJson(JSON.stringify({ text }));
        expect(JSON.parse(json)).toEqual({ text });
        expect(json).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/);
      }),
    );
  });

  test("JSON is escaped piece by piece, and no piece cuts a pair", () => {
    const odd = fc.string({
      unit: fc.constantFrom("a", "\u202e", "\u{e0001}", "\u{1f600}", "\ud800", "é"),
      maxLength: 60,
    });
    fc.assert(
      fc.property(odd, fc.integer({ min: 1, max: 7 }), (text, most) => {
        expect(escapeJson(text, most)).toBe(escapeJson(text));
      }),
    );
    expect(escapeJson("\u202e".repeat(1_200_000))).toHaveLength(7_200_000);
  });

  test("the template escapes strings, passes markup and refuses numbers that are none", () => {
    expect(html`<b title="${'"x"'}">${"<i>"}${new Markup("<br>")}${1.23456}${undefined}${["a", "&"]}</b>`.text).toBe(
      '<b title="&quot;x&quot;">&lt;i&gt;<br>1.2346a&amp;</b>',
    );
    expect(() => html`${Number.NaN}`).toThrow(TypeError);
    expect(() => html`${Number.POSITIVE_INFINITY}`).toThrow(TypeError);
  });
});

describe("names of files", () => {
  test("come from run ids only", () => {
    expect(fileStem("R000042")).toBe("R000042");
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(!/^R\d{6,15}$/.test(text));
        expect(() => fileStem(text)).toThrow(TypeError);
      }),
    );
    expect(() => fileStem("R000042\n")).toThrow(TypeError);
    expect(() => fileStem("../R000042")).toThrow(TypeError);
  });
});
