/** Signing and disposing for a person at a page: by the very functions of `rig sign` and `rig dispose`. */
import { shown } from "../../../reports/text/escape.ts";
import { dispositions } from "../../ledger/dispositions.ts";
import { keyKind, keysOf } from "../../ledger/keyEntries.ts";
import { openLedger } from "../../ledger/ledger.ts";
import { keyIdOf, samePerson } from "../../ledger/signing.ts";
import { RigError } from "../../model/errors.ts";
import type { DisposeAsked, SignAsked } from "../../station/reviewTypes.ts";
import { openRaw } from "../../store/raw.ts";
import type { RunRecord } from "../../store/types.ts";
import { type ClockSource, readClockState } from "../clockState.ts";
import { decideRuns } from "../decideRuns.ts";
import { type OpenedKey, openKey, openKeyFile } from "../keyFile.ts";
import { checkReason } from "../reason.ts";
import { signRun } from "../signing.ts";
import { mustRead } from "./readers.ts";
import type { KeyFolder } from "./runView.ts";
import { keyPath, seenOf } from "./standing.ts";

/** Id of a key: nothing else becomes part of a path. */
const keyId = /^[0-9a-f]{16}$/;

/**
 * The key is opened here, used once and forgotten; the passphrase goes nowhere else.
 * @throws RigError USAGE, KEY_REFUSED, SIGNING_REFUSED, CLOCK_UNPROVED, STORAGE_FAILED
 */
export const signAt = (store: string, { keys }: KeyFolder, asked: SignAsked, clock: ClockSource = readClockState) =>
  mustRead(store, async (reader) => {
    const { meaning, name } = asked;
    const reason = checkReason(asked.reason, "why");
    const record = reader.record(asked.run);
    await requireSeen(store, record, asked);
    const key = openedKey(keys, asked);
    await requireOwn(store, key, name);
    const runs = await openRaw(store);
    const chain = runs.head();
    runs.close();
    const { entry, statement } = await signRun({
      ...{ store, record, reader, fault: reader.fault(asked.run), chain },
      ...{ key, meaning, reason, clock, now: () => new Date() },
    });
    return { seq: entry.seq, waived: statement.waived };
  });

function openedKey(folder: string, { key, pem, passphrase }: SignAsked): OpenedKey {
  if (pem !== undefined) return openKey(pem, passphrase, "the key file that was chosen");
  if (key === undefined || !keyId.test(key)) throw new RigError("KEY_REFUSED", "no key was chosen");
  return openKeyFile(keyPath(folder, key), passphrase);
}

/** What the person read is what is signed: a page that is out of date, or a request that is sent again, signs nothing. */
async function requireSeen(store: string, record: RunRecord, { seen }: SignAsked): Promise<void> {
  const ledger = await openLedger(store);
  try {
    const now = seenOf(ledger, record);
    if (now?.hash === seen.hash && now.edition === seen.edition && now.last === seen.last) return;
    throw new RigError(
      "SIGNING_REFUSED",
      `${record.head.id} does not stand as the page showed it: look at it again, then sign`,
    );
  } finally {
    ledger.close();
  }
}

/** The account speaks for a person, the key for a person: they must be the same. @throws RigError KEY_REFUSED */
async function requireOwn(store: string, { publicKey }: OpenedKey, name: string): Promise<void> {
  const ledger = await openLedger(store);
  try {
    const id = keyIdOf(publicKey);
    const known = keysOf(ledger.entries(keyKind)).byId.get(id);
    if (known === undefined) throw new RigError("KEY_REFUSED", `key ${id} is not registered in this store`);
    if (samePerson(known.name, name)) return;
    throw new RigError(
      "KEY_REFUSED",
      `key ${id} belongs to ${shown(known.name, 64)}, and ${name} is logged in: nobody signs with another's key`,
    );
  } finally {
    ledger.close();
  }
}

/** One run, once and for all. @throws RigError USAGE, STORAGE_FAILED */
export const disposeAt = (store: string, { run, name, decision, reason }: DisposeAsked) =>
  mustRead(store, async (reader) => {
    const { head } = reader.record(run);
    const why = checkReason(reason, "why");
    if (!dispositions.includes(decision)) throw new RigError("USAGE", `decision: one of ${dispositions.join(", ")}`);
    const made = await decideRuns(store, {
      ...{ serial: head.adapter.serial, runs: head.id, decision, reason: why, by: name },
    });
    return { number: made.body.number };
  });
