/** One run from checked inputs to its stored outcome: the place where engine, safety, guard, store and drivers meet. */
import { type ControlClient, connectControl } from "../../drivers/twin/controlClient.ts";
import { Engine, type EngineWatch } from "../engine/engine.ts";
import { Findings } from "../engine/findings.ts";
import { LivePerformer } from "../engine/live.ts";
import { gpioInstrument } from "../guard/instrument.ts";
import type { GuardClient } from "../guard/types.ts";
import { openVitals } from "../guard/vitals.ts";
import type { Instrument } from "../kinds/kinds.ts";
import type { Clock } from "../model/clock.ts";
import type { Data } from "../model/data.ts";
import { asRigError } from "../model/errors.ts";
import { isApproved } from "../model/limits.ts";
import type { Outcome } from "../model/verdict.ts";
import type { AskOperator } from "../plan/parts.ts";
import { createSafety, type SafetyLayer } from "../safety/admission.ts";
import { announced } from "../safety/announced.ts";
import { makeSafeOff, unprovenSafe } from "../safety/safeOff.ts";
import { createRun, reopenRun, type StoreJournal } from "../store/journal.ts";
import type { Waiver } from "../store/types.ts";
import { clockOf } from "./clockOfRun.ts";
import { readClockState } from "./clockState.ts";
import { explicitly } from "./controlledLimits.ts";
import type { Desk } from "./desk.ts";
import { deskOf, pausingOf } from "./deskOfRun.ts";
import { beginningOf } from "./head.ts";
import type { Inputs } from "./inputs.ts";
import { noteInstruments, requireWaivers } from "./instrumentNotes.ts";
import { latchFile, latchPath } from "./latchFile.ts";
import { type OpenedBench, openBench } from "./openBench.ts";
import { storedOutcome, withWaivers } from "./outcomeOfRun.ts";
import type { Progress } from "./progress.ts";
import { type Resumed, startResume, takeUp } from "./resumed.ts";
import { hookSignals } from "./signals.ts";
import { patienceWith, startGuard, watchdogHolds } from "./startGuard.ts";
import type { StationLink } from "./station.ts";

export interface PlannedJudgement {
  readonly id: string;
  readonly step: string;
}

export interface SessionOptions {
  readonly store: string;
  /** Judgements that a nominal adapter meets, with the step of each. */
  readonly planned: readonly PlannedJudgement[];
  readonly watch: EngineWatch & Partial<Pick<Progress, "tick">>;
  /** Makes the operator once the twin's control socket, if any, is there. */
  readonly operator: (control: ControlClient | undefined) => AskOperator;
  /** Stands between the operator's answers and the plan. */
  readonly gate?: (ask: AskOperator, safety: SafetyLayer, note: (body: Data) => void) => AskOperator;
  readonly say: (line: string) => void;
  /** Called when the run has its number. */
  readonly begun?: (run: number, id: string) => void;
  /** The station that the run was started by: notes and a pause come from there. */
  readonly station?: Pick<StationLink, "tell" | "onWish">;
  /** A run to go on with, instead of a new one. */
  readonly resume?: Resumed;
  /** Another guard than a process of its own: only for tests that show what happens without one. */
  readonly guard?: (signal: AbortSignal) => Promise<GuardClient>;
  /** Largest size of the store, bytes: a full store fails like a full disk. */
  readonly max_bytes?: number;
}

export interface SessionResult extends Outcome {
  readonly run: number;
  readonly id: string;
  readonly waivers: readonly Waiver[];
}

const beat_ms = 50;
/** A mirror contact, the kernel and the guard take this long at most to tell of a contactor, ms. */
const feedback_ms = 300;
const close_ms = 3000;

/** Runs and stores. Throws only when nothing could be stored: then there is no run, and no PASS (E8). */
export async function runSession(given: Inputs, options: SessionOptions): Promise<SessionResult> {
  // A run that goes on is judged as it was begun.
  const inputs = options.resume ? given : explicitly(given);
  const end = new AbortController();
  // Not ended by `end`: tear-downs wait for bench time, and only this socket moves it.
  const control = inputs.twin ? await connectControl(inputs.twin.control, new AbortController().signal) : undefined;
  const clock = await clockOf(inputs, control, end, options.resume?.from_s ?? 0);
  const unhook = hookSignals(end, options.say);
  const ofDay = readClockState();
  let journal: StoreJournal | undefined;
  try {
    const { max_bytes } = options;
    const storing = { clock, ...(max_bytes === undefined ? {} : { max_bytes }) };
    journal = options.resume
      ? await reopenRun(options.store, options.resume.record.head, storing)
      : await createRun(options.store, await beginningOf(inputs, options.store), storing);
    options.begun?.(journal.run.run, journal.run.id);
    const stop = (signal: AbortSignal) => {
      const pass = () => end.abort(asRigError(signal.reason));
      if (signal.aborted) pass();
      else signal.addEventListener("abort", pass, { once: true });
    };
    stop(journal.broken);
    const safety: Parts["safety"] = { of: undefined };
    const desk = options.station && deskOf(options.station, inputs.bench, journal, safety);
    const outcome = await onBench(inputs, options, { journal, clock, control, end, stop, safety, desk });
    // Asked at the start, written when the bench is safe: nothing waits for it.
    const body = { kind: "clock", ...(await ofDay) };
    if (!journal.broken.aborted) journal.append({ type: "note", lane: "main", attempt: 1, body });
    await journal.finish(outcome);
    return { ...outcome, run: journal.run.run, id: journal.run.id, waivers: journal.run.waivers };
  } finally {
    unhook();
    await journal?.close();
    control?.close();
  }
}

interface Parts {
  readonly journal: StoreJournal;
  readonly clock: Clock;
  readonly control: ControlClient | undefined;
  readonly end: AbortController;
  readonly stop: (signal: AbortSignal) => void;
  /** Filled when there is one; before it nothing counts as at rest. */
  readonly safety: { of: SafetyLayer | undefined };
  readonly desk: Desk | undefined;
}

/** Guard, instruments, admission, then the plan; on every way out safe-off, and the guard let go last. */
async function onBench(inputs: Inputs, options: SessionOptions, parts: Parts): Promise<Outcome> {
  const { end, clock, stop } = parts;
  let guard: GuardClient | undefined;
  let opened: OpenedBench | undefined;
  let timer: NodeJS.Timeout | undefined;
  const proof: Proof = { safe: undefined };
  try {
    guard = await (options.guard?.(end.signal) ?? startGuard(inputs.bench, inputs.twin, options.store, end.signal));
    stop(guard.lost);
    opened = await openBench(inputs.bench, Object.keys(inputs.procedure.needs), clock, end.signal);
    const first = Object.entries(opened.failed)[0];
    if (first) throw first[1];
    stop(opened.lost);
    const instruments: Record<string, Instrument> = { ...opened.instruments, gpio: gpioInstrument(guard) };
    if (options.resume) await startResume(options.resume, inputs.bench, instruments, parts.journal, end.signal);
    noteInstruments(instruments, inputs, parts.journal);
    requireWaivers(instruments, inputs, parts.journal, options.say);
    const lines = guard.lines.bind(guard);
    const note = (body: Data) => void parts.journal.append({ type: "note", lane: "main", attempt: 1, body });
    const safety: SafetyLayer = createSafety({
      bench: inputs.bench,
      clock,
      safeOff: makeSafeOff({
        bench: inputs.bench,
        instruments,
        fence: (role, why) => instruments[role]?.fence(why),
        charged: () => safety.state().insulation.charged,
      }),
      lines,
      realTime: (inputs.twin?.speed ?? 1) !== "max",
      feedback_ms: feedback_ms * patienceWith(inputs.twin),
      latch: latchFile(latchPath(options.store, inputs.twin)),
      note,
    });
    parts.safety.of = safety;
    recordTrips(safety.tripped, parts.journal);
    stop(safety.tripped);
    guard.onEdge((edge) => safety.line(edge));
    guard.onLoss((edges) => safety.lostEdges(edges));
    const person = options.operator(parts.control);
    const ask = announced(options.gate?.(person, safety, note) ?? person, safety);
    const performer = new LivePerformer({ clock, journal: parts.journal, safety, instruments, ask });
    const alive = guard;
    const vitals = await openVitals(undefined, (event) => options.say(`      ${event}`));
    timer = setInterval(() => {
      if (performer.healthy()) {
        alive.beat();
        vitals.well(performance.now());
      }
      safety.check();
      options.watch.tick?.(clock.bench_s());
    }, beat_ms);
    await guard.arm(Object.values(instruments).flatMap((instrument) => instrument.safe));
    await watchdogHolds(inputs.bench, guard, patienceWith(inputs.twin), end.signal);
    vitals.ready();
    return await runPlan(inputs, options, parts, safety, performer, proof);
  } catch (thrown) {
    const error = asRigError(end.signal.aborted ? end.signal.reason : thrown);
    return storedOutcome(new Findings().conclude(error, [], inputs.procedure.judges));
  } finally {
    await closed(opened, options.say);
    // Nothing was energised before the plan began; after it the guard goes only when the bench is proved safe.
    if (proof.safe === undefined || proof.safe) {
      await guard?.release().catch((error: unknown) => options.say(`guard: ${asRigError(error).message}`));
    } else {
      options.say("      The bench is not proved safe: the guard takes over.");
      await guard?.handOver();
    }
    // Not before the guard is let go: it would take the silence for a hang.
    clearInterval(timer);
  }
}

/** The trip itself is evidence: what tripped, in the record before anything that follows from it. */
function recordTrips(tripped: AbortSignal, journal: StoreJournal): void {
  const record = () => {
    const { code, message, facts } = asRigError(tripped.reason);
    if (!journal.broken.aborted)
      journal.append({ type: "tripped", lane: "main", attempt: 1, body: { code, message, facts } });
  };
  if (tripped.aborted) record();
  else tripped.addEventListener("abort", record, { once: true });
}

/** Whether safe-off could confirm every action; undefined before the plan. */
interface Proof {
  safe: boolean | undefined;
}

/** A port that does not close must not keep the guard or the store waiting. */
async function closed(opened: OpenedBench | undefined, say: (line: string) => void): Promise<void> {
  if (!opened) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      say(`      the ports did not close within ${close_ms} ms`);
      resolve();
    }, close_ms);
  });
  await Promise.race([opened.close(), late]);
  clearTimeout(timer);
}

async function runPlan(
  inputs: Inputs,
  options: SessionOptions,
  { journal, end, desk }: Parts,
  safety: SafetyLayer,
  performer: LivePerformer,
  proof: Proof,
): Promise<Outcome> {
  const note = (body: Data) => {
    if (!journal.broken.aborted) journal.append({ type: "note", lane: "main", attempt: 1, body });
  };
  const taken = options.resume && takeUp(options.resume, inputs, performer, end);
  if (!taken) note({ kind: "planned", judgements: options.planned.map(({ id, step }) => ({ id, step })) });
  let safe: Promise<void> | undefined;
  const safeOff = async (why: string): Promise<void> => {
    safe ??= safety.safeOff(why).then((evidence) => {
      note({ kind: "safe-off", why, evidence });
      // A bench that is not proved safe ends no run as completed. What ended it before stays the cause.
      const fault = unprovenSafe(evidence);
      proof.safe = fault === undefined;
      if (fault !== undefined) end.abort(fault);
    });
    await safe;
  };
  proof.safe = false;
  // Safe-off does not wait for the plan to notice.
  const atOnce = () => void safeOff(asRigError(end.signal.reason).message);
  if (end.signal.aborted) atOnce();
  else end.signal.addEventListener("abort", atOnce, { once: true });
  const engine = new Engine({
    performer: taken?.performer ?? performer,
    limits: inputs.limits,
    // Without one only a run that was begun before approvals were known.
    approved: isApproved(inputs.limits, options.resume !== undefined),
    waivers: inputs.waivers,
    end,
    recalled: options.resume?.point.abandoned ?? [],
    planned: options.planned.map(({ id }) => id),
    judges: inputs.procedure.judges ?? true,
    // What the record says of the earth was another mating.
    earthProved: () => {
      if (taken?.performer.isLive ?? true) safety.provePe();
    },
    safeOff,
    watch: options.watch,
    ...pausingOf(desk, () => taken?.performer.isLive ?? true),
  });
  const { verdict, ending, firstCause, missing, error } = await engine.run(
    taken?.body ?? (() => inputs.procedure.body(inputs.context)),
  );
  if (error) note({ kind: "ended-by", code: error.code, message: error.message, remedy: error.remedy });
  if (missing.length > 0) note({ kind: "blocked", judgements: [...missing], by: firstCause ?? "" });
  const outcome: Outcome = { verdict, ending, ...(firstCause === undefined ? {} : { firstCause }) };
  return storedOutcome(withWaivers(outcome, inputs.waivers));
}
