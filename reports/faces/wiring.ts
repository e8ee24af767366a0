/**
 * Both faces at one scale, and between them the wiring: one terminal for each contact id, lines from id to id. Faces are
 * each seen from their own mating side, so lines go by id and never by position.
 */
import { type Contact, type Face, faceOf, type Pin, pinOf } from "../../rig/model/contacts.ts";
import { html, type Markup, nothing } from "../text/escape.ts";
import { quantity } from "../text/quantity.ts";
import { captionOf, drawFace, type FaceDrawing, type FaceOfAdapter, sideOf } from "./drawing.ts";
import type { Point } from "./geometry.ts";
import { type ContactResults, disc, looks, patterns, resultAt } from "./results.ts";

export interface FoundLink {
  readonly a: Contact;
  readonly b: Contact;
  readonly is: "path" | "short" | "open" | "leak" | "diode";
  readonly ohm?: number;
}

/** What a wiring screen expected and found. */
export interface WiringMap {
  readonly expected: readonly (readonly [Contact, Contact])[];
  readonly found: readonly FoundLink[];
}

/** What of a map is about these faces alone. */
export function wiringBetween(map: WiringMap, faces: readonly Face[]): WiringMap {
  const inside = (contact: Contact): boolean => faces.includes(faceOf(contact));
  return {
    expected: map.expected.filter((pair) => pair.every(inside)),
    found: map.found.filter(({ a, b }) => inside(a) && inside(b)),
  };
}

/** Terminals from top to bottom. */
const order: readonly Pin[] = ["L1", "L2N", "CP", "PP", "PE", "DC+", "DC-"];
const terminal_px = 42;
const ladder_px = 330;
const captionLine_px = 17;

export interface AdapterDrawing {
  readonly markup: Markup;
  readonly width: number;
  readonly height: number;
}

const same = (link: FoundLink, pair: readonly [Contact, Contact]): boolean =>
  (link.a === pair[0] && link.b === pair[1]) || (link.a === pair[1] && link.b === pair[0]);

/** Both faces and the ladder. Without a wiring map the ladder shows contacts only and says so. */
export function drawAdapter(
  faces: readonly FaceOfAdapter[],
  results: ContactResults,
  wiring: WiringMap | undefined,
): AdapterDrawing {
  const [first, second] = faces;
  if (first === undefined || second === undefined) return { markup: html``, width: 0, height: 0 };
  const y = 190;
  const probe = drawFace(first, results, { x: 0, y });
  const left = drawFace(first, results, { x: 10 - probe.left, y });
  const ladderLeft = left.right;
  const probeRight = drawFace(second, results, { x: 0, y });
  const right = drawFace(second, results, { x: ladderLeft + ladder_px - probeRight.left, y });
  const bottom = Math.max(left.bottom, right.bottom);
  const width = right.right + 10;
  const rail = { left: ladderLeft + 40, right: ladderLeft + ladder_px - 40, top: Math.max(40, y - 130) };
  const ladder = drawLadder([first, second], results, wiring, rail);
  const height = Math.max(bottom + 4 * captionLine_px + 10, ladder.bottom + 10);
  const markup = html`<svg class="faces" viewBox="0 0 ${width} ${height}" role="img" aria-label="Both faces of the adapter with the result of each contact, and its wiring">
${patterns}
${left.markup}${right.markup}${ladder.markup}
${caption(first, left, bottom)}${caption(second, right, bottom)}
</svg>`;
  return { markup, width, height };
}

function caption(which: FaceOfAdapter, drawing: FaceDrawing, bottom: number): Markup {
  const x = (drawing.left + drawing.right) / 2;
  const [title, ...rest] = captionOf(which);
  const lines = rest.map(
    (line, i) =>
      html`<tspan x="${x}" dy="${i === 0 ? captionLine_px : captionLine_px - 2}" class="fine">${line}</tspan>`,
  );
  return html`<text x="${x}" y="${bottom + 8}" text-anchor="middle" class="caption">${title ?? ""}${lines}</text>`;
}

interface Rail {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

function drawLadder(
  [first, second]: readonly [FaceOfAdapter, FaceOfAdapter],
  results: ContactResults,
  wiring: WiringMap | undefined,
  rail: Rail,
): { readonly markup: Markup; readonly bottom: number } {
  const pins = order.filter((pin) => hasPin(first, pin) || hasPin(second, pin));
  const rows = [...new Set(pins.map((pin) => rowOfPin(pin, pins, [first, second])))];
  const rowOf = new Map(rows.map((pin, i) => [pin, rail.top + 34 + i * terminal_px] as const));
  const place = (contact: Contact): Point | undefined => {
    const row = rowOf.get(rowOfPin(pinOf(contact), pins, [first, second]));
    if (row === undefined) return undefined;
    return { x: faceOf(contact) === first.face ? rail.left : rail.right, y: row };
  };
  const terminals = [first, second].flatMap((which) =>
    pins.filter((pin) => hasPin(which, pin)).map((pin) => terminal(which.face, pin, results, place)),
  );
  const drawn = wiring === undefined ? { lines: nothing, notes: nothing } : links(wiring, place, rail);
  const bottom = rail.top + 34 + rows.length * terminal_px;
  const heading = html`<text x="${rail.left}" y="${rail.top}" text-anchor="middle" class="caption">${sideOf(first)}</text><text x="${rail.right}" y="${rail.top}" text-anchor="middle" class="caption">${sideOf(second)}</text>`;
  const middle = (rail.left + rail.right) / 2;
  // The longer one stands below the headings: between them is no room for it.
  const [title, title_y] =
    wiring === undefined ? ["wiring not screened in this run", rail.top + 18] : ["wiring, by contact id", rail.top];
  const legend = wiring === undefined ? undefined : legendAt(middle, bottom);
  return {
    markup: html`<g class="ladder">${heading}<text x="${middle}" y="${title_y}" text-anchor="middle" class="fine">${title}</text>${drawn.lines}${terminals}${drawn.notes}${legend}</g>`,
    bottom: bottom + 60,
  };
}

const pinsOf: Readonly<Record<FaceOfAdapter["coupler"], readonly Pin[]>> = {
  NACS: ["DC+", "DC-", "PE", "CP", "PP"],
  CCS1: ["DC+", "DC-", "L1", "L2N", "PE", "CP", "PP"],
  J1772: ["L1", "L2N", "PE", "CP", "PP"],
};
const poleOf: Readonly<Partial<Record<Pin, Pin>>> = { L1: "DC+", L2N: "DC-" };

/** L1 stands beside DC+ where one face has only the one and the other only the other: both are the same pole. */
function rowOfPin(pin: Pin, pins: readonly Pin[], faces: readonly FaceOfAdapter[]): Pin {
  const pole = poleOf[pin];
  if (pole === undefined || !pins.includes(pole)) return pin;
  return faces.some((which) => hasPin(which, pin) && hasPin(which, pole)) ? pin : pole;
}

const hasPin = (which: FaceOfAdapter, pin: Pin): boolean => pinsOf[which.coupler].includes(pin);

function terminal(
  face: Face,
  pin: Pin,
  results: ContactResults,
  place: (contact: Contact) => Point | undefined,
): Markup {
  const contact: Contact = `${face}.${pin}`;
  const at = place(contact);
  if (at === undefined) return html``;
  const result = resultAt(results, face, pin);
  return html`<g><title>${contact}: ${looks[result].word}</title>${disc(result, at, 11)}<text x="${at.x}" y="${at.y - 15}" text-anchor="middle" class="terminal">${pin}</text></g>`;
}

const styles = {
  path: html`stroke="#1b7a4b" stroke-width="2.5"`,
  open: html`stroke="#c8102e" stroke-width="2" stroke-dasharray="7 5"`,
  short: html`stroke="#c8102e" stroke-width="4.5"`,
  leak: html`stroke="#8a5a00" stroke-width="3.5" stroke-dasharray="2 3"`,
  diode: html`stroke="#8a5a00" stroke-width="3.5" stroke-dasharray="10 3 2 3"`,
} as const;

const words = { path: "path", open: "open", short: "short", leak: "leak", diode: "diode" } as const;

interface Drawn {
  readonly lines: Markup;
  /** Words and crosses, drawn last so that nothing covers them. */
  readonly notes: Markup;
}

/** Expected grey and wide underneath; found on top. A path that nobody expected is drawn as what it is: a miswire. */
function links(wiring: WiringMap, place: (c: Contact) => Point | undefined, rail: Rail): Drawn {
  const expected = wiring.expected.map(([a, b]) => {
    const [p, q] = [place(a), place(b)];
    return p && q ? html`<path d="${curve(p, q, rail)}" fill="none" stroke="#d5dae0" stroke-width="8"/>` : undefined;
  });
  const found = wiring.found.map((link, i) => {
    const [p, q] = [place(link.a), place(link.b)];
    if (p === undefined || q === undefined) return { line: undefined, note: undefined };
    const wanted = wiring.expected.some((pair) => same(link, pair));
    const is = link.is === "path" && !wanted ? "short" : link.is;
    const word = is === "short" && faceOf(link.a) !== faceOf(link.b) ? "miswired" : words[is];
    const title = `${link.a} to ${link.b}: ${word}${ohms(link)}`;
    const line = html`<path d="${curve(p, q, rail)}" fill="none" ${styles[is]}/>`;
    return {
      line: html`<g data-link="${link.a} ${link.b}" data-is="${word}"><title>${title}</title>${line}</g>`,
      note: is === "path" ? undefined : mark([p, q], rail, i, { cross: is === "open", text: `${word}${ohms(link)}` }),
    };
  });
  return { lines: html`${expected}${found.map((f) => f.line)}`, notes: html`${found.map((f) => f.note)}` };
}

const ohms = (link: FoundLink): string => (link.ohm === undefined ? "" : ` ${quantity("ohm", link.ohm, 3)}`);

/** Straight between the faces; contacts of one face are joined by a bow into the ladder. */
function curve(p: Point, q: Point, rail: Rail): string {
  if (p.x !== q.x) return `M${p.x.toFixed(1)} ${p.y.toFixed(1)}L${q.x.toFixed(1)} ${q.y.toFixed(1)}`;
  const bow = (p.x === rail.left ? 1 : -1) * bowOf(p, q);
  return `M${p.x.toFixed(1)} ${p.y.toFixed(1)}C${(p.x + bow).toFixed(1)} ${p.y.toFixed(1)} ${(q.x + bow).toFixed(1)} ${q.y.toFixed(1)} ${q.x.toFixed(1)} ${q.y.toFixed(1)}`;
}
const bowOf = (p: Point, q: Point): number => 40 + Math.min(Math.abs(q.y - p.y), 160) * 0.35;

/** Point of the line for its note: spread along the line so that notes of crossing lines do not cover each other. */
function notePoint(p: Point, q: Point, rail: Rail, i: number): Point {
  if (p.x === q.x) return { x: p.x + (p.x === rail.left ? 0.75 : -0.75) * bowOf(p, q), y: (p.y + q.y) / 2 };
  const k = p.y === q.y ? 0.5 + ((i % 3) - 1) * 0.07 : 0.28 + (i % 3) * 0.05;
  return { x: p.x + (q.x - p.x) * k, y: p.y + (q.y - p.y) * k };
}

function mark(
  [p, q]: readonly [Point, Point],
  rail: Rail,
  i: number,
  note: { readonly cross: boolean; readonly text: string },
): Markup {
  const { x, y } = notePoint(p, q, rail, i);
  const symbol = note.cross
    ? html`<path d="M${x - 6} ${y - 6}l12 12m0 -12l-12 12" stroke="#c8102e" stroke-width="3.5" stroke-linecap="round"/>`
    : undefined;
  if (p.x !== q.x)
    return html`${symbol}<text x="${x}" y="${p.y < q.y ? y + 19 : y - 9}" text-anchor="middle" class="note">${note.text}</text>`;
  const left = p.x === rail.left;
  return html`${symbol}<text x="${x + (left ? 8 : -8)}" y="${y + 4}" text-anchor="${left ? "start" : "end"}" class="note">${note.text}</text>`;
}

function legendAt(x: number, y: number): Markup {
  const entries = [
    ["expected", html`stroke="#d5dae0" stroke-width="8"`],
    ["found", styles.path],
    ["open", styles.open],
    ["short / miswired", styles.short],
  ] as const;
  const items = entries.map(([word, style], i) => {
    const left = x - 135 + (i % 2) * 140;
    const top = y + 10 + Math.floor(i / 2) * 20;
    return html`<path d="M${left} ${top}h34" fill="none" ${style}/><text x="${left + 42}" y="${top + 4}" class="fine">${word}</text>`;
  });
  return html`${items}`;
}
