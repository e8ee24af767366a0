/** Suite files: which procedures are run on which adapters, in order, and with what each run is compared. */
import { dirname, isAbsolute, join } from "node:path";
import { z } from "zod";
import { allow_pct_default, alpha_default } from "../../../reports/compare/compare.ts";
import type { CompareOptions } from "../../../reports/compare/types.ts";
import { type Document, type Path, parseText, readDocument } from "../../bench/document.ts";
import { checkName, isRunName } from "../../ledger/baseline.ts";
import { RigError } from "../../model/errors.ts";
import { checkLabel, findAdapter } from "../inputs.ts";
import { findProcedure } from "../procedures.ts";

const text = z.string().regex(/^[^\p{Cc}]{1,200}$/u, "1 to 200 printable characters");
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "small letters, digits and hyphens");
const file = z.string().regex(/^[^\p{Cc}]{1,400}\.ya?ml$/u, "a YAML file, by its path from this file");

const caseSchema = z.strictObject({
  case: name,
  procedure: z.string(),
  /** Id of an adapter type, or a file with one. */
  adapter: z.string(),
  serial: z.string(),
  /** Name of a baseline (rig baseline), or a run's number or id. */
  baseline: z.string(),
  /** A regression run whose soak a predicted pass may end (rig run --early). */
  early: z.boolean().default(false),
  /** What the suite's own twin simulates in this case. */
  twin: z
    .strictObject({
      adapter: file,
      deviations: file.optional(),
      seed: z
        .int()
        .min(0)
        .max(2 ** 31)
        .default(1),
    })
    .optional(),
});

const suiteSchema = z.strictObject({
  suite: name,
  title: text,
  alpha: z.number().gt(0).max(0.5).default(alpha_default),
  allow_pct: z.number().gt(0).max(100).default(allow_pct_default),
  cases: z.array(caseSchema).min(1).max(100),
  /** Number of cases, last in the file: a list cut off between two cases is otherwise good YAML. */
  case_count: z.int().min(1).max(100),
});

type SuiteDocument = z.infer<typeof suiteSchema>;

export interface SuiteCase {
  readonly name: string;
  readonly procedure: string;
  /** Id of the type, or the path of its file. */
  readonly adapter: string;
  readonly serial: string;
  readonly baseline: string;
  readonly early?: true;
  readonly twin?: { readonly adapter: string; readonly deviations?: string; readonly seed: number };
}

export interface Suite {
  readonly id: string;
  readonly title: string;
  readonly hash: string;
  readonly options: CompareOptions;
  readonly cases: readonly SuiteCase[];
}

/** What reads the twin's own files, so that they are checked before the first case. */
export interface TwinFiles {
  readonly adapter: (file: string) => unknown;
  readonly deviations: (file: string) => unknown;
}

/** Throws FILE_UNREADABLE or FILE_INVALID, whose message names file, line and field. `ownTwin`: each case needs its twin. */
export const loadSuite = (path: string, files: TwinFiles, ownTwin: boolean): Suite =>
  toSuite(readDocument(path, suiteSchema, "FILE_INVALID"), files, ownTwin);

/** As `loadSuite`, from text. */
export const parseSuite = (path: string, content: string, files: TwinFiles, ownTwin: boolean): Suite =>
  toSuite(parseText(path, content, suiteSchema, "FILE_INVALID"), files, ownTwin);

function toSuite(document: Document<SuiteDocument>, files: TwinFiles, ownTwin: boolean): Suite {
  const { suite, title, alpha, allow_pct, cases, case_count } = document.value;
  const seen = new Set<string>();
  const made = cases.map((one, i) => {
    if (seen.has(one.case)) document.refuse(["cases", i, "case"], `${one.case} is there twice`, "rename one");
    seen.add(one.case);
    return toCase(document, i, files, ownTwin);
  });
  if (made.length !== case_count)
    document.refuse(
      ["case_count"],
      `${case_count} cases were promised, ${made.length} are here`,
      "get the whole file or correct it",
    );
  return { id: suite, title, hash: document.hash, options: { alpha, allow_pct }, cases: made };
}

function toCase(document: Document<SuiteDocument>, i: number, files: TwinFiles, ownTwin: boolean): SuiteCase {
  const one = document.value.cases[i] as SuiteDocument["cases"][number];
  const at = (...path: Path): Path => ["cases", i, ...path];
  const near = (path: string): string => (isAbsolute(path) ? path : join(dirname(document.file), path));
  const adapter = /\.ya?ml$/.test(one.adapter) ? near(one.adapter) : one.adapter;
  const procedure = checked(document, at("procedure"), () => findProcedure(one.procedure));
  const type = checked(document, at("adapter"), () => findAdapter(adapter));
  if (!procedure.families.includes(type.family))
    document.refuse(
      at("adapter"),
      `${procedure.id} is for families ${procedure.families.join(", ")}, not ${type.family}`,
      "choose another type or procedure",
    );
  checked(document, at("serial"), () => checkLabel("serial number", one.serial));
  if (!isRunName(one.baseline)) checked(document, at("baseline"), () => checkName(one.baseline));
  if (ownTwin && one.twin === undefined)
    document.refuse(at(), "has no twin to simulate its adapter", "add twin: { adapter: FILE }, or run without --twin");
  const twin = one.twin === undefined ? undefined : twinOf(document, at("twin"), one.twin, near, files);
  if (one.early && !procedure.early)
    document.refuse(at("early"), `${procedure.id} has no soak that a predicted pass may end`, "leave it out");
  const { procedure: id, serial, baseline } = one;
  const early = one.early ? { early: true as const } : {};
  return { name: one.case, procedure: id, adapter, serial, baseline, ...early, ...(twin ? { twin } : {}) };
}

function twinOf(
  document: Document<SuiteDocument>,
  at: Path,
  given: NonNullable<SuiteDocument["cases"][number]["twin"]>,
  near: (path: string) => string,
  files: TwinFiles,
): NonNullable<SuiteCase["twin"]> {
  const adapter = near(given.adapter);
  const deviations = given.deviations === undefined ? undefined : near(given.deviations);
  checked(document, [...at, "adapter"], () => files.adapter(adapter));
  if (deviations !== undefined) checked(document, [...at, "deviations"], () => files.deviations(deviations));
  return { adapter, seed: given.seed, ...(deviations === undefined ? {} : { deviations }) };
}

/** What else is wrong with a value, at the line where it stands. */
function checked<T>(document: Document<SuiteDocument>, path: Path, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RigError)) throw error;
    return document.refuse(path, error.message.replace(/ \[[A-Z_]+\]$/, ""), "correct it here, or the file it names");
  }
}
