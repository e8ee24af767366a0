/**
 * Interprets a plan. Keeps the stack of open steps, runs lanes beside each other, keeps every judgement, and ends in
 * safe-off whatever happened. Design: "Life of a plan".
 */
import { conditioned } from "../model/conditions.ts";
import { asRigError, isForPlan, RigError } from "../model/errors.ts";
import type { LimitSet } from "../model/limits.ts";
import type { Measurement, Outcome, Verdict } from "../model/verdict.ts";
import { judge } from "../model/verdict.ts";
import type { Body, Command, JudgeCommand, MonitorCommand, Plan, StepCommand } from "../plan/commands.ts";
import { Findings } from "./findings.ts";
import { follow, type Lane } from "./lane.ts";
import type { Leaf, Performer } from "./performer.ts";

/** Bench time a tear-down may take. */
const tearDown_s = 30;
/** A row with this id, passed, proves the protective earth of this mating (S9). */
const proofOfEarth = "pe.r.screen";
/** Rows about protective earth, and the row without which none of them is judged: the fixture open between its PE contacts. */
const ofEarth = [proofOfEarth, "pe.r"];
const openFixture = "rig.pe.open.r";

export interface EngineParts {
  readonly performer: Performer;
  readonly limits: LimitSet;
  /** Whether a pass by these limits may be cited; else it is a screening at best (decision 0057). */
  readonly approved: boolean;
  /** Aborted by whatever must end the run: trip, broken store, lost guard, signal. The reason is a RigError. */
  readonly end: AbortController;
  readonly safeOff: (why: string) => Promise<void>;
  readonly earthProved: () => void;
  /** Ids of the judgements that a healthy adapter meets; none may be missing from a PASS (E1). */
  readonly planned: readonly string[];
  /** False: the plan judges nothing, and its outcome says nothing of an adapter. */
  readonly judges?: boolean;
  /** What was accepted although it is not proved: it may leave a judgement at best a conditional pass (E2). */
  readonly waivers?: readonly { readonly id: string }[];
  readonly watch?: EngineWatch;
  /** Asked before each step that may be paused before; resolves when the run goes on, rejects when it ends. */
  readonly pausing?: (step: string, signal: AbortSignal) => Promise<void>;
  /** Judgements of a resumed run that are made again. */
  readonly recalled?: readonly Measurement[];
}

/** For progress on a terminal or page; must not throw. */
export interface EngineWatch {
  step(phase: "enter" | "leave", path: readonly string[], takes_s: number, ok: boolean, pause?: boolean): void;
  judged(measurement: Measurement): void;
}

export class Engine {
  private readonly parts: EngineParts;
  private fixtureOpen = false;
  private readonly findings: Findings;

  constructor(parts: EngineParts) {
    this.parts = parts;
    this.findings = new Findings();
    for (const measurement of parts.recalled ?? []) this.findings.recall(measurement);
  }

  /** Runs the plan to its end and the bench to its safe state; never throws for what happens on the bench. */
  async run(body: Body<void>): Promise<Outcome & { readonly missing: readonly string[]; readonly error?: RigError }> {
    const { performer, end, safeOff, planned } = this.parts;
    const lane: Lane = { name: "main", attempt: 1, signal: end.signal, path: [], lowerOnly: false };
    let error: RigError | undefined;
    performer.begin();
    try {
      await this.drive(body(), lane);
    } catch (thrown) {
      error = asRigError(end.signal.aborted ? end.signal.reason : thrown);
    } finally {
      performer.end();
    }
    await safeOff(error ? error.message : "end of the run");
    if (!error && end.signal.aborted) error = asRigError(end.signal.reason);
    return this.findings.conclude(error, planned, this.parts.judges);
  }

  private async drive<R>(plan: Plan<R>, lane: Lane): Promise<R> {
    let reply: unknown;
    let failure: RigError | undefined;
    for (;;) {
      const step: IteratorResult<Command, R> = failure ? plan.throw(failure) : plan.next(reply);
      failure = undefined;
      if (step.done) return step.value;
      try {
        if (lane.signal.aborted) throw asRigError(lane.signal.reason);
        const given = this.execute(step.value, lane);
        reply = given instanceof Promise ? await given : given;
      } catch (thrown) {
        const error = asRigError(thrown);
        if (!isForPlan(error) || lane.signal.aborted) {
          // One return(); what it still yields is ignored. Tear-down is the engine's, never a `finally`.
          plan.return(undefined as R);
          throw error;
        }
        failure = error;
      }
    }
  }

  /** The reply, or a promise of it. */
  private execute(command: Command, lane: Lane): unknown {
    switch (command.do) {
      case "step":
        return this.step(command, lane);
      case "all":
        return this.all(command.lanes, lane);
      case "monitor":
        return this.monitor(command, lane);
      case "judge":
        return this.judge(command, lane);
      default:
        return this.parts.performer.perform(command satisfies Leaf, lane);
    }
  }

  private async step(command: StepCommand, lane: Lane): Promise<unknown> {
    const path = [...lane.path, command.name];
    const pause = mayPause(command, lane);
    // No command of the plan is under way here, and none is recorded for it: a replay meets nothing of a pause.
    if (pause) await this.parts.pausing?.(command.name, lane.signal);
    for (let attempt = 1; ; attempt += 1) {
      const inner: Lane = { ...lane, path, attempt: Math.max(attempt, lane.attempt) };
      this.parts.performer.step("enter", command.name, inner);
      this.parts.watch?.step("enter", path, command.takes_s, true, pause);
      let error: RigError | undefined;
      let result: unknown;
      try {
        result = await this.withDeadline(command, inner);
      } catch (thrown) {
        error = asRigError(thrown);
      }
      await this.tearDown(command, inner, error);
      this.parts.performer.step("leave", command.name, inner);
      this.parts.watch?.step("leave", path, command.takes_s, !error);
      if (!error) return result;
      if (!isForPlan(error) || lane.signal.aborted || attempt >= command.attempts) throw error;
    }
  }

  private async withDeadline(command: StepCommand, lane: Lane): Promise<unknown> {
    const { controller, release } = follow(lane.signal);
    const cancel = this.parts.performer.deadline(command.deadline_s, lane, () => {
      const late = new RigError("STEP_DEADLINE", `"${command.name}" took longer than ${command.deadline_s} s`, {
        step: command.name,
        deadline_s: command.deadline_s,
      });
      // Ends the run at once: safe-off does not wait for an outstanding call of this step.
      this.parts.end.abort(late);
      controller.abort(late);
    });
    try {
      return await this.drive(command.body(), { ...lane, signal: controller.signal });
    } catch (thrown) {
      throw controller.signal.aborted ? asRigError(controller.signal.reason) : thrown;
    } finally {
      cancel();
      release();
    }
  }

  /** After an error that ends the run the bench goes to its safe state first; then only `read` and `lower` are heard. */
  private async tearDown(command: StepCommand, lane: Lane, error: RigError | undefined): Promise<void> {
    if (error && !isForPlan(error)) {
      if (!this.parts.end.signal.aborted) this.parts.end.abort(error);
      await this.parts.safeOff(error.message);
    }
    if (!command.tearDown) return;
    const ending = this.parts.end.signal.aborted;
    const own = new AbortController();
    const guard = follow(ending ? own.signal : lane.signal);
    const tearLane: Lane = { ...lane, signal: guard.controller.signal, lowerOnly: ending };
    const cancel = this.parts.performer.deadline(tearDown_s, tearLane, () =>
      guard.controller.abort(new RigError("STEP_DEADLINE", `tear-down of "${command.name}" took over ${tearDown_s} s`)),
    );
    try {
      await this.drive(command.tearDown(), tearLane);
    } catch (thrown) {
      const failed = asRigError(thrown);
      if (!ending) this.parts.end.abort(failed);
      await this.parts.safeOff(failed.message);
      if (!error) throw failed;
    } finally {
      cancel();
      guard.release();
    }
  }

  private async all(lanes: Readonly<Record<string, Body>>, lane: Lane): Promise<unknown> {
    const { controller, release } = follow(lane.signal);
    const { performer } = this.parts;
    const results: Record<string, unknown> = {};
    let first: RigError | undefined;
    const names = Object.keys(lanes);
    for (const _ of names) performer.begin();
    const work = names.map(async (name) => {
      try {
        const body = lanes[name] as Body;
        results[name] = await this.drive(body(), { ...lane, name: `${lane.name}/${name}`, signal: controller.signal });
      } catch (thrown) {
        first ??= asRigError(thrown);
        controller.abort(first);
      } finally {
        performer.end();
      }
    });
    performer.end();
    await Promise.all(work);
    performer.begin();
    release();
    if (first) throw first;
    return results;
  }

  private async monitor(command: MonitorCommand, lane: Lane): Promise<unknown> {
    const { controller, release } = follow(lane.signal);
    const running = this.parts.performer.monitor(command, { ...lane, signal: controller.signal }, (error) =>
      controller.abort(error),
    );
    try {
      return await this.drive(command.body(), { ...lane, signal: controller.signal });
    } catch (thrown) {
      throw controller.signal.aborted ? asRigError(controller.signal.reason) : thrown;
    } finally {
      release();
      await running.stop();
    }
  }

  private judge(command: JudgeCommand, lane: Lane): Verdict | Promise<Verdict> {
    const limit = this.parts.limits.rows[command.limit];
    if (!limit) {
      throw new RigError("PLAN_INVALID", `the limits document ${this.parts.limits.id} has no row "${command.limit}"`);
    }
    const { about } = command;
    if (ofEarth.includes(limit.id) && !this.fixtureOpen) {
      const why = `${limit.id} is judged, but ${openFixture} has not passed in this run: check the open fixture first`;
      throw new RigError("PLAN_INVALID", why);
    }
    const found = judge(limit, command.reading, this.parts.approved);
    const measurement: Measurement = {
      id: about.id ?? limit.id,
      limit: limit.id,
      step: lane.path.join(" / "),
      attempt: lane.attempt,
      reading: command.reading,
      verdict: limit.subject === "rig" ? found : conditioned(found, limit.id, this.parts.waivers ?? []),
      subject: limit.subject,
      contacts: about.contacts ?? [],
      ...(about.meaning ? { meaning: about.meaning } : {}),
      ...(about.budget ? { budget: about.budget } : {}),
    };
    this.findings.add(measurement);
    const stored = this.parts.performer.judged(measurement, lane);
    const meaning = about.meaning ?? `${limit.title}: ${measurement.verdict}`;
    return stored instanceof Promise
      ? stored.then(() => this.concluded(measurement, found, meaning))
      : this.concluded(measurement, found, meaning);
  }

  /** What follows from a judgement that is stored. */
  private concluded(measurement: Measurement, found: Verdict, meaning: string): Verdict {
    this.parts.watch?.judged(measurement);
    // What was found, not what may be said of it: a waiver that is accepted does not stop the run half way.
    const passed = found === "pass" || found === "pass-screening";
    if (measurement.limit === openFixture) this.fixtureOpen = passed;
    if (measurement.limit === proofOfEarth && passed) this.parts.earthProved();
    if (measurement.subject === "rig" && !passed) {
      throw new RigError("RIG_CHECK_FAILED", meaning, {
        id: measurement.id,
        verdict: measurement.verdict,
      });
    }
    return measurement.verdict;
  }
}

/** Between steps only: inside one, its deadline runs and its monitors read. */
const mayPause = (command: StepCommand, lane: Lane): boolean =>
  command.pause === true && lane.path.length === 0 && lane.name === "main";
