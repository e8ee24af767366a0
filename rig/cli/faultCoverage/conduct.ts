/** Conducts one run of the procedure on given instruments of a simulated bench, with engine and safety layer as in a real one. */
import type { TwinWorld } from "../../../drivers/twin/world/world.ts";
import { Engine } from "../../engine/engine.ts";
import type { Conclusion } from "../../engine/findings.ts";
import type { Performer } from "../../engine/performer.ts";
import type { Instrument } from "../../kinds/kinds.ts";
import type { Clock } from "../../model/clock.ts";
import { isApproved, type LimitSet } from "../../model/limits.ts";
import type { Measurement } from "../../model/verdict.ts";
import type { AskOperator, Safety } from "../../plan/parts.ts";
import { createSafety } from "../../safety/admission.ts";
import { announced } from "../../safety/announced.ts";
import { makeSafeOff, unprovenSafe } from "../../safety/safeOff.ts";
import type { Inputs } from "../inputs.ts";
import { simulatedOperator } from "../operator.ts";
import { actOn } from "../twinOperator.ts";

export interface Tried extends Conclusion {
  readonly measurements: readonly Measurement[];
}

export interface Conducted {
  readonly world: TwinWorld;
  readonly clock: Pick<Clock, "bench_s" | "wall_ms">;
  readonly instruments: Readonly<Record<string, Instrument>>;
  readonly planned: readonly string[];
  readonly limits: LimitSet;
  /** What performs the plan on the instruments. */
  readonly performer: (parts: { readonly safety: Safety; readonly ask: AskOperator }) => Performer;
  /** Aborted when the instruments are gone. */
  readonly lost?: AbortSignal;
}

export async function conduct(inputs: Inputs, on: Conducted): Promise<Tried> {
  const { world, clock, instruments, limits } = on;
  const { bench, context } = inputs;
  const end = new AbortController();
  const safety = createSafety({
    bench,
    clock,
    safeOff: makeSafeOff({
      bench,
      instruments,
      fence: (role, why) => instruments[role]?.fence(why),
      // Bench time jumps here: a wait of wall time would prove nothing about the simulated bleeder.
      charged: () => false,
    }),
    lines: () => world.gpio.lines(),
  });
  const stopWatching = world.gpio.onEdge((edge) => safety.line(edge));
  const give = (signal: AbortSignal) =>
    signal.addEventListener("abort", () => end.abort(signal.reason), { once: true });
  give(safety.tripped);
  if (on.lost) give(on.lost);
  const operator = simulatedOperator(
    async (action) => actOn(world.operator, action),
    () => undefined,
  );
  const measurements: Measurement[] = [];
  const outcome = await new Engine({
    performer: on.performer({ safety, ask: announced(operator, safety) }),
    limits,
    // Virtual adapters are judged for the worth of the rows, not for a statement of conformity.
    approved: isApproved(limits, true),
    end,
    planned: on.planned,
    earthProved: () => safety.provePe(),
    safeOff: async (why) => {
      const fault = unprovenSafe(await safety.safeOff(why));
      if (fault !== undefined) end.abort(fault);
    },
    watch: { step: () => undefined, judged: (m) => measurements.push(m) },
  }).run(() => inputs.procedure.body({ ...context, limits }));
  stopWatching();
  return { ...outcome, measurements };
}
