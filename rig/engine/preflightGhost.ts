/**
 * A forced judgement only matters where the plan then asks for other calls. The ghost drives the plan with the nominal
 * record's replies: if it asks exactly what the record holds to the end, the path is the nominal one, call for call, and
 * needs no twin. Otherwise it has to be run.
 */
import { isApproved, type LimitSet } from "../model/limits.ts";
import type { Measurement, Outcome } from "../model/verdict.ts";
import type { Body } from "../plan/commands.ts";
import { Engine } from "./engine.ts";
import type { Lane } from "./lane.ts";
import type { MemoryJournal } from "./memoryJournal.ts";
import { forceJudgement } from "./preflightForce.ts";
import { ReplayPerformer } from "./replay.ts";

/** The replay, with the forced judgement taken for the recorded one. */
class Ghost extends ReplayPerformer {
  met = false;
  private readonly id: string;
  private readonly recorded: Measurement[];

  constructor(journal: MemoryJournal, id: string, recorded: readonly Measurement[]) {
    super(journal.events, (name, from, total) => journal.series(name, from, total));
    this.id = id;
    this.recorded = recorded.filter((m) => m.id === id);
  }

  override async judged(measurement: Measurement, lane: Lane): Promise<void> {
    if (measurement.id !== this.id) return super.judged(measurement, lane);
    this.met = true;
    return super.judged(this.recorded.shift() ?? measurement, lane);
  }
}

export interface Nominal {
  readonly body: Body<void>;
  readonly limits: LimitSet;
  readonly journal: MemoryJournal;
  readonly measurements: readonly Measurement[];
}

/** The outcome, or undefined when the plan asks for anything else than the record holds. */
export async function sameCalls(nominal: Nominal, id: string): Promise<Outcome | undefined> {
  const ghost = new Ghost(nominal.journal, id, nominal.measurements);
  const end = new AbortController();
  ghost.exhausted.addEventListener("abort", () => end.abort(ghost.exhausted.reason), { once: true });
  const { verdict, ending, firstCause, error } = await new Engine({
    performer: ghost,
    limits: nominal.limits,
    approved: isApproved(nominal.limits, true),
    end,
    planned: [],
    earthProved: () => undefined,
    safeOff: async () => undefined,
  }).run(forceJudgement(nominal.body, id, nominal.limits));
  if (error || !ghost.finished || !ghost.met) return undefined;
  return { verdict, ending, ...(firstCause ? { firstCause } : {}) };
}
