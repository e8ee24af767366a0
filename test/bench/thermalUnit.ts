/**
 * Units for the thermal Monte Carlo. On purpose not the fitted model: three modes (the third faster or slower than the
 * fitted two), ambient drift with a swing that the unit follows late and only nine tenths of, airflow steps, crimps whose
 * resistance grows, and a copper correction by a bar that is not quite as warm as the contacts.
 */
import type { Sample } from "../../procedures/analysis/stabilise.ts";

/** mulberry32: small, seeded, good enough for drawing units. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Unit {
  readonly contact: readonly Sample[];
  readonly ambient: readonly Sample[];
  readonly resistance: readonly Sample[];
  /**
   * Largest rise over its surroundings that the unit ever has, K, with the conditions after 4 h kept for ever: what a
   * verdict is held against. No rule sees it.
   */
  readonly truth_K: number;
  readonly slow_s: number;
  readonly kind: "sound" | "growing";
  readonly airflow: "still" | "step" | "episode";
}

export const longest_s = 4 * 3600;
const every_s = 10;

interface Mode {
  readonly share: number;
  readonly tau_s: number;
}

/** Multiplier of the slow mode's final value at a time. */
type Airflow = (t_s: number) => number;

export function makeUnit(seed: number): Unit {
  const next = random(Math.imul(seed, 2654435761) ^ 0x5bd1e995);
  for (let i = 0; i < 8; i += 1) next();
  const between = (a: number, b: number): number => a + (b - a) * next();
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const rise_K = between(25, 62);
  const slow_s = between(25, 60) * 60;
  const modes = modesOf(between, slow_s, next() < 0.5);
  const { airflow, kind } = airflowOf(next, between);
  const growing = next() < 0.05;
  const growth_per_h = growing ? between(0.02, 0.3) : 0;
  const onset_s = between(0, 30) * 60;
  const growth = (t_s: number): number => 1 + (growth_per_h * Math.max(0, Math.min(t_s, longest_s) - onset_s)) / 3600;
  const ambientAt = ambientOf(between);
  const barError = between(-0.1, 0.1);

  const state = modes.map(() => 0);
  const contact: Sample[] = [];
  const ambient: Sample[] = [];
  const resistance: Sample[] = [];
  const ambient0 = ambientAt(0);
  let followed = ambient0;
  let largest = 0;
  for (let t_s = 0; t_s <= longest_s; t_s += every_s) {
    if (t_s > 0) {
      for (const [i, { share, tau_s }] of modes.entries()) {
        const air = i === 1 ? airflow(t_s) : 1;
        const final = rise_K * share * growth(t_s) * air;
        state[i] = (state[i] as number) + (1 - Math.exp(-every_s / tau_s)) * (final - (state[i] as number));
      }
      const surroundings = ambient0 + 0.9 * (ambientAt(t_s) - ambient0);
      followed += (1 - Math.exp(-every_s / slow_s)) * (surroundings - followed);
    }
    const rise = state.reduce((sum, s) => sum + s, 0);
    largest = Math.max(largest, rise);
    contact.push({ t_s, value: followed + rise + 0.1 * normal() });
    ambient.push({ t_s, value: ambientAt(t_s) + 0.1 * normal() });
    const copper = 1 + 0.00393 * barError * rise;
    resistance.push({ t_s, value: 1e-4 * growth(t_s) * copper * (1 + 0.0005 * normal()) });
  }
  const final = modes.reduce((sum, { share }, i) => sum + share * (i === 1 ? airflow(longest_s) : 1), 0);
  const truth_K = Math.max(largest, rise_K * growth(longest_s) * final);
  return { contact, ambient, resistance, truth_K, slow_s, kind: growing ? "growing" : "sound", airflow: kind };
}

/** Fast, slow (T1 2-7 min, T2 25-60 min, fast share 25-60 %: instruments.md B2) and a third that the fit does not have. */
function modesOf(between: (a: number, b: number) => number, slow_s: number, thirdIsFast: boolean): readonly Mode[] {
  const third = thirdIsFast
    ? { share: between(0.05, 0.15), tau_s: between(20, 90) }
    : { share: between(0.02, 0.06), tau_s: between(75, 120) * 60 };
  const fast = between(0.25, 0.6) * (1 - third.share);
  return [{ share: fast, tau_s: between(2, 7) * 60 }, { share: 1 - third.share - fast, tau_s: slow_s }, third];
}

/** A fan or a door: for good by up to 3 %, or up to 15 % for some minutes. */
function airflowOf(next: () => number, between: (a: number, b: number) => number) {
  const kind = next();
  const at_s = between(5, 120) * 60;
  const step = between(-0.03, 0.03);
  const dip = between(-0.15, 0);
  const until_s = at_s + between(3, 12) * 60;
  const still: Airflow = () => 1;
  if (kind < 0.15) return { kind: "step" as const, airflow: (t_s: number) => (t_s >= at_s ? 1 + step : 1) };
  if (kind >= 0.3) return { kind: "still" as const, airflow: still };
  return { kind: "episode" as const, airflow: (t_s: number) => (t_s >= at_s && t_s < until_s ? 1 + dip : 1) };
}

/** Ambient, degC: up to 1.5 K/h either way, and a swing of up to 0.3 K as of a heating system. */
function ambientOf(between: (a: number, b: number) => number): (t_s: number) => number {
  const start_degC = between(22, 30);
  const drift_K_per_h = between(-1.5, 1.5);
  const swing_K = between(0, 0.3);
  const period_s = between(30, 120) * 60;
  const phase = between(0, 2 * Math.PI);
  return (t_s) =>
    start_degC + (drift_K_per_h * t_s) / 3600 + swing_K * Math.sin(phase + (2 * Math.PI * t_s) / period_s);
}
