/** Sensors of a temperature rise: how sure a rise is, the ambient it is taken over, and whether they follow the current. */
import { type Component, combined, standard } from "../../rig/model/uncertainty.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { judge } from "../../rig/plan/words.ts";
import { meanBetween } from "../analysis/stabilise.ts";
import { ambients, bars, contactsTC, grips } from "./power.ts";
import { estimated, type Traces } from "./series.ts";

/** Means for judging are taken over this long, s. */
export const mean_s = 30;
/** Ambient that limits of absolute temperatures are stated for (domain.md 4.1 at 40 degC; 4.2: say "projected"), degC. */
export const limit_ambient_degC = 40;
/**
 * A contact's sensor against the mean of two ambient ones, K: type T class 1, 0.3 each; the DAQ's own share mostly cancels
 * in a difference, and what is left of it, with the place of the sensor, is a house figure.
 */
export const riseParts: readonly Component[] = [
  standard("sensor at the place", 0.3, { unit: "K", source: "type T class 1 (H)" }),
  standard("mean of two ambient sensors", 0.3 / Math.SQRT2, { unit: "K", source: "type T class 1 (H)" }),
  standard("what is left of the DAQ's share, and placing", 0.34, { unit: "K", source: "house figure (H)" }),
];
export const u_rise_K = combined(riseParts);
/** One sensor against itself within a run: noise of means over half a minute. */
const u_relative_K = 0.05;

export const ambientAt = (traces: Traces, at_s: number): number =>
  ambients.reduce((sum, name) => sum + meanBetween(traces.of(name), at_s - mean_s, at_s), 0) / ambients.length;

/**
 * A sensor that does not rise with the others is frozen or lies elsewhere: what it says of its place is no measurement.
 * Sensors exchanged between two places that warm alike are not noticed by this; a walk with a warm finger is.
 */
export function* checkSensors(traces: Traces, cold_s: number, end_s: number): Plan<void> {
  const rise = (name: string): number =>
    meanBetween(traces.of(name), end_s - mean_s, end_s) - meanBetween(traces.of(name), cold_s - mean_s, cold_s);
  const path = [...contactsTC, ...bars];
  const sorted = path.map(rise).sort((a, b) => a - b);
  const middle = ((sorted[path.length / 2 - 1] as number) + (sorted[path.length / 2] as number)) / 2;
  for (const [limit, names] of [
    ["rig.tc.response", path],
    ["rig.tc.response.grip", grips],
  ] as const) {
    for (const name of names) {
      const share = { value: (100 * rise(name)) / middle, u: Math.abs(100 * (u_relative_K / middle)) };
      yield* judge(limit, estimated("%", share, `rise of ${name} against the median of the power path`, end_s), {
        id: `${limit}/${name}`,
        meaning: `the thermocouple ${name} does not follow the current: it is frozen, loose or not where it should be`,
      });
    }
  }
  const [one, other] = ambients.map((name) => meanBetween(traces.of(name), end_s - mean_s, end_s));
  const apart = { value: (one ?? Number.NaN) - (other ?? Number.NaN), u: u_rise_K };
  yield* judge("rig.tc.ambient", estimated("K", apart, ambients.join(" - "), end_s), {
    meaning: `the ambient sensors ${ambients.join(" and ")} disagree: one of them is frozen, loose or too near to something warm`,
  });
}
