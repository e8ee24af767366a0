/** Runs a whole procedure on kind twins at virtual time, with a faulty adapter or a faulty bench, and replays its record. */
import { parseAdapterUnderTest } from "../../drivers/twin/world/adapterUnderTest.ts";
import { parseDeviations } from "../../drivers/twin/world/deviations.ts";
import { type Inputs, readInputs } from "../../rig/cli/inputs.ts";
import { type DryRun, dryRun } from "../../rig/cli/nominal.ts";
import { Engine } from "../../rig/engine/engine.ts";
import { ReplayPerformer } from "../../rig/engine/replay.ts";
import type { Bench } from "../../rig/model/bench.ts";
import type { Measurement, Outcome } from "../../rig/model/verdict.ts";

export interface Scenario {
  /** Adapter type that the label claims. */
  readonly type?: string;
  readonly procedure?: string;
  /** The adapter that really lies in the nest, as YAML after its name; healthy family A where left out. */
  readonly adapter?: string;
  /** What is wrong with the bench, as YAML. */
  readonly bench?: string;
  readonly seed?: number;
}

/** Samples of a capture, s: five times fewer than the real scope gives, because most of a run's time goes into them. */
const spacing_min_s = 5e-7;

function withFewerSamples(bench: Bench): Bench {
  const scopes = Object.values(bench.instruments).filter(({ kind }) => kind === "scope");
  const coarse = scopes.map((entry) => [entry.role, { ...entry, config: { ...entry.config, spacing_min_s } }]);
  return { ...bench, instruments: { ...bench.instruments, ...Object.fromEntries(coarse) } };
}

/** Read once: what a bench follows from is worked out for each bench anew. */
const inputs = new Map<string, Inputs>();

export function inputsOf({ procedure = "dc-screening", type = "generic-a-pass" }: Scenario): Inputs {
  const key = `${procedure} ${type}`;
  const known = inputs.get(key);
  if (known) return known;
  const made = readInputs({ procedure, adapter: type, serial: "SN-1", operator: "test" });
  // A capacitance is read from an edge, which needs them all.
  const used = procedure === "pilot-corners" ? made : { ...made, bench: withFewerSamples(made.bench) };
  inputs.set(key, used);
  return used;
}

const planned = new Map<string, readonly string[]>();

/** The judgements that a nominal adapter meets: worked out once for each procedure and type. */
async function plannedFor(inputs: Inputs): Promise<readonly string[]> {
  const key = `${inputs.procedure.id} ${inputs.adapter.id}`;
  const known = planned.get(key);
  if (known) return known;
  const nominal = await dryRun(inputs);
  const ids = [...new Set(nominal.measurements.map((m) => m.id))];
  planned.set(key, ids);
  return ids;
}

export async function perform(scenario: Scenario): Promise<DryRun> {
  const inputs = inputsOf(scenario);
  return dryRun(inputs, {
    planned: await plannedFor(inputs),
    adapter: parseAdapterUnderTest(scenario.adapter ?? "adapter: healthy\nfamily: A\n"),
    ...(scenario.bench === undefined ? {} : { deviations: parseDeviations(scenario.bench) }),
    ...(scenario.seed === undefined ? {} : { seed: scenario.seed }),
  });
}

/** Judgements that did not pass, in order. */
export const bad = (run: DryRun): readonly Measurement[] =>
  run.measurements.filter((m) => m.verdict !== "pass" && m.verdict !== "pass-screening");

/** The same plan fed from the record of a finished run; nothing is asked of a bench. */
export function replayed(scenario: Scenario, run: DryRun): Promise<Outcome> {
  const inputs = inputsOf(scenario);
  const performer = new ReplayPerformer(run.journal.events, (name, from, total) =>
    run.journal.series(name, from, total),
  );
  const end = new AbortController();
  performer.exhausted.addEventListener("abort", () => end.abort(performer.exhausted.reason), { once: true });
  return new Engine({
    performer,
    limits: inputs.limits,
    approved: true,
    end,
    planned: [],
    earthProved: () => undefined,
    safeOff: async () => undefined,
  }).run(() => inputs.procedure.body(inputs.context));
}
