/** Photos of the page, kept as `rig attach` keeps a file: under its hash, with an entry of the ledger; and shown again. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { attachmentsOf } from "../../ledger/attachments.ts";
import { openLedger } from "../../ledger/ledger.ts";
import { RigError } from "../../model/errors.ts";
import type { PhotoGiven } from "../../station/desk.ts";
import { photo_most_bytes } from "../../station/http.ts";
import { photoOf, tooManyPixels } from "../../station/image.ts";
import type { MadeFile } from "../../station/runs.ts";
import { Glance } from "../../store/glance.ts";
import { attachKept, checkAttaching } from "../attaching.ts";
import { keepBytes, keptPath, readingAt } from "../attachmentFiles.ts";

/** @throws RigError RUN_UNKNOWN, USAGE, STORAGE_FAILED */
export async function keepPhoto(store: string, { run, by, name, text, bytes }: PhotoGiven): Promise<{ hash: string }> {
  const id = await idOf(store, run);
  if (id === undefined) throw new RigError("RUN_UNKNOWN", `there is no run ${run}`, { run });
  const attaching = { id, by, name, text };
  checkAttaching(attaching);
  const kept = keepBytes(store, bytes);
  await attachKept(store, attaching, kept);
  return { hash: kept.hash };
}

async function idOf(store: string, run: number): Promise<string | undefined> {
  const glance = await Glance.open(store);
  const id = glance.head(run)?.id;
  glance.close();
  return id;
}

/**
 * Undefined where the run has no such file, or it is no photo: another type by its first bytes, or larger than a page may
 * send; `large`: it has too many pixels. @throws RigError FILE_UNREADABLE for one that is gone or was changed
 */
export async function shownPhoto(
  store: string,
  run: number,
  hash: string,
): Promise<MadeFile | { readonly large: string } | undefined> {
  const entry = await entryOf(store, run, hash);
  if (entry === undefined || entry.bytes > photo_most_bytes) return undefined;
  const path = keptPath(store, hash);
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw new RigError("FILE_UNREADABLE", `the photo cannot be read: ${(error as Error).message}`, { path });
  }
  try {
    await checkBytes(file, hash, entry.bytes);
    const photo = photoOf(readingAt(file.fd));
    const large = photo && tooManyPixels(photo);
    if (photo && large === undefined) {
      const { type } = photo;
      // In pieces: a reader that is slow holds one of them in memory.
      const body = Readable.toWeb(file.createReadStream({ start: 0 })) as ReadableStream<Uint8Array>;
      return { type, name: `${hash.slice(0, 16)}.${type === "image/png" ? "png" : "jpg"}`, bytes: entry.bytes, body };
    }
    await file.close();
    return large === undefined ? undefined : { large };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function entryOf(store: string, run: number, hash: string): Promise<{ readonly bytes: number } | undefined> {
  const id = await idOf(store, run);
  if (id === undefined) return undefined;
  const ledger = await openLedger(store);
  try {
    return attachmentsOf(ledger, id).find(({ body }) => body.hash === hash)?.body;
  } finally {
    ledger.close();
  }
}

/** The bytes are those that were kept. @throws RigError FILE_UNREADABLE */
async function checkBytes(file: FileHandle, hash: string, bytes: number): Promise<void> {
  const { size } = await file.stat();
  const sum = createHash("sha256");
  if (size === bytes) {
    for await (const piece of file.createReadStream({ start: 0, autoClose: false }) as AsyncIterable<Buffer>)
      sum.update(piece);
  }
  if (size !== bytes || sum.digest("hex") !== hash)
    throw new RigError("FILE_UNREADABLE", `the photo ${hash.slice(0, 16)} was changed: its SHA-256 is not its name`);
}
