/** A lane is one line of work of a plan; the accounting tells the clock when every lane waits. */
import type { Clock } from "../model/clock.ts";

export interface Lane {
  readonly name: string;
  readonly attempt: number;
  /** Aborted when this lane has to end, with the RigError that says why. */
  readonly signal: AbortSignal;
  /** Names of the open steps, outermost first. */
  readonly path: readonly string[];
  /** Tear-down during an abort: only `read` and `lower` calls are accepted. */
  readonly lowerOnly: boolean;
}

/** Counts lanes that work. At zero all wait, and a jumping clock may move on. */
export class Busy {
  private working = 0;
  private looking = false;
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  begin(): void {
    this.working += 1;
  }

  /** The check is put off by a turn of the event loop: a lane that was just woken counts as working again by then. */
  end(): void {
    this.working -= 1;
    if (this.working > 0 || this.looking) return;
    this.looking = true;
    setImmediate(() => {
      this.looking = false;
      if (this.working === 0) this.clock.allWaiting();
    });
  }

  /** Runs a wait during which this lane does not count as working. */
  async idle<T>(wait: () => Promise<T>): Promise<T> {
    const done = wait();
    this.end();
    try {
      return await done;
    } finally {
      this.begin();
    }
  }
}

/** A controller that follows a parent signal; `release` detaches it, so that long runs collect no listeners. */
export function follow(parent: AbortSignal): { controller: AbortController; release: () => void } {
  const controller = new AbortController();
  const pass = () => controller.abort(parent.reason);
  if (parent.aborted) pass();
  else parent.addEventListener("abort", pass, { once: true });
  return { controller, release: () => parent.removeEventListener("abort", pass) };
}
