/**
 * How often a monitor reads in a coverage run. While the plan waits for long, nothing changes but temperatures, and a
 * scan every ten seconds shows as much as one a second; before and after such a wait every scan is made. The plan, its
 * judgements and the watches of the safety layer are those of a real run.
 */

/** A wait of this length and more is a long one, s. */
const long_s = 10;
/** Scans during a long wait, s. The plan's means over 30 s then have three readings. */
const coarse_s = 10;

export class Pace {
  readonly #now_s: () => number;
  /** Every scan is made: of an adapter that signals its temperature PP changes in a long wait, too. */
  readonly #every: boolean;
  #until_s = Number.NEGATIVE_INFINITY;

  constructor(now_s: () => number, every = false) {
    this.#now_s = now_s;
    this.#every = every;
  }

  /** The plan waits from now on. */
  waits(for_s: number): void {
    if (for_s >= long_s && !this.#every) this.#until_s = this.#now_s() + for_s;
  }

  /** Time to the next scan of a monitor that asks for `every_s`. */
  next_s(every_s: number): number {
    const left_s = this.#until_s - this.#now_s();
    return left_s <= every_s ? every_s : Math.max(every_s, Math.min(coarse_s, left_s));
  }
}
