/** A plan with some of its commands changed, wherever they stand: steps, tear-downs, lanes and monitors included. */
import type { Body, Command, Plan } from "./commands.ts";

/** The same plan; `change` sees every command and gives the one to yield instead. */
export function rewritten<R>(body: Body<R>, change: (command: Command) => Command): Body<R> {
  const inside = (command: Command): Command => {
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
function* mapped<R>(plan: Plan<R>, change: (command: Command) => Command): Plan<R> {
  let ended = false;
  try {
    let next = plan.next();
    while (!next.done) {
      let reply: unknown;
      let failure: { readonly error: unknown } | undefined;
      try {
        reply = yield change(next.value);
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
