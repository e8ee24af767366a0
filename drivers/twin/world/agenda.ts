/** Bench time of the world and what is due in it. */

export interface Agenda {
  now_s(): number;
  /** Runs what is due on the way, in order, each at its own time. RangeError: backwards. */
  advance(to_s: number): void;
  /** At once when the time has passed: on the next advance. Returns a function that cancels it. */
  schedule(at_s: number, event: () => void): () => void;
}

interface Due {
  readonly at_s: number;
  readonly order: number;
  readonly event: () => void;
}

/** Times are sums of many waits: what is due a nanosecond later is due now, or a scan would miss the clock's own step. */
const rounding_s = 1e-9;

export function createAgenda(): Agenda {
  let now_s = 0;
  let order = 0;
  /** By time, then by order of asking. */
  const due: Due[] = [];
  return {
    now_s: () => now_s,
    advance(to_s) {
      if (!(to_s >= now_s - rounding_s)) throw new RangeError(`bench time cannot go from ${now_s} s back to ${to_s} s`);
      for (let first = due[0]; first !== undefined && first.at_s <= to_s + rounding_s; first = due[0]) {
        due.shift();
        now_s = Math.max(now_s, first.at_s);
        first.event();
      }
      now_s = Math.max(now_s, to_s);
    },
    schedule(at_s, event) {
      const entry: Due = { at_s: Math.max(at_s, now_s), order: order++, event };
      let place = due.length;
      while (place > 0 && (due[place - 1] as Due).at_s > entry.at_s) place--;
      due.splice(place, 0, entry);
      return () => {
        const at = due.indexOf(entry);
        if (at >= 0) due.splice(at, 1);
      };
    },
  };
}
