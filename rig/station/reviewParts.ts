/** What the routes of the review share: whom they ask, and how they read a path and a query. */
import { RigError } from "../model/errors.ts";
import type { Ctx } from "./http.ts";
import type { AskReview } from "./reviewTypes.ts";
import { numberOfRun } from "./runNumber.ts";

export interface ReviewDeps {
  /** In a thread of its own: nothing here may hold up the stream of the page that watches a run. */
  readonly ask: AskReview;
}

/** The number in the path. @throws RigError USAGE */
export const runIn = (c: Ctx): number => numberOfRun(c.req.param("run"));

/** A text of the query; undefined for none. @throws RigError USAGE */
export function textOf(c: Ctx, name: string, most: number): string | undefined {
  const value = c.req.query(name);
  if (value === undefined || value === "") return undefined;
  if (value.length > most) throw new RigError("USAGE", `${name}: at most ${most} characters`);
  return value;
}

export function wholeOf(c: Ctx, name: string): number {
  const value = Number(c.req.query(name));
  if (!Number.isSafeInteger(value) || value < 1) throw new RigError("USAGE", `${name}: a whole number from 1`);
  return value;
}
