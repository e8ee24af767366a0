import { describe, expect, test } from "vitest";
import {
  couplerFaces,
  type Half,
  handText,
  mirror,
  type Place,
  type Point,
  placesOf,
} from "../../../reports/faces/geometry.ts";
import {
  type Arc,
  ccs1Outline,
  circleOutline,
  isArc,
  nacsOffset,
  nacsOutline,
  outlinesOf,
  type Piece,
  pathOf,
  sweepOf,
} from "../../../reports/faces/outline.ts";
import { type Coupler, couplerPins } from "../../../rig/model/contacts.ts";

const couplers = Object.keys(couplerPins) as Coupler[];
const halves: readonly Half[] = ["inlet", "plug"];
const all = couplers.flatMap((coupler) => halves.map((half) => ({ coupler, half })));

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);
const gap = (a: Place, b: Place, size: "fill_mm" | "ring_mm") => distance(a, b) - a[size] / 2 - b[size] / 2;

function pairs(places: readonly Place[]): readonly (readonly [Place, Place])[] {
  return places.flatMap((a, i) => places.slice(i + 1).map((b) => [a, b] as const));
}

/** Points along an outline, close enough for 0.001 mm. */
function along(pieces: readonly Piece[]): readonly Point[] {
  return pieces.flatMap((piece) => {
    const steps = 4000;
    return Array.from({ length: steps }, (_, i) => {
      const k = i / steps;
      if (!isArc(piece)) {
        return { x: piece.from.x + k * (piece.to.x - piece.from.x), y: piece.from.y + k * (piece.to.y - piece.from.y) };
      }
      const a = Math.atan2(piece.from.y - piece.centre.y, piece.from.x - piece.centre.x);
      const at = a + (piece.ccw ? 1 : -1) * k * sweepOf(piece);
      return { x: piece.centre.x + piece.r * Math.cos(at), y: piece.centre.y + piece.r * Math.sin(at) };
    });
  });
}

function isInside(p: Point, outline: readonly Point[]): boolean {
  let inside = false;
  for (const [i, a] of outline.entries()) {
    const b = outline[(i + 1) % outline.length] ?? a;
    if (a.y > p.y !== b.y > p.y && p.x < ((b.x - a.x) * (p.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

const smallestGap = (coupler: Coupler, half: Half, size: "fill_mm" | "ring_mm"): number =>
  Math.min(...pairs(placesOf(couplerFaces[coupler], half)).map(([a, b]) => gap(a, b, size)));

function gapToOutline(coupler: Coupler, half: Half, outline: readonly Piece[], size: "fill_mm" | "ring_mm"): number {
  const points = along(outline);
  return Math.min(
    ...placesOf(couplerFaces[coupler], half).map(
      (place) => Math.min(...points.map((p) => distance(p, place))) - place[size] / 2,
    ),
  );
}

describe("contacts of a face", () => {
  test.each(all)("$coupler $half: every contact of the netlist has a place, and no place lacks a contact", ({
    coupler,
    half,
  }) => {
    const placed = placesOf(couplerFaces[coupler], half).map(({ pin }) => pin);
    expect([...placed].sort()).toEqual([...couplerPins[coupler]].sort());
  });

  test.each(all)("$coupler $half: no two contacts overlap", ({ coupler, half }) => {
    expect(smallestGap(coupler, half, "fill_mm")).toBeGreaterThan(0);
    expect(smallestGap(coupler, half, "ring_mm")).toBeGreaterThan(0);
  });

  test.each(all)("$coupler $half: every contact lies inside the outline", ({ coupler, half }) => {
    const { edge } = outlinesOf(coupler, half);
    const points = along(edge);
    for (const place of placesOf(couplerFaces[coupler], half)) expect(isInside(place, points)).toBe(true);
    expect(gapToOutline(coupler, half, edge, "fill_mm")).toBeGreaterThan(0);
  });

  test.each([
    ["NACS", "inlet", "fill_mm", 5.94],
    ["NACS", "plug", "fill_mm", 4.89],
    ["J1772", "inlet", "fill_mm", 9.62],
    ["J1772", "plug", "fill_mm", 5.27],
    ["CCS1", "inlet", "fill_mm", 9.62],
    ["CCS1", "plug", "ring_mm", 5.27],
  ] as const)("%s %s: the smallest gap between contacts (%s) is %s mm", (coupler, half, size, expected) => {
    expect(smallestGap(coupler, half, size)).toBeCloseTo(expected, 2);
  });

  test.each([
    ["NACS", "inlet", nacsOutline(nacsOffset.cavityFloor), "fill_mm", 4.0],
    ["NACS", "plug", nacsOutline(nacsOffset.noseTip), "fill_mm", 2.78],
    ["J1772", "inlet", circleOutline(21.9), "fill_mm", 9.12],
    ["J1772", "plug", circleOutline(21.9), "fill_mm", 7.1],
    ["CCS1", "inlet", ccs1Outline(0), "fill_mm", 7.0],
    ["CCS1", "plug", ccs1Outline(0), "ring_mm", 2.6],
  ] as const)("%s %s: the smallest gap to the outline is as computed", (coupler, half, outline, size, expected) => {
    expect(Math.abs(gapToOutline(coupler, half, outline, size) - expected)).toBeLessThan(0.011);
  });

  test("the CCS1 tower leaves 0.40 mm to the round nose", () => {
    const tower = placesOf(couplerFaces.CCS1, "plug").find(({ pin }) => pin === "DC+");
    expect(Math.hypot(tower?.x ?? 0, tower?.y ?? 0) - (tower?.ring_mm ?? 0) / 2 - 21.9).toBeCloseTo(0.4, 2);
  });

  test("the signal pair of J1772 is wider than its AC pair", () => {
    const at = (pin: string) => placesOf(couplerFaces.J1772, "inlet").find((p) => p.pin === pin)?.x ?? 0;
    expect(Math.abs(at("PP") - at("CP"))).toBeCloseTo(21.3, 6);
    expect(Math.abs(at("L1") - at("L2N"))).toBeCloseTo(15.7, 6);
  });
});

describe("views", () => {
  test.each(couplers)("%s: the plug is the mirror of the inlet, and mirroring twice changes nothing", (coupler) => {
    const plug = placesOf(couplerFaces[coupler], "plug");
    for (const place of placesOf(couplerFaces[coupler], "inlet")) {
      expect(mirror(mirror(place))).toEqual({ x: place.x, y: place.y });
      const other = plug.find(({ pin }) => pin === place.pin);
      expect({ x: (other?.x ?? 0) + place.x, y: other?.y }).toEqual({ x: 0, y: place.y });
    }
  });

  test("turning the hand of the signals moves CP and PP and leaves power where it is", () => {
    const face = couplerFaces.NACS;
    const turned = { ...face, hand: { ...face.hand, signal: -1 as const } };
    const x = (of: typeof face, pin: string) => placesOf(of, "inlet").find((p) => p.pin === pin)?.x ?? 0;
    expect(x(turned, "CP")).toBe(-x(face, "CP"));
    expect(x(turned, "DC+")).toBe(x(face, "DC+"));
  });

  test("left and right count as not confirmed until somebody has signed with a date", () => {
    const { hand } = couplerFaces.NACS;
    expect(handText(hand).join(" ")).toContain("not confirmed");
    expect(handText({ ...hand, checkedBy: "R. Ortiz" }).join(" ")).toContain("not confirmed");
    expect(handText({ ...hand, checkedBy: "R. Ortiz", checkedOn: "2026-08-01" }).join(" ")).not.toContain(
      "not confirmed",
    );
  });

  test("a NACS contact off the centre line says that its side is unresolved", () => {
    const places = placesOf(couplerFaces.NACS, "inlet");
    expect(places.filter(({ sure }) => sure === "U").map(({ pin }) => pin)).toEqual(["DC+", "DC-", "CP", "PP"]);
  });
});

describe("outlines", () => {
  const tangent = (a: Arc, b: Arc) => Math.abs(distance(a.centre, b.centre) - Math.abs(a.r - b.r));

  test.each([nacsOffset.noseTip, 0, 1, 2.51])("NACS arcs at offset %s are tangent within 0.01 mm and join", (d) => {
    const arcs = nacsOutline(d);
    expect(arcs).toHaveLength(10);
    for (const [i, arc] of arcs.entries()) {
      const next = arcs[(i + 1) % arcs.length] as Arc;
      expect(distance(arc.to, next.from)).toBeLessThan(0.01);
      if (arc.centre.x !== next.centre.x) expect(tangent(arc, next)).toBeLessThan(0.01);
      expect(Math.abs(distance(arc.to, arc.centre) - arc.r)).toBeLessThan(0.01);
      expect(Math.abs(distance(arc.from, arc.centre) - arc.r)).toBeLessThan(0.01);
    }
  });

  test("NACS joints of the nose tip are those of the table", () => {
    const joints = [
      [14.107, 14.294],
      [18.952, 8.222],
      [14.673, -11.152],
      [13.703, -12.209],
      [0, -16.84],
    ] as const;
    const arcs = nacsOutline(nacsOffset.noseTip);
    for (const [i, [x, y]] of joints.entries())
      expect(distance(arcs[i]?.to ?? { x: 0, y: 0 }, { x, y })).toBeLessThan(0.011);
  });

  test.each([
    [nacsOffset.noseTip, 38.4, 33.67],
    [nacsOffset.cavityMouth, 40.72, 35.99],
    [nacsOffset.rim, 43.74, 39.01],
  ])("NACS at offset %s measures %s x %s mm", (d, width, height) => {
    const points = along(nacsOutline(d));
    const span = (pick: (p: Point) => number) => Math.max(...points.map(pick)) - Math.min(...points.map(pick));
    expect(span((p) => p.x)).toBeCloseTo(width, 1);
    expect(span((p) => p.y)).toBeCloseTo(height, 1);
  });

  test("CCS1 is closed, 50 by 60.4 mm, and meets the round part where the table says", () => {
    const pieces = ccs1Outline(0);
    const points = along(pieces);
    const span = (pick: (p: Point) => number) => Math.max(...points.map(pick)) - Math.min(...points.map(pick));
    expect(span((p) => p.x)).toBeCloseTo(50, 1);
    expect(span((p) => p.y)).toBeCloseTo(60.4, 1);
    expect(pieces[0]?.from.x).toBeCloseTo(14.393, 2);
    expect(pieces[0]?.from.y).toBeCloseTo(-16.507, 2);
    expect(distance(pieces.at(-1)?.to ?? { x: 0, y: 0 }, pieces[0]?.from ?? { x: 9, y: 9 })).toBeLessThan(0.001);
    expect((sweepOf(pieces[0] as Arc) * 180) / Math.PI).toBeCloseTo(277.8, 1);
  });

  test("the path of CCS1 goes the long way over the top and closes", () => {
    const path = pathOf(ccs1Outline(0), (p) => ({ x: p.x, y: -p.y }), 1).text;
    expect(path).toMatch(
      /^M14\.39 16\.51A21\.90 21\.90 0 1 0 -14\.39 16\.51A11\.00 11\.00 0 0 0 -14\.00 38\.50L14\.00 38\.50A.*Z$/,
    );
  });
});
