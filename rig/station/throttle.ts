/** Slows down guessing: after some failures in a row a key (an account, an address) waits, twice as long each time. */
const free_usual = 5;
const first_s = 2;
const longest_s = 900;
/** Keys remembered at once; beyond it the oldest is forgotten. */
const keys_max = 10_000;

interface Failures {
  readonly count: number;
  readonly until_ms: number;
}

export class Throttle {
  private readonly failures = new Map<string, Failures>();
  private readonly now_ms: () => number;

  constructor(now_ms: () => number) {
    this.now_ms = now_ms;
  }

  /** Seconds still to wait; 0 when a try is allowed. */
  wait_s(key: string): number {
    const known = this.failures.get(key);
    return known === undefined ? 0 : Math.max(0, Math.ceil((known.until_ms - this.now_ms()) / 1000));
  }

  /** `free`: tries without a wait. What lies further back than the longest wait is forgotten. */
  failed(key: string, free = free_usual): void {
    const known = this.failures.get(key);
    const recent = known !== undefined && this.now_ms() - known.until_ms <= 1000 * longest_s;
    const count = (recent ? known.count : 0) + 1;
    const wait_s = count < free ? 0 : Math.min(longest_s, first_s * 2 ** (count - free));
    this.failures.delete(key);
    this.failures.set(key, { count, until_ms: this.now_ms() + 1000 * wait_s });
    const oldest = this.failures.keys().next().value;
    if (this.failures.size > keys_max && oldest !== undefined) this.failures.delete(oldest);
  }

  /** The last try was none of guessing; those before it still count. */
  undo(key: string): void {
    const known = this.failures.get(key);
    if (known) this.failures.set(key, { count: known.count - 1, until_ms: this.now_ms() });
  }

  succeeded(key: string): void {
    this.failures.delete(key);
  }
}
