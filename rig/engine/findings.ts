/** All judgements of a run and what follows from them: verdict, ending, first cause, what is missing. E1. */
import type { RigError } from "../model/errors.ts";
import type { Ending, Measurement, Outcome, Verdict } from "../model/verdict.ts";
import { isPass, worst } from "../model/verdict.ts";

export interface Conclusion extends Outcome {
  /** Planned judgements that were not made; blocked by a fail, or a fault of the rig. */
  readonly missing: readonly string[];
  readonly error?: RigError;
}

export class Findings {
  private verdict: Verdict = "not-judged";
  private firstBad: Measurement | undefined;
  private readonly made = new Set<string>();

  add(measurement: Measurement): void {
    this.made.add(measurement.id);
    if (measurement.subject === "rig") return;
    const before = this.verdict;
    this.verdict = worst(this.verdict, measurement.verdict);
    if (!isPass(this.verdict) && this.verdict !== before) this.firstBad = measurement;
  }

  /** A judgement that is made again: it does not count as made, but what it said is not lowered. */
  recall(measurement: Measurement): void {
    this.add(measurement);
    this.made.delete(measurement.id);
  }

  /** `judges` false: of a plan that says nothing of any adapter, whatever tripped. */
  conclude(error: RigError | undefined, planned: readonly string[], judges = true): Conclusion {
    if (!judges) {
      const cause = error && { firstCause: `${plain(error.message)}. ${error.remedy}`, error };
      return { verdict: "not-judged", ending: error ? endingOf(error) : "completed", missing: [], ...cause };
    }
    const missing = planned.filter((id) => !this.made.has(id));
    let verdict = this.verdict;
    let ending: Ending = "completed";
    let firstCause: string | undefined = this.firstBad ? describe(this.firstBad) : undefined;
    if (error) {
      ending = endingOf(error);
      // An absolute limit crossed by the adapter is a fail, whatever had been judged by then.
      if (error.facts["subject"] === "adapter") verdict = "fail";
      if (verdict !== "fail") firstCause = `${plain(error.message)}. ${error.remedy}`;
      else firstCause ??= plain(error.message);
    } else if (missing.length > 0 && !isBad(verdict)) {
      ending = "rig-error";
      firstCause = `${missing.length} planned judgements were not made, the first is ${missing[0]}`;
    } else if (verdict === "not-judged") {
      ending = "rig-error";
      firstCause = "the procedure judged nothing";
    }
    if (ending !== "completed" && isPass(verdict)) verdict = "not-judged";
    return { verdict, ending, missing, ...(firstCause ? { firstCause } : {}), ...(error ? { error } : {}) };
  }
}

/** What may end a plan early: the judgements that are missing then are blocked by it. */
const isBad = (verdict: Verdict): boolean =>
  verdict === "fail" || verdict === "fail-conditional" || verdict === "inconclusive";

const describe = (m: Measurement): string =>
  m.meaning ?? `${m.id} is ${m.verdict}${m.contacts.length ? ` at ${m.contacts.join(", ")}` : ""}`;

/** Message without the code in brackets at its end. */
const plain = (message: string): string => message.replace(/ \[[A-Z_]+\]$/, "");

function endingOf(error: RigError): Ending {
  if (error.code === "ABORTED" || error.code === "PROMPT_TIMEOUT") return "stopped";
  if (error.code === "TRIPPED" || error.code === "INTERLOCK_OPEN") return "aborted";
  return "rig-error";
}
