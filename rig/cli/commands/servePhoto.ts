/** A photo from the page, kept as `rig attach` keeps a file: under its hash, with an entry of the ledger. */
import type { PhotoGiven } from "../../station/desk.ts";
import { openRaw } from "../../store/raw.ts";
import { attachKept, checkAttaching } from "../attaching.ts";
import { keepBytes } from "../attachmentFiles.ts";

/** @throws RigError RUN_UNKNOWN, USAGE, STORAGE_FAILED */
export async function keepPhoto(store: string, { run, by, name, text, bytes }: PhotoGiven): Promise<{ hash: string }> {
  const runs = await openRaw(store);
  const { id } = runs.run(String(run));
  runs.close();
  const attaching = { id, by, name, text };
  checkAttaching(attaching);
  const kept = keepBytes(store, bytes);
  await attachKept(store, attaching, kept);
  return { hash: kept.hash };
}
