/**
 * A store copied to another medium, and back. The copies are made by SQLite from one state each, while a writer works; the
 * ledger first, so that each run it speaks of is in the journal's copy. A backup counts when it was read back whole.
 */

import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { ledgerShape, openLedger } from "../../ledger/ledger.ts";
import { RigError } from "../../model/errors.ts";
import { stationShape } from "../../station/accounts.ts";
import { journalShape, openToRead, quickCheck, type Shape, storeFile } from "../../store/database.ts";
import { makeFolder } from "../../store/folder.ts";
import { openReader } from "../../store/reader.ts";
import { type Whole, wholeOf } from "../../store/whole.ts";
import { version } from "../root.ts";
import { type Copied, lackingIn, snapshots } from "./copies.ts";
import { copyAttachments, failed, faultOfAttachments, sha256Of, sync, text } from "./files.ts";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Each a database of its own; the ledger first, so that each run it speaks of is in the journal's copy. */
const databases: readonly Shape[] = [ledgerShape, stationShape, journalShape];
/** A trip that is latched, and who cleared others: a restored store must not forget them (S2). */
const plainFiles = ["latch.json", "resets.jsonl"] as const;
const fileNames = [ledgerShape.file, stationShape.file, journalShape.file, ...plainFiles] as const;

const manifestSchema = z.strictObject({
  format: z.literal("adapter-rig-backup"),
  version: z.literal(1),
  made: z.iso.datetime(),
  software: z.string(),
  runs: z.int().min(0),
  /** Final hash of the newest closed run. */
  head: hash.nullable(),
  ledger: z.strictObject({ entries: z.int().min(0), hash }),
  /** Kept files that the ledger names; each lies under its own SHA-256. */
  attachments: z.int().min(0),
  files: z.array(z.strictObject({ name: z.enum(fileNames), bytes: z.int(), sha256: hash })),
});

export type Manifest = z.infer<typeof manifestSchema>;

export interface Backup {
  readonly folder: string;
  readonly manifest: Manifest;
}

const manifestFile = "manifest.json";
/** `rig-20261123T020500Z`, with a number behind it when the second has one already. */
const named = /^rig-\d{8}T\d{6}Z(-\d+)?$/;

export type Progress = (run: number, of: number) => void;

/** Writes a new folder into `into`. @throws RigError STORAGE_FAILED, FILE_UNREADABLE, BACKUP_DAMAGED when it reads back wrong */
export async function makeBackup(
  store: string,
  into: string,
  now: Date,
  progress?: Progress,
  copied: Copied = () => undefined,
): Promise<Backup> {
  (await openToRead(store, journalShape, "older too")).close();
  const stem = `rig-${now.toISOString().replace(/[-:]|\.\d+/g, "")}`;
  try {
    makeFolder(into);
    const folder = await freeName(into, stem);
    const partial = join(into, `.${basename(folder)}.partial`);
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    const shapes = databases.filter((shape) => existsSync(storeFile(store, shape)));
    await snapshots(store, shapes, partial, copied);
    const plain = plainFiles.filter((name) => existsSync(join(store, name)));
    for (const name of plain) {
      await copyFile(join(store, name), join(partial, name));
      await sync(join(partial, name));
    }
    const names = [...shapes.map(({ file }) => file), ...plain];
    const attachments = await copyAttachments(store, partial);
    const manifest = await describe(partial, { names, attachments }, now, progress);
    await writeFile(join(partial, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    await sync(partial);
    await rename(partial, folder);
    await sync(into);
    return { folder, manifest };
  } catch (error) {
    throw failed("cannot back up to", into, error);
  }
}

async function freeName(into: string, stem: string): Promise<string> {
  const taken = new Set(await readdir(into));
  for (let n = 1; ; n++) {
    const name = n === 1 ? stem : `${stem}-${n}`;
    if (!taken.has(name)) return join(into, name);
  }
}

/** Reads the copies back: what stands in the manifest was found there. */
async function describe(
  dir: string,
  { names, attachments }: { readonly names: readonly string[]; readonly attachments: number },
  now: Date,
  progress: Progress | undefined,
): Promise<Manifest> {
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(dir, name);
      return { name, bytes: (await stat(path)).size, sha256: await sha256Of(path) };
    }),
  );
  const { runs, hash: head, fault } = await contentsOf(dir, progress);
  if (fault !== undefined) throw new RigError("BACKUP_DAMAGED", `the store to back up is damaged: ${fault}`, { dir });
  const ledger = await openLedger(dir, "older too");
  try {
    return manifestSchema.parse({
      format: "adapter-rig-backup",
      version: 1,
      made: now.toISOString(),
      software: version,
      runs,
      head: head ?? null,
      ledger: ledger.head(),
      attachments,
      files,
    });
  } finally {
    ledger.close();
  }
}

/** The first thing that is wrong with the databases, as SQLite, the runs' chain and the ledger's see it. */
async function contentsOf(dir: string, progress: Progress | undefined): Promise<Whole> {
  try {
    for (const shape of databases.filter(({ file }) => existsSync(join(dir, file)))) {
      const db = await openToRead(dir, shape, "older too");
      try {
        quickCheck(db);
      } catch (error) {
        return { runs: 0, fault: `${shape.file}: ${text(error)}` };
      } finally {
        db.close();
      }
    }
    const ledger = await openLedger(dir, "older too");
    try {
      const fault = ledger.fault();
      if (fault !== undefined) return { runs: 0, fault };
    } finally {
      ledger.close();
    }
    const lacks = await lackingIn(dir);
    if (lacks !== undefined) return { runs: 0, fault: lacks };
    const missing = await faultOfAttachments(dir);
    if (missing !== undefined) return { runs: 0, fault: missing };
    const reader = await openReader(dir, "older too");
    try {
      return wholeOf(reader, progress);
    } finally {
      reader.close();
    }
  } catch (error) {
    return { runs: 0, fault: text(error) };
  }
}

/** @throws RigError BACKUP_DAMAGED that says which file and where, FILE_UNREADABLE for what is no backup */
export async function verifyBackup(folder: string, progress?: Progress): Promise<Manifest> {
  const manifest = await manifestOf(folder);
  for (const { name, bytes, sha256 } of manifest.files) {
    const path = join(folder, name);
    const size = (await stat(path).catch(() => undefined))?.size;
    if (size === undefined) throw damaged(folder, `${name} is missing`);
    if (size === bytes && (await sha256Of(path)) === sha256) continue;
    const what = size === bytes ? "its bytes changed" : `it has ${size} bytes instead of ${bytes}`;
    const { fault } = await contentsOf(folder, progress);
    throw damaged(folder, `${name} is not what was written: ${what}; ${fault ?? "all runs in it still hold"}`);
  }
  const found = await contentsOf(folder, progress);
  if (found.fault !== undefined) throw damaged(folder, found.fault);
  const differs = found.runs !== manifest.runs || (found.hash ?? null) !== manifest.head;
  if (differs)
    throw damaged(folder, `it holds ${found.runs} runs, the manifest says ${manifest.runs}, or another head`);
  return manifest;
}

const damaged = (folder: string, why: string): RigError =>
  new RigError("BACKUP_DAMAGED", `${folder}: ${why}`, { folder });

async function manifestOf(folder: string): Promise<Manifest> {
  const path = join(folder, manifestFile);
  let raw: string;
  try {
    raw = await readFile(path, "utf8");
  } catch (error) {
    throw new RigError("FILE_UNREADABLE", `${folder} is no backup: ${text(error)}`, { folder }, { cause: error });
  }
  try {
    return manifestSchema.parse(JSON.parse(raw));
  } catch (error) {
    throw new RigError(
      "BACKUP_DAMAGED",
      `${path} is not what was written: it cannot be read`,
      { path },
      { cause: error },
    );
  }
}

/** Complete backups in a folder, oldest first. */
export async function backupsIn(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    throw new RigError("FILE_UNREADABLE", `cannot read ${dir}: ${text(error)}`, { dir }, { cause: error });
  });
  return names
    .filter((name) => named.test(name) && existsSync(join(dir, name, manifestFile)))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((name) => join(dir, name));
}

/**
 * Removes all but the newest `keep` backups; the newest must have been made and read back just now. Nothing is removed when
 * an old one holds more than it: a store that has lost runs or decisions must not take its good copies with it.
 * @throws RigError BACKUP_DAMAGED
 */
export async function removeOld(dir: string, keep: number): Promise<readonly string[]> {
  const all = await backupsIn(dir);
  const old = all.slice(0, -keep);
  const newest = all.at(-1);
  if (newest === undefined) return [];
  const now = await manifestOf(newest);
  for (const folder of old) {
    const { runs, ledger } = await manifestOf(folder);
    if (runs <= now.runs && ledger.entries <= now.ledger.entries) continue;
    throw damaged(
      folder,
      `it holds ${runs} runs and ${ledger.entries} decisions, the newest backup ${now.runs} and ${now.ledger.entries}; ` +
        "nothing was removed: find out what the store has lost",
    );
  }
  for (const folder of old) await rm(folder, { recursive: true });
  return old;
}

/** A backup itself, or the newest in a folder of backups. */
export async function chosenBackup(path: string): Promise<string> {
  if (existsSync(join(path, manifestFile))) return path;
  const newest = (await backupsIn(path)).at(-1);
  if (newest !== undefined) return newest;
  throw new RigError("FILE_UNREADABLE", `${path} is no backup and holds none (a folder with ${manifestFile})`, {
    path,
  });
}

/**
 * Into a directory that is not there or empty: nothing is ever written over. The files get their names when all are on
 * disk. @throws RigError BACKUP_DAMAGED, FILE_UNREADABLE, STORAGE_FAILED
 */
export async function restoreBackup(folder: string, to: string, progress?: Progress): Promise<Manifest> {
  await refuseFull(to);
  const manifest = await verifyBackup(folder, progress);
  try {
    makeFolder(to);
    for (const { name, sha256 } of manifest.files) {
      const partial = join(to, `${name}.partial`);
      await copyFile(join(folder, name), partial);
      await sync(partial);
      if ((await sha256Of(partial)) !== sha256) throw damaged(folder, `${name} read back differently from ${to}`);
    }
    for (const { name } of manifest.files) await rename(join(to, `${name}.partial`), join(to, name));
    await copyAttachments(folder, to);
    await sync(to);
    await sync(dirname(resolve(to)));
    return manifest;
  } catch (error) {
    throw failed("cannot restore to", to, error);
  }
}

async function refuseFull(to: string): Promise<void> {
  const there = await readdir(to).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new RigError("FILE_UNREADABLE", `${to} cannot be a new store: ${text(error)}`, { to }, { cause: error });
  });
  if (there.length > 0) {
    throw new RigError("USAGE", `${to} is not empty: a backup is restored into a new directory, never over a store`);
  }
}
