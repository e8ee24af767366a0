/** Bench time as it passes (real), as it is jumped to (virtual, stepped). Wall time is always the monotonic clock. */
import type { Clock } from "../model/clock.ts";

const wall_ms = () => performance.now();

/** Bench time is wall time times `speed`, from `from_s` on. */
export function realClock(speed = 1, from_s = 0): Clock {
  const start_ms = wall_ms();
  const bench_s = () => from_s + ((wall_ms() - start_ms) / 1000) * speed;
  return {
    bench_s,
    wall_ms,
    sleep: (for_s, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const stop = () => {
          clearTimeout(timer);
          reject(signal.reason);
        };
        const timer = setTimeout(
          () => {
            signal.removeEventListener("abort", stop);
            resolve();
          },
          Math.max(0, (for_s * 1000) / speed),
        );
        signal.addEventListener("abort", stop, { once: true });
      }),
    allWaiting: () => undefined,
  };
}

interface Sleeper {
  readonly due_s: number;
  readonly wake: () => void;
  readonly fail: (why: unknown) => void;
}

export interface JumpingClock extends Clock {
  /** Rejections of `advance`: the twin cannot follow, so the run must end. */
  readonly failed: AbortSignal;
}

/**
 * Bench time stands still while anything works and jumps to the next due time when every lane waits. `advance` moves
 * the world along: a call for kind twins, a request on the control socket for device twins.
 */
export function jumpingClock(advance: (to_s: number) => void | Promise<void>, from_s = 0): JumpingClock {
  let now_s = from_s;
  let jumping = false;
  const sleepers: Sleeper[] = [];
  const failure = new AbortController();

  const wakeDue = () => {
    while (sleepers[0] && sleepers[0].due_s <= now_s + 1e-9) sleepers.shift()?.wake();
  };
  const jump = async () => {
    const next = sleepers[0];
    if (!next || jumping) return;
    jumping = true;
    try {
      await advance(next.due_s);
      now_s = Math.max(now_s, next.due_s);
    } catch (error) {
      failure.abort(error);
      // Time has ended: whoever waits for it, a tear-down too, must hear so and not wait for ever.
      for (const sleeper of sleepers.splice(0)) sleeper.fail(error);
    } finally {
      jumping = false;
    }
    if (!failure.signal.aborted) wakeDue();
  };

  return {
    failed: failure.signal,
    bench_s: () => now_s,
    wall_ms,
    sleep: (for_s, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (failure.signal.aborted) return reject(failure.signal.reason);
        const stop = () => {
          const at = sleepers.indexOf(sleeper);
          if (at >= 0) sleepers.splice(at, 1);
          reject(signal.reason);
        };
        const sleeper: Sleeper = {
          due_s: now_s + Math.max(0, for_s),
          wake: () => {
            signal.removeEventListener("abort", stop);
            resolve();
          },
          fail: (why) => {
            signal.removeEventListener("abort", stop);
            reject(why);
          },
        };
        signal.addEventListener("abort", stop, { once: true });
        const at = sleepers.findIndex((other) => other.due_s > sleeper.due_s);
        sleepers.splice(at < 0 ? sleepers.length : at, 0, sleeper);
      }),
    allWaiting: () => void jump(),
  };
}
