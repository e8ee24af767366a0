/**
 * Levels of the pilot at the extremes of a legal station and a legal vehicle with an adapter between them, computed from
 * what was measured on this adapter. Corners: domain.md 2.1 (rails and source K, R2 and R3 S, diode K), capacitances 2.2.
 */
import { detectorWindows, diodeRange_V, evLadder, type Level, ladderTolerance } from "./pilotState.ts";

export const cornerStates = ["A", "B", "C", "D"] as const;
export type CornerState = (typeof cornerStates)[number];

export interface Corner {
  /** Station: no-load level and source resistance. */
  readonly rail_V: number;
  readonly source_ohm: number;
  /** Vehicle: diode, and deviation of R2 and R3 from their nominal values. */
  readonly diode_V: number;
  readonly r2_share: number;
  readonly r3_share: number;
}

/** What the adapter puts into the pilot: resistance of CP and of its return through PE, leak from CP to PE, ohm. */
export interface PilotParameters {
  readonly series_ohm: Level;
  readonly leak_ohm: Level;
}

export const rails_V = [11.4, 12.6] as const;
export const sources_ohm = [970, 1030] as const;
const shares = [-ladderTolerance, ladderTolerance] as const;

/** Every corner of a state; A has no vehicle, B no R3. 4, 16, 32, 32. */
export function cornersOf(state: CornerState): readonly Corner[] {
  const corners: Corner[] = [];
  for (const rail_V of rails_V) {
    for (const source_ohm of sources_ohm) {
      for (const diode_V of state === "A" ? [0] : [diodeRange_V.min, diodeRange_V.max]) {
        for (const r2_share of state === "A" ? [0] : shares) {
          for (const r3_share of state === "A" || state === "B" ? [0] : shares) {
            corners.push({ rail_V, source_ohm, diode_V, r2_share, r3_share });
          }
        }
      }
    }
  }
  return corners;
}

/** Behind the vehicle's diode, ohm; Infinity without a vehicle. */
function vehicleOhm(state: CornerState, corner: Corner): number {
  if (state === "A") return Number.POSITIVE_INFINITY;
  const [r2, r3] = evLadder[state];
  const first = r2 * (1 + corner.r2_share);
  return r3 === undefined ? first : 1 / (1 / first + 1 / (r3 * (1 + corner.r3_share)));
}

/**
 * Steady positive level at the station, V. Series 0 to Infinity ohm, leak above 0 to Infinity ohm; anything else, and a corner
 * with a number that is not finite, gives NaN.
 * The leak is taken at the station's end, where it does most.
 */
export function stationLevel(state: CornerState, corner: Corner, series_ohm: number, leak_ohm: number): number {
  if (!(series_ohm >= 0) || !(leak_ohm > 0)) return Number.NaN;
  const { rail_V, source_ohm, diode_V, r2_share, r3_share } = corner;
  if (![rail_V, source_ohm, diode_V, r2_share, r3_share].every(Number.isFinite)) return Number.NaN;
  const source = 1 / corner.source_ohm;
  const leak = 1 / leak_ohm;
  const open = (corner.rail_V * source) / (source + leak);
  if (open <= corner.diode_V) return open;
  const load = 1 / (vehicleOhm(state, corner) + series_ohm);
  return (corner.rail_V * source + corner.diode_V * load) / (source + leak + load);
}

export interface CornerResult {
  readonly state: CornerState;
  readonly corner: Corner;
  /** Level at the station through the adapter, V, with standard uncertainty from the parameters'. */
  readonly level: Level;
  /** Change that the adapter makes of this corner, V, with standard uncertainty. */
  readonly shift: Level;
  /** Distance to the nearer end of the detector window, V; negative outside. */
  readonly margin_V: number;
}

/** Each corner of a state through the adapter. Parameters that are no numbers give levels that are none. */
export function throughCorners(state: CornerState, { series_ohm, leak_ohm }: PilotParameters): readonly CornerResult[] {
  return cornersOf(state).map((corner) => {
    const at = (series: number, leak: number): number => stationLevel(state, corner, series, leak);
    const isSure = Number.isFinite(series_ohm.u) && Number.isFinite(leak_ohm.u);
    const value = isSure ? at(series_ohm.value, leak_ohm.value) : Number.NaN;
    const u = Math.hypot(
      series_ohm.value === Number.POSITIVE_INFINITY ? 0 : at(series_ohm.value + series_ohm.u, leak_ohm.value) - value,
      // Towards the smaller leak resistance the level moves more.
      at(series_ohm.value, Math.max(leak_ohm.value / 2, leak_ohm.value - leak_ohm.u)) - value,
    );
    const window = detectorWindows[state];
    const margin_V = Math.min(value - window.min, window.max - value);
    const shift = { value: value - at(0, Number.POSITIVE_INFINITY), u };
    return { state, corner, level: { value, u }, shift, margin_V };
  });
}

/** The corner with the least margin; NaN margins come first, so that what cannot be computed is never left out. */
export function worstMargin(results: readonly CornerResult[]): CornerResult | undefined {
  return results.reduce<CornerResult | undefined>((worst, one) => {
    if (!worst) return one;
    if (Number.isNaN(worst.margin_V)) return worst;
    return Number.isNaN(one.margin_V) || one.margin_V < worst.margin_V ? one : worst;
  }, undefined);
}

/** The corner that the adapter moves most; NaN first. */
export function worstShift(results: readonly CornerResult[]): CornerResult | undefined {
  return results.reduce<CornerResult | undefined>((worst, one) => {
    if (!worst) return one;
    if (Number.isNaN(worst.shift.value)) return worst;
    return Number.isNaN(one.shift.value) || Math.abs(one.shift.value) > Math.abs(worst.shift.value) ? one : worst;
  }, undefined);
}

/** In words: `12.6 V, 970 ohm, diode 0.85 V, R2 +3 %, R3 -3 %`. */
export function cornerName(state: CornerState, corner: Corner): string {
  const share = (value: number): string => `${value < 0 ? "-" : "+"}${Math.abs(100 * value)} %`;
  const words = [`${corner.rail_V} V`, `${corner.source_ohm} ohm`];
  if (state !== "A") words.push(`diode ${corner.diode_V} V`, `R2 ${share(corner.r2_share)}`);
  if (state === "C" || state === "D") words.push(`${state === "C" ? "R3" : "R4"} ${share(corner.r3_share)}`);
  return words.join(", ");
}

/** Largest legal capacitance of station with cable, and of the vehicle, F (CP.CSC, CP.CV: K). */
export const legalCapacitance_F = 3.1e-9 + 2.4e-9;
/** Shortest legal negative half: 96 % at 1020 Hz, less 5 us of pulse-width error, s (CP.F0, CP.PW: K). */
export const shortestLow_s = 0.04 / 1020 - 5e-6;

/**
 * How negative the pilot gets in the shortest legal low half, from a 12.6 V high without vehicle to the weakest negative
 * rail of -11.4 V through 1030 ohm, V. The vehicle's diode blocks, so only the source charges the capacitance.
 */
export function lowestLevel(adapter_F: Level): Level {
  const at = (farad: number): number => {
    if (!(farad >= 0)) return Number.NaN;
    return -rails_V[0] + (rails_V[0] + rails_V[1]) * Math.exp(-shortestLow_s / (sources_ohm[1] * farad));
  };
  const whole = legalCapacitance_F + Math.max(0, adapter_F.value);
  const value = [adapter_F.value, adapter_F.u].every(Number.isFinite) ? at(whole) : Number.NaN;
  return { value, u: Math.abs(at(whole + adapter_F.u) - value) };
}
