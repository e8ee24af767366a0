/**
 * What a type with active proximity promises: at which contact temperatures it changes PP, and what the vehicle then sees
 * (domain.md 1.3 ACTIVE, 4.1 TH.FOLD and TH.SHUT). No threshold and no PP value is public: the lab's own document fills
 * this in; the generic type holds house values (H).
 */
import type { Confidence } from "./adapter.ts";

/** Lowest and highest level, V. */
export type Window_V = readonly [number, number];

export const thermalSignals = ["normal", "foldback", "shutdown"] as const;
/** Normal; the thermal warning that makes a station reduce its current; the end of the session. */
export type ThermalSignal = (typeof thermalSignals)[number];

export interface ActiveProfile {
  /** Hottest contact at which PP leaves its normal window, degC. */
  readonly foldback_degC: number;
  /** Hottest contact at which PP enters the shutdown window, degC. */
  readonly shutdown_degC: number;
  /** Hottest contact at which PP is normal again on cooling, degC. */
  readonly recovery_degC: number;
  /**
   * What the vehicle's circuit (5 V through 330 ohm, 2700 ohm to PE) sees on PP with the station's plug mated and released.
   * The windows do not overlap.
   */
  readonly windows: Readonly<Record<ThermalSignal, Window_V>>;
  /** The document these come from. */
  readonly source: string;
  readonly confidence: Confidence;
}

/** A cut-out that opens a signal contact when hot: a cold continuity test says nothing of it (domain.md 1.4). */
export interface ThermalCutout {
  readonly opens: "CP" | "PP";
  readonly trip_degC: number;
  readonly reset_degC: number;
}
