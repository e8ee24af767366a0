/**
 * Thermal signalling of an adapter with active proximity: heated with the power loop beyond its thresholds, then left to
 * cool, with PP against contact temperature all the way. Attended, and under an envelope of its own that the bench file
 * lists as approved (S10): without one it does not start.
 */

import type { AdapterType } from "../rig/model/adapter.ts";
import type { ApprovedEnvelope } from "../rig/model/bench.ts";
import type { ActiveProfile } from "../rig/model/thermalSignal.ts";
import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import type { Wiring } from "../rig/plan/wiring.ts";
import { ask, checkpoint, note, step } from "../rig/plan/words.ts";
import { dropStep, earthAndWiring, readyForPower } from "./routines/beforePower.ts";
import { hours, minutes } from "./routines/durations.ts";
import { ambientStep, fitStep, needs } from "./routines/frame.ts";
import { hotPilot } from "./routines/hotSignals.ts";
import { openLoop } from "./routines/power.ts";
import { cool, heat, PpLog, watchingPp } from "./routines/protection.ts";
import { judgeCooling, judgeHeating, sensorsFollow } from "./routines/protectionVerdict.ts";
import { proximity } from "./routines/proximity.ts";
import { recheck } from "./routines/recheck.ts";
import { selfCheckStep } from "./routines/selfCheck.ts";
import { disconnect } from "./routines/switching.ts";

/** Beyond the shutdown threshold by this the heating ends: a signal that comes later comes too late (tp.shut.at), K. */
const late_K = 7;
/** Between the end of the heating and the approved abort temperature, K: two scans at 60 K/min. */
const abort_K = 3;
/** The source limits at 550 A and must stay 2 % above the load (bench.md), A. */
const bench_A = 538;

function* protect(context: ProcedureContext): Plan<void> {
  const { wiring, adapter, approved } = context;
  const profile = adapter.pp.active;
  if (!profile || !approved) return;
  yield* selfCheckStep(context);
  yield* ambientStep(wiring, "start");
  yield* checkpoint("self-check");
  yield* fitStep(context);
  const wires = yield* earthAndWiring(wiring, context.netlist);
  if (!wires) return;
  if (!(yield* readyForPower(wiring))) return;
  yield* step("Proximity", () => proximity(wiring, adapter), { deadline_s: minutes(30), takes_s: 15, pause: true });
  const carries = yield* dropStep(wiring, wires.paths);
  if (!carries) return;
  yield* step("Approval and attendance", () => attend(approved, profile), { deadline_s: minutes(30), takes_s: 30 });
  yield* step("Thermal signalling", () => heatAndCool(context, profile, approved), {
    deadline_s: hours(8),
    takes_s: hours(1.5),
    tearDown: () => everythingOpen(wiring),
  });
  yield* ambientStep(wiring, "end");
}

/** Whoever stays at the bench is named, and the approval is printed in the record. */
function* attend(approved: ApprovedEnvelope, profile: ActiveProfile): Plan<void> {
  yield* note({ kind: "approved-envelope", ...approved });
  const { windows, source, confidence, ...thresholds } = profile;
  yield* note({ kind: "pp-profile", ...thresholds, windows, source, confidence });
  yield* ask({
    id: "attendance",
    title: "Attended test",
    text:
      `The adapter is heated to about ${profile.shutdown_degC} degC, beyond the house's limits ` +
      `(${approved.document}, approved by ${approved.approvedBy}). Who stays at the bench until it has cooled?`,
    kind: "text",
    longest: 64,
    timeout_s: minutes(20),
  });
}

function* heatAndCool(context: ProcedureContext, profile: ActiveProfile, approved: ApprovedEnvelope): Plan<void> {
  const { wiring, adapter } = context;
  const rated_A = adapter.rating.current_A;
  const plan = {
    profile,
    rated_A,
    most_A: Math.min(bench_A, Math.floor(rated_A * approved.label_factor)),
    stop_degC: profile.shutdown_degC + late_K,
  };
  const log = new PpLog();
  yield* watchingPp(wiring, function* () {
    const ended = yield* heat(wiring, plan, log);
    yield* note({ kind: "heating-ended", ended, hottest_degC: Number(log.peak.toFixed(1)) });
    yield* sensorsFollow(log);
    yield* hotPilot(wiring);
    const fold = yield* judgeHeating(log, profile);
    yield* cool(wiring, plan, log);
    yield* judgeCooling(log, profile, fold);
  });
}

/** May come at any current, and with the proximity relays closed. */
function* everythingOpen(wiring: Wiring): Plan<void> {
  yield* openLoop(wiring);
  yield* disconnect(wiring);
}

function refuses({ pp }: AdapterType, approved: ApprovedEnvelope | undefined): string | undefined {
  if (pp.topology !== "ACTIVE") return `its proximity is ${pp.topology}, only ACTIVE signals a temperature`;
  if (!pp.active) return "its type gives no pp.active: enter thresholds and windows from the maker's document";
  const stop_degC = pp.active.shutdown_degC + late_K;
  if (approved && stop_degC > approved.contact_degC - abort_K) {
    return (
      `it must be heated to ${stop_degC} degC, the approved envelope ends at ${approved.contact_degC} degC and needs ` +
      `${abort_K} K more: have a higher one approved, below the over-temperature relay`
    );
  }
  return undefined;
}

export const thermalProtection: Procedure = procedure({
  id: "thermal-protection",
  revision: 1,
  title: "Thermal signalling on PP: foldback, shutdown and recovery against contact temperature",
  families: ["A", "B"],
  needs,
  limits: "thermal-protection",
  ownEnvelope: true,
  refuses,
  body: protect,
  recheck,
});
