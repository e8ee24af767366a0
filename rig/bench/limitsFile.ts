/** Limits documents: controlled tables, one row a limit, each with where it came from and who approved it. */
import { z } from "zod";
import { decisionRules, type Limit, type LimitSet } from "../model/limits.ts";
import { stabilisationIds } from "../model/stabilisation.ts";
import { units } from "../model/units.ts";
import { type Document, parseText, readDocument } from "./document.ts";

const text = z.string().regex(/^[^\p{Cc}]{1,200}$/u, "1 to 200 printable characters");
/** A name that another could look like is nobody's: nothing unseen in it. */
const person = z.string().regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,200}$/u, "1 to 200 printable characters");
const id = z.string().regex(/^[A-Za-z0-9.]{1,64}$/, "letters, digits and dots");

const row = z.strictObject({
  title: text,
  unit: z.enum(units),
  min: z.number().optional(),
  max: z.number().optional(),
  rule: z.enum(decisionRules),
  k: z.number().min(1).max(4),
  subject: z.enum(["adapter", "rig"]),
  source: text,
  edition: text,
  clause: text,
  confidence: z.enum(["P", "S", "D", "K", "H"]),
  approved_by: text,
});

const limitsSchema = z.strictObject({
  limits: z.string().regex(/^[a-z0-9-]{1,64}$/, "small letters, digits and hyphens"),
  revision: text,
  title: text,
  /** Who wrote this revision: never one of the two who approve it. */
  author: person.optional(),
  /** First day on which it may be used. */
  effective: z.iso.date("a day, written as YYYY-MM-DD").optional(),
  retest: z
    .strictObject({
      reseats: z.int().min(0).max(10),
      by: z.array(z.enum(["technician", "engineer", "qa"])).min(1),
      counts: z.enum(["last", "worst"]),
    })
    .optional(),
  /** Which rule ends the soak of its procedures. */
  stabilisation: z
    .strictObject({ rule: z.enum(stabilisationIds), on: z.enum(["absolute", "rise"]).default("absolute") })
    .optional(),
  rows: z.record(id, row),
  /** Number of rows, last in the file: a table cut off between two rows is otherwise good YAML. */
  row_count: z.int().min(1).max(1000),
});

type LimitsDocument = z.infer<typeof limitsSchema>;

/** Throws FILE_UNREADABLE or LIMITS_INVALID, whose message names file, line and field. */
export const loadLimits = (path: string): LimitSet => toLimits(readDocument(path, limitsSchema, "LIMITS_INVALID"));

/** As `loadLimits`, from text. */
export const parseLimits = (file: string, content: string): LimitSet =>
  toLimits(parseText(file, content, limitsSchema, "LIMITS_INVALID"));

function toLimits(document: Document<LimitsDocument>): LimitSet {
  const { limits, revision, title, retest, stabilisation, rows, row_count, author, effective } = document.value;
  const made: Record<string, Limit> = {};
  for (const [name, { approved_by, min, max, ...rest }] of Object.entries(rows)) {
    const path = ["rows", name];
    if (min === undefined && max === undefined) document.refuse(path, "has neither min nor max", "give at least one");
    if (min !== undefined && max !== undefined && min >= max) {
      document.refuse([...path, "min"], `${min} is not below max ${max}`, "correct one of the two");
    }
    if (rest.subject === "rig" && rest.rule === "nonbinary-U") {
      document.refuse(
        [...path, "rule"],
        "nonbinary-U has no place in a check of the rig, which holds or ends the run",
        "use simple, guard-U or iso14253",
      );
    }
    made[name] = {
      id: name,
      ...rest,
      approvedBy: approved_by,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    };
  }
  const count = Object.keys(made).length;
  if (count !== row_count) {
    document.refuse(
      ["row_count"],
      `${row_count} rows were promised, ${count} are here`,
      "get the whole file or correct it",
    );
  }
  if (stabilisation && !("th.rise" in made)) {
    document.refuse(["stabilisation"], "no row th.rise is here, so that nothing is soaked", "leave it out");
  }
  return {
    id: limits,
    revision,
    title,
    ...(retest ? { retest } : {}),
    ...(stabilisation ? { stabilisation } : {}),
    rows: made,
    hash: document.hash,
    ...(author === undefined ? {} : { author }),
    ...(effective === undefined ? {} : { effective }),
  };
}
