/** One virtual adapter on one virtual bench: the whole procedure on kind twins at virtual time. */
import { openKindTwin } from "../../../drivers/twin/kindTwins.ts";
import type { AdapterUnderTest } from "../../../drivers/twin/world/adapterUnderTest.ts";
import { createWorld, type TwinWorld } from "../../../drivers/twin/world/world.ts";
import { jumpingClock } from "../../engine/clocks.ts";
import type { Instrument } from "../../kinds/kinds.ts";
import type { Clock } from "../../model/clock.ts";
import type { LimitSet } from "../../model/limits.ts";
import type { Inputs } from "../inputs.ts";
import { conduct, type Tried } from "./conduct.ts";
import { Pace } from "./pace.ts";
import { CoveragePerformer } from "./performer.ts";
import { Prefix } from "./prefix.ts";

/** A virtual bench: its seed draws tolerances, EMFs, leads, calibration errors. */
export class Station {
  readonly inputs: Inputs;
  readonly seed: number;
  readonly prefix = new Prefix();

  constructor(inputs: Inputs, seed: number) {
    this.inputs = inputs;
    this.seed = seed;
  }
}

export interface Trial {
  readonly adapter: AdapterUnderTest;
  /** Draws the noise of this run. */
  readonly noise: number;
  readonly planned: readonly string[];
  /** Other limits than the procedure's own: what a judgement is worth is tried out with them. */
  readonly limits?: LimitSet;
}

/**
 * The capture of a scope is cut to this share of the span asked for: three whole periods of a pilot instead of twenty
 * show the same levels and edges at the same sampling interval.
 */
const span_share = 0.16;
const spacing_s = 5e-7;

function instrument(role: string, { inputs }: Station, world: TwinWorld, clock: Clock): Instrument {
  const { bench } = inputs;
  const entry = bench.instruments[role];
  if (!entry) throw new RangeError(`the bench has no instrument in the role ${role}`);
  if (entry.kind !== "scope") return openKindTwin(role, entry, bench, world, clock);
  const config = { ...entry.config, spacing_min_s: spacing_s };
  const scope = openKindTwin(role, { ...entry, config }, bench, world, clock) as Instrument<"scope">;
  const cut: Instrument<"scope"> = {
    ...scope,
    call: { capture: (args, io) => scope.call.capture({ ...args, span_s: args.span_s * span_share }, io) },
  };
  return cut as Instrument;
}

export function virtualRun(station: Station, trial: Trial): Promise<Tried> {
  const { inputs, prefix } = station;
  const from_s = prefix.spoilt ? 0 : (prefix.end_s ?? 0);
  const world = createWorld({
    bench: inputs.bench,
    adapter: trial.adapter,
    seed: station.seed,
    noise: trial.noise,
    fitted: false,
    watchdog: "ideal",
    quiet: true,
  });
  world.advance(from_s);
  const clock = jumpingClock((to_s) => world.advance(to_s), from_s);
  const now_s = () => clock.bench_s();
  const roles = Object.keys(inputs.procedure.needs);
  return conduct(inputs, {
    world,
    clock,
    instruments: Object.fromEntries(roles.map((role) => [role, instrument(role, station, world, clock)])),
    planned: trial.planned,
    limits: trial.limits ?? inputs.limits,
    through: (live) => new CoveragePerformer({ live, prefix, pace: new Pace(now_s), now_s }),
  });
}
