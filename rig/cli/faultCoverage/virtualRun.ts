/** One virtual adapter on one virtual bench: the whole procedure on kind twins at virtual time. */
import { type KindTwin, openKindTwin } from "../../../drivers/twin/kindTwins.ts";
import type { AdapterUnderTest } from "../../../drivers/twin/world/adapterUnderTest.ts";
import { createWorld, type TwinWorld } from "../../../drivers/twin/world/world.ts";
import { VirtualPerformer, VirtualTime } from "../../engine/virtual.ts";
import type { Args } from "../../kinds/kinds.ts";
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
/** A shorter capture is made for its edges, and is left as it is. */
const edges_s = 0.01;

function instrument(role: string, { inputs }: Station, world: TwinWorld, clock: VirtualTime): KindTwin {
  const { bench } = inputs;
  const entry = bench.instruments[role];
  if (!entry) throw new RangeError(`the bench has no instrument in the role ${role}`);
  if (entry.kind !== "scope") return openKindTwin(role, entry, bench, world, clock);
  const config = { ...entry.config, spacing_min_s: spacing_s };
  const scope = openKindTwin(role, { ...entry, config }, bench, world, clock);
  const fine = openKindTwin(role, entry, bench, world, clock);
  return {
    ...scope,
    answer(op, args, io) {
      const asked = args as Args<"scope", "capture">;
      if (asked.span_s < edges_s) return fine.answer(op, args, io);
      return scope.answer(op, { ...asked, span_s: asked.span_s * span_share }, io);
    },
  };
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
  const time = new VirtualTime((to_s) => world.advance(to_s), from_s);
  const now_s = () => time.bench_s();
  const roles = Object.keys(inputs.procedure.needs);
  const instruments = Object.fromEntries(roles.map((role) => [role, instrument(role, station, world, time)]));
  return conduct(inputs, {
    world,
    clock: time,
    instruments,
    planned: trial.planned,
    limits: trial.limits ?? inputs.limits,
    performer: ({ safety, ask }) =>
      new CoveragePerformer({
        virtual: new VirtualPerformer({ time, safety, instruments, ask }),
        prefix,
        pace: new Pace(now_s, inputs.procedure.ownEnvelope === true),
        now_s,
      }),
  });
}
