/** What a run is judged by, with its approval as the ledger has it when the run begins. */
import { openCheckedLedger } from "../ledger/ledger.ts";
import { approvalOf, withApproval } from "../ledger/limitsApproval.ts";
import type { LimitSet } from "../model/limits.ts";
import type { Inputs } from "./inputs.ts";

export const today = (): string => new Date().toISOString().slice(0, 10);

/** @throws RigError STORAGE_FAILED when the ledger cannot be read */
export async function controlled(limits: LimitSet, store: string): Promise<LimitSet> {
  const ledger = await openCheckedLedger(store);
  try {
    return withApproval(limits, approvalOf(ledger, limits, today()));
  } finally {
    ledger.close();
  }
}

export async function underApproval(inputs: Inputs, store: string): Promise<Inputs> {
  return withLimits(inputs, await controlled(inputs.limits, store));
}

/** A resumed run goes on as it was begun, whatever was approved or withdrawn meanwhile. */
export function asBegun(inputs: Inputs, begun: LimitSet): Inputs {
  return begun.approval === undefined ? inputs : withLimits(inputs, withApproval(inputs.limits, begun.approval));
}

/** What a new run is judged by when nobody looked its limits up: not approved, and the record says so. */
export const explicitly = (inputs: Inputs): Inputs =>
  inputs.limits.approval === undefined
    ? withLimits(inputs, withApproval(inputs.limits, { state: "unapproved", by: [], note: "the ledger was not asked" }))
    : inputs;

const withLimits = (inputs: Inputs, limits: LimitSet): Inputs => ({
  ...inputs,
  limits,
  context: { ...inputs.context, limits },
});

/** One line: which limits, and what a pass by them is worth. */
export function limitsLine({ id, revision, hash, approval }: LimitSet): string {
  const name = `Limits ${id} ${revision} (${hash.slice(0, 12)})`;
  if (approval === undefined) return `${name}: approvals were not looked up`;
  const { state, by, note } = approval;
  if (state === "approved") return `${name}: approved by ${by.join(" and ")}${note === "" ? "" : `, ${note}`}`;
  return `${name}: not approved (${note}): a pass is a screening at best`;
}
