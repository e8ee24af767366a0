/** The list of what was done at the station, read by whoever reviews it: filtered, page by page, its chain recomputed. */
import { linkOf, noHash } from "../store/chain.ts";
import { type Database, openToRead, type Row, storageError } from "../store/database.ts";
import { type Action, stationShape } from "./accounts.ts";

export interface ActionFilter {
  /** Letter case does not matter. */
  readonly who?: string;
  /** Part of what was done or of its detail; letter case of a-z does not matter. */
  readonly what?: string;
  /** ISO 8601 times in UTC; `until` is not included. */
  readonly since?: string;
  readonly until?: string;
  readonly before?: number;
  readonly limit: number;
}

/** The part of the file's text that a filter reads. */
const of = (member: string): string => `json_extract(text, '$.${member}')`;

export class Actions {
  private readonly db: Database;
  private readonly dir: string;

  private constructor(db: Database, dir: string) {
    this.db = db;
    this.dir = dir;
  }

  /** @throws RigError STORAGE_FAILED, FILE_UNREADABLE */
  static async open(dir: string): Promise<Actions> {
    return new Actions(await openToRead(dir, stationShape), dir);
  }

  /** Newest first. */
  list({ who, what, since, until, before, limit }: ActionFilter): readonly Action[] {
    const parts = ["seq < ?"];
    const values: (string | number)[] = [before ?? Number.MAX_SAFE_INTEGER];
    const add = (condition: string, value: string | undefined) => {
      if (value === undefined) return;
      parts.push(condition);
      values.push(value);
    };
    add(`${of("who")} = ? COLLATE NOCASE`, who);
    add(`instr(lower(${of("what")} || ' ' || coalesce(${of("detail")}, '')), lower(?)) > 0`, what);
    add(`${of("utc")} >= ?`, since);
    add(`${of("utc")} < ?`, until);
    const sql = `SELECT text FROM action WHERE ${parts.join(" AND ")} ORDER BY seq DESC LIMIT ?`;
    return this.read(sql, [...values, limit]).map((row) => JSON.parse(String(row["text"])) as Action);
  }

  /** How many there are, and the first that does not fit its chain. */
  check(): { readonly entries: number; readonly fault?: string } {
    let [hash, seq] = [noHash, 0];
    for (const row of this.read("SELECT seq, text, hash FROM action ORDER BY seq", [])) {
      seq += 1;
      if (Number(row["seq"]) !== seq) return { entries: seq - 1, fault: `action ${seq} is missing` };
      hash = linkOf(hash, String(row["text"]));
      if (hash !== row["hash"])
        return { entries: seq, fault: `action ${seq} was changed, or one before it is missing` };
    }
    return { entries: seq };
  }

  close(): void {
    this.db.close();
  }

  private read(sql: string, values: (string | number)[]): Row[] {
    try {
      return this.db.prepare(sql).all(...values);
    } catch (error) {
      throw storageError("cannot read", this.dir, error, stationShape);
    }
  }
}
