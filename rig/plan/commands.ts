/**
 * What a procedure yields. A plan is a generator that performs no I/O: one engine interprets its commands, so the same
 * plan runs on a bench, on a twin, in a preflight and again from its record.
 */
import type { Args, Kind, OpName } from "../kinds/kinds.ts";
import type { Data } from "../model/data.ts";
import type { Reading } from "../model/reading.ts";
import type { About } from "../model/verdict.ts";

export type Plan<R> = Generator<Command, R, unknown>;
/** A factory: retry, replay and tear-down need a fresh generator. */
export type Body<R = unknown> = () => Plan<R>;

/** One instrument call: what is admitted, journalled, preflighted and replayed. */
export type Call = {
  [K in Kind]: {
    [O in OpName<K>]: {
      readonly do: "call";
      readonly role: string;
      readonly kind: K;
      readonly op: O;
      readonly args: Args<K, O>;
    };
  }[OpName<K>];
}[Kind];

/** A question to the person at the bench, as data: console, page and tests answer the same thing. */
export type Prompt = {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Wall time after which the run ends with PROMPT_TIMEOUT, unless there is a default. */
  readonly timeout_s: number;
  /** What an operator's action changes at the bench, so that a simulated operator can do it. */
  readonly action?: Data;
} & (
  | { readonly kind: "confirm"; readonly otherwise?: boolean }
  | { readonly kind: "choice"; readonly choices: readonly string[]; readonly otherwise?: string }
  | { readonly kind: "text"; readonly longest: number; readonly otherwise?: string }
  | {
      readonly kind: "number";
      readonly unit: string;
      readonly min: number;
      readonly max: number;
      readonly otherwise?: number;
      /** What a simulated operator answers; else `min`. */
      readonly example?: number;
    }
);

export interface StepCommand {
  readonly do: "step";
  readonly name: string;
  readonly body: Body;
  /** Runs after the body however it ended, as a fresh plan with a deadline of its own. */
  readonly tearDown?: Body;
  /** Bench time the body may take at most. */
  readonly deadline_s: number;
  /** Bench time it is declared to take; progress and time left are made of these. */
  readonly takes_s: number;
  /** How often the body is tried when communication or measuring fails; judgements are never retried. */
  readonly attempts: number;
  /** A person may pause the run before it: waiting there changes nothing of what is measured. Outermost steps only. */
  readonly pause?: true;
}

export interface MonitorCommand {
  readonly do: "monitor";
  /** Series are called `<name>/<channel name>`. */
  readonly name: string;
  readonly call: Call;
  readonly every_s: number;
  /** Reply key (channel number as text) to series name. */
  readonly series: Readonly<Record<string, string>>;
  readonly body: Body;
}

export interface JudgeCommand {
  readonly do: "judge";
  readonly limit: string;
  readonly reading: Reading;
  readonly about: About;
}

export type Command =
  | Call
  | { readonly do: "wait"; readonly for_s: number }
  | { readonly do: "now" }
  | { readonly do: "checkpoint"; readonly id: string }
  | { readonly do: "ask"; readonly prompt: Prompt }
  | JudgeCommand
  | StepCommand
  | { readonly do: "all"; readonly lanes: Readonly<Record<string, Body>> }
  | MonitorCommand
  /** Samples of a series of this run from index `from` on. */
  | { readonly do: "points"; readonly series: string; readonly from: number }
  /** Facts for the record that are neither reading nor judgement. */
  | { readonly do: "note"; readonly body: { readonly kind: string } & { readonly [k: string]: Data } };

/** Times and values of a series, as far as it has got. */
export interface Points {
  readonly t_s: Float64Array;
  readonly values: Float64Array;
  /** Index to ask from next time. */
  readonly next: number;
}
