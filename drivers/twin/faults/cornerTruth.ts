/**
 * What an adapter makes of the pilot at the extremes of a legal station and a legal vehicle (domain.md 2.1, 2.2), V:
 *
 *   corner.<state>.low, .high   least and largest level at the station over all corners of the state
 *   corner.shift                largest change of a corner by the adapter in states B, C and D
 *   corner.low                  negative level reached in the shortest legal low half with the largest legal capacitance
 *   driven.shift                largest change of a level at rails of 11.4 and 12.6 V with nominal parts, at either face
 *   driven.low, driven.high     negative level at the station at those rails, the most and the least negative
 *   farad                       from CP to PE inside the adapter, F
 *
 * Corners are those of a path with the adapter's series resistance (CP and its return) and its leak at 12 V.
 */
import type { Face } from "../../../rig/model/contacts.ts";
import type { AdapterUnderTest } from "../world/adapterUnderTest.ts";
import type { Element } from "../world/elements.ts";
import { beside, ends, level, type State, states } from "./signalTruth.ts";

const rails_V = [11.4, 12.6] as const;
const source_ohm = 1000;
const both = [-0.03, 0.03] as const;
const diodes_V = [0.55, 0.85] as const;
const r2_ohm = 2740;
/** Station, cable and vehicle, F; 96 % at 1020 Hz less 5 us, s. */
const legal_F = 5.5e-9;
const shortest_s = 0.04 / 1020 - 5e-6;

interface Path {
  readonly series_ohm: number;
  readonly leak_ohm: number;
}
const without: Path = { series_ohm: 0, leak_ohm: Number.POSITIVE_INFINITY };

/** Resistances behind the diode of a legal vehicle in the state; none in A. */
function loads(state: State): readonly number[] {
  if (state === "A") return [Number.POSITIVE_INFINITY];
  const more = beside[state];
  return both.flatMap((r2) => {
    const first = r2_ohm * (1 + r2);
    return more === undefined ? [first] : both.map((r3) => 1 / (1 / first + 1 / (more * (1 + r3))));
  });
}

/** Levels of all corners through a path, in one order. */
const cornersOf = (state: State, { series_ohm, leak_ohm }: Path): readonly number[] =>
  rails_V.flatMap((rail_V) =>
    both.flatMap((off) =>
      diodes_V.flatMap((diode_V) =>
        loads(state).map((load_ohm) => {
          const [from, leak, to] = [1 / (source_ohm * (1 + off)), 1 / leak_ohm, 1 / (load_ohm + series_ohm)];
          return (rail_V * from + diode_V * to) / (from + leak + to);
        }),
      ),
    ),
  );

const lowest = (adapter_F: number): number =>
  -rails_V[0] + (rails_V[0] + rails_V[1]) * Math.exp(-shortest_s / (source_ohm * 1.03 * (legal_F + adapter_F)));

export function cornerTruth(
  adapter: AdapterUnderTest,
  elements: readonly Element[],
  face: Face,
  path: Path,
): Record<string, number> {
  const farad = adapter.cp_pe_farad;
  const found: Record<string, number> = { farad, "corner.low": lowest(farad), "corner.shift": 0 };
  for (const state of states) {
    const through = cornersOf(state, path);
    found[`corner.${state}.low`] = Math.min(...through);
    found[`corner.${state}.high`] = Math.max(...through);
    if (state === "A") continue;
    const bare = cornersOf(state, without);
    const shifts = through.map((volt, i) => Math.abs(volt - (bare[i] ?? Number.NaN)));
    found["corner.shift"] = Math.max(found["corner.shift"] as number, ...shifts);
  }
  return Object.assign(found, driven(elements, face));
}

/** With the bench's own parts, which are the nominal ones. */
function driven(elements: readonly Element[], face: Face): Record<string, number> {
  const shifts: number[] = [];
  const negative: number[] = [];
  for (const rail_V of rails_V) {
    for (const state of states) {
      const [through, bare] = [level(elements, state, ends(face), rail_V), level([], state, ends(), rail_V)];
      shifts.push(Math.abs(through.evse - bare.evse), Math.abs(through.ev - bare.ev));
    }
    negative.push(level(elements, "B", ends(face), -rail_V).evse);
  }
  return {
    "driven.shift": Math.max(...shifts),
    "driven.low": Math.min(...negative),
    "driven.high": Math.max(...negative),
  };
}
