/** A thread that explores its share of the forced paths; the nominal path is its own, alike by the same seed. */
import { parentPort, workerData } from "node:worker_threads";
import { asRigError } from "../model/errors.ts";
import { type InputOptions, readInputs } from "./inputs.ts";
import { exploreShare, nominalPath, planOf, type Share, type Tried, type What } from "./preflight.ts";

export interface PreflightJob {
  readonly options: InputOptions;
  readonly what: What;
  readonly share: Share;
}

export type PreflightAnswer = { readonly tried: readonly Tried[] } | { readonly error: string };

async function work({ options, what, share }: PreflightJob): Promise<PreflightAnswer> {
  const inputs = planOf(readInputs(options), what);
  return { tried: await exploreShare(inputs, await nominalPath(inputs), share) };
}

if (parentPort !== null) {
  const port = parentPort;
  work(workerData as PreflightJob).then(
    (answer) => port.postMessage(answer),
    (error: unknown) => port.postMessage({ error: asRigError(error).message }),
  );
}
