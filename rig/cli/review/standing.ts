/** What is signed and decided about a run, and what one person may still say of it: asked before anything is typed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Decisions } from "../../../reports/decisions.ts";
import { shown } from "../../../reports/text/escape.ts";
import { dispositionOf, handingOutBarred, isFail } from "../../ledger/dispositions.ts";
import { doubtText } from "../../ledger/doubtFold.ts";
import { keyKind, keysOf } from "../../ledger/keyEntries.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { lacking } from "../../ledger/seen.ts";
import { type SignOff, signOffOf, type ValidSigned } from "../../ledger/signatures.ts";
import { samePerson } from "../../ledger/signing.ts";
import { type Meaning, meanings } from "../../ledger/statement.ts";
import type { KeyView, Seen, SignedView, StandingView } from "../../station/reviewTypes.ts";
import type { Reader } from "../../store/reader.ts";
import type { RunRecord } from "../../store/types.ts";
import { clockFaultsOf, whyNotSigned } from "../signing.ts";

/** Decisions about other runs of the adapter that are shown, the newest; reports show as many. */
const dispositions_max = 30;

export interface Looked {
  readonly record: RunRecord;
  /** What the reader found wrong with the run's chain. */
  readonly fault: string | undefined;
  /** As reports have them. */
  readonly decisions: Decisions;
  /** Why this machine's clock may not be believed; only asked about a run of a real bench. */
  readonly wrongClock: string | undefined;
  /** Who looks. */
  readonly name: string;
  /** Folder of encrypted private keys. */
  readonly keys: string;
}

/** Where the run stands for a signature; undefined while it goes on. */
export function seenOf(ledger: Ledger, record: RunRecord): Seen | undefined {
  const { head, hash } = record;
  if (hash === undefined) return undefined;
  const { edition, signed, faults } = signOffOf(ledger, head.id, hash);
  return { hash, edition, last: Math.max(0, ...signed.map(({ seq }) => seq), ...faults.map(({ seq }) => seq)) };
}

export function standingOf(ledger: Ledger, reader: Reader, looked: Looked): StandingView {
  const { record, decisions, name } = looked;
  const { head, hash } = record;
  const { id, simulated, adapter, started } = head;
  const standing = signOffOf(ledger, id, hash);
  const lacks = lacking(ledger, reader.ledgersSeen());
  const barred = handingOutBarred(ledger, { serial: adapter.serial, started, simulated });
  const decided = dispositionOf(ledger, adapter.serial, id);
  const seen = seenOf(ledger, record);
  const inDoubt = decisions.doubts.length > 0;
  const notDisposed = whyNotDisposed(record, name, { decided: decided !== undefined, inDoubt });
  return {
    state: standing.state,
    edition: standing.edition,
    ...(seen === undefined ? {} : { seen }),
    signed: standing.signed.map(signedView),
    faults: standing.faults.map(({ seq, why }) => ({ seq, why: shown(why, 400) })),
    ...(standing.rejection === undefined ? {} : { rejection: signedView(standing.rejection) }),
    ...(decided === undefined
      ? {}
      : {
          disposition: {
            number: decided.body.number,
            decision: decided.body.decision,
            by: shown(decided.by),
            utc: decided.utc,
            reason: shown(decided.body.reason),
          },
        }),
    openFails: decisions.openFails,
    dispositions: decisions.dispositions
      .filter(({ number }) => number !== decided?.body.number)
      .slice(-dispositions_max)
      .map(({ number, decision, runs, by, utc, reason }) => ({
        ...{ number, decision, runs, utc },
        ...{ by: shown(by), reason: shown(reason, 400) },
      })),
    doubts: decisions.doubts.map((doubt) => shown(`${doubtText(doubt)}, found by ${doubt.by}`, 400)),
    ...(decisions.ledgerLacks === undefined ? {} : { ledgerLacks: shown(decisions.ledgerLacks, 400) }),
    ...(barred === undefined ? {} : { barred: shown(barred, 400) }),
    may: meanings.map((meaning) => {
      const why = lacks ?? whyNot(ledger, reader, looked, standing, meaning);
      return { meaning, ...(why === undefined ? {} : { why: shown(why, 400) }) };
    }),
    ...(notDisposed === undefined ? {} : { notDisposed }),
    keys: keysFor(ledger, name, looked.keys),
  };
}

const signedView = ({ seq, statement }: ValidSigned): SignedView => ({
  meaning: statement.meaning,
  name: shown(statement.name, 200),
  role: statement.role,
  key: statement.key,
  utc: statement.utc,
  reason: shown(statement.reason, 400),
  seq,
});

/** What is known before the key is opened. The same rules are asked again when it is signed. */
function whyNot(
  ledger: Ledger,
  reader: Reader,
  { record, fault, name, wrongClock }: Looked,
  standing: SignOff,
  meaning: Meaning,
): string | undefined {
  const { head, outcome } = record;
  if (outcome === undefined) return "the run has not ended";
  if (fault !== undefined) return `the hash chain of the run does not hold: ${fault}`;
  const clock = head.simulated ? undefined : (clockFaultsOf(record)[0] ?? wrongClock);
  if (clock !== undefined) return clock;
  const edition = standing.edition + (meaning === "amended" ? 1 : 0);
  return whyNotSigned({ head, outcome, reader }, ledger, standing, { meaning, edition, name, key: "" });
}

function whyNotDisposed(
  { head, outcome }: RunRecord,
  name: string,
  { decided, inDoubt }: { readonly decided: boolean; readonly inDoubt: boolean },
): string | undefined {
  const inQuestion = isFail(outcome?.verdict) || (outcome !== undefined && inDoubt);
  if (!inQuestion) return "only a fail, or a run in doubt, is disposed of";
  if (decided && !inDoubt) return "it was disposed of: each run once and for all";
  return samePerson(head.operator, name) ? "who ran the test does not decide what becomes of it" : undefined;
}

/** Keys that are registered to this person, the newest first. */
function keysFor(ledger: Ledger, name: string, folder: string): readonly KeyView[] {
  const own = [...keysOf(ledger.entries(keyKind)).byId.values()].filter((key) => samePerson(key.name, name));
  return own
    .sort((a, b) => b.seq - a.seq)
    .map(({ key, role, expires, ended }) => ({
      key,
      role,
      expires,
      ...(ended === undefined ? {} : { ended: `${ended.how} by entry ${ended.seq} of the ledger` }),
      here: existsSync(keyPath(folder, key)),
    }));
}

export const keyPath = (folder: string, key: string): string => join(folder, `${key}.key.pem`);
