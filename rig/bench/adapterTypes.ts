/** Adapter types: the catalogue of products and a lab's own types, one YAML file each, named as its id. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import type { AdapterType } from "../model/adapter.ts";
import { RigError } from "../model/errors.ts";
import { type Document, parseText, readDocument } from "./document.ts";

const idPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
const text = z.string().regex(/^[^\p{Cc}]{1,400}$/u, "1 to 400 printable characters");

const adapterSchema = z.strictObject({
  adapter: z.string().regex(idPattern, "small letters, digits and hyphens"),
  maker: text,
  model: text,
  family: z.enum(["A", "B", "C", "D", "E"]),
  rating: z.strictObject({
    current_A: z.number().positive().max(1000),
    voltage_V: z.number().positive().max(1500),
    ambient_min_degC: z.number().min(-60).max(60),
    ambient_max_degC: z.number().min(-60).max(90),
  }),
  pp: z.strictObject({ topology: z.enum(["PASS", "SERIES_SW", "LOCAL", "ACTIVE"]) }),
  parts: z.strictObject({
    id_element: z.boolean(),
    temp_sensors: z.boolean(),
    latch_switch: z.boolean(),
    ac_contacts_populated: z.boolean(),
  }),
  source: text,
  confidence: z.enum(["P", "S", "D", "K", "H"]),
});

type AdapterDocument = z.infer<typeof adapterSchema>;

/** Throws FILE_UNREADABLE or ADAPTER_INVALID, whose message names file, line and field. */
export const loadAdapterType = (path: string): AdapterType =>
  toAdapterType(readDocument(path, adapterSchema, "ADAPTER_INVALID"));

/** As `loadAdapterType`, from text. */
export const parseAdapterType = (file: string, content: string): AdapterType =>
  toAdapterType(parseText(file, content, adapterSchema, "ADAPTER_INVALID"));

function toAdapterType(document: Document<AdapterDocument>): AdapterType {
  const { adapter, parts, ...rest } = document.value;
  if (rest.family !== "A" && rest.family !== "B") {
    document.refuse(["family"], `no procedure tests family ${rest.family} yet`, "use A or B");
  }
  if (rest.rating.ambient_min_degC >= rest.rating.ambient_max_degC) {
    document.refuse(["rating", "ambient_min_degC"], "is not below ambient_max_degC", "correct one of the two");
  }
  if (rest.pp.topology === "SERIES_SW" && !parts.latch_switch) {
    document.refuse(["parts", "latch_switch"], "must be true with pp topology SERIES_SW", "correct one of the two");
  }
  return {
    id: adapter,
    ...rest,
    parts: {
      idElement: parts.id_element,
      tempSensors: parts.temp_sensors,
      latchSwitch: parts.latch_switch,
      acContactsPopulated: parts.ac_contacts_populated,
    },
  };
}

/** Ids of the types in a folder, sorted. */
export function adapterTypeIds(dir: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(dir);
  } catch (cause) {
    throw new RigError("FILE_UNREADABLE", `${dir}: the folder of adapter types cannot be read`, { dir }, { cause });
  }
  return names
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => basename(name, ".yaml"))
    .sort();
}

/** The type with this id; the id comes from a label or an operator, so it must never leave the folder. */
export function findAdapterType(dir: string, id: string): AdapterType {
  const known = adapterTypeIds(dir);
  if (!idPattern.test(id) || !known.includes(id)) {
    const shown = JSON.stringify(id.slice(0, 64));
    throw new RigError("USAGE", `there is no adapter type ${shown} in ${dir}; known: ${known.join(", ")}`, { dir });
  }
  const path = join(dir, `${id}.yaml`);
  const type = loadAdapterType(path);
  if (type.id !== id) {
    throw new RigError("ADAPTER_INVALID", `${path}:1: adapter: is ${type.id}; rename the file or correct the id`, {
      path,
    });
  }
  return type;
}
