/** Waits of drivers: on the monotonic wall clock, each with a signal and a deadline. */
import { RigError } from "../rig/model/errors.ts";
import type { Wait } from "./port/link.ts";

/** Time allowed for opening an instrument, where the caller gives only a signal. */
const OPEN_ms = 10_000;

export const openWait = (signal: AbortSignal, for_ms = OPEN_ms): Wait => ({
  signal,
  deadline_wall_ms: performance.now() + for_ms,
});

/**
 * At least `for_ms` of wall time. Rejects with the signal's reason when aborted, and at once when the deadline would
 * pass meanwhile. @throws RigError INSTRUMENT_TIMEOUT
 */
export function pause(for_ms: number, why: string, io: Wait): Promise<void> {
  return new Promise((resolve, reject) => {
    io.signal.throwIfAborted();
    const until_ms = performance.now() + for_ms;
    if (until_ms >= io.deadline_wall_ms)
      throw new RigError("INSTRUMENT_TIMEOUT", `the deadline passed before ${why}`, { for_ms, why });
    let timer: NodeJS.Timeout;
    const abort = (): void => {
      clearTimeout(timer);
      reject(io.signal.reason);
    };
    const look = (): void => {
      const left_ms = until_ms - performance.now();
      if (left_ms > 0) {
        timer = setTimeout(look, Math.ceil(left_ms));
        return;
      }
      io.signal.removeEventListener("abort", abort);
      resolve();
    };
    io.signal.addEventListener("abort", abort, { once: true });
    timer = setTimeout(look, Math.ceil(for_ms));
  });
}
