/** One run from checked inputs to its stored outcome: the place where engine, safety, guard, store and drivers meet. */
import { type ControlClient, connectControl } from "../../drivers/twin/controlClient.ts";
import { jumpingClock, realClock } from "../engine/clocks.ts";
import { Engine, type EngineWatch } from "../engine/engine.ts";
import { Findings } from "../engine/findings.ts";
import { LivePerformer } from "../engine/live.ts";
import { gpioInstrument } from "../guard/instrument.ts";
import type { GuardClient } from "../guard/types.ts";
import type { Instrument } from "../kinds/kinds.ts";
import type { Clock } from "../model/clock.ts";
import type { Data } from "../model/data.ts";
import { asRigError, RigError } from "../model/errors.ts";
import type { Outcome } from "../model/verdict.ts";
import type { AskOperator } from "../plan/parts.ts";
import { createSafety, type SafetyLayer } from "../safety/admission.ts";
import { makeSafeOff, unprovenSafe } from "../safety/safeOff.ts";
import { createRun, type StoreJournal } from "../store/journal.ts";
import type { Waiver } from "../store/types.ts";
import { headOf } from "./head.ts";
import type { Inputs } from "./inputs.ts";
import { type OpenedBench, openBench } from "./openBench.ts";
import type { Progress } from "./progress.ts";
import { startGuard } from "./startGuard.ts";

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
  readonly say: (line: string) => void;
  /** Another guard than a process of its own: only for tests that show what happens without one. */
  readonly guard?: (signal: AbortSignal) => Promise<GuardClient>;
}

export interface SessionResult extends Outcome {
  readonly run: number;
  readonly id: string;
  readonly waivers: readonly Waiver[];
}

const beat_ms = 50;

/** Runs and stores. Throws only when nothing could be stored: then there is no run, and no PASS (E8). */
export async function runSession(inputs: Inputs, options: SessionOptions): Promise<SessionResult> {
  const end = new AbortController();
  const control = inputs.twin ? await connectControl(inputs.twin.control, end.signal) : undefined;
  const clock = clockOf(inputs, control, end);
  const unhook = hookSignals(end, options.say);
  let journal: StoreJournal | undefined;
  try {
    journal = await createRun(options.store, headOf(inputs), { clock });
    const stop = (signal: AbortSignal) =>
      signal.addEventListener("abort", () => end.abort(asRigError(signal.reason)), { once: true });
    stop(journal.broken);
    const outcome = await onBench(inputs, options, { journal, clock, control, end, stop });
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
}

/** Guard, instruments, admission, then the plan; on every way out safe-off, and the guard let go last. */
async function onBench(inputs: Inputs, options: SessionOptions, parts: Parts): Promise<Outcome> {
  const { end, clock, stop } = parts;
  let guard: GuardClient | undefined;
  let opened: OpenedBench | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    guard = await (options.guard?.(end.signal) ?? startGuard(inputs.bench, inputs.twin, options.store, end.signal));
    stop(guard.lost);
    opened = await openBench(inputs.bench, Object.keys(inputs.procedure.needs), clock, end.signal);
    const first = Object.entries(opened.failed)[0];
    if (first) throw first[1];
    stop(opened.lost);
    const instruments: Record<string, Instrument> = { ...opened.instruments, gpio: gpioInstrument(guard) };
    noteInstruments(instruments, inputs, parts.journal);
    requireWaivers(instruments, inputs, parts.journal, options.say);
    const lines = guard.lines.bind(guard);
    const safety = createSafety({
      bench: inputs.bench,
      clock,
      safeOff: makeSafeOff({ bench: inputs.bench, instruments, fence: (role, why) => instruments[role]?.fence(why) }),
      lines,
    });
    stop(safety.tripped);
    guard.onEdge((edge) => safety.line(edge));
    const ask = options.operator(parts.control);
    const performer = new LivePerformer({ clock, journal: parts.journal, safety, instruments, ask });
    const alive = guard;
    timer = setInterval(() => {
      if (performer.healthy()) alive.beat();
      options.watch.tick?.(clock.bench_s());
    }, beat_ms);
    await guard.arm(Object.values(instruments).flatMap((instrument) => instrument.safe));
    return await runPlan(inputs, options, parts, safety, performer);
  } catch (thrown) {
    return storedOutcome(new Findings().conclude(asRigError(end.signal.aborted ? end.signal.reason : thrown), []));
  } finally {
    await opened?.close();
    await guard?.release().catch((error: unknown) => options.say(`guard: ${asRigError(error).message}`));
    // Not before the guard is let go: it would take the silence for a hang.
    clearInterval(timer);
  }
}

async function runPlan(
  inputs: Inputs,
  options: SessionOptions,
  { journal, end }: Parts,
  safety: SafetyLayer,
  performer: LivePerformer,
): Promise<Outcome> {
  const note = (body: Data) => {
    if (!journal.broken.aborted) journal.append({ type: "note", lane: "main", attempt: 1, body });
  };
  note({ kind: "planned", judgements: options.planned.map(({ id, step }) => ({ id, step })) });
  let safe: Promise<void> | undefined;
  const safeOff = async (why: string): Promise<void> => {
    safe ??= safety.safeOff(why).then((evidence) => {
      note({ kind: "safe-off", why, evidence });
      // A bench that is not proved safe ends no run as completed. What ended it before stays the cause.
      const fault = unprovenSafe(evidence);
      if (fault !== undefined) end.abort(fault);
    });
    await safe;
  };
  // Safe-off does not wait for the plan to notice.
  end.signal.addEventListener("abort", () => void safeOff(asRigError(end.signal.reason).message), { once: true });
  const engine = new Engine({
    performer,
    limits: inputs.limits,
    end,
    planned: options.planned.map(({ id }) => id),
    earthProved: () => safety.provePe(),
    safeOff,
    watch: options.watch,
  });
  const { verdict, ending, firstCause, missing, error } = await engine.run(() => inputs.procedure.body(inputs.context));
  if (error) note({ kind: "ended-by", code: error.code, message: error.message, remedy: error.remedy });
  if (missing.length > 0) note({ kind: "blocked", judgements: [...missing], by: firstCause ?? "" });
  return storedOutcome({ verdict, ending, ...(firstCause === undefined ? {} : { firstCause }) });
}

/** Only what an outcome is: anything more would not be read back from the store as it was written. */
const storedOutcome = ({ verdict, ending, firstCause }: Outcome): Outcome => ({
  verdict,
  ending,
  ...(firstCause ? { firstCause } : {}),
});

function clockOf(inputs: Inputs, control: ControlClient | undefined, end: AbortController): Clock {
  const speed = inputs.twin?.speed ?? 1;
  if (!control || speed !== "max") return realClock(speed === "max" ? 1 : speed);
  const clock = jumpingClock(async (to_s) => void (await control.request({ do: "advance", to_s }, 10_000)));
  clock.failed.addEventListener("abort", () => end.abort(asRigError(clock.failed.reason)), { once: true });
  return clock;
}

function noteInstruments(
  instruments: Readonly<Record<string, Instrument>>,
  inputs: Inputs,
  journal: StoreJournal,
): void {
  for (const [role, { identity }] of Object.entries(instruments)) {
    const entry = inputs.bench.instruments[role];
    const body: Data = {
      kind: "instrument",
      role,
      model: identity.model,
      serial: identity.serial,
      firmware: identity.firmware,
      identity: identity.raw,
      calibrationDue: entry?.calibrationDue ?? "n/a",
      unverified: [...identity.unverified],
    };
    journal.append({ type: "note", lane: "main", attempt: 1, body });
  }
}

/** A driver with an unverified set may not drive the power domain without a waiver, which the report prints. */
function requireWaivers(
  instruments: Readonly<Record<string, Instrument>>,
  inputs: Inputs,
  journal: StoreJournal,
  say: (line: string) => void,
): void {
  for (const [role, { identity }] of Object.entries(instruments)) {
    if (identity.unverified.length === 0) continue;
    const id = `unverified.${role}`;
    const text = `${identity.model}: not verified against a manual: ${identity.unverified.join("; ")}`;
    const waiver =
      inputs.waivers.find((w) => w.id === id) ??
      (inputs.twin ? { id, text, by: "twin (nothing real is driven)" } : undefined);
    if (!waiver) {
      throw new RigError("RIG_CHECK_FAILED", `${text}. Name who accepts it as waiver ${id} in ${inputs.bench.file}`);
    }
    say(`      waiver ${id}: ${text} (accepted by ${waiver.by})`);
    journal.append({ type: "note", lane: "main", attempt: 1, body: { kind: "waiver", ...waiver, text } });
  }
}

const orderly = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function hookSignals(end: AbortController, say: (line: string) => void): () => void {
  const handlers = orderly.map((name) => {
    const handler = () => {
      say(`\n${name}: bringing the bench to its safe state...`);
      end.abort(new RigError("ABORTED", `stopped by ${name}`));
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  return () => {
    for (const off of handlers) off();
  };
}
