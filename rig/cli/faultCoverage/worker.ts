/** A thread that tries groups of virtual adapters as it is given them. */
import { parentPort, workerData } from "node:worker_threads";
import type { UnitResult } from "../../model/coverage.ts";
import { asRigError } from "../../model/errors.ts";
import { Campaign, type CampaignOptions } from "./campaign.ts";

export type ToWorker = { readonly group: number } | { readonly end: true };
export type FromWorker =
  | { readonly ready: true }
  | { readonly one: true }
  | { readonly group: number; readonly results: readonly UnitResult[] }
  | { readonly error: string };

if (parentPort !== null) {
  const port = parentPort;
  const tell = (what: FromWorker): void => port.postMessage(what);
  const campaign = new Campaign(workerData as CampaignOptions);
  const work = async (asked: ToWorker): Promise<void> => {
    if ("end" in asked) {
      port.close();
      return;
    }
    tell({ group: asked.group, results: await campaign.tryGroup(asked.group, () => tell({ one: true })) });
  };
  port.on("message", (asked: ToWorker) => {
    work(asked).catch((error: unknown) => tell({ error: asRigError(error).message }));
  });
  tell({ ready: true });
}
