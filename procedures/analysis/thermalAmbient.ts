/** Rise over ambient, its validity, projection to another ambient, rate of rise, and thermal resistance of a contact. */
import { meanBetween, type Sample } from "./stabilise.ts";

/** A rise may be judged in this ambient, degC, and with at most this drift, K, over the window, s (domain.md 4.2, H). */
export const ambient_min_degC = 20;
export const ambient_max_degC = 40;
const drift_max_K = 1;
const drift_window_s = 1800;
/** Means are taken over this long, s. */
const mean_s = 30;

export interface AmbientCheck {
  readonly valid: boolean;
  /** Mean of the last 30 s, degC; undefined without finite samples. */
  readonly ambient_degC: number | undefined;
  /** Largest less smallest half-minute mean of the last 30 min (or since the start, when shorter), K; not of one alone. */
  readonly drift_K: number | undefined;
  /** In words, empty when valid. */
  readonly why: string;
}

/** Whether the ambient correction holds at `now_s`. Samples: degC, in order of time. */
export function checkAmbient(ambient: readonly Sample[], now_s: number): AmbientCheck {
  const degC = finite(meanBetween(ambient, now_s - mean_s, now_s));
  const inside = ambient.filter((s) => s.t_s > now_s - drift_window_s && s.t_s <= now_s);
  const bins = new Map<number, { sum: number; count: number }>();
  for (const { t_s, value } of inside) {
    const bin = Math.floor((now_s - t_s) / mean_s);
    const at = bins.get(bin) ?? { sum: 0, count: 0 };
    bins.set(bin, { sum: at.sum + value, count: at.count + 1 });
  }
  const means = [...bins.values()].map(({ sum, count }) => sum / count);
  const drift_K = means.length > 1 ? finite(Math.max(...means) - Math.min(...means)) : undefined;
  const why =
    degC === undefined || drift_K === undefined
      ? "the ambient was not measured"
      : degC < ambient_min_degC || degC > ambient_max_degC
        ? `the ambient is ${degC.toFixed(1)} degC, outside ${ambient_min_degC} to ${ambient_max_degC} degC`
        : drift_K > drift_max_K
          ? `the ambient drifted by ${drift_K.toFixed(1)} K in 30 min, more than ${drift_max_K} K`
          : "";
  return { valid: why === "", ambient_degC: degC, drift_K, why };
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** Temperature at another ambient, degC: rise + ambient; always to be called projected. Undefined for no number. */
export const projected_degC = (rise_K: number, ambient_degC: 40 | 50): number | undefined =>
  finite(rise_K + ambient_degC);

/**
 * Rise over the ambient as a body sees it that follows the ambient with a time constant `lag_s`: a drifting ambient
 * reaches the contact late, so the difference to the ambient of the moment is wrong by drift x lag (1 K at 1.5 K/h and
 * 40 min). Samples of both at the same times, in order; a time without an ambient sample is left out. At a time that is no
 * number, and after an ambient sample that is none, no rise is one; none at all with a lag that is no number.
 */
export function riseOverLagged(
  contact: readonly Sample[],
  ambient: readonly Sample[],
  lag_s: number,
): readonly Sample[] {
  if (!Number.isFinite(lag_s)) return [];
  const lagged = new Map<number, number>();
  let state: number | undefined;
  let at_s = Number.NaN;
  for (const { t_s, value } of ambient) {
    const share = lag_s > 0 ? 1 - Math.exp(-(t_s - at_s) / lag_s) : 1;
    state = state === undefined ? value : state + share * (value - state);
    if (!Number.isFinite(t_s)) state = Number.NaN;
    at_s = t_s;
    lagged.set(t_s, state);
  }
  return contact.flatMap(({ t_s, value }) => {
    const below = Number.isFinite(t_s) ? lagged.get(t_s) : Number.NaN;
    return below === undefined ? [] : [{ t_s, value: value - below }];
  });
}

/** Slope of the samples of the last `window_s`, per minute, by least squares; undefined with fewer than 3 or no number. */
export function ratePerMinute(samples: readonly Sample[], now_s: number, window_s: number): number | undefined {
  if (!Number.isFinite(now_s) || Number.isNaN(window_s)) return undefined;
  // A sample at no time is kept: it makes the slope no number.
  const inside = samples.filter((s) => !(s.t_s <= now_s - window_s || s.t_s > now_s));
  if (inside.length < 3) return undefined;
  const t0 = inside.reduce((sum, s) => sum + s.t_s, 0) / inside.length;
  const y0 = inside.reduce((sum, s) => sum + s.value, 0) / inside.length;
  const over = inside.reduce((sum, s) => sum + (s.t_s - t0) ** 2, 0);
  return finite((60 * inside.reduce((sum, s) => sum + (s.t_s - t0) * (s.value - y0), 0)) / over);
}

/**
 * Thermal resistance of a place, K/W: its rise over the loss I^2 R (ohm at the temperature it has). Undefined below 10 mW, and
 * for no number: over an infinite loss it would be nothing.
 */
export function thermalResistance_K_per_W(
  rise_K: number,
  current_A: number,
  resistance_ohm: number,
): number | undefined {
  const loss_W = current_A * current_A * resistance_ohm;
  return loss_W >= 0.01 && Number.isFinite(loss_W) ? finite(rise_K / loss_W) : undefined;
}

/** A resistance over time: drop over shunt current, ohm, where both were sampled and at least `current_min_A` flows. */
export function resistanceOverTime(
  drop_V: readonly Sample[],
  current_A: readonly Sample[],
  current_min_A: number,
): readonly Sample[] {
  const flowing = new Map(current_A.map((s) => [s.t_s, s.value]));
  return drop_V.flatMap(({ t_s, value }) => {
    const ampere = flowing.get(t_s);
    if (ampere === undefined || !(ampere >= current_min_A) || ![t_s, ampere, value].every(Number.isFinite)) return [];
    return [{ t_s, value: value / ampere }];
  });
}
