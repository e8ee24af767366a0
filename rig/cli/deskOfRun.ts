/** The desk of a run (desk.ts) with its real parts: journal, wall clock, what the safety layer believes of the bench. */
import { realClock } from "../engine/clocks.ts";
import type { EngineParts } from "../engine/engine.ts";
import type { Bench } from "../model/bench.ts";
import type { SafetyLayer } from "../safety/admission.ts";
import { isAtRest } from "../safety/rules.ts";
import type { Journal } from "../store/types.ts";
import { Desk } from "./desk.ts";
import type { StationLink } from "./station.ts";

/** `safety.of` is filled when there is one; before that nothing counts as at rest. */
export function deskOf(
  station: Pick<StationLink, "tell" | "onWish">,
  bench: Bench,
  journal: Pick<Journal, "append" | "durable">,
  safety: { readonly of: SafetyLayer | undefined },
): Desk {
  const wall = realClock();
  const desk = new Desk({
    journal,
    bench: () => {
      const state = safety.of?.state();
      return { atRest: state !== undefined && isAtRest(bench, state), earthProved: state?.peProved ?? false };
    },
    tell: station.tell,
    utc: () => new Date().toISOString(),
    sleep: (for_s, signal) => wall.sleep(for_s, signal),
  });
  station.onWish((wish) => desk.heard(wish));
  return desk;
}

/** For the engine. A record that is fed in is not waited in. */
export function pausingOf(desk: Desk | undefined, isLive: () => boolean): Pick<EngineParts, "pausing"> {
  if (!desk) return {};
  return {
    pausing: async (step, signal) => {
      if (isLive()) await desk.at(step, signal);
    },
  };
}
