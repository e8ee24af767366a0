/**
 * Who may use the station, and what each did: a database file of its own (`station.sqlite`), so that no page can block the
 * journal. An account is never deleted, only disabled; the list of actions is linked by hashes like the runs.
 */
import { randomInt } from "node:crypto";
import { statSync } from "node:fs";
import { canonical, type Data } from "../model/data.ts";
import { asRigError, RigError } from "../model/errors.ts";
import { linkOf, noHash } from "../store/chain.ts";
import {
  closeStore,
  type Database,
  inTransaction,
  openStore,
  type Row,
  type Shape,
  storageError,
  storeFile,
} from "../store/database.ts";
import { type Cost, checkSecret, hashOfSecret, matchesSecret, cost as usualCost } from "./password.ts";

export const roles = ["technician", "engineer", "qa", "administrator"] as const;
export type Role = (typeof roles)[number];
export const isRole = (text: unknown): text is Role => roles.some((role) => role === text);

export interface Account {
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
}

export interface Action {
  readonly seq: number;
  readonly utc: string;
  readonly who: string;
  readonly what: string;
  readonly detail: Data;
}

export const stationShape: Shape = {
  file: "station.sqlite",
  migrations: [
    `
    CREATE TABLE account (
      name TEXT PRIMARY KEY COLLATE NOCASE,
      role TEXT NOT NULL,
      secret TEXT NOT NULL,
      disabled INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE action (seq INTEGER PRIMARY KEY, text TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
    CREATE TRIGGER action_kept BEFORE DELETE ON action BEGIN SELECT RAISE(ABORT, 'actions are never deleted'); END;
    CREATE TRIGGER action_sealed BEFORE UPDATE ON action BEGIN SELECT RAISE(ABORT, 'actions are never changed'); END;
    CREATE TRIGGER account_kept BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'accounts are only disabled'); END;
    `,
  ],
};

/** How long another program may hold the file. */
const busy_ms = 300;
const longest_name = 64;

/** @throws RigError LABEL_INVALID */
export function checkName(name: string): string {
  const plain = name.trim();
  if (plain === "" || [...plain].length > longest_name || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(plain)) {
    throw new RigError("LABEL_INVALID", `a name has 1 to ${longest_name} printable characters`);
  }
  return plain;
}

const accountIn = (row: Row): Account & { readonly secret: string } => {
  const role = row["role"];
  if (!isRole(role)) throw new RigError("STORAGE_FAILED", `account ${row["name"]} has a role that is none: ${role}`);
  return { name: String(row["name"]), role, disabled: row["disabled"] === 1, secret: String(row["secret"]) };
};

export class Accounts {
  private readonly db: Database;
  /** One-time code of the first start; undefined once there is an administrator. */
  private code: string | undefined;

  private readonly dir: string;
  private readonly cost: Cost;
  /** Of the file that is open. */
  private readonly inode: number | undefined;

  private constructor(db: Database, dir: string, cost: Cost) {
    this.db = db;
    this.dir = dir;
    this.inode = this.inodeNow();
    this.cost = cost;
    if (!this.list().some(({ role, disabled }) => role === "administrator" && !disabled)) this.code = oneTimeCode();
  }

  /** `cost`: of the hashes made here; tests have many passwords and little time. */
  static async open(dir: string, cost: Cost = usualCost): Promise<Accounts> {
    const db = await openStore(dir, {}, stationShape);
    // All pages wait meanwhile: refused soon is better than silent for long.
    db.exec(`PRAGMA busy_timeout = ${busy_ms}`);
    return new Accounts(db, dir, cost);
  }

  /** For the terminal only: whoever reads it there makes the first administrator. */
  get setupCode(): string | undefined {
    return this.code;
  }

  list(): readonly Account[] {
    const rows = this.guarded(() => this.db.prepare("SELECT * FROM account ORDER BY name").all());
    return rows.map(accountIn).map(({ name, role, disabled }) => ({ name, role, disabled }));
  }

  /** The first administrator. @throws RigError USAGE for a wrong or used code */
  async setUp(code: string, name: string, secret: string): Promise<Account> {
    if (this.code === undefined || code !== this.code) {
      throw new RigError("USAGE", "the one-time code is wrong or used: it is on the terminal where `rig serve` runs");
    }
    const made = await this.create("first start", name, "administrator", secret);
    this.code = undefined;
    return made;
  }

  /** @throws RigError USAGE when the name is taken or the secret weak */
  async create(by: string, name: string, role: Role, secret: string): Promise<Account> {
    const plain = checkName(name);
    checkSecret(plain, secret);
    if (this.row(plain)) throw new RigError("USAGE", `there is an account ${plain} already`);
    const hash = await hashOfSecret(secret, this.cost);
    this.write(() => {
      this.db.prepare("INSERT INTO account (name, role, secret) VALUES (?, ?, ?)").run(plain, role, hash);
      this.note(by, "account made", { name: plain, role });
    });
    return { name: plain, role, disabled: false };
  }

  /** @throws RigError USAGE for an unknown account, or the last administrator */
  change(by: string, name: string, change: { readonly role?: Role; readonly disabled?: boolean }): void {
    this.write(() => {
      const now = this.row(name);
      if (!now) throw new RigError("USAGE", `there is no account ${name}`);
      const next = { role: change.role ?? now.role, disabled: change.disabled ?? now.disabled };
      const others = this.list().filter(
        (one) => one.role === "administrator" && !one.disabled && one.name !== now.name,
      );
      if (others.length === 0 && (next.role !== "administrator" || next.disabled)) {
        throw new RigError("USAGE", `${now.name} is the last administrator: make another one first`);
      }
      const set = this.db.prepare("UPDATE account SET role = ?, disabled = ? WHERE name = ?");
      set.run(next.role, next.disabled ? 1 : 0, now.name);
      this.note(by, "account changed", { name: now.name, ...next });
    });
  }

  async setSecret(by: string, name: string, secret: string): Promise<void> {
    const now = this.row(name);
    if (!now) throw new RigError("USAGE", `there is no account ${name}`);
    checkSecret(now.name, secret);
    const hash = await hashOfSecret(secret, this.cost);
    this.write(() => {
      this.db.prepare("UPDATE account SET secret = ? WHERE name = ?").run(hash, now.name);
      this.note(by, "password changed", { name: now.name });
    });
  }

  /** The account when the secret is right and it is not disabled. Takes as long for a name that nobody has. */
  async verify(name: string, secret: string): Promise<Account | undefined> {
    const now = this.row(name.trim());
    const right = await matchesSecret(secret, now?.secret, this.cost);
    return right && now && !now.disabled ? { name: now.name, role: now.role, disabled: false } : undefined;
  }

  /** As it is now: a role taken away counts at once. */
  account(name: string): Account | undefined {
    const now = this.row(name);
    return now && { name: now.name, role: now.role, disabled: now.disabled };
  }

  /**
   * Adds to the list of what was done. On disk when it returns: called before what it tells of, so that nothing is done that
   * could not be written down. @throws RigError STORAGE_FAILED
   */
  audit(who: string, what: string, detail: Data = null): void {
    this.write(() => this.note(who, what, detail));
  }

  /**
   * For what must always be possible (to stop, to make safe, to log out), and for the outcome of what was written down as asked
   * for. Says on the terminal what could not be written, and returns why; undefined when it is on disk.
   */
  auditIfPossible(who: string, what: string, detail: Data = null): string | undefined {
    try {
      this.audit(who, what, detail);
      return undefined;
    } catch (error) {
      const { message } = asRigError(error);
      process.stderr.write(`station: done but not written down: ${what} by ${who}: ${message}\n`);
      return message;
    }
  }

  /** Newest first. */
  actions(limit: number, before = Number.MAX_SAFE_INTEGER): readonly Action[] {
    return this.db
      .prepare("SELECT text FROM action WHERE seq < ? ORDER BY seq DESC LIMIT ?")
      .all(before, limit)
      .map((row) => JSON.parse(String(row["text"])) as Action);
  }

  close(): void {
    this.guarded(() => closeStore(this.db));
  }

  /** All or nothing, into the file that stands in the store's folder. @throws RigError STORAGE_FAILED */
  private write(body: () => void): void {
    this.guarded(() => {
      if (this.inode === undefined || this.inodeNow() !== this.inode) {
        throw new RigError("STORAGE_FAILED", `${storeFile(this.dir, stationShape)} was moved away or replaced`);
      }
      inTransaction(this.db, body);
    });
  }

  private guarded<R>(body: () => R): R {
    try {
      return body();
    } catch (error) {
      throw storageError("cannot use", this.dir, error, stationShape);
    }
  }

  private inodeNow(): number | undefined {
    return statSync(storeFile(this.dir, stationShape), { throwIfNoEntry: false })?.ino;
  }

  private row(name: string) {
    return this.guarded(() => {
      const row = this.db.prepare("SELECT * FROM account WHERE name = ?").get(name);
      return row && accountIn(row);
    });
  }

  private note(who: string, what: string, detail: Data): void {
    const last = this.db.prepare("SELECT seq, hash FROM action ORDER BY seq DESC LIMIT 1").get();
    const seq = Number(last?.["seq"] ?? 0) + 1;
    const text = canonical({ seq, utc: new Date().toISOString(), who, what, detail });
    const hash = linkOf(String(last?.["hash"] ?? noHash), text);
    this.db.prepare("INSERT INTO action (seq, text, hash) VALUES (?, ?, ?)").run(seq, text, hash);
  }
}

/** 8 digits and letters that nobody confuses. */
function oneTimeCode(): string {
  const letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
  return Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join("");
}
