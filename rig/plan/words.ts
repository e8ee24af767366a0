/** The words procedures are written in. Each is a generator used with `yield*`; nothing else yields in procedures/. */
import type { Args, Kind, OpName, Reply } from "../kinds/kinds.ts";
import type { Data } from "../model/data.ts";
import type { Reading } from "../model/reading.ts";
import type { About, Verdict } from "../model/verdict.ts";
import type { Body, Call, Command, Plan, Points, Prompt } from "./commands.ts";

export interface Role<K extends Kind> {
  readonly name: string;
  readonly kind: K;
}

export const role = <K extends Kind>(name: string, kind: K): Role<K> => ({ name, kind });

/** The engine answers each command with the reply its type promises; this is the one place that says so. */
function* put<R>(command: Command): Plan<R> {
  return (yield command) as R;
}

export const callOf = <K extends Kind, O extends OpName<K>>(to: Role<K>, op: O, args: Args<K, O>): Call =>
  ({ do: "call", role: to.name, kind: to.kind, op, args }) as unknown as Call;

/** Asks one instrument for one thing. */
export const call = <K extends Kind, O extends OpName<K>>(to: Role<K>, op: O, args: Args<K, O>): Plan<Reply<K, O>> =>
  put<Reply<K, O>>(callOf(to, op, args));

/** A call that was made before, from data or for a monitor. */
export const issue = (made: Call): Plan<Data> => put<Data>(made);

export interface StepOptions {
  readonly deadline_s: number;
  readonly takes_s: number;
  readonly tearDown?: Body;
  readonly attempts?: number;
  /** See StepCommand.pause: everything is off before it, and nothing that it measures cools, drifts or is half done. */
  readonly pause?: true;
}

/** A named part of the procedure with a deadline and, where something must be undone, a tear-down. */
export const step = <R>(name: string, body: Body<R>, options: StepOptions): Plan<R> =>
  put<R>({
    do: "step",
    name,
    body,
    deadline_s: options.deadline_s,
    takes_s: options.takes_s,
    attempts: options.attempts ?? 1,
    ...(options.tearDown ? { tearDown: options.tearDown } : {}),
    ...(options.pause ? { pause: true } : {}),
  });

/** Runs lanes beside each other; the first that fails ends its siblings. */
export const all = <L extends Readonly<Record<string, Body>>>(
  lanes: L,
): Plan<{ [N in keyof L]: L[N] extends Body<infer R> ? R : never }> => put({ do: "all", lanes });

/** Judges a reading by a row of the limits document. A breach of a `rig` row ends the run as a rig error. */
export const judge = (limit: string, reading: Reading, about: About = {}): Plan<Verdict> =>
  put<Verdict>({ do: "judge", limit, reading, about });

/** Repeats a read call beside the body; replies go to series and to the safety layer. */
export const monitor = <R>(
  watch: {
    readonly name: string;
    readonly call: Call;
    readonly every_s: number;
    readonly series: Record<string, string>;
  },
  body: Body<R>,
): Plan<R> => put<R>({ do: "monitor", ...watch, body });

export const ask = (prompt: Prompt): Plan<Data> => put<Data>({ do: "ask", prompt });
export const now = (): Plan<number> => put<number>({ do: "now" });
export const wait = (for_s: number): Plan<void> => put<void>({ do: "wait", for_s });
export const checkpoint = (id: string): Plan<void> => put<void>({ do: "checkpoint", id });
export const points = (series: string, from = 0): Plan<Points> => put<Points>({ do: "points", series, from });
export const note = (body: { readonly kind: string } & { readonly [k: string]: Data }): Plan<void> =>
  put<void>({ do: "note", body });
