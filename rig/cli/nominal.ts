/**
 * The dry run before every run: the plan on the kind twin with a nominal adapter at virtual time. It gives the judgements
 * that must not be missing (E1), the declared durations, and finds calls that this bench refuses before anything is
 * energised.
 */

import { openKindTwin } from "../../drivers/twin/kindTwins.ts";
import { adapterFrom } from "../../drivers/twin/world/adapterUnderTest.ts";
import { createWorld, type TwinWorld } from "../../drivers/twin/world/world.ts";
import { jumpingClock } from "../engine/clocks.ts";
import { Engine } from "../engine/engine.ts";
import type { Conclusion } from "../engine/findings.ts";
import { LivePerformer } from "../engine/live.ts";
import { type MemoryJournal, memoryJournal } from "../engine/memoryJournal.ts";
import type { Instrument } from "../kinds/kinds.ts";
import { RigError } from "../model/errors.ts";
import { isApproved } from "../model/limits.ts";
import type { Measurement } from "../model/verdict.ts";
import type { Body, Call } from "../plan/commands.ts";
import type { AskOperator, Safety } from "../plan/parts.ts";
import { createSafety } from "../safety/admission.ts";
import { announced } from "../safety/announced.ts";
import { isAtRest } from "../safety/rules.ts";
import { makeSafeOff, unprovenSafe } from "../safety/safeOff.ts";
import { draftHead } from "./head.ts";
import type { Inputs } from "./inputs.ts";
import { activeFields } from "./nominalActive.ts";
import { simulatedOperator } from "./operator.ts";
import type { PlannedStep } from "./progress.ts";
import { actOn } from "./twinOperator.ts";

export interface DryRun extends Conclusion {
  readonly measurements: readonly Measurement[];
  readonly steps: readonly PlannedStep[];
  readonly journal: MemoryJournal;
  readonly bench_s: number;
  /** The twin as the run left it: ground truth. */
  readonly world: TwinWorld;
}

/** What a preflight puts between plan, operator and twins. */
export interface Between {
  readonly instruments: (
    twins: Readonly<Record<string, Instrument>>,
    end: AbortController,
    world: TwinWorld,
  ) => Readonly<Record<string, Instrument>>;
  readonly body: (body: Body<void>) => Body<void>;
  readonly ask: (ask: AskOperator) => AskOperator;
  /** Before bench time moves on to `to_s`. */
  readonly advancing: (world: TwinWorld, to_s: number) => void;
  readonly step: (phase: "enter" | "leave", path: readonly string[], end: AbortController, bench_s: number) => void;
  readonly refused: (call: Call, rule: string, why: string) => void;
}

export interface DryRunOptions {
  /** Another adapter than the nominal one, and deviations of the bench: tests and coverage. */
  readonly adapter?: ReturnType<typeof adapterFrom>;
  readonly deviations?: Parameters<typeof createWorld>[0]["deviations"];
  readonly seed?: number;
  readonly planned?: readonly string[];
  readonly between?: Between;
}

export const nominalAdapter = (inputs: Inputs): ReturnType<typeof adapterFrom> =>
  adapterFrom({
    adapter: `nominal ${inputs.adapter.id}`,
    family: inputs.adapter.family,
    ...(inputs.adapter.combo ? { combo: inputs.adapter.combo } : {}),
    pp: { topology: inputs.adapter.pp.topology as "PASS" },
    ...(inputs.adapter.pp.active
      ? activeFields(inputs.adapter.pp.active, inputs.procedure.ownEnvelope === true)
      : undefined),
    // What an artefact deviates by is what it must be known by.
    ...inputs.context.declared?.artefact?.twin,
  });

export async function dryRun(inputs: Inputs, options: DryRunOptions = {}): Promise<DryRun> {
  const { bench, context, limits } = inputs;
  const { between } = options;
  const world = createWorld({
    bench,
    adapter: options.adapter ?? nominalAdapter(inputs),
    seed: options.seed ?? 1,
    fitted: false,
    watchdog: "ideal",
    ...(options.deviations ? { deviations: options.deviations } : {}),
  });
  const clock = jumpingClock((to_s) => {
    between?.advancing(world, to_s);
    world.advance(to_s);
  });
  const journal = memoryJournal(draftHead(inputs), clock);
  const twins: Record<string, Instrument> = {};
  for (const role of Object.keys(inputs.procedure.needs)) {
    const entry = bench.instruments[role];
    if (!entry) throw new RigError("ROLE_MISSING", `${bench.file}: no instrument has the role "${role}"`);
    twins[role] = openKindTwin(role, entry, bench, world, clock);
  }
  const end = new AbortController();
  const instruments = between?.instruments(twins, end, world) ?? twins;
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
  safety.tripped.addEventListener("abort", () => end.abort(safety.tripped.reason), { once: true });
  const simulated = simulatedOperator(
    async (action) => actOn(world.operator, action),
    () => undefined,
  );
  const operator = announced(simulated, safety);
  const performer = new LivePerformer({
    clock,
    journal,
    safety: between ? reporting(safety, between) : safety,
    instruments,
    ask: between?.ask(operator) ?? operator,
  });
  const body: Body<void> = () => inputs.procedure.body(context);
  const measurements: Measurement[] = [];
  const steps: PlannedStep[] = [];
  const outcome = await new Engine({
    performer,
    limits,
    approved: isApproved(limits, true),
    end,
    planned: options.planned ?? [],
    judges: inputs.procedure.judges ?? true,
    earthProved: () => safety.provePe(),
    safeOff: async (why) => {
      const fault = unprovenSafe(await safety.safeOff(why));
      if (fault !== undefined) end.abort(fault);
    },
    watch: {
      step: (phase, path, takes_s, _ok, pause) => {
        // Said of a pause only where this bench is at rest then.
        const may = pause && isAtRest(bench, safety.state()) ? { pause } : {};
        if (phase === "enter") steps.push({ path: path.join(" / "), takes_s, ...may });
        between?.step(phase, path, end, clock.bench_s());
      },
      judged: (m) => measurements.push(m),
    },
  }).run(between?.body(body) ?? body);
  stopWatching();
  return { ...outcome, measurements, steps, journal, bench_s: clock.bench_s(), world };
}

/** The same safety layer; what it refuses is told. */
const reporting = (safety: Safety, between: Between): Safety => ({
  admit(call, context) {
    const admission = safety.admit(call, context);
    if (!admission.ok) between.refused(call, admission.rule, admission.why);
    return admission;
  },
  recheck: (call) => safety.recheck(call),
  settled: (call, reply) => safety.settled(call, reply),
  failed: (call, error) => safety.failed(call, error),
  provePe: () => safety.provePe(),
  tripped: safety.tripped,
  safeOff: (why) => safety.safeOff(why),
});
