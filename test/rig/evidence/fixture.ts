/** A store with runs, people with keys, and exports of it in memory. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { keptFile } from "../../../rig/cli/attachmentFiles.ts";
import type { ClockState } from "../../../rig/cli/clockState.ts";
import { type SignedNow, signRun } from "../../../rig/cli/signing.ts";
import { exportRun } from "../../../rig/evidence/exportRun.ts";
import { linesOf } from "../../../rig/evidence/lines.ts";
import { type Verified, type VerifyOptions, verify } from "../../../rig/evidence/verify/verifier.ts";
import { cardText, type Role, registrationEntry } from "../../../rig/ledger/keyEntries.ts";
import { appendEntry, openLedger } from "../../../rig/ledger/ledger.ts";
import { ledgerNow } from "../../../rig/ledger/seen.ts";
import { keyIdOf, signText, spkiOf } from "../../../rig/ledger/signing.ts";
import type { Meaning } from "../../../rig/ledger/statement.ts";
import type { Outcome } from "../../../rig/model/verdict.ts";
import { createRun } from "../../../rig/store/journal.ts";
import { openRaw } from "../../../rig/store/raw.ts";
import { openReader } from "../../../rig/store/reader.ts";
import { enter, judged, leave, newRun, note, ticking } from "../store/fixture.ts";

export const pass: Outcome = { verdict: "pass", ending: "completed" };

export interface RunMade {
  readonly simulated?: boolean;
  readonly operator?: string;
  readonly serial?: string;
  readonly outcome?: Outcome;
  readonly options?: Readonly<Record<string, string>>;
  /** Body of the clock note; null leaves it out. */
  readonly clock?: Readonly<Record<string, boolean | number | string | null>> | null;
}

/** A short run with events, an even and an irregular series. */
export async function addRun(dir: string, made: RunMade = {}): Promise<string> {
  const { simulated = false, operator = "Kim Example", serial = "SN-1", outcome = pass, options = {} } = made;
  const clock = made.clock === undefined ? { kind: "clock", synchronised: true, source: "test" } : made.clock;
  const ledger = await ledgerNow(dir);
  const head = { ...newRun, simulated, operator, adapter: { ...newRun.adapter, serial }, ledger, options };
  const journal = await createRun(dir, head, { clock: ticking() });
  journal.append(enter("PE"));
  journal.append(note({ kind: "instrument", role: "milliohm", serial: "MO-7" }));
  journal.append(judged(outcome.verdict === "fail" ? "fail" : "pass"));
  for (let i = 0; i < 40; i++) journal.point("thermal/ev.DC+", "degC", i, 20 + i / 8);
  journal.keep({
    name: "pilot/B",
    series: "pilot/B",
    unit: "V",
    t0_s: 0,
    dt_s: 1e-5,
    values: Float64Array.from({ length: 300 }, (_, i) => i % 9),
  });
  journal.append(leave("PE"));
  if (clock !== null) journal.append(note(clock));
  await journal.finish(outcome);
  return journal.run.id;
}

export interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface Signer {
  readonly name: string;
  readonly role: Role;
  readonly key: string;
  readonly pair: Pair;
}

export const newPair = (): Pair => generateKeyPairSync("ed25519");

/** Whole public keys of all persons, by the id of the key. */
const known = new Map<string, string>();

/** Registers a key. */
export async function person(
  dir: string,
  name: string,
  role: Role,
  expires = "2099-01-01T00:00:00.000Z",
): Promise<Signer> {
  const pair = newPair();
  const key = keyIdOf(pair.publicKey);
  known.set(key, spkiOf(pair.publicKey));
  const card = { key, name, role, expires };
  const proof = signText(pair.privateKey, cardText(card));
  await appendEntry(dir, registrationEntry({ ...card, publicKey: spkiOf(pair.publicKey), proof }));
  return { name, role, key, pair };
}

export const synchronised: ClockState = { synchronised: true, source: "test" };

export async function signAs(
  dir: string,
  run: string,
  { pair }: Signer,
  meaning: Meaning,
  more: { readonly clock?: ClockState; readonly now?: () => Date; readonly reason?: string } = {},
): Promise<SignedNow> {
  const reader = await openReader(dir);
  const raw = await openRaw(dir);
  try {
    return await signRun({
      store: dir,
      record: reader.record(run),
      reader,
      fault: reader.fault(run),
      chain: raw.head(),
      key: pair,
      meaning,
      reason: more.reason ?? "seen and agreed",
      clock: () => Promise.resolve(more.clock ?? synchronised),
      now: more.now ?? (() => new Date()),
    });
  } finally {
    raw.close();
    reader.close();
  }
}

export async function exported(dir: string, run: string, whole = false): Promise<Buffer> {
  const runs = await openRaw(dir);
  const ledger = await openLedger(dir);
  try {
    const pieces: Buffer[] = [];
    const attachment = (hash: string) => keptFile(dir, hash);
    exportRun({ runs, ledger, attachment }, run, { whole }, (piece) => pieces.push(piece));
    return Buffer.concat(pieces);
  } finally {
    ledger.close();
    runs.close();
  }
}

export function verified(bytes: Buffer, keys: readonly string[] = [], heads: VerifyOptions["heads"] = []): Verified {
  return verify(linesOf([bytes]), { keys: new Set(keys.map((key) => known.get(key) ?? key)), heads });
}

/** What is said to be wrong, one text a finding. */
export const saidOf = ({ findings }: Verified): readonly string[] =>
  findings.map(({ line, where, what }) => `line ${line}: ${where}: ${what}`);
