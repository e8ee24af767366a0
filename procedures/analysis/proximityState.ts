/** What a proximity voltage or resistance means to a vehicle (domain.md 3), and parts of the Type 2 coding in the wrong place. */
import type { Level, Window } from "./pilotState.ts";

export const proximityStates = ["open", "latched", "pressed"] as const;
export type ProximityState = (typeof proximityStates)[number];

/** V at the vehicle: 5 V through 330 ohm, 2700 ohm to earth. Open: K; the others: EVgo MREC F004 (P). */
export const proximityWindows_V: Readonly<Record<ProximityState, Window>> = {
  open: { min: 4.13, max: 4.78 },
  latched: { min: 1.23, max: 1.82 },
  pressed: { min: 2.38, max: 3.16 },
};

/** Ohm of the plug, +-10 % (K). */
export const proximityWindows_ohm: Readonly<Record<"latched" | "pressed", Window>> = {
  latched: { min: 135, max: 165 },
  pressed: { min: 432, max: 528 },
};

/** Ohm of the plug that a nominal vehicle still takes for the state (derived). */
export const functionalWindows_ohm: Readonly<Record<"latched" | "pressed", Window>> = {
  latched: { min: 112, max: 203 },
  pressed: { min: 337, max: 717 },
};

export type ProximityFound =
  | { readonly is: "state"; readonly state: ProximityState }
  | { readonly is: "several"; readonly states: readonly (ProximityState | "none")[] }
  | { readonly is: "invalid"; readonly why: string };

const found = (level: Level | undefined, k: number, windows: Partial<Record<ProximityState, Window>>, unit: string) => {
  if (!level || !Number.isFinite(level.value) || !Number.isFinite(level.u) || level.u < 0) {
    return { is: "invalid", why: "no reading" } as const;
  }
  const low = level.value - k * level.u;
  const high = level.value + k * level.u;
  const touched = proximityStates.filter((state) => {
    const window = windows[state];
    return window !== undefined && high >= window.min && low <= window.max;
  });
  const [only] = touched;
  const window = only && windows[only];
  if (!only || !window) return { is: "invalid", why: `${level.value} ${unit} is in no state's window` } as const;
  if (touched.length === 1 && low >= window.min && high <= window.max) return { is: "state", state: only } as const;
  return { is: "several", states: touched.length === 1 ? [only, "none" as const] : touched } as const;
};

/** The state that a vehicle sees at a voltage of PP, V +-k u. */
export const proximityByVolt = (level: Level | undefined, k = 2): ProximityFound =>
  found(level, k, proximityWindows_V, "V");

/** The state that a resistance between PP and PE codes, ohm +-k u, against the parts' own tolerance. */
export const proximityByOhm = (level: Level | undefined, k = 2): ProximityFound =>
  found(level, k, proximityWindows_ohm, "ohm");

/** What a vehicle's circuit makes of a plug's resistance, V; nominal parts. Infinity (nothing plugged in) is allowed. */
export function vehicleVolt(plug_ohm: number): number {
  const both = plug_ohm === Number.POSITIVE_INFINITY ? 2700 : (plug_ohm * 2700) / (plug_ohm + 2700);
  return (5 * both) / (330 + both);
}

/**
 * Parts of the Type 2 coding (IEC 61851-1, 100 / 220 / 680 / 1500 ohm, restated: S), +-5 % as such resistors are sold (H).
 * A hint for the cause of a fail; it never decides.
 */
export const type2Codes = [
  { ohm: 100, ampere: 63 },
  { ohm: 220, ampere: 32 },
  { ohm: 680, ampere: 20 },
  { ohm: 1500, ampere: 13 },
] as const;
const type2Tolerance = 0.05;

/** The Type 2 part that a resistance looks like, with what a J1772 vehicle takes it for; undefined for none. */
export function type2Code(
  ohm: number,
): { readonly ohm: number; readonly ampere: number; readonly seenAs: ProximityState | "undefined" } | undefined {
  const code = type2Codes.find((one) => Math.abs(ohm / one.ohm - 1) <= type2Tolerance);
  if (!code) return undefined;
  const seen = proximityByVolt({ value: vehicleVolt(code.ohm), u: 0 });
  return { ...code, seenAs: seen.is === "state" ? seen.state : "undefined" };
}

/** Cold and hot readings of one state: PP.HOT, still in its window after the soak. unclear when either has no state. */
export function holdsWhenHot(cold: ProximityFound, hot: ProximityFound): "yes" | "no" | "unclear" {
  if (cold.is !== "state" || hot.is === "several") return "unclear";
  if (hot.is === "invalid") return hot.why === "no reading" ? "unclear" : "no";
  return hot.state === cold.state ? "yes" : "no";
}

/** Both latches with SERIES_SW, ohm: station released or pressed, adapter released or pressed (domain.md 1.3). */
export function bothLatches(
  station_pressed: boolean,
  adapter_pressed: boolean,
): {
  readonly ohm: number;
  readonly volt: number;
  /** 810 ohm (3.27 V) is outside every window: an observation, no fail. */
  readonly state: ProximityState | "undefined";
} {
  const ohm = 150 + (station_pressed ? 330 : 0) + (adapter_pressed ? 330 : 0);
  const seen = proximityByVolt({ value: vehicleVolt(ohm), u: 0 });
  return { ohm, volt: vehicleVolt(ohm), state: seen.is === "state" ? seen.state : "undefined" };
}
