/** What to do with an adapter after a run: by its verdict, the retest policy of its limits and what QA has decided. */
import { dispositionOf, openFailsOf } from "../ledger/dispositions.ts";
import { openDoubtsOf } from "../ledger/doubts.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { asRigError, RigError } from "../model/errors.ts";
import type { Outcome } from "../model/verdict.ts";
import type { Next } from "../station/result.ts";
import type { Reader, RunRow } from "../store/reader.ts";
import type { RunHead } from "../store/types.ts";
import { procedures } from "./procedures.ts";
import { retestOf } from "./retest.ts";

/** Undefined while the run goes on. */
export function nextStep(
  ledger: Ledger,
  reader: Pick<Reader, "list">,
  head: RunHead,
  outcome: Outcome | undefined,
): Next | undefined {
  if (!outcome) return undefined;
  const { verdict, ending } = outcome;
  const failed = verdict === "fail" || verdict === "fail-conditional";
  const tested = procedures.find(({ id }) => id === head.procedure.id)?.of ?? "adapter";
  if (failed && tested !== "adapter") return { is: "engineer" };
  const open = openFailsOf(ledger, reader, head.adapter.serial).filter((row) => row.simulated === head.simulated);
  if (failed) return afterFail(ledger, reader, head, open);
  if (ending !== "completed") return { is: ending === "rig-error" ? "engineer" : "repeat" };
  if (verdict === "not-judged") return { is: "repeat" };
  const doubted = openDoubtsOf(ledger, { id: head.id, serial: head.adapter.serial }).length > 0;
  if (verdict === "inconclusive" || doubted) return { is: "undecided" };
  return { is: "passed", verdict, openFails: open.map(({ id }) => id) };
}

function afterFail(ledger: Ledger, reader: Pick<Reader, "list">, head: RunHead, open: readonly RunRow[]): Next {
  const { serial } = head.adapter;
  const decided = dispositionOf(ledger, serial, head.id);
  if (decided) return { is: "decided", decision: decided.body.decision, by: decided.by };
  const policy = head.limits.retest;
  if (!policy) return { is: "qa" };
  const same = (row: RunRow): boolean => row.procedure === head.procedure.id && row.simulated === head.simulated;
  // Who may is told beside it: whoever reads this need not be who ran it.
  const earlier = reader.list({ serial, limit: 10_000 }).filter(same);
  try {
    const retest = retestOf(
      { serial, procedure: head.procedure.id, policy, roles: undefined },
      earlier,
      open.filter(same),
    );
    if (retest) return { is: "retest", number: retest.number, of: policy.reseats, by: policy.by };
  } catch (thrown) {
    if (thrown instanceof RigError && thrown.code === "RETEST_REFUSED") {
      return { is: "reject", why: asRigError(thrown).message.replace(/ \[[A-Z_]+\]$/, "") };
    }
    throw thrown;
  }
  return { is: "qa" };
}
