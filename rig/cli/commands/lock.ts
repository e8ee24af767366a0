/** `rig unlock` and `rig runs --suspect`: the lock of a bench, who opens it, and the runs that it casts doubt on. */
import { RigError } from "../../model/errors.ts";
import { appendAudit } from "../../store/audit.ts";
import type { RunRow } from "../../store/reader.ts";
import { checkLabel } from "../inputs.ts";
import {
  benchName,
  histories,
  type Lock,
  lockOf,
  openedLock,
  refuseLocked,
  suspectsOf,
  suspectWords,
} from "../lock.ts";
import { lockText } from "../lockText.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

export interface UnlockOptions {
  readonly store: string;
  /** Without a name the lock is only shown. */
  readonly by?: string;
  readonly reason?: string;
  /** Which bench, when several are locked: `RB-1`, or `RB-1 (simulated)`. */
  readonly of?: string;
  readonly json: boolean;
}

const locked = 40;

/** Exit code: 0 nothing is locked any more, 40 a bench is locked and stays so. */
export async function unlock(options: UnlockOptions): Promise<number> {
  const locks = (await histories(options.store)).flatMap((history) => lockOf(history) ?? []);
  const chosen = locks.filter((lock) => options.of === undefined || benchName(lock) === options.of);
  if (chosen.length === 0 && locks.length > 0) {
    const held = locks.map((lock) => `"${benchName(lock)}"`).join(", ");
    throw new RigError("USAGE", `--of "${options.of}" is not locked; locked are ${held}`);
  }
  if (options.by === undefined) {
    await show(options, chosen);
    return chosen.length > 0 ? locked : 0;
  }
  const by = checkLabel("name of who unlocks", options.by);
  const reason = checkReason(options.reason);
  const [lock, other] = chosen;
  if (!lock) {
    out(options.json ? JSON.stringify({ unlocked: false, locks: [] }) : "Nothing is locked.");
    return 0;
  }
  if (other) throw new RigError("USAGE", `several benches are locked: say which with --of "${benchName(lock)}"`);
  const suspects = await suspectsOf(options.store, lock);
  if (lock.wrong.some((w) => w.repaired === undefined)) refuseLocked(lock, suspects.length);
  const entry = await appendAudit(options.store, {
    kind: "unlocked",
    utc: new Date().toISOString(),
    bench: lock.bench,
    simulated: lock.simulated,
    by,
    reason,
    upTo: Math.max(...lock.wrong.map((w) => w.check.run)),
    after: lock.wrong.flatMap((w) => w.repaired?.run ?? []),
  });
  if (options.json)
    out(JSON.stringify({ unlocked: true, entry, locks: [facts({ ...lock, unlocked: entry }, suspects)] }));
  else {
    out(`${benchName(lock)} is unlocked by ${by}: ${reason}`);
    out(`  ${suspectWords(suspects.length)} all the same: rig runs --suspect`);
  }
  return 0;
}

const reason_max = 400;

function checkReason(reason: string | undefined): string {
  if (reason === undefined || reason.trim() === "")
    throw new RigError("USAGE", "--reason is missing: say what was wrong and what was done");
  if (reason.length > reason_max || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(reason))
    throw new RigError("USAGE", `--reason: 1 to ${reason_max} printable characters in one line`);
  return reason;
}

/** The locks that hold; where a bench has none, the last one that was opened. */
export async function suspects(options: { readonly store: string; readonly json: boolean }): Promise<void> {
  const locks = (await histories(options.store)).flatMap((history) => lockOf(history) ?? openedLock(history) ?? []);
  await show(options, locks);
}

async function show(
  options: { readonly store: string; readonly json: boolean },
  locks: readonly Lock[],
): Promise<void> {
  const listed: { lock: Lock; runs: readonly RunRow[] }[] = [];
  for (const lock of locks) listed.push({ lock, runs: await suspectsOf(options.store, lock) });
  if (options.json) return out(JSON.stringify({ locks: listed.map(({ lock, runs }) => facts(lock, runs)) }));
  if (listed.length === 0) return out("No bench is locked, and no run is suspect.");
  for (const { lock, runs } of listed) for (const line of lockText(lock, runs)) out(line);
}

const facts = (lock: Lock, runs: readonly RunRow[]) => ({
  bench: lock.bench,
  simulated: lock.simulated,
  locked: lock.unlocked === undefined,
  unlocked: lock.unlocked ?? null,
  wrong: lock.wrong.map(({ check, first, lastRight, repaired }) => ({
    run: check.id,
    firstRun: first.id,
    procedure: check.procedure,
    artefact: check.artefact,
    serial: check.serial,
    row: check.row,
    says: check.says,
    lastRight: lastRight?.id ?? null,
    repaired: repaired?.id ?? null,
  })),
  suspects: runs,
});
