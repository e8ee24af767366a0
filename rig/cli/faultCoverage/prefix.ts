/**
 * What a procedure does before the adapter is fitted cannot depend on the adapter: it is done once for each virtual bench
 * and fed back to the plan for the other units of that bench.
 */
import type { Leaf } from "../../engine/performer.ts";
import { RigError } from "../../model/errors.ts";

interface Answered {
  readonly does: string;
  readonly reply: unknown;
}

const acts = (command: Leaf, what: string): boolean =>
  command.do === "ask" && (command.prompt.action as { readonly do?: unknown } | undefined)?.do === what;

export const fitsAdapter = (command: Leaf): boolean => acts(command, "fit");
/** The one thing in a prefix that each unit's own world must be told: which half lies in the nest. */
export const changesHalf = (command: Leaf): boolean => acts(command, "half");

const nameOf = (command: Leaf): string =>
  command.do === "call"
    ? `${command.role}.${command.op}`
    : command.do === "ask"
      ? `ask ${command.prompt.id}`
      : command.do;

/** Recorded once, read by many. */
export class Prefix {
  readonly #answers: Answered[] = [];
  /** Bench time at its end, s; undefined while it is not whole. */
  end_s: number | undefined;
  /** Something in it cannot be fed back. */
  spoilt = false;

  record(command: Leaf, reply: unknown): void {
    this.#answers.push({ does: nameOf(command), reply });
  }

  get length(): number {
    return this.#answers.length;
  }

  /** The answer to the n-th command. Errors: PLAN_INVALID when the plan asks for something else this time. */
  answer(n: number, command: Leaf): unknown {
    const found = this.#answers[n];
    if (found?.does === nameOf(command)) return found.reply;
    throw new RigError(
      "PLAN_INVALID",
      `before the adapter is fitted the plan asks for ${nameOf(command)}, and asked for ${found?.does} before`,
    );
  }
}
