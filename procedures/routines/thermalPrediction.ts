/**
 * Looks on while a temperature rise runs: every 5 min a note "prediction" for each contact, and at the end a note
 * "thermal" with what was measured of it. In an engineering run it says when the predictions have decided (instruments.md
 * B3); in a qualification nothing here ends or judges anything.
 */
import { invalid, type Reading, reading } from "../../rig/model/reading.ts";
import { combined, standard } from "../../rig/model/uncertainty.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { note } from "../../rig/plan/words.ts";
import { copper_per_K, type Estimate } from "../analysis/resistance.ts";
import type { Sample } from "../analysis/stabilise.ts";
import {
  checkAmbient,
  projected_degC,
  ratePerMinute,
  resistanceOverTime,
  thermalResistance_K_per_W,
} from "../analysis/thermalAmbient.ts";
import { type DecisionState, decide, type Prediction, predict, undecided } from "../analysis/thermalDecision.ts";
import { ambients, bars, contactsTC, shunt_ohm } from "./power.ts";
import type { Traces } from "./series.ts";
import { type Early, riseParts } from "./thermalRise.ts";

const note_every_s = 300;
/** Samples are averaged over this long before they are fitted, s. */
const thin_s = 10;
const rate_window_s = 600;
/** Standard uncertainty of a difference of two means of one sensor, K. */
const u_drift_K = 0.05;
const poles = ["DC+", "DC-"] as const;

const rounded = (value: number | undefined, digits: number): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(digits));

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

/** The band holds the final rise in 99 % of simulated units: taken as k = 2. The sensors' own error is not in it. */
function foreseenRise({ rise_K, passBand_K, failBand_K }: Prediction, is: "pass" | "fail"): Estimate {
  const band = standard("band of the prediction, half of it", (is === "pass" ? passBand_K : failBand_K) / 2, {
    unit: "K",
    source: "docs/decisions/0030",
  });
  const parts = [...riseParts, band];
  return { value: rise_K, u: combined(parts), parts };
}

export class ThermalWatch {
  private readonly rated_A: number;
  private readonly limit_K: number | undefined;
  private readonly states = new Map<string, DecisionState>();
  private readonly foreseen = new Map<string, Prediction>();
  private noted_s = Number.NaN;
  private traces: Traces | undefined;
  private now_s = Number.NaN;

  /** `limit_K`: the rise at which predictions decide, in an engineering run; without it they decide nothing. */
  constructor(rated_A: number, limit_K?: number) {
    this.rated_A = rated_A;
    this.limit_K = limit_K;
  }

  /** To be called often; notes a prediction for each contact every 5 min after `start_s`. What it returns has decided. */
  *look(traces: Traces, start_s: number, now_s: number): Plan<Early | undefined> {
    this.traces = traces;
    this.now_s = now_s;
    if (Number.isNaN(this.noted_s)) this.noted_s = start_s;
    if (now_s - this.noted_s < note_every_s) return undefined;
    this.noted_s += note_every_s;
    yield* traces.update(["SH", ...poles.map((pole) => `V.${pole}`), ...bars]);
    const ambient = thinned(this.ambient());
    for (const name of contactsTC) {
      const contact = thinned(traces.of(name));
      const resistance = thinned(this.resistance20(name).filter((s) => s.t_s > start_s));
      const seen = predict({ contact, ambient, resistance, start_s });
      yield* note({
        kind: "prediction",
        t_s: rounded(now_s - start_s, 0),
        contact: name.slice(2),
        R_K: rounded(seen?.rise_K, 2),
        band_K: rounded(seen?.band_K, 2),
      });
      this.decided(name, seen);
    }
    const early = this.early(this.ambient());
    if (early) yield* note({ kind: "decided-early", is: early.is, t_s: rounded(now_s - start_s, 0) });
    return early;
  }

  private decided(name: string, seen: Prediction | undefined): void {
    if (this.limit_K === undefined) return;
    const rule = { limit_K: this.limit_K, purpose: "engineering" } as const;
    this.states.set(name, decide(this.states.get(name) ?? undecided, rule, seen));
    if (seen) this.foreseen.set(name, seen);
    else this.foreseen.delete(name);
  }

  /**
   * One contact that fails decides, or all that pass; each must stand beyond its own uncertainty too. While the ambient still
   * drifts too much for a rise to be judged (the adapter warms its enclosure), nothing is decided.
   */
  private early(ambient: readonly Sample[]): Early | undefined {
    const { limit_K } = this;
    if (limit_K === undefined || !checkAmbient(ambient, this.now_s).valid) return undefined;
    const rises = new Map<string, Estimate>();
    const verdicts = contactsTC.map((name) => {
      const is = this.states.get(name)?.verdict?.is;
      const seen = this.foreseen.get(name);
      if (is === undefined || seen === undefined) return undefined;
      const rise = foreseenRise(seen, is);
      const margin_K = is === "pass" ? limit_K - rise.value : rise.value - limit_K;
      if (!(margin_K > 2 * rise.u)) return undefined;
      rises.set(name, rise);
      return is;
    });
    if (verdicts.includes("fail")) return { is: "fail", rises };
    return verdicts.every((is) => is === "pass") ? { is: "pass", rises } : undefined;
  }

  /** What was measured of each contact at the last look. Temperatures at 40 and 50 degC are projected. */
  *finish(): Plan<void> {
    const { traces, now_s } = this;
    if (!traces) return;
    const ambient_degC = checkAmbient(this.ambient(), now_s).ambient_degC;
    for (const name of contactsTC) {
      const samples = traces.of(name);
      const rate = ratePerMinute(samples, now_s, rate_window_s);
      const degC = checkAmbient(samples, now_s).ambient_degC;
      const rise_K = degC === undefined || ambient_degC === undefined ? Number.NaN : degC - ambient_degC;
      const ohm = this.resistance(name).at(-1)?.value ?? Number.NaN;
      yield* note({
        kind: "thermal",
        contact: name.slice(2),
        rise_K: rounded(rise_K, 2),
        projected40_degC: rounded(projected_degC(rise_K, 40), 1),
        projected50_degC: rounded(projected_degC(rise_K, 50), 1),
        rate_K_per_min: rounded(rate, 3),
        pole_K_per_W: rounded(thermalResistance_K_per_W(rise_K, this.rated_A, ohm), 3),
      });
    }
  }

  /** Drift of the ambient over the 30 min before the last look. */
  ambientDrift(): Reading<"K"> {
    const origin = { raw: "largest less smallest half-minute mean of the ambient in 30 min", t_s: this.now_s };
    const { drift_K } = checkAmbient(this.ambient(), this.now_s);
    return drift_K === undefined ? invalid("K", "no-samples", origin) : reading("K", drift_K, u_drift_K, origin);
  }

  /** Mean of the ambient sensors, scan by scan. */
  private ambient(): readonly Sample[] {
    const [first, ...rest] = ambients.map((name) => this.traces?.of(name) ?? []);
    return (first ?? []).map(({ t_s, value }, i) => ({
      t_s,
      value: rest.reduce((sum, one) => sum + (one[i]?.value ?? Number.NaN), value) / ambients.length,
    }));
  }

  /** R(t) of the contact's pole, ohm. */
  private resistance(contact: string): readonly Sample[] {
    const pole = contact.endsWith("DC+") ? "DC+" : "DC-";
    const current_A = (this.traces?.of("SH") ?? []).map(({ t_s, value }) => ({ t_s, value: value / shunt_ohm }));
    return resistanceOverTime(this.traces?.of(`V.${pole}`) ?? [], current_A, 0.9 * this.rated_A);
  }

  /** The same taken back to 20 degC by the bar's temperature. */
  private resistance20(contact: string): readonly Sample[] {
    const bar = new Map((this.traces?.of(`T.bar.${contact.slice(-3)}`) ?? []).map((s) => [s.t_s, s.value]));
    return this.resistance(contact).flatMap(({ t_s, value }) => {
      const degC = bar.get(t_s);
      return degC === undefined ? [] : [{ t_s, value: value / (1 + copper_per_K * (degC - 20)) }];
    });
  }
}
