/**
 * YAML files of the twin: adapters under test and bench deviations. Each error is one line with file, line and field.
 */
import { readFileSync } from "node:fs";
import { isMap, isNode, LineCounter, parseDocument, type Node as YamlNode } from "yaml";
import type { ZodType } from "zod";
import { type ErrorCode, RigError } from "../../../rig/model/errors.ts";

const size_max = 1_000_000;

/** Reads and checks a file. Unknown and duplicate keys are refused. Errors: FILE_UNREADABLE, or `code`. */
export function readDocument<T>(path: string, schema: ZodType<T>, code: ErrorCode): T {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new RigError("FILE_UNREADABLE", `cannot read ${path}`, { file: path }, { cause });
  }
  return parseText(text, path, schema, code);
}

/** The same for text at hand; `file` is what errors name. */
export function parseText<T>(text: string, file: string, schema: ZodType<T>, code: ErrorCode): T {
  const refuse = (line: number, field: string, why: string): RigError =>
    new RigError(code, `${file}:${line}: ${field}: ${why}`, { file, line, field });
  if (text.length > size_max) throw refuse(1, "file", `larger than ${size_max} characters`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    throw refuse(lines.linePos(broken.pos[0]).line, "file", broken.message.split("\n")[0] ?? "not YAML");
  }
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    // Aliases: files of this kind need none, and nested ones can be made to grow without bound.
    throw refuse(1, "file", cause instanceof Error ? cause.message : "not YAML");
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map(String);
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const field = [...path, ...(unknown === undefined ? [] : [unknown])].join(".") || "file";
  const why = unknown === undefined ? (issue?.message ?? "invalid") : "is not known; remove it or correct its name";
  const at = nearest(document.contents, unknown === undefined ? path : [...path, unknown]);
  throw refuse(at === undefined ? 1 : lines.linePos(at).line, field, why);
}

/** Offset of the deepest key of the path that is in the text. */
function nearest(contents: unknown, path: readonly string[]): number | undefined {
  let here: unknown = contents;
  let offset = isNode(contents) ? (contents as YamlNode).range?.[0] : undefined;
  for (const key of path) {
    if (isMap(here)) {
      const pair = here.items.find((item) => String(isNode(item.key) ? item.key.toJSON() : item.key) === key);
      if (pair === undefined) return offset;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      here = pair.value;
    } else if (isNode(here) && "items" in here && Array.isArray(here.items)) {
      here = here.items[Number(key)];
      if (isNode(here)) offset = here.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
