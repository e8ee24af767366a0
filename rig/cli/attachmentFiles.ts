/** Where kept files lie: in the store's folder, each under its SHA-256, written once and never replaced. */

import { closeSync, existsSync, openSync, readFileSync, readSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import { makeFolder } from "../store/folder.ts";
import { writeNew } from "./keyFile.ts";

/** 64 MiB: a photo or a PDF, no video. */
export const attachment_bytes_max = 64 * 2 ** 20;

const folderOf = (store: string): string => join(store, "attachments");

/** Where it lies, if it is there. `hash`: 64 hexadecimal digits. */
export const keptPath = (store: string, hash: string): string => join(folderOf(store), hash);

/** Bytes from a place of an open file; fewer at its end. */
export const readingAt =
  (file: number) =>
  (from: number, bytes: number): Uint8Array => {
    const found = Buffer.alloc(bytes);
    return found.subarray(0, readSync(file, found, 0, bytes, from));
  };

/** What `look` finds in it; undefined when it is not there. @throws RigError FILE_UNREADABLE */
export function lookInto<R>(
  store: string,
  hash: string,
  look: (read: ReturnType<typeof readingAt>) => R,
): { readonly found: R } | undefined {
  const path = keptPath(store, hash);
  if (!existsSync(path)) return undefined;
  try {
    const file = openSync(path, "r");
    try {
      return { found: look(readingAt(file)) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RigError("FILE_UNREADABLE", `cannot read ${path}: ${why}`, { path }, { cause: error });
  }
}

/** @throws RigError FILE_UNREADABLE */
function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RigError("FILE_UNREADABLE", `cannot read ${path}: ${why}`, { path }, { cause: error });
  }
}

/** @throws RigError FILE_UNREADABLE for a file that is gone or was changed */
export function keptFile(store: string, hash: string): Buffer {
  const path = join(folderOf(store), hash);
  const bytes = read(path);
  if (sha256(bytes) !== hash) throw new RigError("FILE_UNREADABLE", `${path} was changed: its SHA-256 is not its name`);
  return bytes;
}

/** Copies a file into the store. @throws RigError FILE_UNREADABLE, FILE_INVALID for an empty or too large one */
export function keepFile(store: string, path: string): { readonly hash: string; readonly bytes: number } {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size !== undefined && (size === 0 || size > attachment_bytes_max))
    throw new RigError("FILE_INVALID", `${path} has ${size} bytes: 1 to ${attachment_bytes_max} can be kept`, { path });
  return keepBytes(store, read(path));
}

/** The same for bytes that came from elsewhere. @throws RigError FILE_INVALID for none or too many */
export function keepBytes(store: string, given: Uint8Array): { readonly hash: string; readonly bytes: number } {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.length === 0 || bytes.length > attachment_bytes_max)
    throw new RigError("FILE_INVALID", `a file of ${bytes.length} bytes: 1 to ${attachment_bytes_max} can be kept`);
  const hash = sha256(bytes);
  const kept = join(folderOf(store), hash);
  if (!existsSync(kept)) {
    makeFolder(folderOf(store));
    const fresh = `${kept}.${process.pid}.tmp`;
    writeNew(fresh, bytes, 0o640);
    renameSync(fresh, kept);
  }
  return { hash, bytes: bytes.length };
}
