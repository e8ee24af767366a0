/**
 * Temperature rise at 50, 75 and 100 % of the label's current: the first two as 5-minute holds, the last until the named
 * stabilisation rule is met or its time-out. Everything is watched in one scan a second; R(t) all through.
 */
import type { Plan } from "../../rig/plan/commands.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { note, now, wait } from "../../rig/plan/words.ts";
import { isStableOver, meanBetween, type StabilisationRule } from "../analysis/stabilise.ts";
import { EarlyDecision } from "./earlyEnd.ts";
import { ambients, closeLoop, contactsTC, powerOff, ramp, watched, watching } from "./power.ts";
import type { Early, RisePlan } from "./risePlan.ts";
import { Traces } from "./series.ts";
import { judgeEarlyFail, judgeRise } from "./thermalJudge.ts";
import { ambientOf } from "./thermalRecords.ts";
import { ambientAt, checkSensors, mean_s, u_rise_K } from "./thermalSensors.ts";

const hold_s = 300;
const look_every_s = 30;
/**
 * How long a rise is declared to take, s. A rule that limits what is still gained in 10 min is met later by the logarithm of
 * the rise, and that goes with the current: 90 min at 500 A, 46 min at 80 A, never below the first two currents and three
 * readings (H; nominal adapters of the twin: 78, 41 and 31 min).
 */
export function riseTakes_s(rated_A: number, { later_s = 0 }: StabilisationRule, soak = true): number {
  return soak ? 60 * Math.round(Math.max(36, 90 - 24 * Math.log(500 / rated_A))) + later_s : 960;
}

export function* thermalRise(wiring: Wiring, plan: RisePlan): Plan<void> {
  yield* watching(wiring, "thermal", function* () {
    const traces = new Traces("thermal");
    yield* closeLoop(wiring, "power", plan.rated_A);
    yield* wait(look_every_s / 3);
    const cold_s = yield* now();
    let current_A = 0;
    for (const share of [0.5, 0.75, 1]) {
      const next_A = Math.round(plan.rated_A * share);
      yield* ramp("power", current_A, next_A);
      current_A = next_A;
      if (share < 1) yield* wait(hold_s);
    }
    const start_s = yield* now();
    const ended = plan.soak ? yield* untilStable(traces, plan, start_s) : yield* shortHold();
    yield* traces.update(watched);
    const end_s = yield* now();
    yield* ramp("power", current_A, 0);
    yield* powerOff();
    const { how, early } = ended;
    if (early?.alone) {
      yield* judgeEarlyFail(traces, plan, early, end_s);
      return;
    }
    const settled = early !== undefined || (plan.settled === true && how === "stable");
    const late = how === "time-out";
    const good = yield* judgeRise(traces, { ...plan, settled }, { late, start_s, end_s, ...(early ? { early } : {}) });
    // An adapter that is too hot anywhere may well warm its sensors unevenly: its fail comes first and stays.
    if (good || late) yield* checkSensors(traces, cold_s, end_s);
  });
}

interface Ended {
  readonly how: "stable" | "too-hot" | "time-out" | "short" | "predicted";
  /** What was predicted, where that ended it. */
  readonly early?: Early;
}

function* shortHold(): Plan<Ended> {
  yield* wait(hold_s);
  return { how: "short" };
}

/** A measured excess beyond the limit and its uncertainty ends the soak: it cannot become a pass (instruments.md B3). */
function* untilStable(traces: Traces, plan: RisePlan, start_s: number): Plan<Ended> {
  const rise_max_K = (plan.limits.rows["th.rise"]?.max ?? Number.POSITIVE_INFINITY) + 2 * u_rise_K;
  const decision = plan.early ? new EarlyDecision({ ...plan, purpose: plan.early }) : undefined;
  for (;;) {
    yield* wait(look_every_s);
    yield* traces.update([...contactsTC, ...ambients]);
    const now_s = yield* now();
    const observed = plan.observe ? yield* plan.observe(traces, start_s, now_s) : undefined;
    const ambient = ambientAt(traces, now_s);
    const rises = contactsTC.map((name) => meanBetween(traces.of(name), now_s - mean_s, now_s) - ambient);
    if (rises.some((rise) => rise > rise_max_K)) return { how: "too-hot" };
    if (observed) return { how: "predicted", early: observed };
    const around = plan.rule.on === "rise" ? ambientOf(traces) : [];
    const stable = (name: string) =>
      isStableOver(plan.rule, { contact: traces.of(name), ambient: around }, start_s, now_s);
    if (contactsTC.every(stable)) {
      yield* note({ kind: "stabilised", rule: plan.rule.title, t_s: now_s });
      return { how: "stable" };
    }
    if (now_s - start_s >= plan.timeout_s) return { how: "time-out" };
    const early = decision && (yield* decision.look(traces, start_s, now_s));
    if (early) return { how: "predicted", early };
  }
}
