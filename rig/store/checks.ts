/** The checks by known artefacts as the record holds them, and the runs between them. Reads only. */
import { existsSync } from "node:fs";
import { isPass, type Outcome } from "../model/verdict.ts";
import { type AuditEntry, auditIn } from "./audit.ts";
import { type Database, openToRead, type Row, storageError, storeFile } from "./database.ts";
import { idOf } from "./ids.ts";
import type { RunRow } from "./reader.ts";

/** Which bench is meant: a simulated one never locks a real one, and the other way round. */
export interface BenchOfRuns {
  readonly bench: string;
  readonly simulated: boolean;
}

/**
 * right: the run was completed and passed. wrong: the record holds a wrong answer, however the run ended after it.
 * none: stopped, or ended by a fault that the rig saw itself: no answer was given.
 */
export type Answer = "right" | "wrong" | "none";

export interface CheckRun {
  readonly run: number;
  readonly id: string;
  readonly hash: string;
  readonly started: string;
  readonly ended: string;
  readonly procedure: string;
  /** Id of the artefact; empty for a check without one. */
  readonly artefact: string;
  readonly serial: string;
  readonly operator: string;
  readonly answer: Answer;
  /** Of a wrong answer: the judgement, and the answer in words. */
  readonly row: string;
  readonly says: string;
}

export interface CheckHistory extends BenchOfRuns {
  /** Newest first. */
  readonly checks: readonly CheckRun[];
  readonly audit: readonly AuditEntry[];
}

/** The kind of note that holds an artefact's answer. */
export const answerNote = "artefact-answer";
/** The kind of note that names the bad channels of a thermocouple walk, and the row that judges them. */
const walkNote = "walk";
const walkRow = "rig.walk.lead";

export const noHistory = (of: BenchOfRuns): CheckHistory => ({ ...of, checks: [], audit: [] });

/** A folder without a store has no history. STORAGE_FAILED when it cannot be read: then nobody knows if it is locked. */
export async function readChecks(dir: string, of: BenchOfRuns, procedures: readonly string[]): Promise<CheckHistory> {
  if (!existsSync(storeFile(dir))) return noHistory(of);
  const db = await openToRead(dir);
  try {
    const audit = auditIn(db).filter((entry) => entry.bench === of.bench && entry.simulated === of.simulated);
    const rows = db
      .prepare(
        `SELECT run, started, ended, procedure, serial, operator, outcome, hash,
           json_extract(head, '$.options.artefact.id') AS artefact
         FROM run WHERE procedure IN (${procedures.map(() => "?").join(", ")}) AND simulated = ?
           AND json_extract(head, '$.bench.id') = ? ORDER BY run DESC`,
      )
      .all(...procedures, of.simulated ? 1 : 0, of.bench);
    return { ...of, checks: rows.map((row) => checkIn(db, row)), audit };
  } catch (error) {
    throw storageError("cannot read the checks in", dir, error);
  } finally {
    db.close();
  }
}

function checkIn(db: Database, row: Row): CheckRun {
  const run = Number(row["run"]);
  return {
    run,
    id: idOf(run),
    hash: String(row["hash"] ?? ""),
    started: String(row["started"]),
    ended: String(row["ended"] ?? row["started"]),
    procedure: String(row["procedure"]),
    artefact: typeof row["artefact"] === "string" ? row["artefact"] : "",
    serial: String(row["serial"]),
    operator: String(row["operator"]),
    ...answerIn(db, run, typeof row["outcome"] === "string" ? (JSON.parse(row["outcome"]) as Outcome) : undefined),
  };
}

/** Only runs that did not pass are looked into: there are few of them. One that was never closed may hold a wrong answer. */
function answerIn(db: Database, run: number, outcome: Outcome | undefined): Pick<CheckRun, "answer" | "row" | "says"> {
  if (outcome?.ending === "completed" && isPass(outcome.verdict)) return { answer: "right", row: "", says: "" };
  for (const { body } of notesIn(db, run, [answerNote, walkNote])) {
    if (body["right"] === false)
      return { answer: "wrong", row: String(body["row"] ?? ""), says: String(body["says"] ?? "") };
    const bad: unknown = body["kind"] === walkNote ? body["bad"] : undefined;
    if (Array.isArray(bad) && bad.length > 0) return { answer: "wrong", row: walkRow, says: String(bad[0]) };
  }
  return { answer: "none", row: "", says: outcome?.firstCause ?? outcome?.ending ?? "not ended" };
}

interface Note {
  readonly body: Readonly<Record<string, unknown>>;
}

const notesIn = (db: Database, run: number, kinds: readonly string[] = [answerNote]): readonly Note[] =>
  db
    .prepare("SELECT text FROM event WHERE run = ? AND type = 'note' ORDER BY seq")
    .all(run)
    .map((event) => JSON.parse(String(event["text"])) as Note)
    .filter(({ body }) => kinds.includes(String(body?.["kind"])));

/** Benches that any of these procedures was run on. */
export async function benchesOf(dir: string, procedures: readonly string[]): Promise<readonly BenchOfRuns[]> {
  const db = await openToRead(dir);
  try {
    return db
      .prepare(
        `SELECT DISTINCT json_extract(head, '$.bench.id') AS bench, simulated FROM run
         WHERE procedure IN (${procedures.map(() => "?").join(", ")}) ORDER BY bench, simulated`,
      )
      .all(...procedures)
      .map((row) => ({ bench: String(row["bench"]), simulated: row["simulated"] === 1 }));
  } catch (error) {
    throw storageError("cannot read the checks in", dir, error);
  } finally {
    db.close();
  }
}

/** Bodies of the answers of these runs, by run: for the control chart. */
export async function answersOf(dir: string, runs: readonly number[]): Promise<ReadonlyMap<number, Note["body"]>> {
  const found = new Map<number, Note["body"]>();
  if (runs.length === 0) return found;
  const db = await openToRead(dir);
  try {
    for (const run of runs) {
      const last = notesIn(db, run).at(-1);
      if (last) found.set(run, last.body);
    }
    return found;
  } catch (error) {
    throw storageError("cannot read the checks in", dir, error);
  } finally {
    db.close();
  }
}

/** Runs of this bench after one and before another, oldest first, without the procedures named. */
export async function runsBetween(
  dir: string,
  of: BenchOfRuns,
  range: { readonly after: number; readonly before: number; readonly not: readonly string[] },
): Promise<readonly RunRow[]> {
  const db = await openToRead(dir);
  try {
    return db
      .prepare(
        `SELECT run, started, ended, procedure, adapter, serial, operator, simulated, outcome FROM run
         WHERE run > ? AND run < ? AND simulated = ? AND json_extract(head, '$.bench.id') = ?
           AND procedure NOT IN (${range.not.map(() => "?").join(", ")}) ORDER BY run`,
      )
      .all(range.after, range.before, of.simulated ? 1 : 0, of.bench, ...range.not)
      .map(rowOf);
  } catch (error) {
    throw storageError("cannot list the runs in", dir, error);
  } finally {
    db.close();
  }
}

const rowOf = (row: Row): RunRow => ({
  run: Number(row["run"]),
  id: idOf(Number(row["run"])),
  started: String(row["started"]),
  ...(typeof row["ended"] === "string" ? { ended: row["ended"] } : {}),
  procedure: String(row["procedure"]),
  adapter: String(row["adapter"]),
  serial: String(row["serial"]),
  operator: String(row["operator"]),
  simulated: row["simulated"] === 1,
  ...(typeof row["outcome"] === "string" ? { outcome: JSON.parse(row["outcome"]) as Outcome } : {}),
});
