/**
 * Verifies an evidence file line by line: needs the file and public keys, no store, no database, no package. Finds what
 * was changed and says where. Every line is looked at whatever stood before it; memory does not grow with the run.
 */
import { createHash } from "node:crypto";
import { attachmentKind, formatName, formatVersion } from "../format.ts";
import { LineChecker, type RawLine } from "../lines.ts";
import { AttachmentPart, type AttachmentResult } from "./attachmentPart.ts";
import { type Anchor, ChainPart } from "./chainPart.ts";
import { countIn, type Fields, type Finding, Findings, textIn } from "./findings.ts";
import { type LedgerAt, LedgerPart } from "./ledgerPart.ts";
import { RunPart, type RunSaid } from "./runPart.ts";
import { anchorsOf, checkSigned, type SignatureResult, type SignedResult } from "./signedPart.ts";

/** A state of a store that was exported on its own (`rig head`). */
export interface ExportedHead {
  /** Its file, for messages. */
  readonly file: string;
  readonly chain: { readonly run: number; readonly hash: string; readonly digest: string };
  readonly ledger: LedgerAt;
}

export interface VerifyOptions {
  /** Trusted public keys, whole (`spkiOf`): the 64 bits of an id could be met by another key. */
  readonly keys: ReadonlySet<string>;
  readonly heads: readonly ExportedHead[];
}

export interface Verified {
  /** damaged: changed, cut or forged. unsigned: whole, but no signature by a key that was given. */
  readonly state: "signed" | "unsigned" | "damaged";
  readonly findings: readonly Finding[];
  /** All of them; the list holds the first hundred. */
  readonly found: number;
  readonly run: RunSaid;
  readonly signatures: readonly SignatureResult[];
  readonly signOff: SignedResult["signOff"];
  readonly claimed: SignedResult["claimed"];
  readonly doubts: SignedResult["doubts"];
  readonly attachments: readonly AttachmentResult[];
  readonly chain: { readonly from: number; readonly to: number; readonly compared: readonly Anchor[] };
  readonly ledger: { readonly entries: number; readonly withheld: number; readonly left: number };
  /** Exported heads that the file does not reach. */
  readonly unreached: readonly string[];
  /** SHA-256 of the file without its last line. */
  readonly fingerprint: string;
}

/** Sections in the order in which they stand. */
const rank: Readonly<Record<string, number>> = {
  evidence: 0,
  head: 1,
  event: 2,
  seal: 3,
  series: 4,
  points: 4,
  entry: 5,
  withheld: 5,
  gap: 5,
  chain: 6,
  run: 7,
  attachment: 8,
  content: 8,
  end: 9,
};

export class Verifier {
  private readonly options: VerifyOptions;
  private readonly found = new Findings();
  private readonly checker = new LineChecker();
  private readonly run = new RunPart(this.found);
  private readonly ledger: LedgerPart;
  private readonly chain = new ChainPart(this.found);
  private readonly attachments: AttachmentPart;
  private readonly all = createHash("sha256");
  private fingerprint = "";
  private anchors: readonly Anchor[] = [];
  private section = -1;
  private last = "the beginning";

  constructor(options: VerifyOptions) {
    this.options = options;
    this.ledger = new LedgerPart(
      this.found,
      options.heads.map(({ ledger }) => ledger),
    );
    this.attachments = new AttachmentPart(this.found, this.ledger.attachments);
  }

  line({ bytes, whole }: RawLine): void {
    this.found.line += 1;
    const { fits, line } = this.checker.read(bytes);
    const is = line === undefined ? undefined : textIn(line, "is");
    const section = is === undefined ? undefined : rank[is];
    if (line === undefined || is === undefined || section === undefined) {
      const where = guessedName(bytes) ?? `after ${this.last}`;
      this.found.add(where, "is no line of an evidence file any more: it was damaged");
    } else {
      this.last = nameOfLine(is, line);
      this.enter(section);
      this.take(is, line);
      if (!fits && !this.found.here)
        this.found.add(this.last, "was changed, or a line before it was removed, added or moved");
    }
    if (!whole) this.found.add(this.last, "the file is cut in this line");
    this.all.update(bytes).update("\n");
  }

  private enter(section: number): void {
    if (this.section === rank["end"]) this.found.add(this.last, "stands after the end of the file");
    else if (section < this.section) this.found.add(this.last, "stands in the wrong place");
    else if (this.section < 0 && section > 0)
      this.found.add("the first line", "missing: the file does not begin with it");
    if (section > 4 && this.section <= 4) this.run.endSeries();
    if (section > 5 && this.section <= 5) {
      const heads = this.options.heads.map(({ chain, file }) => ({
        ...chain,
        by: `exported head ${file}`,
        mustReach: false,
      }));
      this.anchors = [...anchorsOf(this.ledger.aboutRun), ...heads];
    }
    this.section = Math.max(this.section, section);
  }

  private take(is: string, line: Fields): void {
    if (is === "evidence") this.first(line);
    else if (is === "head") this.head(line);
    else if (is === "event") this.run.event(line);
    else if (is === "seal") this.run.seal(line);
    else if (is === "series") this.run.startSeries(line);
    else if (is === "points") this.run.points(line);
    else if (is === "entry") this.ledger.entry(line, this.run.said.id);
    else if (is === "withheld") this.ledger.digests(line, this.run.said.id);
    else if (is === "gap") this.ledger.gap(line);
    else if (is === "chain") this.chain.start(line);
    else if (is === "run") this.chain.run(line, this.run.said, this.anchors);
    else if (is === "attachment") this.attachments.start(line);
    else if (is === "content") this.attachments.content(line);
    else this.lastLine(line);
  }

  private first(line: Fields): void {
    if (this.found.line !== 1) this.found.add("the first line", "stands in the file twice");
    if (line["format"] !== formatName || line["version"] !== formatVersion) {
      const is = `${String(line["format"])}, version ${String(line["version"])}`;
      this.found.add(
        "the first line",
        `names another format (${is}): this program knows ${formatName}, version ${formatVersion}`,
      );
    }
    this.run.named(line);
  }

  private head(line: Fields): void {
    this.run.head(line);
    this.ledger.expect(this.run.said.head);
  }

  private lastLine(line: Fields): void {
    this.fingerprint = this.all.copy().digest("hex");
    const lines = countIn(line, "lines");
    if (lines !== this.found.line)
      this.found.add("the last line", `counts ${String(lines)} lines, there are ${this.found.line}`);
    else if (line["hash"] !== this.fingerprint && this.found.total === 0)
      this.found.add("the last line", "its hash is not that of the file");
  }

  end(): Verified {
    const { found } = this;
    if (this.section !== rank["end"]) {
      found.line += 1;
      found.add(`after ${this.last}`, "the file is cut: its last lines are missing");
    }
    this.run.end();
    this.chain.end(this.run.said, this.anchors);
    this.attachments.end();
    this.ledger.end();
    const { signatures, signOff, claimed, doubts } = checkSigned(this.ledger, this.run.said, this.options.keys, found);
    // Of the newest edition: a good signature of an older one says nothing about what an unchecked key made of it.
    const isSigned = signatures.some(({ state, edition }) => state === "good" && edition === signOff.edition);
    const { from, to, compared } = this.chain;
    const { head, withheld, left } = this.ledger;
    return {
      state: found.total > 0 ? "damaged" : isSigned ? "signed" : "unsigned",
      findings: [...found.list].sort((a, b) => a.line - b.line),
      found: found.total,
      run: this.run.said,
      signatures,
      signOff,
      claimed,
      doubts,
      attachments: this.attachments.whole,
      chain: { from, to, compared },
      ledger: { entries: head.entries, withheld, left },
      unreached: this.options.heads.filter((one) => !this.reaches(one)).map(({ file }) => file),
      fingerprint: this.fingerprint,
    };
  }

  private reaches({ chain, ledger }: ExportedHead): boolean {
    const { from, to } = this.chain;
    return chain.run >= from && chain.run <= to && ledger.entries <= this.ledger.head.entries;
  }
}

/** Enough of a damaged line to name it. */
const guessed_bytes_max = 4096;

function guessedName(bytes: Buffer): string | undefined {
  const ends = [bytes.subarray(0, guessed_bytes_max), bytes.subarray(-guessed_bytes_max)];
  const text = ends.map((end) => end.toString("latin1")).join(" ");
  const is = /"is":"([a-z]+)"/.exec(text)?.[1];
  const number = /"(?:seq|run|first|from)":([0-9]{1,15})[,}]/.exec(text)?.[1];
  if (is === undefined || rank[is] === undefined) return undefined;
  return nameOfLine(is, number === undefined ? {} : { seq: Number(number) });
}

function nameOfLine(is: string, line: Fields): string {
  const named = textIn(line, "name");
  if (is === "series") return `series ${named ?? ""}`;
  const number = countIn(line, "seq") ?? countIn(line, "run") ?? countIn(line, "first") ?? countIn(line, "from");
  if (is === "evidence") return "the first line";
  if (number === undefined && is !== "end" && is !== "head" && is !== "seal" && is !== "content")
    return `a line of kind ${is}`;
  if (is === "end") return "the last line";
  if (is === "head" || is === "seal") return `${is} of the run`;
  if (is === "points") return `points from ${number} of a series`;
  if (is === "event") return `event ${number}`;
  if (is === "entry" || is === "withheld" || is === "gap") return `entry ${number} of the ledger`;
  if (is === "run" || is === "chain") return `run ${number} in the list of runs`;
  return is === attachmentKind ? `attachment of entry ${number}` : "content of an attachment";
}

export function verify(lines: Iterable<RawLine>, options: VerifyOptions): Verified {
  const verifier = new Verifier(options);
  for (const line of lines) verifier.line(line);
  return verifier.end();
}
