/** Outlines of the faces as arcs and lines, mm, y up, and their SVG paths. Symmetric about x = 0. */
import type { Coupler } from "../../rig/model/contacts.ts";
import { Markup, nothing } from "../text/escape.ts";
import type { Half, Point } from "./geometry.ts";

/** From `from` to `to` about a centre. Clockwise as seen, unless `ccw`. */
export interface Arc {
  readonly centre: Point;
  readonly r: number;
  readonly from: Point;
  readonly to: Point;
  readonly ccw?: boolean;
}
export interface Line {
  readonly from: Point;
  readonly to: Point;
}
export type Piece = Arc | Line;
export const isArc = (piece: Piece): piece is Arc => "r" in piece;

const at = (x: number, y: number): Point => ({ x, y });
const flip = (p: Point): Point => at(-p.x, p.y);

/**
 * NACS: ten tangent arcs, right half from the top down; radius = R0 + d. Centres and radii: Tesla CAD (P) for the inlet;
 * nose sections agree within 0.07 mm.
 */
export const nacsArcs: readonly { readonly centre: Point; readonly r0: number }[] = [
  { centre: at(0, -23.67), r0: 40.66 },
  { centre: at(11.486, 7.24), r0: 7.69 },
  { centre: at(-9.88, 4.43), r0: 29.24 },
  { centre: at(11.228, -8.966), r0: 4.24 },
  { centre: at(0, 5.75), r0: 22.75 },
];

/** Offsets d, mm: the nose at its tip (S), the cavity's floor (P) and mouth (E), the rim behind the cavity (P). */
export const nacsOffset = { noseTip: -0.16, cavityFloor: 0, cavityMouth: 1, rim: 2.51 } as const;

/** The joint lies on the line through the two centres, at the larger arc's radius. */
function joint(a: { centre: Point; r: number }, b: { centre: Point; r: number }): Point {
  const [large, small] = a.r >= b.r ? [a, b] : [b, a];
  const dx = small.centre.x - large.centre.x;
  const dy = small.centre.y - large.centre.y;
  const k = large.r / Math.hypot(dx, dy);
  return at(large.centre.x + dx * k, large.centre.y + dy * k);
}

/** Clockwise from the top. */
export function nacsOutline(d: number): readonly Arc[] {
  const arcs = nacsArcs.map(({ centre, r0 }) => ({ centre, r: r0 + d }));
  const right: Arc[] = [];
  let from = at(0, -23.67 + 40.66 + d);
  for (const [i, arc] of arcs.entries()) {
    const next = arcs[i + 1];
    const to = next === undefined ? at(0, arc.centre.y - arc.r) : joint(arc, next);
    right.push({ ...arc, from, to });
    from = to;
  }
  const left = right
    .map((arc) => ({ centre: flip(arc.centre), r: arc.r, from: flip(arc.to), to: flip(arc.from) }))
    .reverse();
  return [...right, ...left];
}

/** A circle about the origin as two half arcs, clockwise. */
export function circleOutline(r: number): readonly Arc[] {
  const centre = at(0, 0);
  return [
    { centre, r, from: at(0, r), to: at(0, -r) },
    { centre, r, from: at(0, -r), to: at(0, r) },
  ];
}

/** Radius of the round part and of the stadium's ends, and where these are (E: overall height +-6 mm). */
const round_r = 21.9;
const stadium_r = 11;
const stadiumEnd = at(14, -27.5);

/** Where the two circles cross, the crossing with the larger x. */
function crossing(r: number, s: number): Point {
  const dist = Math.hypot(stadiumEnd.x, stadiumEnd.y);
  const along = (dist * dist + r * r - s * s) / (2 * dist);
  const off = Math.sqrt(Math.max(r * r - along * along, 0));
  const ux = stadiumEnd.x / dist;
  const uy = stadiumEnd.y / dist;
  const one = at(ux * along - uy * off, uy * along + ux * off);
  const other = at(ux * along + uy * off, uy * along - ux * off);
  return one.x > other.x ? one : other;
}

/** Union of the round part and the stadium, grown by `offset`; counter-clockwise over the top. */
export function ccs1Outline(offset: number): readonly Piece[] {
  const r = round_r + offset;
  const s = stadium_r + offset;
  const start = crossing(r, s);
  const bottom = at(stadiumEnd.x, stadiumEnd.y - s);
  return [
    { centre: at(0, 0), r, from: start, to: flip(start), ccw: true },
    { centre: flip(stadiumEnd), r: s, from: flip(start), to: flip(bottom), ccw: true },
    { from: flip(bottom), to: bottom },
    { centre: stadiumEnd, r: s, from: bottom, to: start, ccw: true },
  ];
}

export interface Outlines {
  /** The face itself. */
  readonly edge: readonly Piece[];
  /** A second line around it, of an inlet. */
  readonly rim?: readonly Piece[];
}

export function outlinesOf(coupler: Coupler, half: Half): Outlines {
  if (coupler === "NACS") {
    return half === "plug"
      ? { edge: nacsOutline(nacsOffset.noseTip) }
      : { edge: nacsOutline(nacsOffset.cavityMouth), rim: nacsOutline(nacsOffset.rim) };
  }
  if (coupler === "J1772") {
    return half === "plug" ? { edge: circleOutline(round_r) } : { edge: circleOutline(22.3), rim: circleOutline(26) };
  }
  return half === "plug" ? { edge: ccs1Outline(0) } : { edge: ccs1Outline(0.4), rim: ccs1Outline(4) };
}

/** Angle swept, rad, positive: clockwise or counter-clockwise as the arc says. */
export function sweepOf(arc: Arc): number {
  const a = Math.atan2(arc.from.y - arc.centre.y, arc.from.x - arc.centre.x);
  const b = Math.atan2(arc.to.y - arc.centre.y, arc.to.x - arc.centre.x);
  const turn = arc.ccw ? b - a : a - b;
  return turn > 1e-9 ? turn : turn + 2 * Math.PI;
}

/** SVG path; `map` puts millimetres (y up) onto the drawing. */
export function pathOf(pieces: readonly Piece[], map: (p: Point) => Point, scale: number): Markup {
  const text = (p: Point) => `${map(p).x.toFixed(2)} ${map(p).y.toFixed(2)}`;
  const first = pieces[0];
  if (first === undefined) return nothing;
  const steps = pieces.map((piece) => {
    if (!isArc(piece)) return `L${text(piece.to)}`;
    const r = (piece.r * scale).toFixed(2);
    return `A${r} ${r} 0 ${sweepOf(piece) > Math.PI ? 1 : 0} ${piece.ccw ? 0 : 1} ${text(piece.to)}`;
  });
  return new Markup(`M${text(first.from)}${steps.join("")}Z`);
}
