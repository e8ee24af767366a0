/**
 * Connector faces as data: centres and diameters of contacts in the inlet view, mm, x right, y up, seen by a person who
 * looks straight at the mating face, upright. A plug is the mirror with its own diameters. For drawing only: nothing here
 * judges a part's dimensions. Sources per value: P primary CAD (Tesla TS-0011139 500 V STEP), S secondary, K own
 * knowledge, E estimated for the drawing, U unresolved. SAE J3400/2, IEC 62196-2 and -3 were not read: UNVERIFIED.
 */
import type { Coupler, Pin } from "../../rig/model/contacts.ts";

export type Sure = "P" | "S" | "K" | "E" | "U";
export type Half = "inlet" | "plug";

/**
 * Handedness is data: +1 keeps the signs of the table below, -1 turns that group over. A wrong hand gives a wrong
 * picture, never a wrong verdict; until a person has checked it on known-good parts the drawing says so.
 */
export interface Hand {
  readonly power: 1 | -1;
  readonly signal: 1 | -1;
  readonly source: string;
  readonly checkedBy?: string;
  readonly checkedOn?: string;
}

interface Spot {
  readonly pin: Pin;
  readonly x_mm: number;
  readonly y_mm: number;
  /** Disc that takes the result colour. */
  readonly inlet: { readonly fill_mm: number; readonly ring_mm: number };
  readonly plug: { readonly fill_mm: number; readonly ring_mm: number };
  /** Confidence of the centre's distance, of its side (sign of x), and of the diameters of inlet and plug. */
  readonly sure: { readonly centre: Sure; readonly side: Sure; readonly inlet: Sure; readonly plug: Sure };
}

export interface CouplerFace {
  readonly coupler: Coupler;
  readonly title: string;
  /** Printed names. J3400's own contact numbers are not known, so none is printed. */
  readonly names: Readonly<Partial<Record<Pin, string>>>;
  readonly spots: readonly Spot[];
  readonly hand: Hand;
}

const spot = (
  pin: Pin,
  [x_mm, y_mm]: readonly [number, number],
  inlet: readonly [number, number],
  plug: readonly [number, number],
  sure: Spot["sure"],
): Spot => ({
  pin,
  x_mm,
  y_mm,
  inlet: { fill_mm: inlet[0], ring_mm: inlet[1] },
  plug: { fill_mm: plug[0], ring_mm: plug[1] },
  sure,
});

const cad = { centre: "P", side: "U", inlet: "P", plug: "S" } as const;

/** Centres: CAD values with the ground pin as origin, moved by -9.27 mm so that the outline's box is centred. */
const nacs: CouplerFace = {
  coupler: "NACS",
  title: "NACS (SAE J3400)",
  names: { "DC+": "DC+/L1", "DC-": "DC\u2212/L2", PE: "PE (G)", CP: "CP", PP: "PP" },
  spots: [
    spot("DC+", [-10.75, 6.65], [8.98, 15.7], [11.1, 11.1], cad),
    spot("DC-", [10.75, 6.65], [8.98, 15.7], [11.1, 11.1], cad),
    spot("PE", [0, -9.27], [3.58, 8.4], [4.64, 4.64], cad),
    spot("CP", [-8.5, -9.87], [1.58, 6.5], [2.63, 2.63], cad),
    spot("PP", [8.5, -9.87], [1.58, 6.5], [2.63, 2.63], cad),
  ],
  hand: {
    power: 1,
    signal: 1,
    source: "drawing that cites Tesla TS-0023666; two other drawings contradict it, the CAD is symmetric",
  },
};

const ac = { centre: "S", side: "S", inlet: "K", plug: "S" } as const;

const roundSpots: readonly Spot[] = [
  spot("L1", [7.85, 6.8], [3.6, 8.4], [8.4, 8.4], ac),
  spot("L2N", [-7.85, 6.8], [3.6, 8.4], [8.4, 8.4], ac),
  spot("PP", [10.65, -5.6], [1.5, 4.6], [4.6, 4.6], ac),
  spot("CP", [-10.65, -5.6], [1.5, 4.6], [4.6, 4.6], ac),
  spot("PE", [0, -10.6], [2.8, 8.4], [8.4, 8.4], ac),
];

const roundNames = { L1: "L1", L2N: "L2/N", PE: "PE", CP: "CP", PP: "PP" } as const;
const roundHand: Hand = { power: 1, signal: 1, source: "two public drawings that agree, probably of one origin" };

const j1772: CouplerFace = {
  coupler: "J1772",
  title: "J1772 (IEC 62196 Type 1)",
  names: roundNames,
  spots: roundSpots,
  hand: roundHand,
};

const dc = { centre: "E", side: "S", inlet: "K", plug: "S" } as const;

/** DC pair: three drawings give 26 to 29 mm spacing and 26.8 to 28 mm below the round centre; this is the middle. */
const ccs1: CouplerFace = {
  coupler: "CCS1",
  title: "CCS1 (Combo 1)",
  names: { ...roundNames, "DC+": "DC+", "DC-": "DC\u2212" },
  spots: [
    ...roundSpots,
    spot("DC+", [13.65, -27.5], [8, 16.8], [8, 16.8], dc),
    spot("DC-", [-13.65, -27.5], [8, 16.8], [8, 16.8], dc),
  ],
  hand: roundHand,
};

export const couplerFaces: Readonly<Record<Coupler, CouplerFace>> = { NACS: nacs, CCS1: ccs1, J1772: j1772 };

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const mirror = (p: Point): Point => ({ x: -p.x, y: p.y });

/** A contact as it is seen on a face of one half. */
export interface Place extends Point {
  readonly pin: Pin;
  readonly name: string;
  readonly fill_mm: number;
  readonly ring_mm: number;
  readonly sure: Sure;
}

const isPower = (pin: Pin): boolean => pin === "DC+" || pin === "DC-" || pin === "L1" || pin === "L2N";

const worstFirst: readonly Sure[] = ["U", "E", "K", "S", "P"];
const weakest = (codes: readonly Sure[]): Sure => worstFirst.find((code) => codes.includes(code)) ?? "U";

/** Places of all contacts the coupler can have, in the view of that half; mm. */
export function placesOf(face: CouplerFace, half: Half): readonly Place[] {
  return face.spots.map((s) => {
    const inlet = { x: s.x_mm * (isPower(s.pin) ? face.hand.power : face.hand.signal), y: s.y_mm };
    const { x, y } = half === "inlet" ? inlet : mirror(inlet);
    const size = s[half];
    const sure = weakest([s.sure.centre, s.x_mm === 0 ? "P" : s.sure.side, s.sure[half]]);
    return { pin: s.pin, name: face.names[s.pin] ?? s.pin, x, y, ...size, sure };
  });
}

export const handConfirmed = (hand: Hand): boolean => hand.checkedBy !== undefined && hand.checkedOn !== undefined;

/** What stands under the drawing about left and right. */
export const handText = (hand: Hand): readonly string[] =>
  handConfirmed(hand)
    ? [`left/right checked by ${hand.checkedBy} on ${hand.checkedOn}`]
    : ["left/right not confirmed:", "find contacts by ohmmeter, not by side"];
