/** What the kinds of entries share: a body that is checked when it is written and again when it is read. */
import { z } from "zod";
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import type { Entry, Ledger } from "./ledger.ts";

/** One line of text that a person gives. */
export const line = (most: number) =>
  z
    .string()
    .max(most, `at most ${most} characters`)
    .refine((text) => text.trim() !== "", "must not be empty")
    .refine((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), "printable characters in one line");

/** A real day of the calendar, YYYY-MM-DD. */
export const day = z.string().refine((text) => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}, "write a date as YYYY-MM-DD");

/** An entry whose body is of its kind's shape. */
export interface Decided<B> {
  readonly seq: number;
  readonly utc: string;
  readonly by: string;
  readonly subject: string;
  readonly body: B;
}

/** A body as an entry takes it: members that are not given are left out. */
export const written = (body: object): Readonly<Record<string, Data>> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Readonly<Record<string, Data>>;

/** @throws RigError USAGE that names the field and what is wrong with it */
export function checkBody<B>(kind: string, schema: z.ZodType<B>, body: unknown): B {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue?.path.map(String).join(".") ?? "";
  throw new RigError("USAGE", `${kind}: ${field === "" ? "" : `${field}: `}${issue?.message ?? "is not valid"}`);
}

/**
 * Entries of a kind, oldest first. A body that its kind cannot read is never passed over: what it takes back would count.
 * @throws RigError STORAGE_FAILED
 */
export function decided<B>(
  ledger: Pick<Ledger, "entries">,
  kind: string,
  schema: z.ZodType<B>,
  subject?: string,
): readonly Decided<B>[] {
  return ledger.entries(kind, subject).map((entry: Entry) => {
    const read = schema.safeParse(entry.body);
    if (!read.success) {
      const why = read.error.issues[0]?.message ?? "is not valid";
      throw new RigError("STORAGE_FAILED", `entry ${entry.seq} of the ledger is no ${kind} that can be read: ${why}`);
    }
    const { seq, utc, by } = entry;
    return { seq, utc, by, subject: entry.subject, body: read.data };
  });
}
