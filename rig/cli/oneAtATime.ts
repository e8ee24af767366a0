/** Work in processes of its own, one after the other and few waiting: the machine has a run to watch. */
import { RigError } from "../model/errors.ts";

/** `what`: in the plural, for whoever asks for too many. @throws RigError USAGE when `most` are asked for already */
export function oneAtATime(what: string, most: number): <R>(work: () => Promise<R>) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (work) => {
    if (waiting >= most) throw new RigError("USAGE", `too many ${what} are being made: try again in a minute`);
    waiting += 1;
    const mine = last.then(work);
    last = mine
      .catch(() => undefined)
      .finally(() => {
        waiting -= 1;
      });
    return mine;
  };
}
