/** The register of known artefacts: one YAML file each, named as its id (procedures/artefacts). */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Artefact, Reference } from "../model/declared.ts";
import { RigError } from "../model/errors.ts";
import { units } from "../model/units.ts";
import { isoDate } from "./benchSchema.ts";
import { type Document, parseText, readDocument } from "./document.ts";

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "small letters, digits and hyphens");
const text = z.string().regex(/^[^\p{Cc}]{1,400}$/u, "1 to 400 printable characters");
/** Id of a judgement, for instance `power.dc.r/DC+`. */
const row = z.string().regex(/^[\x21-\x7e]{1,80}$/, "id of a judgement, for instance power.dc.r/DC+");

const artefactSchema = z.strictObject({
  artefact: id,
  kind: z.enum(["golden", "challenge"]),
  title: text,
  adapter: id,
  serial: text,
  expires: isoDate,
  reference: z
    .record(
      row,
      z.strictObject({
        unit: z.enum(units),
        value: z.number(),
        tolerance: z.number().positive(),
        u: z.number().min(0),
      }),
    )
    .default({}),
  fails_at: row.optional(),
  source: text,
  approved_by: text,
  /** Of the simulated bench only: fields of an adapter file (docs/adapter-file.md) by which it deviates. */
  twin: z.record(z.string(), z.unknown()).default({}),
});

type ArtefactDocument = z.infer<typeof artefactSchema>;

/** Throws FILE_UNREADABLE or FILE_INVALID, whose message names file, line and field. */
export const loadArtefact = (path: string): Artefact => toArtefact(readDocument(path, artefactSchema, "FILE_INVALID"));

/** As `loadArtefact`, from text. */
export const parseArtefact = (file: string, content: string): Artefact =>
  toArtefact(parseText(file, content, artefactSchema, "FILE_INVALID"));

function toArtefact(document: Document<ArtefactDocument>): Artefact {
  const { artefact, kind, reference, fails_at, approved_by, ...rest } = document.value;
  const rows = Object.entries(reference);
  if (kind === "golden" && rows.length === 0) {
    document.refuse(["kind"], "a golden artefact needs reference values", "give at least one row in reference");
  }
  if (kind === "challenge" && fails_at === undefined) {
    document.refuse(["kind"], "a challenge artefact needs the row it must fail at", "give fails_at");
  }
  if (kind === "golden" && fails_at !== undefined)
    document.refuse(["fails_at"], "is only for a challenge artefact", "remove it");
  if (kind === "challenge" && rows.length > 0)
    document.refuse(["reference"], "is only for a golden artefact", "remove it");
  for (const [name, { tolerance, u }] of rows) {
    // Otherwise the reference itself decides by chance whether the answer is right.
    if (2 * u > tolerance)
      document.refuse(
        ["reference", name, "u"],
        `2 u is more than the tolerance ${tolerance}`,
        "correct one of the two",
      );
  }
  const made: Record<string, Reference> = Object.fromEntries(rows);
  return {
    id: artefact,
    kind,
    ...rest,
    reference: made,
    ...(fails_at === undefined ? {} : { failsAt: fails_at }),
    approvedBy: approved_by,
    hash: document.hash,
  };
}

/** All artefacts of a folder, by id. Two with one serial number are refused: the label would not say which it is. */
export function loadRegister(dir: string): readonly Artefact[] {
  let names: readonly string[];
  try {
    names = readdirSync(dir);
  } catch (cause) {
    throw new RigError("FILE_UNREADABLE", `${dir}: the register of artefacts cannot be read`, { dir }, { cause });
  }
  const bySerial = new Map<string, string>();
  return names
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => {
      const path = join(dir, name);
      const artefact = loadArtefact(path);
      if (artefact.id !== basename(name, ".yaml"))
        throw new RigError("FILE_INVALID", `${path}:1: artefact: is ${artefact.id}; rename the file or correct the id`);
      const other = bySerial.get(artefact.serial);
      if (other) throw new RigError("FILE_INVALID", `${path}:1: serial: ${artefact.serial} is also that of ${other}`);
      bySerial.set(artefact.serial, artefact.id);
      return artefact;
    });
}
