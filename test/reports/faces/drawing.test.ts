import { describe, expect, test } from "vitest";
import { drawFace, type FaceOfAdapter } from "../../../reports/faces/drawing.ts";
import { type ContactResults, contactResults } from "../../../reports/faces/results.ts";
import { drawAdapter, type WiringMap } from "../../../reports/faces/wiring.ts";
import { type Contact, type Coupler, couplerPins } from "../../../rig/model/contacts.ts";
import type { Measurement, Verdict } from "../../../rig/model/verdict.ts";

const measured = (contacts: readonly Contact[], verdict: Verdict, over: Partial<Measurement> = {}): Measurement => ({
  id: contacts.join("+"),
  limit: "wiring.path.r",
  step: "Wiring",
  attempt: 1,
  reading: { is: "value", value: 1, u: 0.1, unit: "ohm", raw: "1", t_s: 0 },
  verdict,
  subject: "adapter",
  contacts,
  ...over,
});

const familyA: readonly FaceOfAdapter[] = [
  { face: "evse", coupler: "NACS", half: "inlet" },
  { face: "ev", coupler: "CCS1", half: "plug" },
];
const unpopulated: readonly Contact[] = ["ev.L1", "ev.L2N"];

const resultIn = (svg: string, contact: string): string | undefined =>
  svg.match(
    new RegExp(`data-contact="${contact.replaceAll("+", "\\+").replaceAll(".", "\\.")}" data-result="([^"]+)"`),
  )?.[1];

const draw = (results: ContactResults, wiring?: WiringMap): string => drawAdapter(familyA, results, wiring).markup.text;

describe("results of contacts", () => {
  test("the worst judgement that names a contact is its result", () => {
    const results = contactResults([measured(["ev.CP"], "pass"), measured(["ev.CP", "ev.PE"], "fail")], []);
    expect([...results]).toEqual([
      ["ev.CP", "fail"],
      ["ev.PE", "fail"],
    ]);
  });

  test("a later attempt replaces an undecided one, but never a fail", () => {
    const again = (first: Verdict) =>
      contactResults([measured(["ev.CP"], first), measured(["ev.CP"], "pass", { attempt: 2 })], []).get("ev.CP");
    expect(again("inconclusive")).toBe("pass");
    expect(again("fail")).toBe("fail");
  });

  test("a check of the rig says nothing about a contact of the adapter", () => {
    expect(contactResults([measured(["ev.CP"], "fail", { subject: "rig" })], []).size).toBe(0);
  });

  test("an unpopulated contact never takes the colour of a pass, and is a fault when metal is found there", () => {
    expect(contactResults([measured(["ev.L1"], "pass")], unpopulated).get("ev.L1")).toBe("n/p");
    expect(contactResults([measured(["ev.L1"], "fail")], unpopulated).get("ev.L1")).toBe("fail");
    const svg = draw(contactResults([measured(["ev.L1"], "pass")], unpopulated));
    expect(resultIn(svg, "ev.L1")).toBe("n/p");
  });
});

describe("the drawing", () => {
  test.each(Object.keys(couplerPins) as Coupler[])("%s shows every contact of the netlist once, by id", (coupler) => {
    for (const half of ["inlet", "plug"] as const) {
      const { markup, centres } = drawFace({ face: "ev", coupler, half }, new Map(), { x: 0, y: 0 });
      expect([...markup.text.matchAll(/data-contact="ev\.([^"]+)"/g)].map((m) => m[1]).sort()).toEqual(
        [...couplerPins[coupler]].sort(),
      );
      expect(centres.size).toBe(couplerPins[coupler].length);
    }
  });

  test("a fail is told by word, symbol and hatching, not by colour alone", () => {
    const of = (verdict: Verdict) => draw(contactResults([measured(["evse.CP"], verdict)], []));
    const fail = of("fail");
    expect(fail).toContain('CP <tspan class="word">FAIL</tspan>');
    expect(fail).toMatch(/fill="url\(#hatch-fail\)"/);
    const symbols = (["fail", "pass", "inconclusive", "not-judged"] as const).map(
      (v) => /data-contact="evse\.CP".*?<\/circle>|data-contact="evse\.CP"[\s\S]*?stroke-linecap/.exec(of(v))?.[0],
    );
    expect(new Set(symbols).size).toBe(4);
  });

  test("says that it is schematic and that left and right are not confirmed, under each face", () => {
    const svg = draw(new Map());
    expect(svg.split("schematic, not for measurement")).toHaveLength(3);
    expect(svg.split("left/right not confirmed")).toHaveLength(3);
  });

  test("both faces have one scale: the NACS rim and the CCS1 stadium keep their proportion", () => {
    const svg = draw(new Map());
    const radii = [...svg.matchAll(/A(\d+\.\d+) /g)].map((m) => Number(m[1]));
    expect(radii).toContain(208.3);
    expect(radii).toContain(109.5);
  });
});

describe("the wiring", () => {
  const wiring: WiringMap = {
    expected: [
      ["evse.CP", "ev.CP"],
      ["evse.PP", "ev.PP"],
    ],
    found: [
      { a: "evse.CP", b: "ev.CP", is: "open" },
      { a: "ev.PP", b: "evse.PP", is: "path", ohm: 0.2 },
      { a: "evse.CP", b: "ev.PP", is: "path", ohm: 0.31 },
      { a: "ev.PP", b: "ev.PE", is: "short", ohm: 3.42 },
    ],
  };
  const svg = draw(new Map(), wiring);
  const is = (a: string, b: string) => svg.match(new RegExp(`data-link="${a} ${b}" data-is="([^"]+)"`))?.[1];

  test("draws a found path as good whichever way it is written", () => {
    expect(is("ev\\.PP", "evse\\.PP")).toBe("path");
  });

  test("draws a path that nobody expected as miswired, with its resistance", () => {
    expect(is("evse\\.CP", "ev\\.PP")).toBe("miswired");
    expect(svg).toContain("miswired 310\u00a0mΩ");
  });

  test("draws opens dashed and shorts with their resistance", () => {
    expect(is("evse\\.CP", "ev\\.CP")).toBe("open");
    expect(is("ev\\.PP", "ev\\.PE")).toBe("short");
    expect(svg).toContain("short 3.42\u00a0Ω");
  });

  test("says so when the wiring was not screened", () => {
    expect(draw(new Map())).toContain("wiring not screened in this run");
    expect(svg).not.toContain("wiring not screened in this run");
  });
});
