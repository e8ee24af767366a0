/** What was signed about the run: whether each signature holds, and whether it is about what the file shows. */
import { type Closing, doubtText, type OpenDoubt, openDoubts } from "../../ledger/doubtFold.ts";
import { keysOf } from "../../ledger/keyEntries.ts";
import {
  amendmentKind,
  foldSigned,
  type Signed,
  type SignOff,
  signatureKind,
  signedIn,
} from "../../ledger/signatures.ts";
import { samePerson, spkiOf } from "../../ledger/signing.ts";
import type { Statement } from "../../ledger/statement.ts";
import { isPass, type Verdict } from "../../model/verdict.ts";
import type { Anchor } from "./chainPart.ts";
import type { Fields, Findings } from "./findings.ts";
import type { ReadEntry } from "./ledgerPart.ts";
import type { RunSaid } from "./runPart.ts";

export interface SignatureResult {
  readonly entry: number;
  readonly name: string;
  readonly role: string;
  readonly meaning: string;
  readonly reason: string;
  readonly utc: string;
  readonly key: string;
  readonly edition: number;
  readonly waived: readonly string[];
  readonly disposition?: string;
  /** good: by a key that was given; unchecked: by a key of the ledger that was not given; bad: see the findings. */
  readonly state: "good" | "unchecked" | "bad";
}

export const nameOf = ({ name, meaning }: Statement, seq: number): string =>
  `signature of ${name} (${meaning}, entry ${seq})`;

/** Statements of entries that may be signatures, for the list of runs that follows in the file. */
export function anchorsOf(entries: readonly ReadEntry[]): readonly Anchor[] {
  const keys = keysOf([]);
  return entries.filter(isSigned).flatMap((entry) => {
    const { statement } = signedIn(entry, keys);
    if (statement === undefined) return [];
    return [{ ...statement.chain, by: nameOf(statement, entry.seq), mustReach: true }];
  });
}

const isSigned = ({ kind }: ReadEntry): boolean => kind === signatureKind || kind === amendmentKind;

export interface SignedResult {
  readonly signatures: readonly SignatureResult[];
  /** By the keys that were given alone; a rejection counts whoever signed it. */
  readonly signOff: SignOff;
  /** Open at the end of the ledger: an instrument of this run was found to read wrongly. */
  readonly doubts: readonly OpenDoubt[];
  /** What the file says when the keys that were not given are taken at its word too. */
  readonly claimed: SignOff["state"];
}

/** `trusted`: the public keys (`spkiOf`) that whoever verifies trusts. */
export function checkSigned(
  entries: {
    readonly keys: readonly ReadEntry[];
    readonly aboutRun: readonly ReadEntry[];
    readonly dispositions: readonly ReadEntry[];
  },
  said: RunSaid,
  trusted: ReadonlySet<string>,
  found: Findings,
): SignedResult {
  const keys = keysOf(entries.keys);
  const given = new Set([...keys.byId].flatMap(([id, { publicKey }]) => (trusted.has(spkiOf(publicKey)) ? [id] : [])));
  const lineOf = new Map([...entries.keys, ...entries.aboutRun].map(({ seq, line }) => [seq, line]));
  for (const { seq, why } of keys.faults) found.add(`entry ${seq} of the ledger (key)`, why, lineOf.get(seq));
  const judged = entries.aboutRun.filter(isSigned).map((entry): Signed => {
    const signed = signedIn(entry, keys);
    const why =
      signed.fault ??
      (signed.statement &&
        (faultOfContent(signed.statement, entry, said) ??
          faultOfDisposition(signed.statement, entry, entries.dispositions) ??
          faultOfDoubt(signed.statement, entry, entries)));
    return why === undefined ? signed : { ...signed, fault: why };
  });
  const signOff = foldSigned(judged);
  const faults = new Map(signOff.faults.map(({ seq, why }) => [seq, why]));
  const signatures = judged.flatMap(({ seq, kind, statement }): SignatureResult[] => {
    const why = faults.get(seq);
    const where = statement === undefined ? `${kind}, entry ${seq} of the ledger` : nameOf(statement, seq);
    if (why !== undefined) found.add(where, why, lineOf.get(seq));
    if (statement === undefined) return [];
    const { name, role, meaning, reason, utc, key, edition, waived, disposition } = statement;
    const state = why !== undefined ? "bad" : given.has(key) ? "good" : "unchecked";
    const more = disposition === undefined ? {} : { disposition };
    return [{ entry: seq, name, role, meaning, reason, utc, key, edition, waived, ...more, state }];
  });
  const doubts = said.id === undefined ? [] : doubtsIn(entries, said.id);
  return { signatures, signOff: byGiven(signOff, given), doubts, claimed: signOff.state };
}

type AboutRun = Pick<Parameters<typeof checkSigned>[0], "aboutRun" | "dispositions">;

function doubtsIn({ aboutRun, dispositions }: AboutRun, run: string, before?: number): readonly OpenDoubt[] {
  const closings = dispositions.map(({ seq, body }) => ({
    seq,
    runs: Array.isArray(body["runs"]) ? body["runs"] : [],
  }));
  return openDoubts(aboutRun, closings as readonly Closing[], run, before);
}

/** Nobody releases a run whose instrument was found to read wrongly, before that is settled. */
function faultOfDoubt({ run, meaning }: Statement, { seq }: ReadEntry, entries: AboutRun): string | undefined {
  if (meaning !== "released") return undefined;
  const [doubt] = doubtsIn(entries, run, seq);
  return doubt && `the run was ${doubtText(doubt)}`;
}

function byGiven(all: SignOff, given: ReadonlySet<string>): SignOff {
  const counts = all.signed.filter(({ statement }) => given.has(statement.key) || statement.meaning === "rejected");
  const last = counts.at(-1)?.statement.meaning;
  return { ...all, signed: counts, state: last === undefined || last === "amended" ? "unsigned" : last };
}

/** Why a statement is not about this run as the file shows it. */
function faultOfContent(statement: Statement, entry: ReadEntry, said: RunSaid): string | undefined {
  const { hash, uid, verdict, ending, mark, ledger, meaning, name, disposition } = statement;
  if (hash !== said.hash || uid !== said.uid) return "it was made for another record: the run was changed after it";
  if (ledger.hash !== entry.before) return "the ledger before it is not the one that was signed";
  const { outcome, head } = said;
  if (outcome !== undefined && (verdict !== outcome["verdict"] || ending !== outcome["ending"]))
    return `it speaks of ${verdict}, ${ending}: the run's outcome is another`;
  if ((mark === "SIMULATED") !== (head?.["simulated"] === true))
    return "it hides or pretends that the run is SIMULATED";
  const operator = head === undefined ? undefined : operatorIn(head);
  const isPassed = ending === "completed" && isPass(verdict as Verdict);
  if (meaning === "released" && !isPassed && disposition === undefined)
    return `a run that is ${verdict}, ${ending} is released without a disposition`;
  const isDecision = meaning === "released" || meaning === "rejected";
  if (isDecision && operator !== undefined && samePerson(operator, name))
    return `${name} ran this test: another person of QA must sign`;
  return undefined;
}

/** A release that rests on a disposition: one that stood in the ledger before it, of this run, that lets it be used. */
function faultOfDisposition(
  { run, disposition }: Statement,
  { seq }: ReadEntry,
  dispositions: readonly ReadEntry[],
): string | undefined {
  if (disposition === undefined) return undefined;
  const found = dispositions.some(({ seq: at, body }) => {
    const { number, decision, runs } = body;
    return at < seq && number === disposition && decision === "use-as-is" && Array.isArray(runs) && runs.includes(run);
  });
  return found ? undefined : `it rests on ${disposition}, which is no disposition before it that lets ${run} be used`;
}

const operatorIn = (head: Fields): string | undefined =>
  typeof head["operator"] === "string" ? head["operator"] : undefined;
