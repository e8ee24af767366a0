/**
 * How fast one person may do what is written down: far faster than hands and scanners are, and slow enough that nobody fills
 * the list of actions. All sessions of an account share it. To stop and to make safe is never refused by it.
 */

/** Requests at once: a scanner held over a sheet of codes, for ten seconds. */
const burst_usual = 120;
/** After that, requests in a second. */
const each_s = 2;

interface Bucket {
  left: number;
  at_ms: number;
}

export class Pace {
  private readonly now_ms: () => number;
  private readonly burst: number;
  /** By account, so there are as many as accounts. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(now_ms: () => number, burst = burst_usual) {
    this.now_ms = now_ms;
    this.burst = burst;
  }

  /** Seconds to wait; 0: it is allowed, and counted. */
  take(name: string): number {
    const now = this.now_ms();
    const { left, at_ms } = this.buckets.get(name) ?? { left: this.burst, at_ms: now };
    const full = Math.min(this.burst, left + (each_s * Math.max(0, now - at_ms)) / 1000);
    const allowed = full >= 1;
    this.buckets.set(name, { left: allowed ? full - 1 : full, at_ms: now });
    return allowed ? 0 : Math.ceil((1 - full) / each_s);
  }
}
