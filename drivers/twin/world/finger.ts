/** A warm finger on one sensor: what a person does in a thermocouple walk. It warms the sensor, not the metal under it. */

/** A finger at some 33 degC through a tape, on a sensor near 23 degC, and the time constant of both (H). */
const warm_K = 8;
const tau_s = 4;

export class Finger {
  readonly #places = new Map<string, { from_K: number; to_K: number; since_s: number }>();

  /** Holds one place and lets go of all others; undefined lets go. */
  hold(place: string | undefined, now_s: number): void {
    for (const [known, was] of this.#places) {
      if (was.to_K > 0) this.#places.set(known, { from_K: this.at_K(known, now_s), to_K: 0, since_s: now_s });
    }
    if (place !== undefined) this.#places.set(place, { from_K: this.at_K(place, now_s), to_K: warm_K, since_s: now_s });
  }

  /** What the finger adds to a sensor at this place, K. */
  at_K(place: string, now_s: number): number {
    const held = this.#places.get(place);
    if (held === undefined) return 0;
    return held.to_K + (held.from_K - held.to_K) * Math.exp(-Math.max(0, now_s - held.since_s) / tau_s);
  }
}
