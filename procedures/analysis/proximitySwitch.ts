/**
 * The latch switch in time: transitions and bounce of an actuation (PP.SW.TRANS), and the order of states on insertion
 * (PP.LATCHSEQ). Times in s.
 */
import type { ProximityState } from "./proximityState.ts";

/** A change of the switch, by an edge or by two samples. */
export interface Change {
  readonly t_s: number;
  readonly pressed: boolean;
}

export interface Actuation {
  /** Settled changes of the state; a healthy press or release has exactly one. */
  readonly transitions: number;
  /** Longest burst of changes around a transition, first to last change, s. */
  readonly bounce_s: number;
  readonly endsPressed: boolean;
}

/** Bounce ends when nothing has changed for this long; longer pauses are separate transitions (limit 20 ms: H). */
export const bounce_max_s = 0.02;

/**
 * Groups changes into bursts with pauses of at most 20 ms. A burst that ends where it began is a flicker and counts as
 * two transitions. Undefined for times that are no numbers or run backwards, or two changes to the same state.
 */
export function actuationOf(wasPressed: boolean, changes: readonly Change[]): Actuation | undefined {
  let transitions = 0;
  let bounce_s = 0;
  let settled = wasPressed;
  let now = wasPressed;
  let burst: { from_s: number; to_s: number } | undefined;
  const close = (): void => {
    if (!burst) return;
    bounce_s = Math.max(bounce_s, burst.to_s - burst.from_s);
    transitions += now === settled ? 2 : 1;
    settled = now;
    burst = undefined;
  };
  let before_s = Number.NEGATIVE_INFINITY;
  for (const { t_s, pressed } of changes) {
    if (!Number.isFinite(t_s) || t_s < before_s || pressed === now) return undefined;
    before_s = t_s;
    if (burst && t_s - burst.to_s > bounce_max_s) close();
    now = pressed;
    burst = { from_s: burst?.from_s ?? t_s, to_s: t_s };
  }
  close();
  return { transitions, bounce_s, endsPressed: settled };
}

/** Exactly one transition, to where the latch was moved, without longer bounce; u_s: standard uncertainty of a time. */
export function cleanActuation(a: Actuation | undefined, toPressed: boolean, u_s: number, k = 2): boolean {
  if (!a || !Number.isFinite(u_s) || u_s < 0 || !(a.bounce_s >= 0)) return false;
  return a.transitions === 1 && a.endsPressed === toPressed && a.bounce_s + k * u_s <= bounce_max_s;
}

/**
 * A plug on its way in passes open, pressed, latched; one that skips `pressed` has a broken latch (EVgo MREC F004: P).
 * `states` as seen in order, repeats allowed. unclear: it does not begin open, does not end latched, or is empty.
 */
export function latchSequence(states: readonly ProximityState[]): "healthy" | "broken" | "unclear" {
  const order = states.filter((state, i) => state !== states[i - 1]);
  if (order[0] !== "open" || order.at(-1) !== "latched") return "unclear";
  const before = order[order.length - 2];
  return before === "pressed" ? "healthy" : "broken";
}
