/** A thread that tries groups of virtual adapters as it is given them. */
import { parentPort, workerData } from "node:worker_threads";
import type { UnitResult } from "../../model/coverage.ts";
import { asRigError } from "../../model/errors.ts";
import { Campaign, type CampaignOptions } from "./campaign.ts";

export type ToWorker = { readonly group: number } | { readonly end: true };
export type FromWorker =
  | { readonly ready: true }
  | { readonly one: true }
  | {
      readonly group: number;
      readonly results: readonly UnitResult[];
      readonly type: string;
      /** What a nominal adapter of the type is judged by. */
      readonly claimed: readonly string[];
    }
  | { readonly error: string };

if (parentPort !== null) {
  // Errors of a run are caught and told by their messages; nobody reads where they were made.
  Error.stackTraceLimit = 0;
  const port = parentPort;
  const tell = (what: FromWorker): void => port.postMessage(what);
  const campaign = new Campaign(workerData as CampaignOptions);
  const work = async (asked: ToWorker): Promise<void> => {
    if ("end" in asked) {
      port.close();
      return;
    }
    const { group } = asked;
    const results = await campaign.tryGroup(group, () => tell({ one: true }));
    const type = campaign.typeOf(group);
    tell({ group, results, type, claimed: [...(await campaign.station(type)).claimed] });
  };
  port.on("message", (asked: ToWorker) => {
    work(asked).catch((error: unknown) => tell({ error: asRigError(error).message }));
  });
  tell({ ready: true });
}
