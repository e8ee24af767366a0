/**
 * SQLite behind one file, through the `node:sqlite` API: built in from Node 22.13, before that @photostructure/sqlite
 * with the same API. Every connection: WAL, synchronous=FULL (its default loses the last commits on power loss),
 * foreign keys, a busy time-out.
 */

import { statSync } from "node:fs";
import { join } from "node:path";
import { RigError } from "../model/errors.ts";
import { makeFolder } from "./folder.ts";
import { migrations, type Step } from "./schema.ts";

/** One database file of a store's directory. `migrations` only grow: a step once released is never edited. */
export interface Shape {
  readonly file: string;
  readonly migrations: readonly Step[];
}

/** Runs, events, series: the journal's own file. */
export const journalShape: Shape = { file: "rig.sqlite", migrations };

export type Value = null | number | bigint | string | Uint8Array;
export type Row = Readonly<Record<string, Value>>;

export interface Statement {
  run(...values: Value[]): { readonly changes: number | bigint };
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
  iterate(...values: Value[]): IterableIterator<Row>;
}

/** The part of the `node:sqlite` API used here. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

interface Module {
  readonly DatabaseSync: new (path: string, options?: { readOnly?: boolean }) => Database;
}

export const storeFile = (dir: string, shape = journalShape): string => join(dir, shape.file);

/** Stores below this size are checked at every start; larger ones only when a run was not ended. */
const check_bytes_max = 64 * 2 ** 20;
const busy_ms = 5000;

async function sqlite(): Promise<Module> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const builtIn = major > 22 || (major === 22 && minor >= 13);
  const name: string = builtIn ? "node:sqlite" : "@photostructure/sqlite";
  return (await import(name)) as Module;
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Any error while reading or writing the store, naming the file. */
export function storageError(what: string, dir: string, error: unknown, shape = journalShape): RigError {
  if (error instanceof RigError) return error;
  return new RigError("STORAGE_FAILED", `${what} ${storeFile(dir, shape)}: ${text(error)}`, { dir }, { cause: error });
}

/** Creates the directory if need be. FILE_UNREADABLE when the path is something else. */
function ensureDirectory(dir: string): void {
  try {
    makeFolder(dir);
  } catch (error) {
    throw new RigError("FILE_UNREADABLE", `${dir} cannot be the store's directory: ${text(error)}`, { dir });
  }
}

/** 0 when there is no such file. */
function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch (error) {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === "ENOTDIR") return 0;
    throw new RigError("FILE_UNREADABLE", `cannot read ${path}: ${text(error)}`, { path }, { cause: error });
  }
}

function configure(db: Database): void {
  db.exec(`PRAGMA busy_timeout = ${busy_ms}; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF`);
}

export interface OpenOptions {
  /** Largest size of the database, bytes: a full store fails like a full disk. */
  readonly max_bytes?: number;
}

/** Opens for writing: creates, checks, migrates. STORAGE_FAILED, STORE_VERSION, FILE_UNREADABLE. */
export async function openStore(dir: string, options: OpenOptions = {}, shape = journalShape): Promise<Database> {
  ensureDirectory(dir);
  const { DatabaseSync } = await sqlite();
  const path = storeFile(dir, shape);
  const size = sizeOf(path);
  let db: Database | undefined;
  try {
    db = new DatabaseSync(path);
    configure(db);
    const mode = db.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"];
    if (mode !== "wal") throw new Error(`this file system does not allow a write-ahead log (mode ${mode})`);
    db.exec("PRAGMA synchronous = FULL");
    if (size > 0 && (size <= check_bytes_max || hasOpenRun(db))) quickCheck(db);
    migrate(db, dir, shape);
    if (options.max_bytes !== undefined) {
      db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(options.max_bytes / 4096))}`);
    }
    return db;
  } catch (error) {
    db?.close();
    throw storageError("cannot open", dir, error, shape);
  }
}

/**
 * Closes with all data in the one file, so that a copy of it is complete; with a reader attached the log stays. Needed
 * because a connection whose statements wait for the garbage collector is not closed to the end by close().
 */
export function closeStore(db: Database): void {
  db.exec("PRAGMA busy_timeout = 0");
  db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
  db.close();
}

/** Which versions of a store are read: runs, events and series have stood in the same tables since the first one. */
export type Accepted = "newest" | "older too";

/**
 * Opens what is there for reading only, also while a writer works. FILE_UNREADABLE when there is no store, STORE_OLD when
 * its version is older than this program's and that is not accepted.
 */
export async function openToRead(dir: string, shape = journalShape, accepted: Accepted = "newest"): Promise<Database> {
  const path = storeFile(dir, shape);
  if (sizeOf(path) === 0) throw new RigError("FILE_UNREADABLE", `there is no store in ${dir}`, { dir });
  const { DatabaseSync } = await sqlite();
  let db: Database | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true });
    configure(db);
    const version = versionOf(db, dir, shape);
    if (version < shape.migrations.length && accepted === "newest") {
      const what = `${path} has version ${version}, this program reads ${shape.migrations.length}`;
      throw new RigError("STORE_OLD", what, { version });
    }
    return db;
  } catch (error) {
    db?.close();
    throw storageError("cannot read", dir, error, shape);
  }
}

/** A second connection for reading, in the thread that already has one for writing. */
export async function reopenToRead(dir: string): Promise<Database> {
  const { DatabaseSync } = await sqlite();
  const db = new DatabaseSync(storeFile(dir), { readOnly: true });
  configure(db);
  return db;
}

function hasOpenRun(db: Database): boolean {
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'run'").get() !== undefined;
  return known && db.prepare("SELECT 1 FROM run WHERE hash IS NULL LIMIT 1").get() !== undefined;
}

/** Throws with what SQLite finds wrong with the file. */
export function quickCheck(db: Database): void {
  const found = db.prepare("PRAGMA quick_check(3)").all();
  const words = found.map((row) => String(Object.values(row)[0]).replaceAll("\n", "; "));
  if (words.length !== 1 || words[0] !== "ok") throw new Error(`the file is damaged: ${words.join("; ")}`);
}

function versionOf(db: Database, dir: string, shape: Shape): number {
  const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
  const known = shape.migrations.length;
  if (version > known) {
    throw new RigError(
      "STORE_VERSION",
      `${storeFile(dir, shape)} has version ${version}, this program knows ${known}`,
      { version, known },
    );
  }
  return version;
}

/** Brings the tables to the newest version, each step in its own transaction. */
export function migrate(db: Database, dir: string, shape = journalShape): void {
  while (versionOf(db, dir, shape) < shape.migrations.length) {
    inTransaction(db, () => {
      // Read again inside: another process may have done the step in between.
      const version = versionOf(db, dir, shape);
      const step = shape.migrations[version];
      if (step === undefined) return;
      db.exec(typeof step === "string" ? step : step.sql);
      if (typeof step !== "string") step.fill(db);
      db.exec(`PRAGMA user_version = ${version + 1}`);
    });
  }
}

/** Runs `body` in one transaction; any error undoes all of it. */
export function inTransaction<R>(db: Database, body: () => R): R {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = body();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    undo(db, error);
    throw error;
  }
}

/** SQLite has undone a failed transaction itself on a full disk or an I/O error; a second ROLLBACK then fails. */
function undo(db: Database, first: unknown): void {
  try {
    db.exec("ROLLBACK");
  } catch (second) {
    if (!/no transaction is active/.test(text(second))) {
      throw new AggregateError([first, second], `${text(first)}; undoing it: ${text(second)}`);
    }
  }
}
