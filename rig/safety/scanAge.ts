/** A scan that does not come blinds every watch: its age is judged by the wall clock, while a current may be driven. */
import type { Violation } from "./rules.ts";

/** S10: a scan takes 1 s at most, and a trip 1.5 s more. */
const age_ms_max = 2500;

export class ScanAge {
  /** Wall time from which the next scan is waited for; undefined while nothing is driven. */
  #since_ms: number | undefined;

  scanned(now_ms: number): void {
    if (this.#since_ms !== undefined) this.#since_ms = now_ms;
  }

  /** @param driven whether more than 1 A may flow; `from` names who should scan */
  check(driven: boolean, now_ms: number, from: string): Violation | undefined {
    if (!driven) {
      this.#since_ms = undefined;
      return undefined;
    }
    this.#since_ms ??= now_ms;
    const age_ms = now_ms - this.#since_ms;
    if (age_ms <= age_ms_max) return undefined;
    const why = `no scan from ${from} for ${(age_ms / 1000).toFixed(1)} s while a current may flow, allowed ${age_ms_max / 1000} s`;
    return { rule: "watch-scan-age", why };
  }
}
