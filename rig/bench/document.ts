/**
 * YAML documents that people write: bench, limits and adapter types. Every problem becomes one line
 * `file:line: field: what is wrong; what to do`, because the reader has the file open in an editor.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { isMap, isScalar, isSeq, LineCounter, type Node, type Document as Parsed, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { sha256 } from "../model/data.ts";
import { type ErrorCode, RigError } from "../model/errors.ts";

/** Largest document, bytes: a bench with all its relays needs about 30 kB. */
export const document_bytes_max = 1_000_000;

export type Path = readonly PropertyKey[];

/** A parsed document that still knows its lines, so that later checks can point at them. */
export interface Document<T> {
  readonly file: string;
  readonly value: T;
  /** SHA-256 of the bytes as read. */
  readonly hash: string;
  /** Refuses the document because of the field at `path`. */
  refuse(path: Path, problem: string, remedy: string): never;
}

/** Reads, parses and checks; `code` is that of the kind of document. */
export function readDocument<T>(file: string, schema: z.ZodType<T>, code: ErrorCode): Document<T> {
  const bytes = readBytes(file, code);
  return parseText(file, decode(file, bytes, code), schema, code, sha256(bytes));
}

/** As `readDocument`, from text; for tests and for documents that came another way. */
export function parseText<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
  code: ErrorCode,
  hash = sha256(text),
): Document<T> {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true });
  const at = (offset: number): number => lines.linePos(offset).line;
  const fail = (line: number, field: string, problem: string, remedy: string): never => {
    throw new RigError(code, `${file}:${line}: ${field}: ${problem}; ${remedy}`, { file, line, field });
  };
  const first = [...parsed.errors, ...parsed.warnings].sort((a, b) => a.pos[0] - b.pos[0])[0];
  if (first) fail(at(first.pos[0]), fieldAt(parsed, first.pos[0]), oneLine(first.message), yamlRemedy(first.code));
  refuseOddKeys(parsed, (offset, key) =>
    fail(at(offset), key, "is not a key this program reads", "keys are plain text names"),
  );
  const refuse = (path: Path, problem: string, remedy: string): never =>
    fail(at(offsetOf(parsed, path)), fieldName(path), problem, remedy);
  const checked = schema.safeParse(parsed.toJS({ maxAliasCount: 0 }));
  if (checked.success) return { file, value: checked.data, hash, refuse };
  const problems = checked.error.issues
    .flatMap((issue) => explain(issue, parsed))
    .sort((a, b) => rank(a) - rank(b) || offsetOf(parsed, a.path) - offsetOf(parsed, b.path));
  const worst = problems[0];
  if (!worst) throw new RigError(code, `${file}:1: document: is not valid; compare it with the examples`, { file });
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return refuse(worst.path, worst.problem, `${worst.remedy}${more}`);
}

function readBytes(file: string, code: ErrorCode): Uint8Array {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RigError("FILE_UNREADABLE", `${file}: cannot be read: ${why}`, { file }, { cause });
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw new RigError("FILE_UNREADABLE", `${file}: is not a file; name a YAML file`, { file });
    const bytes = Buffer.alloc(Math.min(stat.size, document_bytes_max) + 1);
    let length = 0;
    for (let got = 1; got > 0 && length < bytes.length; length += got) {
      got = readSync(handle, bytes, length, bytes.length - length, length);
    }
    if (length > document_bytes_max) {
      const text = `${file}:1: document: is larger than ${document_bytes_max} bytes; is it the right file?`;
      throw new RigError(code, text, { file });
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}

function decode(file: string, bytes: Uint8Array, code: ErrorCode): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RigError(code, `${file}:1: document: is not UTF-8 text; save it as UTF-8`, { file }, { cause });
  }
}

interface Problem {
  readonly path: Path;
  readonly problem: string;
  readonly remedy: string;
}

/** A misspelt key is also a missing one: the misspelling says more. */
const rank = (problem: Problem): number => (problem.problem === unknownKey ? 0 : 1);
const unknownKey = "unknown key";

function explain(issue: z.core.$ZodIssue, parsed: Parsed): readonly Problem[] {
  const found = shown(parsed.getIn(issue.path as unknown[]));
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        problem: unknownKey,
        remedy: "remove it or correct its spelling",
      }));
    case "invalid_type":
      return [
        found === "missing"
          ? { path: issue.path, problem: "is missing", remedy: `add this ${issue.expected}` }
          : { path: issue.path, problem: `must be a ${issue.expected}, is ${found}`, remedy: "correct the value" },
      ];
    case "invalid_value":
      return [
        {
          path: issue.path,
          problem: found === "missing" ? "is missing" : `${found} is not allowed here`,
          remedy: `write one of: ${issue.values.map(String).join(", ")}`,
        },
      ];
    case "too_small":
      return [{ path: issue.path, problem: `${found} is too small`, remedy: bound("more", issue) }];
    case "too_big":
      return [{ path: issue.path, problem: `${found} is too big`, remedy: bound("less", issue) }];
    case "invalid_key":
      return [{ path: issue.path, problem: "is not a valid name", remedy: issue.issues[0]?.message ?? "rename it" }];
    default:
      return [{ path: issue.path, problem: `${found} is not valid`, remedy: oneLine(issue.message) }];
  }
}

type Bounded = z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig;

function bound(way: "more" | "less", issue: Bounded): string {
  const limit = issue.code === "too_small" ? issue.minimum : issue.maximum;
  const what = issue.origin === "string" ? " characters" : issue.origin === "array" ? " entries" : "";
  return issue.inclusive ? `it may be ${limit}${what} or ${way}` : `it must be ${way} than ${limit}${what}`;
}

/** A value as it goes into a message: short, quoted, on one line. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (isMap(value)) return "a map";
  if (isSeq(value)) return "a list";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

const yamlRemedy = (code: string): string => {
  if (code === "DUPLICATE_KEY") return "keep one of the two";
  if (code === "MULTIPLE_DOCS") return "keep one document in the file";
  return "the YAML is broken or cut off here: correct the punctuation or get the whole file";
};

/** YAML allows maps, null and `__proto__` as keys; none has a meaning here and some would vanish silently. */
function refuseOddKeys(parsed: Parsed, refuse: (offset: number, key: string) => never): void {
  visit(parsed, {
    Pair(_, pair) {
      const key = pair.key;
      const offset = (key as Node | null)?.range?.[0] ?? 0;
      if (!isScalar(key)) return refuse(offset, "a key");
      const name = String(key.value);
      if (typeof key.value !== "string" || name in Object.prototype) return refuse(offset, oneLine(name).slice(0, 60));
      return undefined;
    },
    Alias(_, alias) {
      return refuse(alias.range?.[0] ?? 0, `*${alias.source}`);
    },
  });
}

const fieldName = (path: Path): string => (path.length === 0 ? "document" : path.map(String).join("."));

/** Where the field starts; of a missing field, where the map that lacks it starts. */
function offsetOf(parsed: Parsed, path: Path): number {
  let node: unknown = parsed.contents;
  let offset = parsed.contents?.range?.[0] ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
      if (!pair) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}

/** The innermost key that starts at or before the offset: names the field that a syntax error is in. */
function fieldAt(parsed: Parsed, offset: number): string {
  let name = "document";
  visit(parsed, {
    Pair(_, pair) {
      const range = (pair.key as Node | null)?.range;
      if (range && range[0] <= offset && isScalar(pair.key)) name = oneLine(String(pair.key.value)).slice(0, 60);
    },
  });
  return name;
}
