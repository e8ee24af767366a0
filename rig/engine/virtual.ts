/**
 * Performs a plan at virtual time on instruments that answer at once (kind twins): no promise, timer, disk or fence on
 * the way. Admission, watches and the order of everything are those of the live performer (a test compares them). One
 * lane, and monitors beside it: plans with more lanes are refused.
 */
import type { InstantInstrument, Io, OpRule, Waveform } from "../kinds/kinds.ts";
import { ops } from "../kinds/kinds.ts";
import type { Clock } from "../model/clock.ts";
import type { Data } from "../model/data.ts";
import { asRigError, RigError } from "../model/errors.ts";
import type { Reading } from "../model/reading.ts";
import type { Call, MonitorCommand, Points } from "../plan/commands.ts";
import type { AskOperator, Safety } from "../plan/parts.ts";
import type { Lane } from "./lane.ts";
import { refusal, waveName } from "./live.ts";
import { type Kept, MemorySeries } from "./memorySeries.ts";
import type { Leaf, Performer } from "./performer.ts";

/** Bench time that stands still until it is moved. Its wall time is the same: nothing here waits for a wall clock. */
export class VirtualTime implements Pick<Clock, "bench_s" | "wall_ms"> {
  readonly #advance: (to_s: number) => void;
  #now_s: number;

  /** `advance` moves the world along. */
  constructor(advance: (to_s: number) => void, from_s = 0) {
    this.#advance = advance;
    this.#now_s = from_s;
  }

  bench_s(): number {
    return this.#now_s;
  }

  wall_ms(): number {
    return 1000 * this.#now_s;
  }

  move(to_s: number): void {
    this.#advance(to_s);
    this.#now_s = Math.max(this.#now_s, to_s);
  }
}

export interface VirtualParts {
  readonly time: VirtualTime;
  readonly safety: Safety;
  readonly instruments: Readonly<Record<string, InstantInstrument>>;
  readonly ask: AskOperator;
}

interface Running {
  readonly command: MonitorCommand;
  readonly lane: Lane;
  readonly failed: (error: RigError) => void;
  /** Channel and series of each. */
  readonly series: readonly (readonly [key: string, series: Kept])[];
  /** When the next scan was meant to be, and when it is, bench time. */
  meant_s: number;
  due_s: number;
}

interface Deadline {
  readonly due_s: number;
  readonly late: () => void;
}

/** Times are sums of many waits: what is due a nanosecond later is due now. */
const rounding_s = 1e-9;
const io_ms = 1e9;

export class VirtualPerformer implements Performer {
  readonly #parts: VirtualParts;
  readonly #series = new MemorySeries();
  readonly #monitors = new Set<Running>();
  readonly #deadlines = new Set<Deadline>();
  #monitored: readonly Call[] = [];
  #lane: string | undefined;

  constructor(parts: VirtualParts) {
    this.#parts = parts;
  }

  perform(command: Leaf, lane: Lane): unknown {
    this.#lane ??= lane.name;
    if (lane.name !== this.#lane) {
      throw new RigError("PLAN_INVALID", `lanes beside each other (${lane.name}) need the live performer`);
    }
    switch (command.do) {
      case "call":
        return this.#call(command, lane);
      case "wait":
        return this.#wait(command.for_s, lane);
      case "now":
        return this.#parts.time.bench_s();
      case "points":
        return this.#points(command.series, command.from);
      case "ask":
        return this.#parts.ask(command.prompt, lane.signal).then(({ answer }) => answer);
      case "checkpoint":
        return null;
      case "note":
        return undefined;
    }
  }

  #call(call: Call, lane: Lane): Data {
    const { safety } = this.#parts;
    const effect = ruleOf(call).effect(call.args);
    if (effect !== "read" && effect !== "lower") {
      if (lane.lowerOnly) throw new RigError("ABORTED", `${call.role}.${call.op} refused: the run is ending`);
      const admission = safety.admit(call, { monitored: this.#monitored });
      if (!admission.ok) throw refusal(call, admission);
      const still = safety.recheck(call);
      if (!still.ok) throw refusal(call, still);
    }
    try {
      const reply = this.#answer(call, lane);
      safety.settled(call, reply);
      return reply;
    } catch (thrown) {
      const error = asRigError(thrown);
      safety.failed(call, error);
      throw error;
    }
  }

  #answer(call: Call, lane: Lane): Data {
    const instrument = this.#parts.instruments[call.role];
    if (!instrument || instrument.kind !== call.kind) {
      throw new RigError("ROLE_MISSING", `the bench has no ${call.kind} in the role "${call.role}"`);
    }
    const io: Io = {
      signal: lane.signal,
      deadline_wall_ms: this.#parts.time.wall_ms() + io_ms,
      keep: (wave: Waveform) => this.#series.keep({ ...wave, series: `${waveName(call, lane)}/${wave.name}` }),
    };
    return instrument.answer(call.op, call.args, io);
  }

  #points(name: string, from: number): Points {
    const { t_s, values, total } = this.#series.points(name, from);
    return { t_s, values, next: total };
  }

  /** Time goes from one thing that is due to the next; at each, monitors read before the plan goes on. */
  #wait(for_s: number, lane: Lane): null {
    const { time } = this.#parts;
    const end_s = time.bench_s() + Math.max(0, for_s);
    for (;;) {
      let next_s = end_s;
      for (const { due_s } of this.#monitors) if (due_s < next_s) next_s = due_s;
      for (const { due_s } of this.#deadlines) if (due_s < next_s) next_s = due_s;
      time.move(next_s);
      const now_s = time.bench_s() + rounding_s;
      for (const monitor of this.#monitors) if (monitor.due_s <= now_s) this.#scan(monitor);
      for (const deadline of this.#deadlines) {
        if (deadline.due_s > now_s) continue;
        this.#deadlines.delete(deadline);
        deadline.late();
      }
      if (lane.signal.aborted) throw asRigError(lane.signal.reason);
      if (end_s <= now_s) return null;
    }
  }

  monitor(command: MonitorCommand, lane: Lane, failed: (error: RigError) => void): { stop(): Promise<void> } {
    const now_s = this.#parts.time.bench_s();
    const series = Object.entries(command.series).map(([key, name]) => [key, this.#series.of(name)] as const);
    const running: Running = { command, lane, failed, series, meant_s: now_s, due_s: now_s };
    this.#monitors.add(running);
    this.#monitored = [...this.#monitors].map((one) => one.command.call);
    this.#scan(running);
    return {
      stop: async () => this.#ended(running),
    };
  }

  #ended(running: Running): void {
    this.#monitors.delete(running);
    this.#monitored = [...this.#monitors].map((one) => one.command.call);
  }

  #scan(running: Running): void {
    const { command, lane, series } = running;
    const { time, safety } = this.#parts;
    if (lane.signal.aborted) {
      this.#ended(running);
      return;
    }
    try {
      const reply = this.#answer(command.call, lane) as unknown as Readonly<Record<string, Reading>>;
      safety.settled(command.call, reply);
      for (const [key, kept] of series) {
        const r = reply[key];
        if (r) kept.add(r.t_s, r.is === "value" ? r.value : Number.NaN);
      }
      const now_s = time.bench_s();
      running.meant_s = Math.max(running.meant_s + command.every_s, now_s);
      running.due_s = now_s + Math.max(0, running.meant_s - now_s);
    } catch (thrown) {
      const error = asRigError(thrown);
      this.#ended(running);
      safety.failed(command.call, error);
      running.failed(error);
    }
  }

  judged(): void {
    // Judgements are kept by whoever watches the engine.
  }

  step(): void {
    // Steps are for records.
  }

  deadline(for_s: number, _lane: Lane, late: () => void): () => void {
    const deadline: Deadline = { due_s: this.#parts.time.bench_s() + Math.max(0, for_s), late };
    this.#deadlines.add(deadline);
    return () => this.#deadlines.delete(deadline);
  }

  begin(): void {
    // One lane: it works until it ends.
  }

  end(): void {
    // As above.
  }
}

const ruleOf = (call: Call): OpRule<unknown> => ops[call.kind][call.op as never] as OpRule<unknown>;
