/**
 * What a pilot level means. Two sets of windows (domain.md 2.1): `legal` is what tolerances of a legal station and a
 * legal vehicle can make of a state; `detector` is what a station still takes for it. A level that fits several states,
 * or none, is never rounded to one.
 */

export const pilotStateNames = ["A", "B", "C", "D", "E", "F"] as const;
export type PilotState = (typeof pilotStateNames)[number];

export interface Window {
  readonly min: number;
  readonly max: number;
}

/** V at the station, positive half; F is the steady negative level. Source tolerances K, B to D derived (C also P). */
export const legalWindows: Readonly<Record<Exclude<PilotState, "E">, Window>> = {
  A: { min: 11.4, max: 12.6 },
  B: { min: 8.37, max: 9.59 },
  C: { min: 5.47, max: 6.53 },
  D: { min: 2.59, max: 3.28 },
  F: { min: -12.6, max: -11.4 },
};

/**
 * V. A to E: Beckhoff EL6761 (P); its E begins at 0 V, and a meter's zero may read a little below (0.5 V: H). F: at most
 * -10 V, above which a vehicle says that the pilot never goes low enough (S), down to -13 V (mirror of A, H).
 */
export const detectorWindows: Readonly<Record<PilotState, Window>> = {
  A: { min: 10.75, max: 13 },
  B: { min: 7.75, max: 10.25 },
  C: { min: 4.75, max: 7.25 },
  D: { min: 1.75, max: 4.25 },
  E: { min: -0.5, max: 1.25 },
  F: { min: -13, max: -10 },
};

/** A level with its standard uncertainty, V. */
export interface Level {
  readonly value: number;
  readonly u: number;
}

export type StateFound =
  | { readonly is: "state"; readonly state: PilotState }
  /** The level with its uncertainty reaches into these; `none` stands for the gaps between windows. */
  | { readonly is: "several"; readonly states: readonly (PilotState | "none")[] }
  | { readonly is: "invalid"; readonly why: string };

/** The state of a level, value +-k u against the detector windows. NaN, infinity, negative u: invalid. */
export function stateOfLevel(level: Level | undefined, k = 2, windows = detectorWindows): StateFound {
  if (!level || !Number.isFinite(level.value) || !(level.u >= 0) || !Number.isFinite(level.u)) {
    return { is: "invalid", why: "no level" };
  }
  const low = level.value - k * level.u;
  const high = level.value + k * level.u;
  const touched = pilotStateNames.filter((name) => high >= windows[name].min && low <= windows[name].max);
  const [only] = touched;
  if (only === undefined)
    return { is: "invalid", why: `${Number(level.value.toPrecision(4))} V is in no state's window` };
  const inside = low >= windows[only].min && high <= windows[only].max;
  if (touched.length === 1 && inside) return { is: "state", state: only };
  return { is: "several", states: touched.length === 1 ? [only, "none"] : touched };
}

/**
 * The state of a PWM pilot: its high half says which, its low half must be the full negative level. A loaded low half
 * means that the vehicle's diode is missing or something leaks; a pilot that swings has no state E or F.
 */
export function stateOfWave(high: Level | undefined, low: Level | undefined, k = 2): StateFound {
  const found = stateOfLevel(high, k);
  const negative = stateOfLevel(low, k);
  if (negative.is === "invalid") return { is: "invalid", why: `negative half: ${negative.why}` };
  if (negative.is === "several") return { is: "invalid", why: "negative half: not surely below -10 V" };
  if (negative.state !== "F") return { is: "invalid", why: `negative half at state ${negative.state}` };
  if (found.is === "state" && (found.state === "E" || found.state === "F")) {
    return { is: "invalid", why: `positive half at state ${found.state}` };
  }
  return found;
}

export type Presence = "present" | "absent" | "unknown";

/**
 * Whether a diode in the vehicle blocks the negative half, from levels with the ladder on: with it the low half stands at
 * the unloaded negative rail, without it the ladder divides both halves alike. `rail_V` is the unloaded negative level, < 0.
 * All three in V; what lies between the two pictures, or is no number, is unknown.
 */
export function diodePresence(high: Level, low: Level, rail_V: number): Presence {
  const numbers = [high.value, high.u, low.value, low.u, rail_V];
  if (numbers.some((v) => !Number.isFinite(v)) || high.u < 0 || low.u < 0 || !(rail_V < 0)) return "unknown";
  const absent_V = -high.value;
  const u = 2 * Math.hypot(high.u, low.u);
  // The two pictures must be apart by more than they are unsure, or the ladder was not on.
  if (!(absent_V - rail_V > 4 * u) || absent_V - rail_V < 0.5) return "unknown";
  const third = (absent_V - rail_V) / 3;
  if (Math.abs(low.value - rail_V) + u < third) return "present";
  return Math.abs(low.value - absent_V) + u < third ? "absent" : "unknown";
}

/** Vehicle diode, V (domain.md 2.1). */
export const diodeRange_V: Window = { min: 0.55, max: 0.85 };

/**
 * Smallest and largest resistance behind the vehicle's diode that explain a level: R = source x (V - Vd) / (rail - V) over
 * the diode's range and the level's uncertainty. V in volts at the station, ohms. Undefined where the pilot is not loaded
 * or the level is no number; never negative.
 */
export function evResistance(
  level: Level,
  rail_V: number,
  source_ohm: number,
  k = 2,
): { readonly min_ohm: number; readonly max_ohm: number } | undefined {
  if (![level.value, level.u, rail_V, source_ohm, k].every(Number.isFinite) || level.u < 0 || source_ohm <= 0) return;
  const at = (volt: number, diode_V: number): number => (source_ohm * (volt - diode_V)) / (rail_V - volt);
  const low = level.value - k * level.u;
  const high = level.value + k * level.u;
  if (!(high < rail_V) || !(low > diodeRange_V.max)) return undefined;
  return { min_ohm: at(low, diodeRange_V.max), max_ohm: at(high, diodeRange_V.min) };
}

/** Ohms behind the diode in each state: nominal 2740, with 1300 or 270 in parallel, +-3 % each (domain.md 2.1). */
export const evLadder = { B: [2740], C: [2740, 1300], D: [2740, 270] } as const;
export const ladderTolerance = 0.03;

/** Parallel of the ladder of a state, each resistor off by `share` (for instance -0.03), ohm. */
export const ladderOhm = (state: keyof typeof evLadder, share = 0): number =>
  1 / evLadder[state].reduce((sum: number, ohm) => sum + 1 / (ohm * (1 + share)), 0);

/** Which legal vehicle state a span of resistances fits: several, or none, as they come; none when an end is no number. */
export function ladderStates(span: {
  readonly min_ohm: number;
  readonly max_ohm: number;
}): readonly ("B" | "C" | "D")[] {
  if (!Number.isFinite(span.min_ohm) || !Number.isFinite(span.max_ohm)) return [];
  return (["B", "C", "D"] as const).filter(
    (state) => span.max_ohm >= ladderOhm(state, -ladderTolerance) && span.min_ohm <= ladderOhm(state, ladderTolerance),
  );
}
