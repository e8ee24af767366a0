/** A plan with some of its commands changed, wherever they stand: steps, tear-downs, lanes and monitors included. */
import type { Body, Command, Plan } from "./commands.ts";

/** In place of a command: nothing is yielded, and the plan goes on with this reply. */
export interface Answered {
  readonly do: "answered";
  readonly reply: unknown;
}

type Change = (command: Command) => Command | Answered;

/** The same plan; `change` sees every command and gives the one to yield instead, or its answer. */
export function rewritten<R>(body: Body<R>, change: Change): Body<R> {
  const inside: Change = (command) => {
    switch (command.do) {
      case "step": {
        const { tearDown } = command;
        return change({ ...command, body: wrap(command.body), ...(tearDown ? { tearDown: wrap(tearDown) } : {}) });
      }
      case "monitor":
        return change({ ...command, body: wrap(command.body) });
      case "all":
        return change({
          ...command,
          lanes: Object.fromEntries(Object.entries(command.lanes).map(([name, lane]) => [name, wrap(lane)])),
        });
      default:
        return change(command);
    }
  };
  const wrap =
    <T>(inner: Body<T>): Body<T> =>
    () =>
      mapped(inner(), inside);
  return wrap(body);
}

/** Yields what the plan yields, changed; passes replies, errors and the one `return()` on to it. */
function* mapped<R>(plan: Plan<R>, change: Change): Plan<R> {
  let ended = false;
  try {
    let next = plan.next();
    while (!next.done) {
      const instead = change(next.value);
      if (instead.do === "answered") {
        next = plan.next(instead.reply);
        continue;
      }
      let reply: unknown;
      let failure: { readonly error: unknown } | undefined;
      try {
        reply = yield instead;
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
