/**
 * Looks on while a temperature rise runs: every 5 min a note "prediction" for each contact, and at the end a note
 * "thermal" with what was measured of it. In an engineering run it says when the predictions have decided (instruments.md
 * B3); in a qualification nothing here ends or judges anything.
 */
import { invalid, type Reading, reading } from "../../rig/model/reading.ts";
import { combined, standard } from "../../rig/model/uncertainty.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { note } from "../../rig/plan/words.ts";
import type { Estimate } from "../analysis/resistance.ts";
import type { Sample } from "../analysis/stabilise.ts";
import { checkAmbient, projected_degC, ratePerMinute, thermalResistance_K_per_W } from "../analysis/thermalAmbient.ts";
import { type DecisionState, decide, type Prediction, predict, undecided } from "../analysis/thermalDecision.ts";
import { contactsTC } from "./power.ts";
import { type Early, predictedText } from "./risePlan.ts";
import type { Traces } from "./series.ts";
import { ambientOf, contactRecord, ofPoles, resistanceOf } from "./thermalRecords.ts";
import { riseParts } from "./thermalSensors.ts";

const note_every_s = 300;
const rate_window_s = 600;
/** Standard uncertainty of a difference of two means of one sensor, K. */
const u_drift_K = 0.05;

const rounded = (value: number | undefined, digits: number): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(digits));

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
    yield* traces.update(ofPoles);
    for (const name of contactsTC) {
      const seen = predict(contactRecord(traces, name, this.rated_A, start_s));
      yield* note({
        kind: "prediction",
        t_s: rounded(now_s - start_s, 0),
        contact: name.slice(2),
        R_K: rounded(seen?.rise_K, 2),
        band_K: rounded(seen?.band_K, 2),
      });
      this.decided(name, seen);
    }
    const early = this.early(ambientOf(traces), now_s - start_s);
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
  private early(ambient: readonly Sample[], after_s: number): Early | undefined {
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
    const said = (name: string) => predictedText(name, this.foreseen.get(name)?.measured_K, after_s);
    if (verdicts.includes("fail")) return { is: "fail", rises, said };
    return verdicts.every((is) => is === "pass") ? { is: "pass", rises, said } : undefined;
  }

  /** What was measured of each contact at the last look. Temperatures at 40 and 50 degC are projected. */
  *finish(): Plan<void> {
    const { traces, now_s } = this;
    if (!traces) return;
    const ambient_degC = checkAmbient(ambientOf(traces), now_s).ambient_degC;
    for (const name of contactsTC) {
      const samples = traces.of(name);
      const rate = ratePerMinute(samples, now_s, rate_window_s);
      const degC = checkAmbient(samples, now_s).ambient_degC;
      const rise_K = degC === undefined || ambient_degC === undefined ? Number.NaN : degC - ambient_degC;
      const ohm = resistanceOf(traces, name, this.rated_A).at(-1)?.value ?? Number.NaN;
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
    const { drift_K } = checkAmbient(this.traces ? ambientOf(this.traces) : [], this.now_s);
    return drift_K === undefined ? invalid("K", "no-samples", origin) : reading("K", drift_K, u_drift_K, origin);
  }
}
