/**
 * What people decide about runs, limits, instruments and each other: signatures, dispositions, approvals, calibrations,
 * baselines, authorisations. One list for a store, in a database file of its own so that no page can block the journal;
 * entries in the order they were made, each linked to the one before by its hash, never changed, never deleted. What
 * holds now is folded from the entries of a kind; a later entry takes back an earlier one, and both stay.
 */
import { existsSync } from "node:fs";
import { canonical, type Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import { noHash } from "../store/chain.ts";
import {
  type Accepted,
  closeStore,
  type Database,
  inTransaction,
  openStore,
  openToRead,
  type Row,
  type Shape,
  storageError,
  storeFile,
} from "../store/database.ts";
import { entryLinkOf, withheldOf } from "./entryLink.ts";

/** The ledger's own file beside the journal's. */
export const ledgerShape: Shape = {
  file: "ledger.sqlite",
  migrations: [
    `
    CREATE TABLE entry (
      seq INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      text TEXT NOT NULL,
      hash TEXT NOT NULL
    ) STRICT;
    CREATE INDEX entry_kind ON entry (kind, subject, seq);
    CREATE TRIGGER entry_kept BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger is never shortened'); END;
    CREATE TRIGGER entry_sealed BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;
    `,
  ],
};

const shape = ledgerShape;

/** A decision as somebody makes it. */
export interface NewEntry {
  /** What was decided: `signature`, `calibration`... One file of this folder owns each kind and knows its body. */
  readonly kind: string;
  /** What it is about, the key of a look-up: a run's id, an instrument's serial number, an operator. */
  readonly subject: string;
  /** Who decided; a name, never an empty text. */
  readonly by: string;
  readonly body: Readonly<Record<string, Data>>;
}

export interface Entry extends NewEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly utc: string;
  /** Of the canonical text of all fields but this one, linked to the entry before (`entryLink.ts`). */
  readonly hash: string;
}

export interface StoredEntry {
  readonly seq: number;
  readonly kind: string;
  readonly subject: string;
  /** Canonical text of the entry without its hash. */
  readonly text: string;
  readonly hash: string;
}

export interface Head {
  readonly entries: number;
  readonly hash: string;
}

/** The ledger of a store, open for reading; closed by the caller. A store without decisions has an empty one. */
export class Ledger {
  private readonly db: Database | undefined;
  private readonly dir: string;

  constructor(db: Database | undefined, dir: string) {
    this.db = db;
    this.dir = dir;
  }

  /** Of one kind, oldest first; `subject` narrows it. */
  entries(kind: string, subject?: string): readonly Entry[] {
    const where = subject === undefined ? "" : " AND subject = ?";
    const values = subject === undefined ? [kind] : [kind, subject];
    return this.read(`SELECT * FROM entry WHERE kind = ?${where} ORDER BY seq`, values).map(entryOf);
  }

  /** All entries, oldest first, from `seq` on. */
  all(from = 1): readonly Entry[] {
    return this.read("SELECT * FROM entry WHERE seq >= ? ORDER BY seq", [from]).map(entryOf);
  }

  /** Entries as they are stored, oldest first; what an export hands on byte by byte. */
  texts(): readonly StoredEntry[] {
    return this.read("SELECT seq, kind, subject, text, hash FROM entry ORDER BY seq", []).map((row) => ({
      seq: Number(row["seq"]),
      kind: String(row["kind"]),
      subject: String(row["subject"]),
      text: String(row["text"]),
      hash: String(row["hash"]),
    }));
  }

  head(): Head {
    const last = this.read("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1", [])[0];
    return last === undefined
      ? { entries: 0, hash: noHash }
      : { entries: Number(last["seq"]), hash: String(last["hash"]) };
  }

  /** Of one entry; undefined when there is none of this number. */
  hashAt(seq: number): string | undefined {
    const row = this.read("SELECT hash FROM entry WHERE seq = ?", [seq])[0];
    return row === undefined ? undefined : String(row["hash"]);
  }

  /** What is wrong with the chain, in words that name the first entry that does not fit; undefined when it holds. */
  fault(): string | undefined {
    let hash = noHash;
    let seq = 0;
    for (const row of this.read("SELECT seq, kind, subject, text, hash FROM entry ORDER BY seq", [])) {
      seq += 1;
      if (Number(row["seq"]) !== seq) return `entry ${seq} of the ledger is missing`;
      const text = String(row["text"]);
      const entry = entryIn(text);
      const link = entry === undefined ? undefined : entryLinkOf(hash, withheldOf({ ...entry, text }));
      if (entry === undefined || link === undefined || link !== row["hash"]) {
        return `entry ${seq} of the ledger was changed, or one before it is missing`;
      }
      hash = link;
      if (entry.kind !== row["kind"] || entry.subject !== row["subject"]) {
        return `entry ${seq} of the ledger is filed under ${row["kind"]} ${row["subject"]}, which it is not`;
      }
    }
    return undefined;
  }

  close(): void {
    this.db?.close();
  }

  private read(sql: string, values: (string | number)[]): Row[] {
    if (this.db === undefined) return [];
    try {
      return this.db.prepare(sql).all(...values);
    } catch (error) {
      throw storageError("cannot read", this.dir, error, shape);
    }
  }
}

/** Undefined for a text that is no entry: somebody changed it. */
function entryIn(text: string): Omit<Entry, "hash"> | undefined {
  try {
    const entry = JSON.parse(text) as Partial<Omit<Entry, "hash">> | null;
    const isEntry = typeof entry?.kind === "string" && typeof entry.subject === "string";
    return isEntry ? (entry as Omit<Entry, "hash">) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function entryOf(row: Row): Entry {
  return { ...(JSON.parse(String(row["text"])) as Omit<Entry, "hash">), hash: String(row["hash"]) };
}

/** @throws RigError STORAGE_FAILED when it cannot be read, STORE_VERSION when a newer program wrote it */
export async function openLedger(dir: string, accepted: Accepted = "newest"): Promise<Ledger> {
  return new Ledger(existsSync(storeFile(dir, shape)) ? await openToRead(dir, shape, accepted) : undefined, dir);
}

/**
 * As `openLedger`, for whoever lets the ledger decide something: one whose chain does not hold decides nothing.
 * @throws RigError STORAGE_FAILED also when the chain does not hold; STORE_VERSION
 */
export async function openCheckedLedger(dir: string): Promise<Ledger> {
  const ledger = await openLedger(dir);
  try {
    const fault = ledger.fault();
    if (fault !== undefined) throw new RigError("STORAGE_FAILED", `${storeFile(dir, shape)}: ${fault}`, { dir });
    return ledger;
  } catch (error) {
    ledger.close();
    throw error;
  }
}

/**
 * Adds one decision; on disk when it resolves. `check` sees the ledger as it is in the transaction and refuses by
 * throwing, so that two people cannot both decide what only one may.
 * @throws RigError STORAGE_FAILED (also when the chain does not hold), STORE_VERSION, USAGE for a decision without a name
 */
export async function appendEntry(dir: string, made: NewEntry, check?: (ledger: Ledger) => void): Promise<Entry> {
  requireName(made);
  const [entry] = await appendEntries(dir, (ledger) => {
    check?.(ledger);
    return [made];
  });
  if (entry === undefined) throw new TypeError("one entry was to be written");
  return entry;
}

function requireName({ kind, by }: NewEntry): void {
  if (by.trim() === "") throw new RigError("USAGE", `a ${kind} needs the name of who decides (--by NAME)`);
}

/** As `appendEntry`, for decisions that belong together: all are written or none; `make` sees the ledger before them. */
export async function appendEntries(
  dir: string,
  make: (ledger: Ledger) => readonly NewEntry[],
): Promise<readonly Entry[]> {
  const db = await openStore(dir, {}, shape);
  try {
    return inTransaction(db, () => {
      const ledger = new Ledger(db, dir);
      const fault = ledger.fault();
      if (fault !== undefined) throw new RigError("STORAGE_FAILED", `${storeFile(dir, shape)}: ${fault}`, { dir });
      const insert = db.prepare("INSERT INTO entry (seq, kind, subject, text, hash) VALUES (?, ?, ?, ?, ?)");
      let last = ledger.head();
      const utc = new Date().toISOString();
      return make(ledger).map((made) => {
        requireName(made);
        const entry = { ...made, seq: last.entries + 1, utc };
        const text = canonical(entry as unknown as Data);
        const hash = entryLinkOf(last.hash, withheldOf({ ...entry, text }));
        insert.run(entry.seq, entry.kind, entry.subject, text, hash);
        last = { entries: entry.seq, hash };
        return { ...entry, hash };
      });
    });
  } catch (error) {
    throw storageError("cannot write", dir, error, shape);
  } finally {
    closeStore(db);
  }
}
