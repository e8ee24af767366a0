/** What the store says of runs that ended without their station: whether the bench is in doubt, and what can be gone on with. */
import { existsSync } from "node:fs";
import { resumePoint } from "../engine/resume.ts";
import { asRigError } from "../model/errors.ts";
import type { Interrupted } from "../station/bench.ts";
import { closeStore, openStore, storeFile } from "../store/database.ts";
import { type OpenRun, openRuns } from "../store/openRuns.ts";
import { closeRun, openReader, type Reader } from "../store/reader.ts";
import type { RunRecord } from "../store/types.ts";
import { findProcedure } from "./procedures.ts";

/** Runs looked at for the last one on this bench. */
const looked_max = 50;

/** The newest interrupted run that can go on; every other one is closed, and `say` is told. */
export async function settleInterrupted(store: string, say: (line: string) => void): Promise<Interrupted | undefined> {
  // A store of an older version is brought up to date, as any program that writes would.
  if (existsSync(storeFile(store))) closeStore(await openStore(store));
  let found: Interrupted | undefined;
  const open = (await openRuns(store)).filter(({ alive }) => !alive);
  for (const run of [...open].reverse()) {
    const point = found ? { refused: "another run was begun after it" } : await pointOf(store, run);
    if ("checkpoint" in point) {
      const { procedure, adapter, serial, operator } = run;
      found = { run: run.run, id: run.id, procedure, adapter, serial, by: operator, checkpoint: point.checkpoint };
    } else {
      const closed = await closeRun(store, run.run, `not resumed: ${point.refused}`);
      say(`Closed an interrupted run: ${closed.id}: ${closed.outcome.firstCause ?? closed.outcome.ending}`);
    }
  }
  return found;
}

async function pointOf(store: string, { run, procedure }: OpenRun) {
  try {
    if (!findProcedure(procedure).recheck) return { refused: `${procedure} has no re-check` };
    const record = await reading(store, (reader) => reader.record(run));
    return resumePoint(record.events);
  } catch (thrown) {
    return { refused: asRigError(thrown).message };
  }
}

/** Safe-off in the record, confirmed by read-back; one from before a resume proves nothing of what came after it. */
export function provedSafe(record: Pick<RunRecord, "notes">): boolean {
  const last = record.notes.findLast(({ kind }) => kind === "safe-off" || kind === "resumed");
  const evidence = last?.kind === "safe-off" ? last.body["evidence"] : undefined;
  return typeof evidence === "object" && evidence !== null && "ok" in evidence && evidence["ok"] === true;
}

export interface Doubt {
  readonly why: string;
  /** Another program holds the bench at this moment: nobody may bring it to its safe state behind its back. */
  readonly held: boolean;
}

/** Why the bench may have been left energised; undefined when its last run proved that it was not, or there is none. */
export async function doubtLeft(
  store: string,
  on: { readonly bench: string; readonly simulated: boolean },
): Promise<Doubt | undefined> {
  if (!existsSync(storeFile(store))) return undefined;
  const open = await openRuns(store);
  return reading(store, (reader) => {
    for (const row of reader.list({ limit: looked_max })) {
      if (row.simulated !== on.simulated) continue;
      const record = reader.record(row.run);
      if (record.head.bench.id !== on.bench) continue;
      const writer = open.find(({ run, alive }) => run === row.run && alive);
      if (writer) return { why: `${row.id} is being run by another program, process ${writer.pid}`, held: true };
      if (provedSafe(record)) return undefined;
      const how = record.outcome ? `ended (${record.outcome.ending})` : "was interrupted";
      return { why: `${row.id} ${how} without a proved safe-off`, held: false };
    }
    return undefined;
  });
}

async function reading<R>(store: string, body: (reader: Reader) => R): Promise<R> {
  const reader = await openReader(store);
  try {
    return body(reader);
  } finally {
    reader.close();
  }
}
