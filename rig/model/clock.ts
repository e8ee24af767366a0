/**
 * Two times. Bench time: waits, dwell, sampling and thermal behaviour; real, stepped or virtual. Wall time: port
 * deadlines, heartbeat, guard, safe-off; always the monotonic clock.
 */
export interface Clock {
  /** Seconds since the clock was made. */
  bench_s(): number;
  /** Milliseconds of the monotonic clock. */
  wall_ms(): number;
  /** Resolves when bench time has moved on by `for_s`; rejects with the signal's reason when aborted. */
  sleep(for_s: number, signal: AbortSignal): Promise<void>;
  /** The engine calls this when every lane is in a wait: stepped and virtual clocks then jump to the next due time. */
  allWaiting(): void;
}
