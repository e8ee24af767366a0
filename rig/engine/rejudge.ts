/**
 * Judges a stored run again, by other limits or with corrected readings: the plan is fed the stored replies and asked what
 * it would have done. Nothing is asked of a bench, and the record is not touched. Where the plan would have asked the bench
 * for something that the record does not hold, nobody can say how it would have ended: that is never a pass.
 */
import { conditioned } from "../model/conditions.ts";
import { type Correction, correctReply, errorFor, type ReadingOf, trueValue } from "../model/correction.ts";
import type { Data } from "../model/data.ts";
import type { RigError } from "../model/errors.ts";
import { isApproved, type LimitSet } from "../model/limits.ts";
import type { Unit } from "../model/units.ts";
import { isPass, judge, type Measurement, type Outcome, worst } from "../model/verdict.ts";
import type { Body, MonitorCommand } from "../plan/commands.ts";
import type { Event } from "../store/types.ts";
import { Engine } from "./engine.ts";
import { type Changed, ReplayPerformer } from "./replay.ts";
import { effective, type StoredSeries, seriesAt, withRecheck } from "./resume.ts";

export interface RejudgeParts {
  readonly events: readonly Event[];
  readonly series: StoredSeries;
  readonly unitOf: (series: string) => Unit | undefined;
  readonly body: Body<void>;
  /** Of the procedure, for a run that was resumed. */
  readonly recheck?: Body<boolean>;
  readonly limits: LimitSet;
  /** Ids that had to be judged for a pass. */
  readonly planned: readonly string[];
  /** Of the run's head: what was accepted then limits what may be said now. */
  readonly waivers: readonly { readonly id: string }[];
  /** Readings that are corrected, by the roles of the instrument. */
  readonly correction?: { readonly of: Correction; readonly roles: ReadonlySet<string> };
}

/** A judgement of the record, and what it says now; without `after` the plan does not come to it any more. */
export interface RowJudged {
  readonly before: Measurement;
  readonly after?: Measurement;
}

export interface Replayed {
  readonly outcome: Outcome;
  readonly rows: readonly RowJudged[];
  /** The plan asked for something that the record does not hold. */
  readonly needsTest?: { readonly step: string; readonly why: string };
  /** What ended the plan early, otherwise. */
  readonly error?: RigError;
  /** How many readings were corrected: replies, and points of series. */
  readonly corrected: number;
}

/** Records older than approvals keep their verdicts (decision 0057); every later one says how its limits stood. */
const asOlder = true;

/** @throws RigError PLAN_INVALID where the plan is of another kind than the record */
export async function replayed(parts: RejudgeParts): Promise<Replayed> {
  const { events, resumes } = effective(parts.events);
  const changes = new Changes(parts);
  const performer = new ReplayPerformer(events, seriesAt(resumes, parts.events, parts.series), changes);
  const end = new AbortController();
  performer.exhausted.addEventListener("abort", () => end.abort(performer.exhausted.reason), { once: true });
  const again = new Set(resumes.map(({ checkpoint }) => checkpoint));
  const { recheck } = parts;
  const { verdict, ending, firstCause, error } = await new Engine({
    performer,
    limits: parts.limits,
    approved: isApproved(parts.limits, asOlder),
    end,
    planned: parts.planned,
    waivers: parts.waivers,
    recalled: abandoned(parts, events),
    earthProved: () => undefined,
    safeOff: async () => undefined,
  }).run(recheck ? () => withRecheck(parts.body, recheck, (id) => again.delete(id)) : parts.body);
  const outcome: Outcome = { verdict, ending, ...(firstCause === undefined ? {} : { firstCause }) };
  const rows = judgedIn(events).map(({ seq, measurement }): RowJudged => {
    const after = changes.made.get(seq);
    return { before: measurement, ...(after ? { after } : {}) };
  });
  const done = { outcome, rows, corrected: changes.corrected };
  if (error?.code === "REPLAY_DIVERGED") {
    const step = error.facts["step"];
    return { ...done, needsTest: { step: typeof step === "string" ? step : "", why: plain(error.message) } };
  }
  // It passed without having come to the end of its record: what was done there is not what it would do.
  if (!error && isPass(verdict) && !performer.finished) {
    const why = "the plan ends before its record does";
    return {
      ...done,
      outcome: { verdict: "not-judged", ending: "rig-error", firstCause: why },
      needsTest: { step: "", why },
    };
  }
  return { ...done, ...(error ? { error } : {}) };
}

const plain = (message: string): string => message.replace(/ \[[A-Z_]+\]$/, "");

const judgedIn = (events: readonly Event[]): readonly { readonly seq: number; readonly measurement: Measurement }[] =>
  events.flatMap((event) =>
    event.type === "judged" ? [{ seq: event.seq, measurement: event.body as unknown as Measurement }] : [],
  );

/** What a resume gave up is judged by the new limits too, and nothing it said is lowered. */
export function abandoned(
  { events, limits, waivers }: Pick<RejudgeParts, "events" | "limits" | "waivers">,
  kept: readonly Event[] = effective(events).events,
): readonly Measurement[] {
  const seqs = new Set(kept.map(({ seq }) => seq));
  return judgedIn(events)
    .filter(({ seq }) => !seqs.has(seq))
    .map(({ measurement }) => ({
      ...measurement,
      verdict: worst(measurement.verdict, judgedBy(limits, waivers, measurement)),
    }));
}

function judgedBy(limits: LimitSet, waivers: RejudgeParts["waivers"], m: Measurement): Measurement["verdict"] {
  const row = limits.rows[m.limit];
  const found = row ? judge(row, m.reading, isApproved(limits, asOlder)) : "inconclusive";
  return row?.subject === "rig" ? found : conditioned(found, m.limit, waivers);
}

/** A record that today's procedure cannot reproduce: each stored reading by the new limits, and no more than that. */
export function judgedAlone(
  events: readonly Event[],
  limits: LimitSet,
  waivers: RejudgeParts["waivers"],
): readonly RowJudged[] {
  return judgedIn(effective(events).events).map(({ measurement }) => ({
    before: measurement,
    after: { ...measurement, verdict: judgedBy(limits, waivers, measurement) },
  }));
}

interface Call {
  readonly role: string;
  readonly op: string;
  readonly args: Readonly<Record<string, Data>>;
}

class Changes implements Changed {
  readonly made = new Map<number, Measurement>();
  corrected = 0;
  private readonly parts: RejudgeParts;
  /** Where the points of a series came from. */
  private readonly sources = new Map<string, { readonly role: string; readonly of: ReadingOf }>();

  constructor(parts: RejudgeParts) {
    this.parts = parts;
  }

  judged(now: Measurement, event: Event & { readonly type: "judged" }): void {
    this.made.set(event.seq, now);
  }

  monitoring(command: MonitorCommand): void {
    const { role, op, args } = command.call as unknown as Call;
    for (const [key, series] of Object.entries(command.series)) {
      this.sources.set(series, { role, of: { op, args, channel: Number(key) } });
    }
  }

  reply(command: Data, reply: Data): Data {
    const { correction } = this.parts;
    if (!correction || !isCall(command)) return reply;
    const { role, op, args } = command;
    if (Array.isArray(reply)) {
      const channels = Array.isArray(args["channels"]) ? (args["channels"] as readonly number[]) : [];
      for (const [i, wave] of reply.entries()) {
        const name = (wave as { readonly series?: unknown } | null)?.series;
        const channel = channels[i];
        if (typeof name !== "string") continue;
        this.sources.set(name, { role, of: { op, args, ...(channel === undefined ? {} : { channel }) } });
      }
      return reply;
    }
    if (!correction.roles.has(role)) return reply;
    return correctReply(correction.of, { op, args }, reply, () => {
      this.corrected += 1;
    });
  }

  points(series: string, values: Float64Array): Float64Array {
    const { correction, unitOf } = this.parts;
    const source = this.sources.get(series);
    if (!correction || !source || !correction.roles.has(source.role)) return values;
    const unit = unitOf(series);
    const error = unit === undefined ? undefined : errorFor(correction.of, unit, source.of);
    if (!error) return values;
    this.corrected += values.length;
    return values.map((value) => trueValue(error, value));
  }
}

const isCall = (command: Data): command is Call & { readonly [k: string]: Data } =>
  typeof command === "object" && command !== null && (command as { readonly do?: Data }).do === "call";
