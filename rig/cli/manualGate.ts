/**
 * A command of the manual panel is judged by admission before the plan gets it: what is forbidden is told to the person with
 * its reason, and nothing is latched, because nothing was asked of the bench. What passes goes through admission again.
 */
import { callOfManual, type ManualBench, parseManual } from "../../procedures/routines/manualCommand.ts";
import type { Bench } from "../model/bench.ts";
import type { Data } from "../model/data.ts";
import type { AskOperator } from "../plan/parts.ts";
import type { SafetyLayer } from "../safety/admission.ts";

/** Forbidden commands after each other; a page that sends more is no person. */
const refusals_max = 500;

export function manualGate(
  bench: Bench,
  manual: ManualBench,
  say: (line: string) => void,
): (ask: AskOperator, safety: Pick<SafetyLayer, "wouldAdmit" | "state">, note: (body: Data) => void) => AskOperator {
  return (ask, safety, note) => async (prompt, signal) => {
    for (let refused = 0; refused < refusals_max; refused += 1) {
      const given = await ask(prompt, signal);
      const why = refusalOf(bench, manual, safety, String(given.answer));
      if (why === undefined) return given;
      say(`      refused: ${why}`);
      const closed = Object.fromEntries(closedNow(bench, manual, safety));
      note({ kind: "manual", command: String(given.answer), done: false, why, by: given.by, closed });
    }
    return { answer: "end", by: "too many refused commands" };
  };
}

function closedNow(
  bench: Bench,
  { roles }: ManualBench,
  safety: Pick<SafetyLayer, "state">,
): ReadonlyMap<string, readonly string[]> {
  const { closed } = safety.state();
  const boards = Object.keys(roles).filter((name) => roles[name] === "matrix");
  return new Map(boards.map((name) => [name, [...closed].filter((id) => bench.relays[id]?.role === name)]));
}

function refusalOf(
  bench: Bench,
  manual: ManualBench,
  safety: Pick<SafetyLayer, "wouldAdmit" | "state">,
  text: string,
): string | undefined {
  const parsed = parseManual(manual, text);
  if ("wrong" in parsed) return parsed.wrong;
  const call = callOfManual(manual, closedNow(bench, manual, safety), parsed.ok);
  if (!call) return undefined;
  const admission = safety.wouldAdmit(call, { monitored: [] });
  return admission.ok ? undefined : `refused by ${admission.rule}: ${admission.why}`;
}
