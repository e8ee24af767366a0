/** One clock for all processes of a sweep: CLOCK_MONOTONIC, ms. */

export const mono_ms = (): number => Number(process.hrtime.bigint()) / 1e6;

const tries = 50;

/**
 * What must be added to another clock's reading to get the monotonic one. The tightest of many brackets: a process that
 * loses its processor between two readings would else shift all its times by as much.
 */
export function offsetOf_ms(other_ms: () => number): number {
  let best = { width: Number.POSITIVE_INFINITY, offset: 0 };
  for (let n = 0; n < tries; n += 1) {
    const before = mono_ms();
    const other = other_ms();
    const after = mono_ms();
    if (after - before < best.width) best = { width: after - before, offset: (before + after) / 2 - other };
  }
  return best.offset;
}
