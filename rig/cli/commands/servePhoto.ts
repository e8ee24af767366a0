/** A photo from the page, kept as `rig attach` keeps a file: under its hash, with an entry of the ledger. */
import { RigError } from "../../model/errors.ts";
import type { PhotoGiven } from "../../station/desk.ts";
import { Glance } from "../../store/glance.ts";
import { attachKept, checkAttaching } from "../attaching.ts";
import { keepBytes } from "../attachmentFiles.ts";

/** @throws RigError RUN_UNKNOWN, USAGE, STORAGE_FAILED */
export async function keepPhoto(store: string, { run, by, name, text, bytes }: PhotoGiven): Promise<{ hash: string }> {
  const glance = await Glance.open(store);
  const id = glance.head(run)?.id;
  glance.close();
  if (id === undefined) throw new RigError("RUN_UNKNOWN", `there is no run ${run}`, { run });
  const attaching = { id, by, name, text };
  checkAttaching(attaching);
  const kept = keepBytes(store, bytes);
  await attachKept(store, attaching, kept);
  return { hash: kept.hash };
}
