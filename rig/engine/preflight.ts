/**
 * Preflight (S12): which paths of a procedure are tried, and what is found on them. The nominal path once; then every
 * judgement failing, every call failing in two ways and every answer of a person, each on its own, chosen by step and
 * not by occurrence. It proves nothing about other paths: admission at run time is the guarantee.
 */
import type { LimitSet } from "../model/limits.ts";
import type { Measurement, Outcome } from "../model/verdict.ts";
import { isPass } from "../model/verdict.ts";
import type { Prompt } from "../plan/commands.ts";
import type { CallSite, Forced, TappedCall } from "./preflightForce.ts";
import { answersOf, describeForced } from "./preflightForce.ts";

/** A call of the nominal path as the taps saw it. */
export interface SeenCall extends TappedCall {
  /** Names of the open steps joined by " / ". */
  readonly step: string;
  /** Ground truth when the call was made. */
  readonly source_A: number;
}

export interface StepFacts {
  readonly step: string;
  readonly duration_s: number;
  /** Roles that were asked to add energy, with the largest set-points asked of them. */
  readonly energised: readonly { readonly role: string; readonly A?: number; readonly V?: number }[];
  /** Ground truth at the source's terminals. */
  readonly max_A: number;
  readonly max_V: number;
  readonly energy_J: number;
  /** Terminals of the nest that closed power contactors joined to the source while it gave current: `evse.DC+`. */
  readonly terminals: readonly string[];
}

export interface Refused {
  readonly call: string;
  readonly rule: string;
  readonly why: string;
}

/** What one path left behind. */
export interface PathResult extends Outcome {
  /** Full paths of the steps entered. */
  readonly steps: readonly string[];
  readonly refused: readonly Refused[];
  /** Code of the error that ended it, if one did. */
  readonly code?: string;
  /** What still holds or could hold energy after the safe-off, in words; empty when nothing does. */
  readonly live: readonly string[];
  /** How it was followed: to its end; until it was back on the nominal path; or only compared, asking the same calls. */
  readonly followed: "to-end" | "rejoined" | "same-calls";
  /** False when what was to be forced did not come up. */
  readonly met: boolean;
}

export interface Finding {
  /** What was forced. */
  readonly path: string;
  readonly what: string;
}

export interface Explored {
  readonly paths: number;
  readonly judgements: number;
  readonly calls: number;
  readonly answers: number;
  /** Judgements, calls and answers that share step and name with one tried: not tried. */
  readonly skipped: number;
  readonly findings: readonly Finding[];
  readonly steps: readonly string[];
}

/** Current from which a call counts as made under power, A. */
const power_A = 1;
/** Answers tried at most. */
const answers_max = 60;

/** Distinct judgements by step and limit. */
export function judgementsToForce(measurements: readonly Measurement[]): readonly Forced[] {
  const first = new Map<string, Forced>();
  for (const { step, limit, id } of measurements) {
    const key = `${step}\n${limit}`;
    if (!first.has(key)) first.set(key, { what: "judgement", id, limit });
  }
  return [...first.values()];
}

/** Distinct calls by step, role, op and effect: the first of each, and the first at the highest current it is made at. */
export function callsToForce(seen: readonly SeenCall[]): readonly Forced[] {
  const groups = new Map<string, SeenCall[]>();
  for (const call of seen) {
    const key = `${call.step}\n${call.role}.${call.op}\n${call.effect}`;
    const group = groups.get(key);
    if (group) group.push(call);
    else groups.set(key, [call]);
  }
  const sites: CallSite[] = [];
  for (const group of groups.values()) {
    const [first] = group;
    const most_A = Math.max(...group.map(({ source_A }) => source_A));
    const highest = most_A > power_A ? group.find(({ source_A }) => source_A >= 0.99 * most_A) : undefined;
    if (first) sites.push(first);
    if (highest && highest !== first) sites.push(highest);
  }
  return sites.flatMap(({ role, op, nth }): readonly Forced[] => [
    { what: "call", how: "answer-lost", role, op, nth },
    { what: "call", how: "device-lost", role, op, nth },
  ]);
}

export const answersToForce = (prompts: readonly Prompt[]): readonly Forced[] =>
  [...new Map(prompts.map((prompt) => [prompt.id, prompt])).values()].flatMap(answersOf).slice(0, answers_max);

/** Errors that only a wrong procedure or bench file gives, whatever goes wrong at the bench. */
const wrong = new Set(["PLAN_INVALID", "SETPOINT_OUT_OF_RANGE", "ROLE_MISSING", "PATH_REFUSED", "REPLAY_DIVERGED"]);

/** What speaks against the procedure on a path; `forced` is absent on the nominal one. */
export function findingsOf(result: PathResult, forced?: Forced): readonly Finding[] {
  const path = forced ? describeForced(forced) : "nominal path";
  const found: string[] = [];
  if (!forced && (result.ending !== "completed" || !isPass(result.verdict))) {
    found.push(`a nominal adapter does not pass: ${result.firstCause ?? result.verdict}`);
  }
  // An open interlock is for the person at the bench; that it refuses is what it is for.
  for (const { call, rule, why } of result.refused) {
    if (rule !== "latched" && !rule.startsWith("interlock")) found.push(`${call} refused by ${rule}: ${why}`);
  }
  if (result.code && wrong.has(result.code)) found.push(`${result.firstCause ?? "ended"} [${result.code}]`);
  if (forced?.what === "judgement" && result.met && result.ending === "completed" && isPass(result.verdict)) {
    found.push(`the run passes although ${forced.id} failed`);
  }
  if (forced && forced.what !== "prompt" && !result.met) found.push("the forced point was not reached again");
  for (const what of result.live) found.push(`after the safe-off: ${what}`);
  return found.map((what) => ({ path, what }));
}

export interface Exploration {
  readonly limits: LimitSet;
  readonly measurements: readonly Measurement[];
  readonly calls: readonly SeenCall[];
  readonly prompts: readonly Prompt[];
}

export interface Planned {
  readonly forced: readonly Forced[];
  readonly skipped: number;
}

/** `cheap`: judgements and answers only; every call besides. */
export function pathsToTry(nominal: Exploration, set: "cheap" | "all"): Planned {
  const judgements = judgementsToForce(nominal.measurements);
  const calls = callsToForce(nominal.calls);
  const answers = answersToForce(nominal.prompts);
  const forced = [...judgements, ...answers, ...(set === "all" ? calls : [])];
  const skippedCalls = set === "all" ? nominal.calls.length - calls.length / 2 : nominal.calls.length;
  return { forced, skipped: nominal.measurements.length - judgements.length + skippedCalls };
}

export function summarise(
  nominal: PathResult,
  tried: readonly { readonly forced: Forced; readonly result: PathResult }[],
  skipped: number,
): Explored {
  const count = (what: Forced["what"]) => tried.filter(({ forced }) => forced.what === what).length;
  return {
    paths: 1 + tried.length,
    judgements: count("judgement"),
    calls: count("call"),
    answers: count("prompt"),
    skipped,
    findings: [...findingsOf(nominal), ...tried.flatMap(({ forced, result }) => findingsOf(result, forced))],
    steps: [...new Set([nominal, ...tried.map(({ result }) => result)].flatMap(({ steps }) => steps))],
  };
}
