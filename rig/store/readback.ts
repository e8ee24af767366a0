/** The last gate before an outcome is written: what is stored must be what was appended, and allow the verdict (E1). */
import { isPass, type Measurement, type Outcome } from "../model/verdict.ts";
import type { FromWorker } from "./messages.ts";

export interface Appended {
  readonly events: number;
  /** Canonical texts of the `judged` events, in order. */
  readonly judged: readonly string[];
}

/** Once a fail of the adapter is stored nothing lowers it. */
function isFail(text: string): boolean {
  const { body } = JSON.parse(text) as { readonly body?: Partial<Measurement> | null };
  return body?.verdict === "fail" && body.subject !== "rig";
}

/** Why the outcome must not be written, in words; "" when it may be. */
export function faultOfReadBack(
  appended: Appended,
  stored: FromWorker & { readonly is: "verified" },
  outcome: Outcome,
): string {
  if (stored.fault !== "") return stored.fault;
  if (stored.events !== appended.events) return `${stored.events} events instead of ${appended.events}`;
  const same =
    stored.judged.length === appended.judged.length && stored.judged.every((text, i) => text === appended.judged[i]);
  if (!same) return "the judgements differ";
  if (isPass(outcome.verdict) && stored.judged.length === 0) return "no judgement, yet a pass";
  const isHidden = outcome.verdict !== "fail" && stored.judged.some(isFail);
  return isHidden ? `a fail is stored, yet the verdict is ${outcome.verdict}` : "";
}
