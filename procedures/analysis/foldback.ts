/**
 * Thermal signalling on PP (domain.md 1.3 ACTIVE, 4.1 TH.FOLD, TH.SHUT): which signal a level is, at which contact
 * temperature the signal begins and ends, and how often it wavers. Temperatures in degC, levels in V, times in s.
 * Nothing here turns NaN, infinity or an empty record into a threshold: undefined then.
 */
import { type ThermalSignal, thermalSignals, type Window_V } from "../../rig/model/thermalSignal.ts";
import type { Estimate } from "./resistance.ts";

export type Windows = Readonly<Record<ThermalSignal, Window_V>>;

/** One reading of PP with the hottest contact of the same scan. */
export interface Look {
  readonly t_s: number;
  readonly contact_degC: number;
  /** The hottest that any contact has been since the heating began: what the adapter has felt by now, degC. */
  readonly peak_degC: number;
  readonly pp_V: number;
}

/** The window that a level lies in, edges included; `other` for a level in none, and for what is no number. */
export const signalOf = (pp_V: number, windows: Windows): ThermalSignal | "other" =>
  thermalSignals.find((one) => pp_V >= windows[one][0] && pp_V <= windows[one][1]) ?? "other";

/** How far inside a window a level lies, V: negative outside, NaN for no number. */
export const inside_V = (pp_V: number, [low, high]: Window_V): number => Math.min(pp_V - low, high - pp_V);

/** A change of level below this between two readings is taken as gradual, and interpolated, V. */
const gradual_V = 0.25;

/**
 * Where a level passed `edge_V` between two readings, degC. A gradual change is interpolated; a jump tells nothing of where
 * in between, so the middle counts. The standard uncertainty is half the interval as a rectangle, and the sensor's own.
 */
export function crossing(
  before: { readonly degC: number; readonly pp_V: number },
  after: { readonly degC: number; readonly pp_V: number },
  edge_V: number,
  u_sensor_K: number,
): Estimate | undefined {
  const width_K = after.degC - before.degC;
  const step_V = after.pp_V - before.pp_V;
  const share = (edge_V - before.pp_V) / step_V;
  const gradual = Math.abs(step_V) < gradual_V && share >= 0 && share <= 1;
  const value = before.degC + (gradual ? share : 0.5) * width_K;
  const u = Math.hypot(Math.abs(width_K) / 2 / Math.sqrt(3), u_sensor_K);
  const whole = [value, u, step_V, edge_V].every(Number.isFinite) && u_sensor_K >= 0;
  return whole ? { value, u } : undefined;
}

export interface Change extends Estimate {
  /** Index of the first reading after the change. */
  readonly index: number;
}

/**
 * Heating: the contact temperature at which a signal first appears that `counts`. By the peak, not by the temperature of the
 * reading: the adapter signals what it has felt, and it has cooled a little until PP could be read. Undefined when no reading
 * counts, when the first already does, or when a temperature up to then is no number.
 */
export function onset(
  looks: readonly Look[],
  counts: (look: Look, before: readonly Look[]) => boolean,
  edge_V: number,
  u_sensor_K: number,
): Change | undefined {
  const index = looks.findIndex((look, i) => counts(look, looks.slice(0, i)));
  const [last, first] = [looks[index - 1], looks[index]];
  if (!last || !first) return undefined;
  if (!looks.slice(0, index + 1).every((look) => Number.isFinite(look.peak_degC))) return undefined;
  const degC = Math.max(...looks.slice(0, index).map((look) => look.peak_degC));
  const at = crossing(
    { degC, pp_V: last.pp_V },
    { degC: Math.max(degC, first.peak_degC), pp_V: first.pp_V },
    edge_V,
    u_sensor_K,
  );
  return at && { ...at, index };
}

/**
 * Cooling: the contact temperature at which PP is normal again for the first time. Undefined when it never is, when it is so
 * from the first reading on, or when a temperature up to then is no number.
 */
export function recovery(looks: readonly Look[], windows: Windows, u_sensor_K: number): Change | undefined {
  const index = looks.findIndex((look) => signalOf(look.pp_V, windows) === "normal");
  const [last, first] = [looks[index - 1], looks[index]];
  if (!last || !first) return undefined;
  if (!looks.slice(0, index + 1).every((look) => Number.isFinite(look.contact_degC))) return undefined;
  const degC = Math.min(...looks.slice(0, index).map((look) => look.contact_degC));
  const edge_V = windows.normal[last.pp_V > windows.normal[1] ? 1 : 0];
  const at = crossing(
    { degC, pp_V: last.pp_V },
    { degC: Math.min(degC, first.contact_degC), pp_V: first.pp_V },
    edge_V,
    u_sensor_K,
  );
  return at && { ...at, index };
}

/**
 * Steps of a signal against its direction: back towards normal while heating, away from it while cooling. A sound adapter
 * makes none. Levels in no window are passed over. Undefined for fewer than two readings and when a level is no number.
 */
export function reversals(
  looks: readonly Look[],
  windows: Windows,
  direction: "heating" | "cooling",
): number | undefined {
  if (looks.length < 2 || looks.some((look) => !Number.isFinite(look.pp_V))) return undefined;
  const levels = looks.flatMap((look) => {
    const signal = signalOf(look.pp_V, windows);
    return signal === "other" ? [] : [thermalSignals.indexOf(signal)];
  });
  const against = (now: number, before: number): boolean => (direction === "heating" ? now < before : now > before);
  return levels.filter((level, i) => i > 0 && against(level, levels[i - 1] as number)).length;
}
