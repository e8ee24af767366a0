/** What people decided about a run after its end, as reports print it: who signed it, and what was amended. */

import { type Disposition, dispositionsOf } from "../rig/ledger/dispositions.ts";
import type { OpenDoubt } from "../rig/ledger/doubtFold.ts";
import { openDoubtsOf } from "../rig/ledger/doubts.ts";
import { amendmentsOf, type LedgerEntries, signaturesOf, signOffOf } from "../rig/ledger/signatures.ts";
import type { Statement } from "../rig/ledger/statement.ts";

export interface Signed {
  readonly by: string;
  /** `technician` or `qa`. */
  readonly role: string;
  /** What the signature says: finished, released, rejected. */
  readonly meaning: string;
  readonly reason: string;
  readonly utc: string;
}

/** A new issue of the report; the old one stays. */
export type Amended = Pick<Signed, "by" | "utc"> & {
  /** What changed, and why. */
  readonly reason: string;
};

export interface Decisions {
  readonly signatures: readonly Signed[];
  readonly amendments: readonly Amended[];
  /** A rejection of whatever edition; an amendment does not take it back, a later release does. */
  readonly rejection?: Signed;
  /** Open ones: a calibration found that an instrument of this run read wrongly. */
  readonly doubts: readonly OpenDoubt[];
  /** About this adapter, on the same kind of bench, oldest first. */
  readonly dispositions: readonly Disposed[];
  /** Runs of this adapter that failed and that nobody has decided about. */
  readonly openFails: readonly string[];
  /** What this run had seen of the ledger and is not there any more, in words. */
  readonly ledgerLacks?: string;
}

export interface Disposed extends Pick<Signed, "by" | "reason" | "utc"> {
  readonly number: string;
  readonly decision: string;
  readonly runs: readonly string[];
}

/** What only a reader of the whole store knows. */
export interface Standing {
  readonly serial: string;
  readonly simulated: boolean;
  readonly openFails: readonly string[];
  readonly lacks?: string;
}

export const noDecisions: Decisions = { signatures: [], amendments: [], doubts: [], dispositions: [], openFails: [] };

/**
 * `run` is the id, R000042. Signatures count that hold by the keys of the ledger and stand in turn (rig/ledger/signatures.ts),
 * of the newest edition, about the record with this final hash; what does not hold authorises nothing.
 */
export function decisionsOf(ledger: LedgerEntries, run: string, hash?: string, standing?: Standing): Decisions {
  const { signed, faults, rejection } = signOffOf(ledger, run, hash);
  const { serial, simulated, openFails = [], lacks } = standing ?? {};
  const made = serial === undefined ? [] : dispositionsOf(ledger, serial);
  const bad = new Set(faults.map(({ seq }) => seq));
  return {
    signatures: signed.map(({ statement, utc }) => said(statement, utc)),
    amendments: amendmentsOf(ledger, run).flatMap(({ seq, statement, utc }) =>
      statement && !bad.has(seq) ? [said(statement, utc)] : [],
    ),
    ...(rejection === undefined ? {} : { rejection: said(rejection.statement, rejection.utc) }),
    doubts: openDoubtsOf(ledger, { id: run, ...(serial === undefined ? {} : { serial }) }),
    dispositions: made.filter(({ body }) => body.simulated === simulated).map(disposed),
    openFails,
    ...(lacks === undefined ? {} : { ledgerLacks: lacks }),
  };
}

const disposed = ({ utc, by, body: { number, decision, reason, runs } }: Disposition): Disposed => ({
  ...{ number, decision, runs, reason, by, utc },
});

/** Every signature that held when it was made, of every edition: who handed a report out, or was handed one. */
export const everSigned = (ledger: LedgerEntries, run: string): readonly Signed[] =>
  signaturesOf(ledger, run).flatMap(({ statement, fault, utc }) =>
    statement === undefined || fault !== undefined ? [] : [said(statement, utc)],
  );

const said = ({ name, role, meaning, reason }: Statement, utc: string): Signed => ({
  by: name,
  role,
  meaning,
  reason,
  utc,
});

/** The last word of QA on the newest edition; undefined while there is none. */
export const lastOfQa = ({ signatures }: Decisions): Signed | undefined =>
  signatures.findLast(({ role, meaning }) => role === "qa" && (meaning === "released" || meaning === "rejected"));

/** From 1; each amendment is a new one. */
export const editionOf = ({ amendments }: Decisions): number => 1 + amendments.length;
