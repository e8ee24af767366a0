/**
 * A plan whose judgements are seen by another plan: for procedures that use the routines of another one and decide
 * themselves what its judgements mean. Everything else it yields goes on as it is.
 */
import type { Verdict } from "../model/verdict.ts";
import type { Body, Command, JudgeCommand, Plan } from "./commands.ts";

/** Given each judgement before it is made. A verdict is the plan's answer and nothing is judged; undefined: judge it. */
export type Hearing = (command: JudgeCommand) => Verdict | undefined;

/** The body with every judgement heard; steps, monitors, lanes and tear-downs included. */
export function heard<R>(body: Body<R>, hearing: Hearing): Body<R> {
  const wrap =
    <T>(inner: Body<T>): Body<T> =>
    () =>
      listened(inner(), hearing, through);
  const through = (command: Command): Command => {
    switch (command.do) {
      case "step": {
        const { tearDown } = command;
        return { ...command, body: wrap(command.body), ...(tearDown ? { tearDown: wrap(tearDown) } : {}) };
      }
      case "monitor":
        return { ...command, body: wrap(command.body) };
      case "all": {
        const lanes = Object.entries(command.lanes).map(([name, lane]): [string, Body] => [name, wrap(lane)]);
        return { ...command, lanes: Object.fromEntries(lanes) };
      }
      default:
        return command;
    }
  };
  return wrap(body);
}

/** Passes replies, errors and the one `return()` on to the plan. */
function* listened<R>(plan: Plan<R>, hearing: Hearing, through: (command: Command) => Command): Plan<R> {
  let ended = false;
  try {
    let next = plan.next();
    while (!next.done) {
      const command = next.value;
      const answer = command.do === "judge" ? hearing(command) : undefined;
      if (answer !== undefined) {
        next = plan.next(answer);
        continue;
      }
      let reply: unknown;
      let failure: { readonly error: unknown } | undefined;
      try {
        reply = yield through(command);
      } catch (error) {
        failure = { error };
      }
      next = failure ? plan.throw(failure.error) : plan.next(reply);
    }
    ended = true;
    return next.value;
  } finally {
    if (!ended) plan.return(undefined as R);
  }
}
