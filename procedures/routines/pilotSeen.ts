/**
 * What a station would take the levels through the adapter for, told and not judged (docs/decisions/0047): its state by the
 * windows of a detector, with "several fit" and "invalid"; the resistances that explain each level; the vehicle's diode; the
 * state of the square wave.
 */
import type { Data } from "../../rig/model/data.ts";
import { numberOf, type Reading } from "../../rig/model/reading.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { note } from "../../rig/plan/words.ts";
import {
  diodePresence,
  evResistance,
  type Level,
  ladderStates,
  type StateFound,
  stateOfLevel,
  stateOfWave,
} from "../analysis/pilotState.ts";
import type { PilotWave } from "../analysis/pilotWave.ts";
import { type Levels, rail_V, stateNames } from "./pilotLevels.ts";

/** The station's resistor on the bench, ohm. */
const source_ohm = 1000;
/** Gain of oscilloscope and probe, 3 % as a rectangle (DS1000Z data sheet, UNVERIFIED): standard uncertainty, relative. */
const u_scope = 0.03 / Math.sqrt(3);

const levelOf = (r: Reading): Level | undefined => (r.is === "value" ? { value: r.value, u: r.u } : undefined);
const scoped = (volt: number): Level => ({ value: volt, u: u_scope * Math.abs(volt) });

/** `B`; `several fit: B or no state`; `invalid: 10.5 V is in no state's window`. */
export function stateWords(found: StateFound): string {
  if (found.is === "state") return found.state;
  if (found.is === "invalid") return `invalid: ${found.why}`;
  return `several fit: ${found.states.map((state) => (state === "none" ? "no state" : state)).join(" or ")}`;
}

/** Rounded for the note: the judgements and series hold what was read. */
const rounded = (value: number | undefined, digits: number): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(digits));

export interface SeenLevel {
  readonly [key: string]: Data;
  /** The vehicle's circuit that the bench closed; `-`: the negative level, in B. */
  readonly circuit: string;
  readonly level_V: number | null;
  readonly u_V: number | null;
  readonly sees: string;
  /** Smallest and largest resistance behind the vehicle's diode that explain the level, ohm, and which states they fit. */
  readonly ohm: readonly [number, number] | null;
  readonly fits: string;
}

function seenLevel(circuit: string, reading: Reading, rail: number | undefined): SeenLevel {
  const level = levelOf(reading);
  const span = level && rail !== undefined && rail > 0 ? evResistance(level, rail, source_ohm) : undefined;
  return {
    circuit,
    level_V: rounded(level?.value, 5),
    u_V: rounded(level?.u, 2),
    sees: stateWords(stateOfLevel(level)),
    ohm: span ? [Math.round(span.min_ohm), Math.round(span.max_ohm)] : null,
    fits: span ? ladderStates(span).join(" or ") : "",
  };
}

/** The whole picture of one pass, as the body of a note. The pilot's own level without a vehicle is the rail. */
export function seenOf(levels: Levels, wave?: PilotWave) {
  const rail = numberOf(levels.A.evse);
  const [high, low] = [levelOf(levels.B.evse), levelOf(levels.low)];
  const diode = high && low ? diodePresence(high, low, -(rail ?? rail_V)) : "unknown";
  return {
    kind: "pilot-seen",
    levels: [
      ...stateNames.map((state) => seenLevel(state, levels[state].evse, state === "A" ? undefined : rail)),
      seenLevel("-", levels.low, undefined),
    ],
    diode,
    wave: wave
      ? {
          duty_pct: rounded(wave.duty_pct, 4),
          high_V: rounded(wave.high_V, 4),
          low_V: rounded(wave.low_V, 4),
          sees: stateWords(stateOfWave(scoped(wave.high_V), scoped(wave.low_V))),
        }
      : null,
  } as const;
}

export function* tellSeen(levels: Levels, wave?: PilotWave): Plan<void> {
  yield* note(seenOf(levels, wave));
}
