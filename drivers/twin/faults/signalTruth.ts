/**
 * Levels that an adapter gives to pilot and proximity, between an ideal station and an ideal vehicle (domain.md 2.1, 3):
 *
 *   level.A to level.D   of the pilot at the station in each state, V; level.neg its negative level in state B
 *   shift.evse, shift.ev largest change of a level by the adapter in states B, C and D at each face, V
 *   pp.open, pp.latched, pp.pressed   at the vehicle with the station's plug beyond the adapter, V
 *
 * NaN where nothing defines the level.
 */
import type { Face } from "../../../rig/model/contacts.ts";
import { Circuit } from "../world/circuit.ts";
import type { Branch, Diode, Element } from "../world/elements.ts";

const branch = (id: string, a: string, b: string, ohm: number, emf_V = 0): Branch => ({
  type: "branch",
  id,
  a,
  b,
  ohm,
  emf_V,
});

export interface Ends {
  readonly evse: string;
  readonly ev: string;
  readonly evsePe: string;
  readonly evPe: string;
}

const direct: Ends = { evse: "CP", ev: "CP", evsePe: "PE", evPe: "PE" };
/** Where the pilot meets the adapter with this face in use; without one the line is direct. */
export const ends = (face?: Face): Ends =>
  face === undefined ? direct : { evse: `${face}.CP`, ev: "ev.CP", evsePe: `${face}.PE`, evPe: "ev.PE" };

export const states = ["A", "B", "C", "D"] as const;
export type State = (typeof states)[number];

/** Beside the 2740 ohm of state B, ohm; undefined: nothing. */
export const beside: Readonly<Record<State, number | undefined>> = { A: undefined, B: undefined, C: 1300, D: 270 };
const station_V = 12;

function ladder(state: State, { ev, evPe }: Ends): readonly Element[] {
  if (state === "A") return [];
  const diode: Diode = { type: "diode", id: "D", a: ev, b: "cathode" };
  const more = beside[state];
  const second = more === undefined ? [] : [branch("R3", "cathode", evPe, more)];
  return [diode, branch("R2", "cathode", evPe, 2740), ...second];
}

interface Level {
  readonly evse: number;
  readonly ev: number;
}

/** Of a driver that gives `emf_V` from PE through 1000 ohm. */
export function level(parts: readonly Element[], state: State, at: Ends, emf_V: number): Level {
  const driver = branch("driver", at.evse, at.evsePe, 1000, emf_V);
  const circuit = new Circuit([...parts, driver, ...ladder(state, at)]);
  return {
    evse: circuit.volt(at.evse, at.evsePe) ?? Number.NaN,
    ev: circuit.volt(at.ev, at.evPe) ?? Number.NaN,
  };
}

const bare = new Map(states.map((state) => [state, level([], state, direct, station_V)]));

export function pilotLevels(elements: readonly Element[], face: Face): Record<string, number> {
  const at = ends(face);
  const found: Record<string, number> = { "level.neg": level(elements, "B", at, -station_V).evse };
  const shift = { evse: 0, ev: 0 };
  for (const state of states) {
    const seen = level(elements, state, at, station_V);
    found[`level.${state}`] = seen.evse;
    if (state === "A") continue;
    const without = bare.get(state) as Level;
    shift.evse = Math.max(shift.evse, Math.abs(seen.evse - without.evse));
    shift.ev = Math.max(shift.ev, Math.abs(seen.ev - without.ev));
  }
  return { ...found, "shift.evse": shift.evse, "shift.ev": shift.ev };
}

/** 5 V through 330 ohm, 2700 ohm to PE. */
const vehicle: readonly Element[] = [
  branch("supply", "ev.PP", "ev.PE", 330, 5),
  branch("inlet", "ev.PP", "ev.PE", 2700),
];

/** The station's plug, mated and released, beyond an adapter that passes proximity through; the vehicle on its other side. */
export const vehicleAndPlug = (face: Face): readonly Element[] => [
  ...vehicle,
  branch("plug", `${face}.PP`, `${face}.PE`, 150),
];

const seen = (elements: readonly Element[]): number =>
  new Circuit([...elements, ...vehicle]).volt("ev.PP", "ev.PE") ?? Number.NaN;

/** Of an adapter with its own proximity resistors, as its latch stands. */
export const ownLevel = (elements: readonly Element[]): number => seen(elements);

/** Of an adapter that passes proximity through: the plug's 150 ohm, and 330 ohm more when its button is pressed. */
export const plugLevels = (elements: readonly Element[], face: Face): Record<string, number> => {
  const plug = (ohm: number): number => seen([...elements, branch("plug", `${face}.PP`, `${face}.PE`, ohm)]);
  return { "pp.open": seen(elements), "pp.latched": plug(150), "pp.pressed": plug(480) };
};
