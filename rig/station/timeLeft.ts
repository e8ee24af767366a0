/** How long a run has still to go, from the declared durations of its steps: honest when it is late. */
export interface TimeLeft {
  /** Outermost steps that have ended, and all. */
  readonly done: number;
  readonly of: number;
  /** What is planned still to come, s, bench time; never below 0. */
  readonly left_s: number;
  /** How much longer the present step takes than planned, s; 0 while it is in time. */
  readonly late_s: number;
}

export interface Planned {
  readonly path: string;
  readonly takes_s: number;
}

const isTop = ({ path }: Planned): boolean => !path.includes(" / ");

/** `open`: the outermost step that is open, and when it began. `done`: paths of the steps that have ended. */
export function timeLeft(
  planned: readonly Planned[],
  open: { readonly path: string; readonly from_s: number } | undefined,
  done: readonly string[],
  now_s: number,
): TimeLeft {
  const top = planned.filter(isTop);
  const ended = done.filter((path) => !path.includes(" / ")).length;
  const found = open ? top.findIndex(({ path }) => path === open.path) : -1;
  const at = found < 0 ? Math.min(ended, top.length) : found;
  const into_s = open ? Math.max(0, now_s - open.from_s) : 0;
  const takes_s = found < 0 ? 0 : (top[found]?.takes_s ?? 0);
  const later_s = top.slice(found < 0 ? at : at + 1).reduce((sum, one) => sum + one.takes_s, 0);
  return {
    done: ended,
    of: top.length,
    left_s: later_s + Math.max(0, takes_s - into_s),
    late_s: open ? Math.max(0, into_s - takes_s) : 0,
  };
}

/** "about 4 min left"; "at least 2 min left, this step is 3 min longer than planned". */
export function leftWords({ left_s, late_s }: TimeLeft): string {
  if (late_s < late_from_s) return left_s < 1 ? "nearly done" : `about ${minutes(left_s)} left`;
  const late = `${minutes(late_s)} longer than planned`;
  return left_s < 1 ? late : `at least ${minutes(left_s)} left; this step is ${late}`;
}

/** Less is no news. */
const late_from_s = 2;

export function minutes(s: number): string {
  if (s < 90) return `${Math.max(0, Math.round(s))} s`;
  const m = Math.round(s / 60);
  return m < 90 ? `${m} min` : `${Math.floor(m / 60)} h ${String(m % 60).padStart(2, "0")} min`;
}
