/**
 * Which doubts about a run are open. Needs entries alone and no package, so that a verifier far from the rig folds them as
 * the rig does. A doubt whose body cannot be read is open: nothing unread is passed over.
 */
import type { Entry } from "./ledger.ts";

/** A pass rests on readings of an instrument that was out of tolerance. Subject: the run. */
export const doubtKind = "doubt";
/** Judged again with better knowledge, it stays a pass. Subject: the run. */
export const doubtEndKind = "doubt-end";

export type DoubtEntry = Pick<Entry, "seq" | "utc" | "by" | "kind" | "body">;

export interface OpenDoubt {
  /** Of the entry. */
  readonly seq: number;
  readonly utc: string;
  readonly by: string;
  /** Number of the finding, I-000001. */
  readonly finding: string;
  /** Serial number. */
  readonly instrument: string;
  readonly certificate: string;
  /** The verdict with the readings corrected, in words. */
  readonly now: string;
}

/** A disposition, as far as it closes a doubt: made after it, it decides about its run. */
export interface Closing {
  readonly seq: number;
  readonly runs: readonly string[];
}

/**
 * Oldest first. `entries`: doubts and their ends about this run, in the order of the ledger. `before`: as the ledger stood
 * when the entry of this number was made.
 */
export function openDoubts(
  entries: readonly DoubtEntry[],
  closings: readonly Closing[],
  run: string,
  before = Number.POSITIVE_INFINITY,
): readonly OpenDoubt[] {
  const open = new Map<string, OpenDoubt>();
  for (const { seq, utc, by, kind, body } of entries) {
    if (seq >= before) continue;
    const instrument = textIn(body["instrument"]);
    if (kind === doubtEndKind) open.delete(instrument);
    else if (kind === doubtKind) {
      const [finding, certificate, now] = [body["finding"], body["certificate"], body["now"]].map(textIn);
      open.set(instrument, { seq, utc, by, instrument, ...{ finding, certificate, now } } as OpenDoubt);
    }
  }
  const decided = closings.filter(({ seq, runs }) => seq < before && runs.includes(run));
  return [...open.values()].filter((doubt) => !decided.some(({ seq }) => seq > doubt.seq));
}

const textIn = (data: unknown): string => (typeof data === "string" && data !== "" ? data : "?");

/** In one line: "in doubt by calibration C-4711 of SIM-OHM-1 since 2026-11-23 (I-000001, FAIL with its readings corrected)". */
export const doubtText = ({ certificate, instrument, utc, finding, now }: OpenDoubt): string =>
  `in doubt by calibration ${certificate} of ${instrument} since ${utc.slice(0, 10)} (${finding}; with its readings corrected: ${now})`;
