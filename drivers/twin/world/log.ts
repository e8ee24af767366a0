/**
 * What really happened on the simulated bench, seen by the bench and not by the controller: sweeps judge from it. A run
 * of `current` entries is a staircase: each holds until the next, so that the integral of I dt is a sum.
 */

export type Happening =
  | { readonly what: "relay"; readonly relay: string; readonly closed: boolean; readonly hot_A: number }
  | { readonly what: "current"; readonly source_A: number; readonly load_A: number }
  | { readonly what: "source"; readonly voltage_V: number; readonly current_A: number; readonly on: boolean }
  | { readonly what: "load"; readonly unit: number; readonly current_A: number; readonly on: boolean }
  | { readonly what: "enable"; readonly on: boolean; readonly why: string }
  | { readonly what: "line"; readonly line: string; readonly high: boolean }
  | { readonly what: "insulation"; readonly on: boolean; readonly voltage_V: number }
  | { readonly what: "operator"; readonly does: string }
  | { readonly what: "milliohm"; readonly current_A: number };

export type LogEntry = Happening & { readonly seq: number; readonly t_s: number; readonly wall_ms: number };

export interface WorldLog {
  /** The latest entries; older ones are dropped when there are more than `kept_max`. */
  entries(from?: number): readonly LogEntry[];
  append(t_s: number, wall_ms: number, happening: Happening): void;
}

const kept_max = 100_000;

/** `sink` is given each entry as it is made, for instance to write it to a file as a line. */
export function createLog(sink?: (entry: LogEntry) => void): WorldLog {
  let entries: LogEntry[] = [];
  let seq = 0;
  return {
    entries: (from = 0) => (from === 0 ? entries : entries.filter((entry) => entry.seq >= from)),
    append(t_s, wall_ms, happening) {
      const entry: LogEntry = { seq: seq++, t_s, wall_ms, ...happening };
      entries.push(entry);
      if (entries.length > 2 * kept_max) entries = entries.slice(-kept_max);
      sink?.(entry);
    },
  };
}
