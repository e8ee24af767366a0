/**
 * Forces one thing to go wrong in a dry run: a judgement, a call or a person's answer. Everything else is as it will be
 * on the bench: the same plan, engine, admission and safe-off.
 */
import type { Effect, Instrument, Io, OpRule } from "../kinds/kinds.ts";
import { ops } from "../kinds/kinds.ts";
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import type { Limit, LimitSet } from "../model/limits.ts";
import { invalid, type Reading, reading } from "../model/reading.ts";
import type { Body, Prompt } from "../plan/commands.ts";
import type { AskOperator } from "../plan/parts.ts";
import { rewritten } from "../plan/rewrite.ts";

/** The n-th call of this op of this role in a run, from 1. */
export interface CallSite {
  readonly role: string;
  readonly op: string;
  readonly nth: number;
}

export type Forced =
  | { readonly what: "judgement"; readonly id: string; readonly limit: string }
  /** `answer-lost`: the call acts, its answer does not come. `device-lost`: gone before the call acts, for good. */
  | ({ readonly what: "call"; readonly how: "answer-lost" | "device-lost" } & CallSite)
  /** `refused`: the person says no. `not-done`: the person confirms and has done nothing. Else the answer itself. */
  | { readonly what: "prompt"; readonly id: string; readonly how: "refused" | "not-done" | { readonly answer: Data } };

/** A value that breaches the row; a row without bounds gets a reading without a value. */
export function breaching(limit: Limit | undefined, as: Reading): Reading {
  const origin = { raw: "forced by the preflight", t_s: as.t_s };
  const { max, min } = limit ?? {};
  if (max !== undefined) return reading(as.unit, max + Math.abs(max) + 1, 0, origin);
  if (min !== undefined) return reading(as.unit, min - Math.abs(min) - 1, 0, origin);
  return invalid(as.unit, "forced", origin);
}

/** The plan with every judgement of this id failing; steps, lanes and tear-downs included. */
export const forceJudgement = (body: Body<void>, id: string, limits: LimitSet): Body<void> =>
  rewritten(body, (command) => {
    if (command.do !== "judge" || (command.about.id ?? command.limit) !== id) return command;
    return { ...command, reading: breaching(limits.rows[command.limit], command.reading) };
  });

export interface TappedCall extends CallSite {
  readonly effect: Effect;
  readonly args: unknown;
}

export type Fate = "go" | "answer-lost" | "device-lost";

/** The instruments with every call looked at first. `lost` is told the role whose device has gone. */
export function tapInstruments(
  instruments: Readonly<Record<string, Instrument>>,
  fate: (call: TappedCall) => Fate,
  lost: (error: RigError) => void,
): Readonly<Record<string, Instrument>> {
  const counts = new Map<string, number>();
  const tapped = Object.entries(instruments).map(([role, instrument]): [string, Instrument] => {
    const rules = ops[instrument.kind] as Readonly<Record<string, OpRule<unknown>>>;
    const inner = instrument.call as Readonly<Record<string, (args: unknown, io: Io) => Promise<unknown>>>;
    const call = Object.fromEntries(
      Object.entries(inner).map(([op, operation]) => [
        op,
        async (args: unknown, io: Io): Promise<unknown> => {
          const key = `${role}.${op}`;
          const nth = (counts.get(key) ?? 0) + 1;
          counts.set(key, nth);
          const is = fate({ role, op, nth, args, effect: rules[op]?.effect(args) ?? "read" });
          if (is === "device-lost") {
            const error = new RigError("PORT_LOST", `${role} is gone (forced by the preflight at ${key})`, { role });
            instrument.fence(error.message);
            lost(error);
            throw error;
          }
          const reply = await operation(args, io);
          if (is === "go") return reply;
          throw new RigError("INSTRUMENT_TIMEOUT", `${key} does not answer (forced by the preflight)`, { role });
        },
      ]),
    );
    return [role, { ...instrument, call: call as unknown as Instrument["call"] }];
  });
  return Object.fromEntries(tapped);
}

/** The operator with another answer to one prompt. */
export function forceAnswer(ask: AskOperator, forced: Forced & { readonly what: "prompt" }): AskOperator {
  return async (prompt, signal) => {
    if (prompt.id !== forced.id) return ask(prompt, signal);
    if (forced.how === "refused")
      throw new RigError("ABORTED", "the operator stopped the run (forced by the preflight)");
    if (forced.how !== "not-done") return { answer: forced.how.answer, by: "preflight" };
    const { action: _, ...idle } = prompt;
    return ask(idle as Prompt, signal);
  };
}

/** Every way a person may answer, other than the nominal one. */
export function answersOf(prompt: Prompt): readonly (Forced & { readonly what: "prompt" })[] {
  const what = "prompt" as const;
  const { id } = prompt;
  const undone = prompt.action === undefined ? [] : [{ what, id, how: "not-done" as const }];
  const answers = (values: readonly Data[]) => values.map((answer) => ({ what, id, how: { answer } }));
  switch (prompt.kind) {
    case "confirm":
      return [{ what, id, how: "refused" }, ...undone];
    case "choice":
      return [...answers(prompt.choices.slice(1)), ...undone];
    case "number":
      return [...answers([prompt.max]), ...undone];
    case "text":
      return [...answers(["x".repeat(prompt.longest)]), ...undone];
  }
}

export function describeForced(forced: Forced): string {
  switch (forced.what) {
    case "judgement":
      return `${forced.id} fails`;
    case "call":
      return `${forced.role}.${forced.op} (call ${forced.nth}): ${forced.how === "answer-lost" ? "no answer" : "device lost"}`;
    case "prompt":
      return `${forced.id}: ${typeof forced.how === "string" ? forced.how : `answer ${JSON.stringify(forced.how.answer)}`}`;
  }
}
