/** What a prediction is made of: the traces of a temperature rise, thinned, with the ambient and R(t) of the pole. */
import { copper_per_K } from "../analysis/resistance.ts";
import type { Sample } from "../analysis/stabilise.ts";
import { resistanceOverTime } from "../analysis/thermalAmbient.ts";
import type { ThermalRecord } from "../analysis/thermalDecision.ts";
import { ambients, bars, shunt_ohm } from "./power.ts";
import type { Traces } from "./series.ts";

/** Samples are averaged over this long before they are fitted, s. */
const thin_s = 10;

/** Channels that R(t) of both poles is made of; to be up to date before a contact's record is asked for. */
export const ofPoles: readonly string[] = ["SH", "V.DC+", "V.DC-", ...bars];

/** Means over 10 s, at the last time of each interval; a sample that is not finite makes its mean so. */
function thinned(samples: readonly Sample[]): readonly Sample[] {
  const means: Sample[] = [];
  let sum = 0;
  let count = 0;
  let bin = Number.NaN;
  let last_s = Number.NaN;
  for (const { t_s, value } of [...samples, { t_s: Number.POSITIVE_INFINITY, value: 0 }]) {
    const at = Math.floor(t_s / thin_s);
    if (at !== bin && count > 0) {
      means.push({ t_s: last_s, value: sum / count });
      sum = 0;
      count = 0;
    }
    bin = at;
    last_s = t_s;
    sum += value;
    count += 1;
  }
  return means;
}

/** Mean of the ambient sensors, scan by scan. */
export function ambientOf(traces: Traces): readonly Sample[] {
  const [first, ...rest] = ambients.map((name) => traces.of(name));
  return (first ?? []).map(({ t_s, value }, i) => ({
    t_s,
    value: rest.reduce((sum, one) => sum + (one[i]?.value ?? Number.NaN), value) / ambients.length,
  }));
}

/** R(t) of the contact's pole, ohm. */
export function resistanceOf(traces: Traces, contact: string, rated_A: number): readonly Sample[] {
  const pole = contact.endsWith("DC+") ? "DC+" : "DC-";
  const current_A = traces.of("SH").map(({ t_s, value }) => ({ t_s, value: value / shunt_ohm }));
  return resistanceOverTime(traces.of(`V.${pole}`), current_A, 0.9 * rated_A);
}

/** The same taken back to 20 degC by the bar's temperature. */
function resistance20(traces: Traces, contact: string, rated_A: number): readonly Sample[] {
  const bar = new Map(traces.of(`T.bar.${contact.slice(-3)}`).map((s) => [s.t_s, s.value]));
  return resistanceOf(traces, contact, rated_A).flatMap(({ t_s, value }) => {
    const degC = bar.get(t_s);
    return degC === undefined ? [] : [{ t_s, value: value / (1 + copper_per_K * (degC - 20)) }];
  });
}

/** Of any place, without R(t). */
export const placeRecord = (traces: Traces, name: string, start_s: number): ThermalRecord => ({
  contact: thinned(traces.of(name)),
  ambient: thinned(ambientOf(traces)),
  start_s,
});

/** Of a contact, with R(t) of its pole: a loose crimp shows there before it shows as heat. */
export const contactRecord = (traces: Traces, name: string, rated_A: number, start_s: number): ThermalRecord => ({
  ...placeRecord(traces, name, start_s),
  resistance: thinned(resistance20(traces, name, rated_A).filter((s) => s.t_s > start_s)),
});
