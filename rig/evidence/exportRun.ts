/** Writes the evidence file of a run from what store and ledger hold; the same state gives the same bytes. */

import { withheldOf } from "../ledger/entryLink.ts";
import { keyKind } from "../ledger/keyEntries.ts";
import type { Ledger, StoredEntry } from "../ledger/ledger.ts";
import { statementIn } from "../ledger/statement.ts";
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import { digestOf, noHash } from "../store/chain.ts";
import type { RawReader, RawRun } from "../store/raw.ts";
import { attachmentKind, content_bytes, formatName, formatVersion, ledgerEntries_max } from "./format.ts";
import { LineWriter } from "./lines.ts";

export interface ExportSources {
  readonly runs: RawReader;
  readonly ledger: Ledger;
  /** Bytes of a kept file by its hash. FILE_UNREADABLE. */
  readonly attachment: (hash: string) => Buffer;
}

export interface ExportOptions {
  /** The list of runs and the ledger from the very beginning, however long. */
  readonly whole: boolean;
}

export interface Exported {
  readonly id: string;
  readonly hash: string;
  readonly simulated: boolean;
  /** SHA-256 of the file without its last line. */
  readonly fingerprint: string;
  readonly bytes: number;
}

/** Runs before this one in a list that does not begin with the first, and after it when nothing signed reaches further. */
const runs_around = 1000;

/** @throws RigError RUN_UNKNOWN, RUN_OPEN, STORAGE_FAILED, FILE_UNREADABLE for an attachment that is gone */
export function exportRun(
  sources: ExportSources,
  which: number | string,
  options: ExportOptions,
  out: (bytes: Buffer) => void,
): Exported {
  const run = sources.runs.run(which);
  const head = JSON.parse(run.head) as Head;
  let bytes = 0;
  const lines = new LineWriter((line) => {
    bytes += line.length;
    out(line);
  });
  lines.write({ is: "evidence", format: formatName, version: formatVersion, run: run.id, uid: head.uid });
  writeRun(lines, sources.runs, run);
  const entries = sources.ledger.texts();
  const concerned = subjectsOf(head, run, sources.runs);
  writeLedger(lines, entries, concerned, { ...options, shown: head.ledger?.entries ?? 0 });
  writeChain(lines, sources.runs, run, anchorOf(entries, run.id), options);
  for (const entry of entries) {
    if (entry.kind === attachmentKind && entry.subject === run.id) writeAttachment(lines, entry, sources);
  }
  return { id: run.id, hash: run.hash, simulated: head.simulated, fingerprint: lines.end(), bytes };
}

interface Head {
  readonly uid: string;
  readonly simulated: boolean;
  readonly operator: string;
  readonly adapter: { readonly serial: string };
  readonly limits: { readonly id: string };
  readonly ledger?: { readonly entries: number };
}

function writeRun(lines: LineWriter, runs: RawReader, run: RawRun): void {
  lines.write({ is: "head", text: run.head, previous: run.previous });
  for (const { seq, text, hash } of runs.events(run.run)) lines.write({ is: "event", seq, text, hash });
  lines.write({ is: "seal", text: run.sealed, hash: run.hash });
  for (const { id, name, points } of runs.series(run.run)) {
    lines.write({ is: "series", name, points });
    for (const { first, count, deflated, data } of runs.chunks(run.run, id)) {
      lines.write({ is: "points", first, count, deflated, data: Buffer.from(data).toString("base64") });
    }
  }
}

/** Whom and what the ledger may speak of in full: this run, its adapter, operator, limits and instruments. */
function subjectsOf(head: Head, run: RawRun, runs: RawReader): ReadonlySet<string> {
  const subjects = new Set([run.id, head.adapter.serial, head.operator, head.limits.id]);
  for (const { text } of runs.events(run.run)) {
    if (!text.includes('"kind":"instrument"')) continue;
    const { body } = JSON.parse(text) as { readonly body?: Data };
    const serial = (body as Readonly<Record<string, Data>> | null)?.["serial"];
    if (typeof serial === "string") subjects.add(serial);
  }
  return subjects;
}

function writeLedger(
  lines: LineWriter,
  entries: readonly StoredEntry[],
  concerned: ReadonlySet<string>,
  options: ExportOptions & {
    /** The entry that the run had seen when it began: its hash stands in the file whatever is left out. */
    readonly shown: number;
  },
): void {
  const gaps = !options.whole && entries.length > ledgerEntries_max;
  let left: StoredEntry | undefined;
  for (const entry of entries) {
    const { seq, kind, text, hash } = entry;
    if (kind === keyKind || concerned.has(entry.subject)) {
      if (left !== undefined) lines.write({ is: "gap", seq: left.seq, hash: left.hash });
      left = undefined;
      lines.write({ is: "entry", seq, text, hash });
    } else if (gaps) {
      left = entry;
      if (seq === options.shown) {
        lines.write({ is: "gap", seq, hash });
        left = undefined;
      }
    } else {
      const { subjectDigest, textDigest } = withheldOf(entry);
      lines.write({ is: "withheld", seq, kind, subject: subjectDigest, text: textDigest, hash });
    }
  }
  if (left !== undefined) lines.write({ is: "gap", seq: left.seq, hash: left.hash });
}

/** The newest run that a signature about this one names. */
function anchorOf(entries: readonly StoredEntry[], id: string): number {
  let newest = 0;
  for (const { subject, text } of entries) {
    if (subject !== id) continue;
    const { body } = JSON.parse(text) as { readonly body: Readonly<Record<string, Data>> };
    const said = body["statement"];
    const statement = typeof said === "string" ? statementIn(said) : "";
    if (typeof statement !== "string") newest = Math.max(newest, statement.chain.run);
  }
  return newest;
}

function writeChain(
  lines: LineWriter,
  runs: RawReader,
  { run }: RawRun,
  anchor: number,
  { whole }: ExportOptions,
): void {
  const from = whole ? 1 : Math.max(1, run - runs_around);
  const to = whole ? Number.MAX_SAFE_INTEGER : Math.max(anchor, run + runs_around);
  let digest = noHash;
  let begun = false;
  for (const each of runs.hashes()) {
    if (each.run > to) break;
    if (each.run >= from) {
      if (!begun) lines.write({ is: "chain", from: each.run, digest });
      begun = true;
      lines.write({ is: "run", run: each.run, hash: each.hash });
    }
    digest = digestOf(digest, each.run, each.hash);
  }
}

function writeAttachment(lines: LineWriter, entry: StoredEntry, sources: ExportSources): void {
  const { body } = JSON.parse(entry.text) as { readonly body: { readonly name: string; readonly hash: string } };
  const bytes = sources.attachment(body.hash);
  if (bytes.length === 0) throw new RigError("FILE_UNREADABLE", `attachment ${body.name} is empty`, {});
  lines.write({ is: "attachment", seq: entry.seq, bytes: bytes.length, hash: body.hash });
  for (let at = 0; at < bytes.length; at += content_bytes) {
    lines.write({ is: "content", data: bytes.subarray(at, at + content_bytes).toString("base64") });
  }
}
