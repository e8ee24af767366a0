/** A decision of QA about runs that failed or are in doubt, with every rule that `rig dispose` and the station hold it to. */
import { visible } from "../../reports/text/escape.ts";
import { type DispositionDecision, dispose, isFail, openFailsOf } from "../ledger/dispositions.ts";
import { runsInDoubt } from "../ledger/doubts.ts";
import { openLedger } from "../ledger/ledger.ts";
import { samePerson } from "../ledger/signing.ts";
import { earlyRunOf } from "../model/declared.ts";
import { RigError } from "../model/errors.ts";
import { isPass } from "../model/verdict.ts";
import { openReader, type Reader } from "../store/reader.ts";
import type { RunRecord } from "../store/types.ts";

const runs_max = 1000;

export interface Decision {
  readonly serial: string;
  /** Ids or numbers with commas between them; or `open`: all that are. */
  readonly runs: string;
  readonly decision: DispositionDecision;
  readonly reason: string;
  readonly by: string;
}

/** @throws RigError USAGE for runs that are not to be decided about so, or not by this person; STORAGE_FAILED */
export async function decideRuns(store: string, { serial, runs: asked, decision, reason, by }: Decision) {
  const reader = await openReader(store);
  try {
    const ids = asked === "open" ? await openOf(store, reader, serial) : asked.split(",");
    if (ids.length > runs_max) throw new RigError("USAGE", `--runs: at most ${runs_max} runs`);
    const doubted = await doubtedOf(store);
    const records = ids.map((id) => checkedRun(reader.record(id.trim()), serial, by, doubted));
    const simulated = records[0]?.head.simulated ?? false;
    if (records.some(({ head }) => head.simulated !== simulated)) {
      throw new RigError("USAGE", "--runs: simulated and real runs are decided about apart");
    }
    if (decision === "retest-accepted" && records.some(({ head }) => doubted.has(head.id))) {
      const decide = "of a run in doubt decide rework, use-as-is or scrap";
      throw new RigError("USAGE", `retest-accepted is about a fail: ${decide}`);
    }
    if (decision === "retest-accepted") for (const record of records) requireRetests(reader, record);
    const runs = records.map(({ head }) => head.id);
    return await dispose(store, { serial, runs, simulated, decision, reason, by });
  } finally {
    reader.close();
  }
}

async function doubtedOf(store: string): Promise<ReadonlySet<string>> {
  const ledger = await openLedger(store);
  try {
    return runsInDoubt(ledger);
  } finally {
    ledger.close();
  }
}

async function openOf(store: string, reader: Reader, serial: string): Promise<readonly string[]> {
  const ledger = await openLedger(store);
  try {
    const open = openFailsOf(ledger, reader, serial);
    if (open.length === 0) throw new RigError("USAGE", `"${visible(serial).slice(0, 64)}" has no open fail`);
    return open.map(({ id }) => id);
  } finally {
    ledger.close();
  }
}

/** @throws RigError USAGE when the run is another adapter's, did not fail, or was made by the person who decides */
function checkedRun(record: RunRecord, serial: string, by: string, doubted: ReadonlySet<string>): RunRecord {
  const { head, outcome } = record;
  if (head.adapter.serial !== serial) {
    throw new RigError(
      "USAGE",
      `${head.id} is of "${visible(head.adapter.serial)}", not of "${visible(serial).slice(0, 64)}"`,
    );
  }
  if (!isFail(outcome?.verdict) && !(outcome && doubted.has(head.id))) {
    const is = outcome?.verdict ?? "going on";
    throw new RigError("USAGE", `${head.id} is ${is}: only a fail, or a run in doubt, is disposed of`);
  }
  if (samePerson(head.operator, by)) {
    throw new RigError("USAGE", `"${visible(by)}" ran ${head.id}: another person decides what becomes of it`);
  }
  return record;
}

/** By the policy that the failed run was made under. @throws RigError USAGE */
function requireRetests(reader: Reader, { head }: RunRecord): void {
  const policy = head.limits.retest;
  const why = `retest-accepted: the limits of ${head.id} (${head.limits.id} ${head.limits.revision})`;
  if (!policy) throw new RigError("USAGE", `${why} have no policy of retests: decide rework, use-as-is or scrap`);
  if (policy.counts === "worst") throw new RigError("USAGE", `${why} count the worst attempt, and that is the fail`);
  const last = reader
    .list({ serial: head.adapter.serial, limit: 10_000 })
    .find((row) => row.procedure === head.procedure.id && row.simulated === head.simulated && row.outcome);
  const passed = last && last.run > head.run && last.outcome?.ending === "completed" && isPass(last.outcome.verdict);
  if (last && earlyRunOf(reader.record(last.run).head.options))
    throw new RigError("USAGE", `retest-accepted: ${last.id}, the last attempt, is a run with --early: run it without`);
  if (!passed) throw new RigError("USAGE", `retest-accepted: ${last?.id ?? head.id}, the last attempt, is no pass`);
}
