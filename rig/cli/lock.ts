/**
 * The lock of a bench: not a file that could be lost, but what the record says. A known artefact was answered wrongly and
 * nobody has unlocked the bench since; every run after the artefact's last right answer is suspect. Pure, but for the
 * readers at the end.
 */
import { existsSync } from "node:fs";
import { RigError } from "../model/errors.ts";
import type { AuditEntry } from "../store/audit.ts";
import {
  type BenchOfRuns,
  benchesOf,
  type CheckHistory,
  type CheckRun,
  readChecks,
  runsBetween,
} from "../store/checks.ts";
import { storeFile } from "../store/database.ts";
import type { RunRow } from "../store/reader.ts";

/** Checks that lock, and those that stand between runs of adapters without being one. */
export const lockingChecks: readonly string[] = ["golden-check", "challenge-check"];
export const allChecks: readonly string[] = [...lockingChecks, "thermocouple-walk"];

export interface WrongAnswer {
  /** The last wrong answer of this artefact. */
  readonly check: CheckRun;
  /** Its first wrong answer of this lock. */
  readonly first: CheckRun;
  /** Its last right answer before; absent: it has never answered rightly, and every run before is suspect. */
  readonly lastRight?: CheckRun;
  /** A right answer since the last wrong one; without it nobody can unlock. */
  readonly repaired?: CheckRun;
}

export interface Lock extends BenchOfRuns {
  /** One for each artefact, the earliest first. */
  readonly wrong: readonly WrongAnswer[];
  /** Runs after this one and before `before` are suspect. */
  readonly after: number;
  readonly before: number;
  /** The entry that opened it again. */
  readonly unlocked?: AuditEntry;
}

/** The lock that holds now; undefined when there is none. */
export const lockOf = (history: CheckHistory): Lock | undefined =>
  lockAfter(history, Math.max(0, ...history.audit.map((entry) => entry.upTo)), Number.POSITIVE_INFINITY);

/** The last lock that was opened: its runs stay suspect. */
export function openedLock(history: CheckHistory): Lock | undefined {
  const last = history.audit.at(-1);
  if (!last) return undefined;
  const before = Math.max(0, ...history.audit.slice(0, -1).map((entry) => entry.upTo));
  const lock = lockAfter(history, before, last.upTo);
  return lock && { ...lock, unlocked: last };
}

function lockAfter(history: CheckHistory, from: number, to: number): Lock | undefined {
  const checks = history.checks.filter((c) => lockingChecks.includes(c.procedure)).sort((a, b) => a.run - b.run);
  const wrongs = checks.filter((c) => c.answer === "wrong" && c.run > from && c.run <= to);
  const [first] = wrongs;
  if (!first) return undefined;
  const keys = [...new Set(wrongs.map(keyOf))];
  const wrong = keys.map((key): WrongAnswer => {
    const own = checks.filter((c) => keyOf(c) === key);
    const bad = own.filter((c) => wrongs.includes(c));
    const [start, end] = [bad[0] as CheckRun, bad.at(-1) as CheckRun];
    const lastRight = own.findLast((c) => c.answer === "right" && c.run < start.run);
    const repaired = own.find((c) => c.answer === "right" && c.run > end.run);
    return {
      check: end,
      first: start,
      ...(lastRight ? { lastRight } : {}),
      ...(repaired ? { repaired } : {}),
    };
  });
  const { bench, simulated } = history;
  const after = Math.min(...wrong.map((w) => w.lastRight?.run ?? 0));
  return { bench, simulated, wrong, after, before: Math.max(...wrong.map((w) => w.first.run)) };
}

const keyOf = (check: CheckRun): string => `${check.procedure} ${check.artefact}`;

export const benchName = ({ bench, simulated }: BenchOfRuns): string => `${bench}${simulated ? " (simulated)" : ""}`;

export const suspectWords = (count: number): string => (count === 1 ? "1 run is suspect" : `${count} runs are suspect`);

/** What is wrong and what to do, a line for each wrong answer. */
export function lockLines(lock: Lock): readonly string[] {
  return lock.wrong.map(({ check, lastRight, repaired }) => {
    const since = lastRight ? `its last right answer was ${lastRight.id}` : "it has never answered rightly";
    const next = repaired
      ? `${repaired.id} answered rightly since: a named person may unlock`
      : `repair the rig, then repeat ${check.procedure} with ${check.serial}`;
    return `${check.id}: ${check.says} (row ${check.row}); ${since}; ${next}`;
  });
}

/** @throws RigError RIG_LOCKED, in one line */
export function refuseLocked(lock: Lock, suspects: number): never {
  const [line = ""] = lockLines(lock);
  const more = lock.wrong.length > 1 ? ` (and ${lock.wrong.length - 1} more artefacts: rig doctor)` : "";
  throw new RigError(
    "RIG_LOCKED",
    `${benchName(lock)} is locked: ${line}${more}. ${suspectWords(suspects)}: rig runs --suspect`,
    {
      bench: lock.bench,
      simulated: lock.simulated,
      runs: lock.wrong.map((w) => w.check.run),
      artefacts: lock.wrong.map((w) => w.check.artefact),
      suspects,
    },
  );
}

/** Runs of adapters between the last right answers and the wrong one, oldest first. */
export const suspectsOf = (store: string, lock: Lock): Promise<readonly RunRow[]> =>
  runsBetween(store, lock, { after: lock.after, before: lock.before, not: allChecks });

/** History of every bench that the store holds checks of. */
export async function histories(store: string): Promise<readonly CheckHistory[]> {
  if (!existsSync(storeFile(store))) return [];
  const benches = await benchesOf(store, lockingChecks);
  const read: CheckHistory[] = [];
  for (const of of benches) read.push(await readChecks(store, of, allChecks));
  return read;
}
