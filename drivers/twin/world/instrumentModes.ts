/** Source and load of the twin's circuit: piecewise linear, in one of a few modes, each true for a range of the voltage. */
import type { Load, Source } from "./elements.ts";

/** What an element is for one linear solution. */
export interface Linear {
  readonly siemens: number;
  readonly emf_V: number;
  /** Into a and out of b. */
  readonly inject_A: number;
}

export type SourceMode = "CV" | "CC" | "blocked" | "off";
export type LoadMode = "CC" | "saturated" | "off";

export function linearSource(source: Source, mode: SourceMode): Linear {
  const bleeder = 1 / source.bleeder_ohm;
  if (!source.on || mode === "blocked" || mode === "off") return { siemens: bleeder, emf_V: 0, inject_A: 0 };
  if (mode === "CC") return { siemens: bleeder, emf_V: 0, inject_A: source.ampere };
  const siemens = 1 / source.ohm;
  return { siemens: siemens + bleeder, emf_V: (source.volt * siemens) / (siemens + bleeder), inject_A: 0 };
}

export function linearLoad(load: Load, mode: LoadMode): Linear {
  const off = 1 / load.off_ohm;
  if (!load.on || mode === "off") return { siemens: off, emf_V: 0, inject_A: 0 };
  if (mode === "CC") return { siemens: off, emf_V: 0, inject_A: -load.ampere };
  return { siemens: off + 1 / load.saturation_ohm, emf_V: 0, inject_A: 0 };
}

/** Relative where it stands beside a current above 1 A, otherwise in V or A: rounding must not change a mode. */
const slack = 1e-9;

/** The mode that the voltage across it asks for: the same when it does not contradict the present one. */
export function nextSourceMode(source: Source, mode: SourceMode, volt: number): SourceMode {
  if (mode === "CV") {
    const ampere = (source.volt - volt) / source.ohm;
    if (ampere > source.ampere + slack * Math.max(1, source.ampere)) return "CC";
    return ampere < -slack ? "blocked" : "CV";
  }
  if (mode === "CC") return volt > source.volt - source.ampere * source.ohm + slack ? "CV" : "CC";
  return volt < source.volt - slack ? "CV" : "blocked";
}

/** As of a source. */
export function nextLoadMode(load: Load, mode: LoadMode, volt: number): LoadMode {
  const needed_V = load.ampere * load.saturation_ohm;
  if (mode === "CC") return volt < needed_V - slack ? "saturated" : "CC";
  return volt > needed_V + slack ? "CC" : "saturated";
}
