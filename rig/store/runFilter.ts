/** Which runs are asked for, and how that is said in SQL. Values are always bound, never part of the text (E10). */
import type { Verdict } from "../model/verdict.ts";
import type { Value } from "./database.ts";

/** Where a page of a list ends: the row after which the next page begins. */
export interface RunPlace {
  readonly run: number;
  readonly started: string;
}

export interface RunFilter {
  readonly serial?: string;
  /** Serial numbers that begin with this. */
  readonly serialBegins?: string;
  /** Id of the adapter type. */
  readonly adapter?: string;
  readonly procedure?: string;
  /** As the run has it, letter by letter. */
  readonly operator?: string;
  readonly verdict?: Verdict;
  /** Begun at or after, and before: ISO 8601 times in UTC, as `started` is written. With either, newest start first. */
  readonly since?: string;
  readonly until?: string;
  /** Only runs before this number: for the next page of a list without times. */
  readonly before?: number;
  /** The same for every list, in the order that the list has. */
  readonly after?: RunPlace;
  /** 1 to 10,000; 50 by default. */
  readonly limit?: number;
}

const list_max = 10_000;

export const limitOf = ({ limit }: RunFilter): number => Math.min(list_max, Math.max(1, Math.trunc(limit ?? 50)));

export interface RunQuery {
  /** `WHERE ...` or nothing. */
  readonly where: string;
  readonly order: string;
  readonly values: readonly Value[];
}

/** Greater than every text that begins as `text` does. */
const lastWith = (text: string): string => `${text}\u{10ffff}`;

export function runQuery(filter: RunFilter): RunQuery {
  const parts: string[] = [];
  const values: Value[] = [];
  const add = (condition: string, ...of: readonly (Value | undefined)[]) => {
    const known = of.filter((value) => value !== undefined);
    if (known.length < of.length) return;
    parts.push(condition);
    values.push(...known);
  };
  const { serialBegins: begins, after } = filter;
  const byTime = filter.since !== undefined || filter.until !== undefined;
  add("serial = ?", filter.serial);
  add("serial >= ? AND serial < ?", begins, begins === undefined ? undefined : lastWith(begins));
  add("adapter = ?", filter.adapter);
  add("procedure = ?", filter.procedure);
  add("operator = ?", filter.operator);
  add("verdict = ?", filter.verdict);
  add("run < ?", filter.before);
  add("started >= ?", filter.since);
  add("started < ?", filter.until);
  if (byTime) add("(started, run) < (?, ?)", after?.started, after?.run);
  else add("run < ?", after?.run);
  return {
    where: parts.length === 0 ? "" : `WHERE ${parts.join(" AND ")}`,
    order: byTime ? "ORDER BY started DESC, run DESC" : "ORDER BY run DESC",
    values,
  };
}
