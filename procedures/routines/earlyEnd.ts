/**
 * Ends a soak by prediction (procedures/analysis/thermalDecision.ts): a contact that will surely be above its limit ends
 * it in every screening; only in engineering and regression runs do contacts and grips that all will surely be below theirs.
 */
import type { EarlyRun } from "../../rig/model/declared.ts";
import type { LimitSet } from "../../rig/model/limits.ts";
import { combined, standard } from "../../rig/model/uncertainty.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { note } from "../../rig/plan/words.ts";
import type { Estimate } from "../analysis/resistance.ts";
import { meanBetween } from "../analysis/stabilise.ts";
import { checkAmbient } from "../analysis/thermalAmbient.ts";
import {
  type DecisionRule,
  type DecisionState,
  decide,
  outcomeOf,
  type Prediction,
  predict,
  undecided,
} from "../analysis/thermalDecision.ts";
import { contactsTC, grips } from "./power.ts";
import { type Early, predictedText } from "./risePlan.ts";
import type { Traces } from "./series.ts";
import { ambientOf, contactRecord, ofPoles, placeRecord } from "./thermalRecords.ts";
import { ambientAt, limit_ambient_degC, mean_s, riseParts, u_rise_K } from "./thermalSensors.ts";

export interface EarlyPlan {
  readonly rated_A: number;
  readonly limits: LimitSet;
  readonly purpose: "production" | EarlyRun;
}

const look_every_s = 300;
/** Three readings so far apart tell whether it is worth to fit two exponentials, s. */
const apart_s = 600;

interface Place {
  readonly name: string;
  /** Upper limit of its rise, K, and the coverage factor that the row judges it with. */
  readonly limit_K: number;
  readonly k: number;
  fails: DecisionState;
  passes: DecisionState;
  seen?: Prediction | undefined;
}

/** Band of a decision as part of the uncertainty: the row's U of the predicted value is the band and the sensors together. */
function estimateOf({ k, seen }: Place, is: "fail" | "pass"): Estimate | undefined {
  if (!seen) return undefined;
  const band_K = is === "fail" ? seen.failBand_K : seen.passBand_K;
  const source = "band of the prediction (decision 0030)";
  const parts = [...riseParts, standard("prediction of the final rise", band_K / k, { unit: "K", source })];
  return { value: seen.rise_K, u: combined(parts), parts };
}

export class EarlyDecision {
  private readonly plan: EarlyPlan;
  private readonly contacts: readonly Place[];
  private readonly grips: readonly Place[];
  private looked_s = Number.NaN;

  constructor(plan: EarlyPlan) {
    this.plan = plan;
    const place = (name: string, row: string, less_K: number): Place => {
      const { max = Number.POSITIVE_INFINITY, k = 2 } = plan.limits.rows[row] ?? {};
      return { name, limit_K: max - less_K, k, fails: undecided, passes: undecided };
    };
    this.contacts = contactsTC.map((name) => place(name, "th.rise", 0));
    this.grips = grips.map((name) => place(name, "th.grip.nonmetal", limit_ambient_degC));
  }

  /** To be called often at 100 %, with contacts and ambient up to date; what ends the soak, if anything does. */
  *look(traces: Traces, start_s: number, now_s: number): Plan<Early | undefined> {
    if (Number.isNaN(this.looked_s)) this.looked_s = start_s;
    if (now_s - this.looked_s < look_every_s) return undefined;
    this.looked_s += look_every_s;
    const both = this.plan.purpose !== "production";
    const worth = this.contacts.filter((one) => both || mayFail(traces, one, start_s, now_s));
    if (worth.length > 0) yield* traces.update([...ofPoles, ...(both ? grips : [])]);
    for (const one of this.contacts) {
      const record = worth.includes(one) ? contactRecord(traces, one.name, this.plan.rated_A, start_s) : undefined;
      this.decided(one, record && predict(record));
    }
    // As for any rise that is judged: ambient within its range, and not still drifting.
    if (!checkAmbient(ambientOf(traces), now_s).valid) return undefined;
    if (this.contacts.some(({ fails }) => isPredicted(fails, "fail"))) {
      return yield* ended("fail", this.contacts.filter(isBad), start_s, now_s);
    }
    if (!both) return undefined;
    for (const one of this.grips) this.decided(one, predict(placeRecord(traces, one.name, start_s)));
    const all = [...this.contacts, ...this.grips];
    const passed = all.every(({ passes }) => isPredicted(passes, "pass"));
    return passed ? yield* ended("pass", all, start_s, now_s) : undefined;
  }

  /** The limits are drawn in, or out, by what the sensors add, so that the row says of the predicted value what was decided. */
  private decided(one: Place, seen: Prediction | undefined): void {
    const { limit_K, k } = one;
    const { purpose } = this.plan;
    one.seen = seen;
    one.fails = anew(one.fails, { limit_K: limit_K + k * u_rise_K, purpose: "production" }, seen);
    if (purpose !== "production") one.passes = anew(one.passes, { limit_K: limit_K - k * u_rise_K, purpose }, seen);
  }
}

/** A verdict is asked for again at each look: it ends the soak at the one whose prediction is judged. */
const anew = ({ row }: DecisionState, rule: DecisionRule, seen: Prediction | undefined): DecisionState =>
  decide(row ? { row } : undecided, rule, seen);

const isPredicted = ({ verdict }: DecisionState, is: "fail" | "pass"): boolean =>
  verdict?.is === is && verdict.by === "predicted";

/**
 * Which contacts are named, once one has ended the soak: all whose prediction of this look is above the limit, however many
 * looks agree. Which of two contacts of a hot pole has its third equal look first is noise, and says nothing of the cause.
 */
const isBad = ({ fails, seen, limit_K, k }: Place): boolean =>
  isPredicted(fails, "fail") || (seen !== undefined && outcomeOf(seen, limit_K + k * u_rise_K) === "fail");

function* ended(is: "fail" | "pass", places: readonly Place[], start_s: number, now_s: number): Plan<Early> {
  const after_s = Math.round(now_s - start_s);
  const rises = new Map<string, Estimate>();
  const reached_K = new Map<string, number>();
  for (const one of places) {
    const estimate = estimateOf(one, is);
    if (!estimate || !one.seen) continue;
    rises.set(one.name, estimate);
    reached_K.set(one.name, one.seen.measured_K);
    yield* note({
      kind: "ended-early",
      is,
      contact: one.name.slice(2),
      t_s: now_s,
      after_s,
      reached_K: Number(one.seen.measured_K.toFixed(2)),
      R_K: Number(estimate.value.toFixed(2)),
      band_K: Number((is === "fail" ? one.seen.failBand_K : one.seen.passBand_K).toFixed(2)),
    });
  }
  const said = (name: string) => predictedText(name, reached_K.get(name), after_s);
  return { is, rises, said, ...(is === "fail" ? { alone: true } : {}) };
}

/** Where three even readings of the rise lead to is above the limit, or cannot be told: else a fit is not worth its time. */
function mayFail(traces: Traces, { name, limit_K }: Place, start_s: number, now_s: number): boolean {
  if (now_s - 2 * apart_s < start_s) return false;
  const rise = (to_s: number): number => meanBetween(traces.of(name), to_s - mean_s, to_s) - ambientAt(traces, to_s);
  const [first, second, third] = [rise(now_s - 2 * apart_s), rise(now_s - apart_s), rise(now_s)];
  const [earlier, later] = [second - first, third - second];
  const ratio = later / earlier;
  const end_K = ratio > 0 && ratio < 1 ? third + (later * ratio) / (1 - ratio) : Number.POSITIVE_INFINITY;
  return earlier > 0 && later > 0 && end_K > limit_K;
}
