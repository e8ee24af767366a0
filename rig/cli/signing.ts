/**
 * Signing a run: what forbids it, what is said, and the entry in the ledger. One transaction writes the entry; a
 * signature whose ledger has moved on meanwhile is made again.
 */

import { dispositionOf, handingOutBarred, openFailsOf } from "../ledger/dispositions.ts";
import { doubtText } from "../ledger/doubtFold.ts";
import { openDoubtsOf } from "../ledger/doubts.ts";
import { keyKind, keysOf, type RegisteredKey } from "../ledger/keyEntries.ts";
import { appendEntry, type Entry, type Ledger, openLedger } from "../ledger/ledger.ts";
import { requireSeen } from "../ledger/seen.ts";
import { outOfTurn, type SignOff, signedEntry, signOffOf } from "../ledger/signatures.ts";
import { keyIdOf, samePerson, signText } from "../ledger/signing.ts";
import { type ChainAnchor, type Meaning, roleFor, type Statement, statementText } from "../ledger/statement.ts";
import { earlyRunOf } from "../model/declared.ts";
import { RigError } from "../model/errors.ts";
import { isPass, type Outcome } from "../model/verdict.ts";
import type { Reader } from "../store/reader.ts";
import type { RunHead, RunRecord } from "../store/types.ts";
import { type ClockSource, type ClockState, clockFault } from "./clockState.ts";
import type { OpenedKey } from "./keyFile.ts";

export interface ToSign {
  readonly store: string;
  readonly record: RunRecord;
  /** What the reader found wrong with the run's chain. */
  readonly fault: string | undefined;
  readonly chain: ChainAnchor;
  readonly key: OpenedKey;
  readonly meaning: Meaning;
  readonly reason: string;
  readonly clock: ClockSource;
  readonly now: () => Date;
  /** Lists the runs of the same adapter, and says what runs had seen of the ledger. */
  readonly reader: Pick<Reader, "list" | "ledgersSeen">;
}

export interface SignedNow {
  readonly entry: Entry;
  readonly statement: Statement;
}

/** Others may write the ledger between reading it and signing what it says. */
const tries_max = 20;

/** @throws RigError RUN_OPEN, KEY_REFUSED, SIGNING_REFUSED, CLOCK_UNPROVED, LEDGER_LACKS, STORAGE_FAILED */
export async function signRun(to: ToSign): Promise<SignedNow> {
  const { record, store, fault, meaning } = to;
  const { id } = record.head;
  if (record.outcome === undefined || record.hash === undefined || record.ended === undefined)
    throw new RigError("RUN_OPEN", `${id} has not ended`, {});
  if (fault !== undefined) throw new RigError("SIGNING_REFUSED", `the hash chain of ${id} does not hold: ${fault}`, {});
  const waived = clockWaivers(to, await to.clock());
  for (let tried = 1; ; tried++) {
    const ledger = await openLedger(store);
    try {
      const statement = statementOf(to, ledger, waived);
      const text = statementText(statement);
      const made = signedEntry(statement, text, signText(to.key.privateKey, text));
      const moved = new Moved();
      try {
        const entry = await appendEntry(store, made, (now) => {
          if (now.head().hash !== statement.ledger.hash) throw moved;
        });
        return { entry, statement };
      } catch (error) {
        if ((error as Error).cause !== moved && error !== moved) throw error;
        if (tried === tries_max)
          throw new RigError(
            "SIGNING_REFUSED",
            `the ledger of ${store} changed ${tried} times while ${meaning} was signed`,
          );
      }
    } finally {
      ledger.close();
    }
  }
}

/** The ledger is not the one that was signed for. */
class Moved extends Error {}

function statementOf(to: ToSign, ledger: Ledger, waived: readonly string[]): Statement {
  const { record, chain, meaning, reason } = to;
  const { head, outcome, hash } = record;
  if (outcome === undefined || hash === undefined) throw new RigError("RUN_OPEN", `${head.id} has not ended`, {});
  const fault = ledger.fault();
  if (fault !== undefined) throw new RigError("SIGNING_REFUSED", fault, {});
  requireSeen(ledger, to.reader.ledgersSeen(), to.store);
  const utc = to.now().toISOString();
  const key = keyFor(to, ledger, utc);
  const { name, role } = key;
  const standing = signOffOf(ledger, head.id);
  const edition = standing.edition + (meaning === "amended" ? 1 : 0);
  const next = { meaning, edition, name, key: key.key };
  const refused = whyNotSigned({ head, outcome, reader: to.reader }, ledger, standing, next);
  if (refused !== undefined) throw new RigError("SIGNING_REFUSED", `${head.id}: ${refused}`, {});
  const disposition = meaning === "released" ? restsOn(ledger, head, outcome) : undefined;
  requireOrder(to, ledger, utc);
  return {
    run: head.id,
    uid: head.uid,
    hash,
    chain,
    ledger: ledgerAt(ledger),
    verdict: outcome.verdict,
    ending: outcome.ending,
    name,
    role,
    key: key.key,
    meaning,
    reason,
    utc,
    edition,
    waived,
    ...(head.simulated ? { mark: "SIMULATED" as const } : {}),
    ...(disposition === undefined ? {} : { disposition }),
  };
}

const ledgerAt = (ledger: Ledger): Statement["ledger"] => ledger.head();

/** The registered key that this file belongs to, valid at this moment and for this meaning. */
function keyFor({ key, meaning }: ToSign, ledger: Ledger, utc: string): RegisteredKey {
  const id = keyIdOf(key.publicKey);
  const known = keysOf(ledger.entries(keyKind)).byId.get(id);
  if (known === undefined) throw new RigError("KEY_REFUSED", `key ${id} is not registered in this store`, {});
  if (known.ended !== undefined)
    throw new RigError(
      "KEY_REFUSED",
      `key ${id} of ${known.name} was ${known.ended.how} by entry ${known.ended.seq}`,
      {},
    );
  if (utc > known.expires)
    throw new RigError(
      "KEY_REFUSED",
      `key ${id} of ${known.name} expired on ${known.expires.slice(0, 10)}: rotate it`,
      {},
    );
  if (known.role !== roleFor[meaning]) {
    const need = `"${meaning}" is signed by ${roleFor[meaning]}`;
    throw new RigError("SIGNING_REFUSED", `${need}; key ${id} of ${known.name} is for ${known.role}`, {});
  }
  return known;
}

/** What the rules of signing look at besides the ledger. */
export interface Signable {
  readonly head: RunHead;
  readonly outcome: Outcome;
  readonly reader: Pick<Reader, "list">;
}

/** Why this person may not say this of a run that has ended, in words; undefined: nothing speaks against it. */
export function whyNotSigned(
  { head, outcome, reader }: Signable,
  ledger: Ledger,
  standing: SignOff,
  next: Pick<Statement, "meaning" | "edition" | "name" | "key">,
): string | undefined {
  const { id, operator, adapter, simulated, started } = head;
  const { meaning } = next;
  const turn = outOfTurn(next, standing);
  if (turn !== undefined) return turn;
  if ((meaning === "released" || meaning === "rejected") && samePerson(operator, next.name))
    return `${next.name} ran this test: another person of QA must sign`;
  if (meaning !== "released") return undefined;
  const early = earlyRunOf(head.options);
  if (early !== undefined)
    return `it is a run for ${early} (--early), whose soak a prediction may have ended: run it again without`;
  const others = openFailsOf(ledger, reader, adapter.serial).filter(
    (row) => row.simulated === simulated && row.id !== id,
  );
  if (others[0] !== undefined)
    return `the fail of ${others[0].id} is open for this serial number: QA disposes of it first`;
  const [doubt] = openDoubtsOf(ledger, { id, serial: adapter.serial });
  if (doubt !== undefined) return `it is ${doubtText(doubt)}: judge it again (rig rejudge) or dispose of it`;
  const barred = handingOutBarred(ledger, { serial: adapter.serial, started, simulated });
  if (barred !== undefined) return barred;
  if (!needsConcession(outcome) || dispositionOf(ledger, adapter.serial, id)?.body.decision === "use-as-is")
    return undefined;
  return `a run that is ${outcome.verdict}, ${outcome.ending} is released only by a QA disposition (use-as-is)`;
}

const needsConcession = ({ verdict, ending }: Outcome): boolean => ending !== "completed" || !isPass(verdict);

/** Number of the disposition that a release of this run rests on, if it needs one. */
const restsOn = (ledger: Ledger, { adapter, id }: RunHead, outcome: Outcome): string | undefined =>
  needsConcession(outcome) ? dispositionOf(ledger, adapter.serial, id)?.body.number : undefined;

/** A clock that is behind what it has written already is wrong, synchronised or not. */
function requireOrder({ record }: ToSign, ledger: Ledger, utc: string): void {
  const last = ledger.all(ledger.head().entries)[0]?.utc ?? "";
  const later = [record.ended ?? "", last].sort().at(-1) ?? "";
  if (utc < later)
    throw new RigError("CLOCK_UNPROVED", `the clock says ${utc}, and the store holds what was written at ${later}`, {});
}

/** E9: what is wrong with the clocks; refused, or, as the run is SIMULATED, waived in what is signed. */
function clockWaivers({ record }: ToSign, state: ClockState): readonly string[] {
  const faults = [...clockFaultsOf(record), clockFault(state) ?? ""].filter((why) => why !== "");
  if (!record.head.simulated && faults[0] !== undefined)
    throw new RigError("CLOCK_UNPROVED", `${record.head.id} cannot be signed: ${faults[0]}`, {});
  return faults;
}

/** What the run itself recorded of its clock. */
export function clockFaultsOf(record: RunRecord): readonly string[] {
  const notes = record.notes.filter(({ kind }) => kind === "clock").map(({ body }) => body);
  const stepped = notes.flatMap(({ stepped_s: by_s }) =>
    typeof by_s === "number" ? [`the clock was set by ${by_s} s during the run`] : [],
  );
  const said = notes.filter(({ synchronised }) => synchronised !== undefined);
  const unproved =
    said.length > 0 && said.every(({ synchronised }) => synchronised === true)
      ? []
      : ["the run's clock was not known to be synchronised"];
  return [...stepped, ...unproved];
}
