/** One face as SVG, to scale. Colour comes from the result of the contact id; position only helps the eye. */
import type { Coupler, Face, Pin } from "../../rig/model/contacts.ts";
import { html, type Markup } from "../text/escape.ts";
import { couplerFaces, type Half, handText, type Place, type Point, placesOf } from "./geometry.ts";
import { outlinesOf, type Piece, pathOf } from "./outline.ts";
import { type ContactResult, type ContactResults, disc, looks, resultAt } from "./results.ts";

/** Drawing units (CSS pixels) per millimetre, for both faces of an adapter alike. */
export const scale_px_per_mm = 5;
const px_per_screen_mm = 96 / 25.4;
/** A smaller disc would not show its symbol: then the ring's area takes the colour. */
const smallest_disc_mm = 3;

export interface FaceOfAdapter {
  readonly face: Face;
  readonly coupler: Coupler;
  readonly half: Half;
}

export interface FaceDrawing {
  readonly markup: Markup;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Centre of each contact on the drawing. */
  readonly centres: ReadonlyMap<Pin, Point>;
}

/** Where a label stands relative to its contact, mm (y up). Those outside the outline get a leader line. */
const labelAt: Readonly<
  Record<Coupler, Readonly<Partial<Record<Pin, { dy: number; dx?: number; leader?: "up" | "down" }>>>>
> = {
  NACS: {
    "DC+": { dy: 20, dx: 2, leader: "up" },
    "DC-": { dy: 20, dx: 2, leader: "up" },
    PE: { dy: 5.4 },
    CP: { dy: -13, dx: 3.5, leader: "down" },
    PP: { dy: -13, dx: 3.5, leader: "down" },
  },
  CCS1: {
    L1: { dy: 6 },
    L2N: { dy: 6 },
    PE: { dy: -7.2 },
    CP: { dy: 3.6 },
    PP: { dy: 3.6 },
    "DC+": { dy: -18.6, leader: "down" },
    "DC-": { dy: -18.6, leader: "down" },
  },
  J1772: { L1: { dy: 6 }, L2N: { dy: 6 }, PE: { dy: -7.2 }, CP: { dy: 3.6 }, PP: { dy: 3.6 } },
};

/** Radius of the coloured disc, px. */
export function discRadius(place: Place): number {
  const onScreen_mm = (place.fill_mm * scale_px_per_mm) / px_per_screen_mm;
  return ((onScreen_mm < smallest_disc_mm ? place.ring_mm : place.fill_mm) * scale_px_per_mm) / 2;
}

/** Room that a face takes about its centre, mm; J1772 is wide for its caption. */
const reach: Readonly<Record<Coupler, { readonly x: number; readonly up: number; readonly down: number }>> = {
  NACS: { x: 25, up: 30, down: 28 },
  CCS1: { x: 29, up: 32, down: 50 },
  J1772: { x: 37.5, up: 32, down: 28 },
};

/** Drawing of one face with its centre at `origin`. */
export function drawFace(which: FaceOfAdapter, results: ContactResults, origin: Point): FaceDrawing {
  const face = couplerFaces[which.coupler];
  const map = (p: Point): Point => ({ x: origin.x + p.x * scale_px_per_mm, y: origin.y - p.y * scale_px_per_mm });
  const outlines = outlinesOf(which.coupler, which.half);
  const stroke = (pieces: readonly Piece[], width: number, fill: string) =>
    html`<path d="${pathOf(pieces, map, scale_px_per_mm)}" fill="${fill}" stroke="#3d4852" stroke-width="${width}"/>`;
  const places = placesOf(face, which.half);
  const contacts = places.map((place) => contact(place, which, resultAt(results, which.face, place.pin), map));
  const centres = new Map(places.map((place) => [place.pin, map(place)] as const));
  const { x: beside, up, down } = reach[which.coupler];
  const markup = html`<g>
${outlines.rim === undefined ? undefined : stroke(outlines.rim, 1, "#eef1f4")}
${furniture(which, map)}
${stroke(outlines.edge, 2, which.half === "plug" ? "#f7f8fa" : "#ffffff")}
${keys(which, map)}
${contacts}
</g>`;
  return {
    markup,
    centres,
    left: origin.x - beside * scale_px_per_mm,
    right: origin.x + beside * scale_px_per_mm,
    top: origin.y - up * scale_px_per_mm,
    bottom: origin.y + down * scale_px_per_mm,
  };
}

function contact(place: Place, which: FaceOfAdapter, result: ContactResult, map: (p: Point) => Point): Markup {
  const centre = map(place);
  const r = discRadius(place);
  const ring = (place.ring_mm * scale_px_per_mm) / 2;
  const around =
    ring > r + 1
      ? html`<circle cx="${centre.x}" cy="${centre.y}" r="${ring}" fill="#ffffff" stroke="#9aa5b1" stroke-width="1"/>`
      : undefined;
  const id = `${which.face}.${place.pin}`;
  const mark = result === "n/p" ? disc(result, centre, Math.max(r, ring)) : disc(result, centre, r);
  const title = `${id}: ${looks[result].word}; position ${place.sure}`;
  const label = labelOf(place, which.coupler, result, r, map);
  return html`<g data-contact="${id}" data-result="${result}"><title>${title}</title>${around}${mark}${label}</g>`;
}

function labelOf(place: Place, coupler: Coupler, result: ContactResult, r: number, map: (p: Point) => Point): Markup {
  const where = labelAt[coupler][place.pin] ?? { dy: -6 };
  const at = map({ x: place.x + Math.sign(place.x) * (where.dx ?? 0), y: place.y + where.dy });
  const from = map(place);
  const down = where.leader === "down" ? 1 : -1;
  const start = { x: from.x, y: from.y + down * (r + 1) };
  const end = { x: at.x, y: where.leader === "down" ? at.y - 12 : at.y + 5 };
  const leader = where.leader
    ? html`<path d="M${start.x} ${start.y}L${end.x} ${end.y}" stroke="#7b8794" stroke-width="1" fill="none"/>`
    : undefined;
  const { word } = looks[result];
  return html`${leader}<text x="${at.x}" y="${at.y}" class="contact ${result === "fail" ? "bad" : "plain"}" text-anchor="middle">${place.name} <tspan class="word">${word}</tspan></text>`;
}

const rect = (a: Point, b: Point, extra: Markup): Markup =>
  html`<rect x="${Math.min(a.x, b.x)}" y="${Math.min(a.y, b.y)}" width="${Math.abs(a.x - b.x)}" height="${Math.abs(a.y - b.y)}" ${extra}/>`;

/** Latch of the round couplers: lever on the plug at 12 o'clock, catch slot on the inlet (E). */
function furniture(which: FaceOfAdapter, map: (p: Point) => Point): Markup | undefined {
  if (which.coupler === "NACS") return undefined;
  const grey = html`fill="#e4e8ec" stroke="#3d4852" stroke-width="1"`;
  return which.half === "plug"
    ? rect(map({ x: -5, y: 30 }), map({ x: 5, y: 21 }), grey)
    : rect(map({ x: -6, y: 26 }), map({ x: 6, y: 22.3 }), html`fill="#cfd6dd" stroke="#3d4852" stroke-width="1"`);
}

/** NACS: lock pocket hidden under the nose (dashed, S), web that joins the ground pin's collar to the cavity (P). */
function keys(which: FaceOfAdapter, map: (p: Point) => Point): Markup | undefined {
  if (which.coupler !== "NACS") return undefined;
  if (which.half === "plug") {
    const dashed = html`fill="none" stroke="#9aa5b1" stroke-width="1" stroke-dasharray="3 3"`;
    return rect(map({ x: -4.86, y: -13.7 }), map({ x: 4.86, y: -16.4 }), dashed);
  }
  const web = [-1, 1].map((side) => {
    const a = map({ x: side * 4.2, y: -9.05 });
    const b = map({ x: side * 4.59, y: -17.53 });
    return html`<path d="M${a.x} ${a.y}L${b.x} ${b.y}" stroke="#9aa5b1" stroke-width="1"/>`;
  });
  return html`${web}`;
}

export const sideOf = ({ face }: FaceOfAdapter): string => (face === "ev" ? "EV side" : "EVSE side");

/** Text that must stand under each face. */
export function captionOf(which: FaceOfAdapter): readonly string[] {
  const face = couplerFaces[which.coupler];
  return [`${sideOf(which)}: ${face.title} ${which.half}`, "schematic, not for measurement", ...handText(face.hand)];
}
