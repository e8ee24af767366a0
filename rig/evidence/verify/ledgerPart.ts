/** The ledger's entries: their chain, the keys, what was signed and kept; and that nothing about the run is withheld. */

import { entryLinkOf, type Withheld, withheldOf } from "../../ledger/entryLink.ts";
import { keyKind } from "../../ledger/keyEntries.ts";
import type { Entry } from "../../ledger/ledger.ts";
import { sha256 } from "../../model/data.ts";
import { noHash } from "../../store/chain.ts";
import { attachmentKind, ledgerEntries_max } from "../format.ts";
import { countIn, type Fields, type Findings, fieldsIn, textIn } from "./findings.ts";

/** An entry that was read, with the hash of the one before it. */
export interface ReadEntry extends Entry {
  readonly before: string;
  readonly line: number;
}

export interface LedgerAt {
  readonly entries: number;
  readonly hash: string;
}

/** As rig/ledger/dispositions.ts files them; that file reads stores, which a verifier has not. */
const dispositionKind = "disposition";

export class LedgerPart {
  readonly keys: ReadEntry[] = [];
  readonly aboutRun: ReadEntry[] = [];
  /** Of QA, about whatever adapter is told in full: a release may rest on one. */
  readonly dispositions: ReadEntry[] = [];
  readonly attachments = new Map<number, ReadEntry>();
  head: LedgerAt = { entries: 0, hash: noHash };
  withheld = 0;
  /** Entries of which not even digests are in the file. */
  left = 0;
  private gapLine: number | undefined;
  private readonly found: Findings;
  private readonly heads: readonly LedgerAt[];
  private seen: LedgerAt | undefined;
  private seenReached = false;

  /** `heads`: exported states that entries of these numbers must fit. */
  constructor(found: Findings, heads: readonly LedgerAt[]) {
    this.found = found;
    this.heads = heads;
  }

  /** What the head of the run says of the ledger when it began; heads of older programs say nothing. */
  expect(head: Fields | undefined) {
    const said = head?.["ledger"];
    if (said === undefined) return;
    const at: Fields = typeof said === "object" && said !== null ? (said as Fields) : {};
    const [entries, hash] = [countIn(at, "entries"), textIn(at, "hash")];
    if (entries === undefined || hash === undefined)
      this.found.add("head of the run", "does not say readably where the ledger stood when it began");
    else if (entries > 0) this.seen = { entries, hash };
  }

  entry(line: Fields, run: string | undefined) {
    const [seq, text, hash] = [countIn(line, "seq"), textIn(line, "text"), textIn(line, "hash")];
    const made = text === undefined ? undefined : entryIn(text);
    if (seq === undefined || text === undefined || hash === undefined || made === undefined)
      return this.found.add(`entry ${this.head.entries + 1} of the ledger`, "cannot be read");
    const before = this.head.hash;
    if (made.seq !== seq) this.found.add(`entry ${seq} of the ledger`, `says that it is entry ${made.seq}`);
    if (!this.link(seq, hash, withheldOf({ ...made, text }))) return;
    const entry: ReadEntry = { ...made, hash, before, line: this.found.line };
    if (entry.kind === keyKind) this.keys.push(entry);
    if (entry.kind === dispositionKind) this.dispositions.push(entry);
    if (entry.subject !== run) return;
    if (entry.kind === attachmentKind) this.attachments.set(seq, entry);
    else this.aboutRun.push(entry);
  }

  digests(line: Fields, run: string | undefined) {
    const [seq, kind, hash] = [countIn(line, "seq"), textIn(line, "kind"), textIn(line, "hash")];
    const [subject, text] = [textIn(line, "subject"), textIn(line, "text")];
    if (seq === undefined || kind === undefined || subject === undefined || text === undefined || hash === undefined)
      return this.found.add(`entry ${this.head.entries + 1} of the ledger`, "cannot be read");
    this.withheld += 1;
    if (!this.link(seq, hash, { kind, subjectDigest: subject, textDigest: text })) return;
    const where = `entry ${seq} of the ledger (${kind})`;
    if (kind === keyKind) this.found.add(where, "is about a key and is withheld");
    else if (run !== undefined && subject === sha256(run)) this.found.add(where, "is about this run and is withheld");
  }

  gap(line: Fields) {
    const [seq, hash] = [countIn(line, "seq"), textIn(line, "hash")];
    if (seq === undefined || hash === undefined || seq <= this.head.entries)
      return this.found.add(`entries from ${this.head.entries + 1} of the ledger`, "cannot be read");
    this.left += seq - this.head.entries;
    this.gapLine ??= this.found.line;
    this.reached(seq, hash);
  }

  end() {
    if (this.seen !== undefined && !this.seenReached) {
      const { entries } = this.seen;
      const is =
        this.head.entries < entries ? `it ends with entry ${this.head.entries}` : `entry ${entries} is not shown`;
      this.found.add(`entry ${entries} of the ledger`, `missing: the run had seen it when it began, and ${is}`);
    }
    if (this.left === 0 || this.head.entries > ledgerEntries_max) return;
    const why = `only a ledger of more than ${ledgerEntries_max} entries is cut`;
    this.found.add(`${this.left} entries of the ledger`, `left out: ${why}`, this.gapLine);
  }

  private link(seq: number, hash: string, entry: Withheld): boolean {
    const expected = this.head.entries + 1;
    if (seq < expected) {
      this.found.add(`entry ${seq} of the ledger`, `stands after entry ${this.head.entries}`);
      return false;
    }
    if (seq > expected)
      this.found.add(
        seq - 1 === expected ? `entry ${expected} of the ledger` : `entries ${expected} to ${seq - 1} of the ledger`,
        "missing",
      );
    else if (entryLinkOf(this.head.hash, entry) !== hash)
      this.found.add(`entry ${seq} of the ledger (${entry.kind})`, "does not fit the ledger's chain: it was changed");
    this.reached(seq, hash);
    return true;
  }

  private reached(entries: number, hash: string) {
    this.head = { entries, hash };
    const known = this.heads.find((head) => head.entries === entries);
    if (known !== undefined && known.hash !== hash)
      this.found.add(`entry ${entries} of the ledger`, "is not the one that the exported head names");
    if (this.seen?.entries !== entries) return;
    this.seenReached = true;
    if (this.seen.hash !== hash)
      this.found.add(`entry ${entries} of the ledger`, "is not the one that the run had seen when it began");
  }
}

function entryIn(text: string): Omit<Entry, "hash"> | undefined {
  const data = fieldsIn(text);
  const body = data?.["body"];
  const isEntry =
    data !== undefined &&
    ["kind", "subject", "by", "utc"].every((name) => typeof data[name] === "string") &&
    typeof data["seq"] === "number" &&
    typeof body === "object" &&
    body !== null;
  return isEntry ? (data as unknown as Omit<Entry, "hash">) : undefined;
}
