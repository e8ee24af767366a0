/**
 * States of the pilot over time: how long each lasted, how fast station and vehicle reacted, short B-C-B sequences.
 * Times in s. A record that is empty, runs backwards or holds what is no number gives undefined, never "in time".
 */
import { type Level, type PilotState, stateOfLevel } from "./pilotState.ts";

export interface Stay {
  readonly state: PilotState | "unclear";
  readonly from_s: number;
  readonly to_s: number;
}

/** Levels in the order of time to stays; equal neighbours are one. `to_s` of a stay is the first instant of the next. */
export function staysOf(
  samples: readonly { readonly t_s: number; readonly level: Level }[],
): readonly Stay[] | undefined {
  const [first] = samples;
  if (!first || samples.length < 2) return undefined;
  const stays: { state: Stay["state"]; from_s: number; to_s: number }[] = [];
  let before_s = Number.NEGATIVE_INFINITY;
  for (const { t_s, level } of samples) {
    if (!Number.isFinite(t_s) || t_s <= before_s) return undefined;
    before_s = t_s;
    const found = stateOfLevel(level);
    const state = found.is === "state" ? found.state : "unclear";
    const last = stays.at(-1);
    if (last) last.to_s = t_s;
    if (last?.state !== state) stays.push({ state, from_s: t_s, to_s: t_s });
  }
  return stays;
}

/** A sequence B-C-B as a vehicle makes it to wake a station (T.BCB: each state 0.2 to 0.4 s, at most 3.5 s in all; P). */
export interface Toggle {
  readonly from_s: number;
  readonly to_s: number;
  /** B-C pairs in a row. */
  readonly times: number;
  readonly legal: boolean;
}

export const toggle = { min_s: 0.2, max_s: 0.4, whole_max_s: 3.5, times_max: 3 } as const;
/** A C that lasts longer than this between two B is charging that began and ended, no toggle (H). */
const short_max_s = 1;

export function togglesOf(stays: readonly Stay[]): readonly Toggle[] {
  const found: Toggle[] = [];
  for (let i = 1; i < stays.length - 1; i += 1) {
    const run: Stay[] = [];
    while (isShortC(stays, i)) {
      const c = stays[i] as Stay;
      run.push(c);
      const b = stays[i + 1] as Stay;
      if (!isShortC(stays, i + 2) || b.to_s - b.from_s > short_max_s) break;
      run.push(b);
      i += 2;
    }
    const [first] = run;
    const last = run.at(-1);
    if (!first || !last) continue;
    const times = (run.length + 1) / 2;
    const legal =
      run.every((stay) => within(stay.to_s - stay.from_s, toggle.min_s, toggle.max_s)) &&
      last.to_s - first.from_s <= toggle.whole_max_s &&
      times <= toggle.times_max;
    found.push({ from_s: first.from_s, to_s: last.to_s, times, legal });
  }
  return found;
}

const isShortC = (stays: readonly Stay[], i: number): boolean => {
  const [b, c, next] = [stays[i - 1], stays[i], stays[i + 1]];
  return b?.state === "B" && c?.state === "C" && next?.state === "B" && c.to_s - c.from_s <= short_max_s;
};

const within = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** Reaction times, s (domain.md 2.5): at most, or at least, this long after the event. */
export const reactions = {
  "T.C2on": { max_s: 3, confidence: "P", what: "contactors closed after C with PWM" },
  "T.off": { max_s: 0.1, confidence: "P", what: "power removed after C or D went to B" },
  "T.X1": { min_s: 6, confidence: "P", what: "contactors opened under load after the PWM stopped while in C" },
  "T.EF": { min_s: 4, confidence: "P", what: "time in E or F that forces a new detection" },
  "T.pwmUpd": { max_s: 5, confidence: "P", what: "vehicle followed a new duty cycle" },
  "T.A": { max_s: 0.1, confidence: "K", what: "station off after unplugging" },
  "T.PPopen": { max_s: 0.1, confidence: "K", what: "vehicle stopped drawing current after the release button" },
} as const;
export type Reaction = keyof typeof reactions;

/**
 * Whether a reaction was in time. `event_s`, `answer_s`: instants on one clock with the standard uncertainty of their
 * difference. unclear: within k u of the limit, no number, or an answer before its event.
 */
export function inTime(id: Reaction, event_s: number, answer_s: number, u_s: number, k = 2): "yes" | "no" | "unclear" {
  const rule: { readonly min_s?: number; readonly max_s?: number } = reactions[id];
  const took_s = answer_s - event_s;
  if (!Number.isFinite(took_s) || !Number.isFinite(u_s) || u_s < 0 || took_s < 0) return "unclear";
  const inside = (margin_s: number): boolean =>
    took_s + margin_s <= (rule.max_s ?? Number.POSITIVE_INFINITY) && took_s - margin_s >= (rule.min_s ?? 0);
  if (inside(k * u_s)) return "yes";
  return inside(-k * u_s) ? "unclear" : "no";
}
