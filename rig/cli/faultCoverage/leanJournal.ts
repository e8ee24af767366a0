/** The cheapest journal that a plan can run on: it numbers events and keeps series. Nothing here is evidence. */
import { memoryJournal } from "../../engine/memoryJournal.ts";
import type { Clock } from "../../model/clock.ts";
import type { Journal, RunHead } from "../../store/types.ts";

const kept = Promise.resolve();

export function leanJournal(run: RunHead, clock: Clock): Journal {
  const series = memoryJournal(run, clock);
  let seq = 0;
  return {
    run,
    broken: series.broken,
    append: () => ++seq,
    durable: () => kept,
    keep: (wave) => series.keep(wave),
    point: (name, unit, t_s, value) => series.point(name, unit, t_s, value),
    points: (name, from) => series.points(name, from),
    finish: async () => undefined,
  };
}
