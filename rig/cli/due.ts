/**
 * Whether a bench may run an adapter now: not locked, its artefact checks done in time. What is overdue refuses the run
 * unless the bench file names who accepts it; that, and a thermocouple walk that is missing, is printed in the record
 * and leaves at best a conditional pass.
 */
import type { Bench } from "../model/bench.ts";
import { type CheckId, type CheckRule, checkIds, defaultChecks } from "../model/declared.ts";
import { RigError } from "../model/errors.ts";
import type { LimitSet } from "../model/limits.ts";
import type { CheckHistory, CheckRun } from "../store/checks.ts";
import type { Waiver } from "../store/types.ts";

export const ruleOf = (bench: Bench, id: CheckId): CheckRule => bench.checks?.[id] ?? defaultChecks[id];

export interface Overdue {
  readonly id: CheckId;
  readonly what: string;
}

/** A right answer that still holds at `now_ms`; one from the future does not, because a clock was set. */
const holds = (check: CheckRun, every_s: number, now_ms: number): boolean => {
  const age_ms = now_ms - Date.parse(check.ended);
  return age_ms >= 0 && age_ms <= every_s * 1000;
};

/** The last answer of a check, of one artefact where it is named: a wrong one ends what the right ones before it proved. */
const lastAnswer = (history: CheckHistory, id: CheckId, artefact?: string): CheckRun | undefined =>
  history.checks
    .filter((c) => c.procedure === id && c.answer !== "none" && (artefact === undefined || c.artefact === artefact))
    .sort((a, b) => b.run - a.run)[0];

/** What of this check is overdue on this bench. */
export function overdue(bench: Bench, history: CheckHistory, id: CheckId, now_ms: number): readonly Overdue[] {
  const { every_s, artefacts } = ruleOf(bench, id);
  const asked: readonly (string | undefined)[] = artefacts.length === 0 ? [undefined] : artefacts;
  return asked.flatMap((artefact) => {
    const last = lastAnswer(history, id, artefact);
    if (last?.answer === "right" && holds(last, every_s, now_ms)) return [];
    const with_ = artefact === undefined ? "" : ` with ${artefact}`;
    const at = last && `${last.id} on ${last.ended.slice(0, 16)}Z`;
    const when =
      last === undefined
        ? "none was ever done rightly"
        : last.answer === "right"
          ? `the last right one was ${at}`
          : `the last answer was wrong, ${at}: ${last.says}`;
    return [{ id, what: `${id}${with_} is due every ${every_s / 3600} h, ${when}` }];
  });
}

/** A document that limits a temperature, or what happens at one, asks for a walk of the thermocouples. */
export const judgesTemperature = (limits: LimitSet): boolean =>
  Object.keys(limits.rows).some((row) => /^(th|tp)\./.test(row));

/** The valid walk's run, or undefined. */
export function validWalk(bench: Bench, history: CheckHistory, now_ms: number): CheckRun | undefined {
  const last = lastAnswer(history, "thermocouple-walk");
  if (last?.answer !== "right") return undefined;
  return holds(last, ruleOf(bench, "thermocouple-walk").every_s, now_ms) ? last : undefined;
}

/** Waivers of this run; those whose id begins with `condition:` leave at best a conditional pass. */
export function dueChecks(
  bench: Bench,
  history: CheckHistory,
  limits: LimitSet,
  now_ms: number,
): { readonly waivers: readonly Waiver[]; readonly refused?: RigError } {
  const waivers: Waiver[] = [];
  for (const id of checkIds) {
    if (id === "thermocouple-walk" && !judgesTemperature(limits)) continue;
    const [first, ...more] = overdue(bench, history, id, now_ms);
    if (!first) continue;
    const text = `${first.what}${more.length > 0 ? ` (and ${more.length} more)` : ""}`;
    if (history.simulated && ruleOf(bench, id).simulated === "waived") {
      waivers.push({ id: `check.${id}`, text: `${text}: the bench is simulated`, by: "twin" });
      continue;
    }
    const accepted = bench.waivers.find((w) => w.id === `check.${id}`);
    if (accepted) waivers.push({ id: `condition:${id}`, text: `${text}: ${accepted.why}`, by: accepted.by });
    else if (id === "thermocouple-walk") {
      waivers.push({ id: `condition:${id}`, text: `${text}: the temperatures are conditional`, by: "nobody" });
    } else {
      const by = `waiver check.${id} in ${bench.file} would name who accepts it`;
      return { waivers, refused: new RigError("CHECK_OVERDUE", `${text}; ${by}`, { check: id }) };
    }
  }
  return { waivers };
}
