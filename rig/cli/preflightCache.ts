/**
 * What `rig run` needs of a preflight, kept in the store's folder by the content of everything it depends on: the second
 * run of the same procedure with the same bench, limits, adapter type and software starts at once. Only what was
 * accepted is kept.
 */

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StepFacts } from "../engine/preflight.ts";
import { hashOf } from "../model/data.ts";
import { asRigError, RigError } from "../model/errors.ts";
import { makeFolder } from "../store/folder.ts";
import { declaredHash } from "./declare.ts";
import type { InputOptions, Inputs } from "./inputs.ts";
import { preflight } from "./preflight.ts";
import { procedureHash, softwareHash } from "./procedures.ts";
import type { PlannedStep } from "./progress.ts";

export interface RunPlan {
  /** Judgements that a nominal adapter meets, with the step of each. */
  readonly planned: readonly { readonly id: string; readonly step: string }[];
  readonly steps: readonly PlannedStep[];
  readonly bench_s: number;
  readonly paths: number;
  /** What each step energises, and for how long. */
  readonly facts: readonly StepFacts[];
  /** What a person is asked on the nominal path. */
  readonly prompts: readonly { readonly id: string; readonly title: string }[];
}

const format = 2;

function keyOf({ procedure, limits, bench, adapterHash, context }: Inputs): string {
  return hashOf({
    format,
    procedure: [procedure.id, procedure.revision, procedureHash()],
    software: [softwareHash(), process.versions.node],
    limits: limits.hash,
    bench: bench.hash,
    adapter: adapterHash,
    declared: declaredHash(context.declared),
  });
}

function placeOf(inputs: Inputs, store: string): readonly [key: string, file: string] {
  const key = keyOf(inputs);
  return [key, join(store, "preflight", `${key}.json`)];
}

/** What was accepted before for the same inputs; undefined when nothing was. */
export function keptPlan(inputs: Inputs, store: string): RunPlan | undefined {
  const [key, file] = placeOf(inputs, store);
  return read(file, key);
}

/** @throws RigError RIG_CHECK_FAILED with the first finding when the procedure is refused on this bench */
export async function planOfRun(
  inputs: Inputs,
  options: InputOptions,
  store: string,
  say: (line: string) => void,
): Promise<RunPlan> {
  const [key, file] = placeOf(inputs, store);
  const kept = read(file, key);
  if (kept) {
    say("      accepted before with the same procedure, bench, limits, adapter type and software");
    return kept;
  }
  const { dry, findings, accepted, paths, facts, prompts } = await preflight(inputs, options, "cheap");
  const [first] = findings;
  if (!accepted && first) {
    const more = findings.length > 1 ? ` (and ${findings.length - 1} more: see rig check)` : "";
    throw new RigError(
      "RIG_CHECK_FAILED",
      `preflight refuses this procedure on this bench, nothing was energised: ${first.path}: ${first.what}${more}`,
    );
  }
  const planned = [...new Map(dry.measurements.map(({ id, step }) => [id, { id, step }])).values()];
  const asked = prompts.map(({ id, title }) => ({ id, title }));
  const plan: RunPlan = { planned, steps: dry.steps, bench_s: dry.bench_s, paths, facts, prompts: asked };
  try {
    makeFolder(join(store, "preflight"));
    writeFileSync(`${file}.${process.pid}`, JSON.stringify({ key, plan }));
    renameSync(`${file}.${process.pid}`, file);
  } catch (error) {
    say(`      the preflight could not be kept for the next run: ${asRigError(error).message}`);
  }
  return plan;
}

/** Undefined when there is none, or it is not whole: then the preflight is made again. */
function read(file: string, key: string): RunPlan | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const kept = JSON.parse(readFileSync(file, "utf8")) as { readonly key?: string; readonly plan?: RunPlan };
    return kept.key === key && Array.isArray(kept.plan?.planned) && Array.isArray(kept.plan.steps)
      ? kept.plan
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw new RigError("FILE_UNREADABLE", `${file} cannot be read: ${asRigError(error).message}`, {}, { cause: error });
  }
}
