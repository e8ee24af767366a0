/** The part of a session that differs for a resumed run: its proofs, its note in the record, its performer and plan. */
import type { LivePerformer } from "../engine/live.ts";
import { ResumePerformer, type ResumePoint, type StoredSeries, seriesAt, withRecheck } from "../engine/resume.ts";
import type { Instrument } from "../kinds/kinds.ts";
import type { Bench } from "../model/bench.ts";
import { RigError } from "../model/errors.ts";
import type { Body } from "../plan/commands.ts";
import type { StoreJournal } from "../store/journal.ts";
import type { RunRecord } from "../store/types.ts";
import type { Inputs } from "./inputs.ts";
import { provePassive, sameInstruments } from "./resumeChecks.ts";

export interface Resumed {
  readonly record: RunRecord;
  readonly point: ResumePoint;
  readonly series: StoredSeries;
  /** Bench time of the record's last event, s. */
  readonly from_s: number;
  readonly by: string;
}

/** Identities and read-back, then the note: from it on the record goes on. */
export async function startResume(
  { record, point, by }: Resumed,
  bench: Bench,
  instruments: Readonly<Record<string, Instrument>>,
  journal: StoreJournal,
  signal: AbortSignal,
): Promise<void> {
  sameInstruments(record.instruments, instruments);
  const passive = await provePassive(bench, instruments, signal);
  const { checkpoint, after } = point;
  const body = { kind: "resumed", checkpoint, after, by, passive, series: [...journal.storedSeries] };
  await journal.durable(journal.append({ type: "note", lane: "main", attempt: 1, body }));
}

export interface TakenUp {
  readonly performer: ResumePerformer;
  readonly body: Body<void>;
}

/** The plan with its re-checks, and the performer that feeds it the record first. */
export function takeUp(resumed: Resumed, inputs: Inputs, live: LivePerformer, end: AbortController): TakenUp {
  const { procedure, context } = inputs;
  const { point, record, series } = resumed;
  const { recheck } = procedure;
  if (!recheck) throw new RigError("USAGE", `${procedure.id} cannot be resumed: it has no re-check`);
  const named = seriesAt(point.resumes, record.events, series);
  const performer = new ResumePerformer(point, named, live, () => undefined);
  performer.exhausted.addEventListener("abort", () => end.abort(performer.exhausted.reason), { once: true });
  const again = new Set([point.checkpoint, ...point.resumes.map(({ checkpoint }) => checkpoint)]);
  const body: Body<void> = () =>
    withRecheck(
      () => procedure.body(context),
      () => recheck(context),
      (id) => again.delete(id),
    );
  return { performer, body };
}
