/**
 * What QA asks of the store, and what it is answered: the words between page, station and the thread that reads. All of it
 * crosses threads and JSON, so all of it is data. Foreign text stays as it is; the page shows it as text, never as markup.
 */
import type { DispositionDecision } from "../ledger/dispositions.ts";
import type { Meaning } from "../ledger/statement.ts";
import type { Verdict } from "../model/verdict.ts";
import type { RunRow } from "../store/reader.ts";

/** A reader's colour and sign; never the colour alone. */
export type Tone = "good" | "bad" | "unsure" | "none";

export interface ListAsked {
  /** Whole, or the beginning with `*` at its end. */
  readonly serial?: string;
  readonly adapter?: string;
  readonly procedure?: string;
  readonly operator?: string;
  readonly verdict?: Verdict;
  /** Days of UTC, YYYY-MM-DD, both included. */
  readonly since?: string;
  readonly until?: string;
  /** Only fails that nobody has decided about. */
  readonly open?: boolean;
  readonly after?: { readonly run: number; readonly started: string };
}

export interface ListedRun extends RunRow {
  /** Ids of open fails of this serial number on the same kind of bench. */
  readonly openFails: readonly string[];
  /** `released`, `edition 2 finished`; empty: nobody signed. */
  readonly signed: string;
  readonly badSignatures: number;
}

export interface RunList {
  readonly rows: readonly ListedRun[];
  /** Of all pages together; counting stops at `counted_max`. */
  readonly count: number;
  readonly more: boolean;
}

/** Rows of one page, and how far a list is counted. */
export const page_rows = 50;
export const counted_max = 10_000;

export interface Choices {
  readonly procedures: readonly string[];
  readonly adapters: readonly string[];
}

export interface JudgedView {
  readonly id: string;
  readonly title: string;
  readonly attempt: number;
  readonly attempts: number;
  readonly subject: "adapter" | "rig";
  readonly verdict: Verdict;
  readonly tone: Tone;
  readonly value: string;
  /** ` ± 1.9 µΩ`: the expanded uncertainty U and the unit. */
  readonly rest: string;
  readonly note: string;
  readonly limit: string;
  readonly rule: string;
  readonly source: string;
  readonly confidence: string;
  readonly meaning?: string;
  readonly contacts: readonly string[];
}

export interface SignedView {
  readonly meaning: string;
  readonly name: string;
  readonly role: string;
  readonly key: string;
  readonly utc: string;
  readonly reason: string;
  readonly seq: number;
}

/** Where the run stands when it is looked at: what is signed must still be this. */
export interface Seen {
  readonly hash: string;
  readonly edition: number;
  /** The last entry of the ledger that was signed about this run; 0: none. */
  readonly last: number;
}

export interface KeyView {
  readonly key: string;
  readonly role: string;
  readonly expires: string;
  /** Why it signs nothing; absent for a valid one. */
  readonly ended?: string;
  /** The encrypted private key is in the station's folder of keys; else its file is given with the request. */
  readonly here: boolean;
}

export interface DisposedView {
  readonly number: string;
  readonly decision: string;
  readonly by: string;
  readonly utc: string;
  readonly reason: string;
}

export interface StandingView {
  readonly state: string;
  readonly edition: number;
  readonly seen?: Seen;
  readonly signed: readonly SignedView[];
  readonly faults: readonly { readonly seq: number; readonly why: string }[];
  readonly rejection?: SignedView;
  readonly disposition?: DisposedView;
  readonly openFails: readonly string[];
  /** About other runs of this serial number on the same kind of bench, oldest first. */
  readonly dispositions: readonly (DisposedView & { readonly runs: readonly string[] })[];
  /** Why this run is in doubt: a calibration found that an instrument of it read wrongly. */
  readonly doubts: readonly string[];
  /** What this run had seen of the ledger and is not there any more. */
  readonly ledgerLacks?: string;
  /** Why this run hands no adapter out although no fail is open. */
  readonly barred?: string;
  /** What this person may say of it now; `why`: what speaks against it. */
  readonly may: readonly { readonly meaning: Meaning; readonly why?: string }[];
  /** Why this person decides nothing about this run; absent: they may. */
  readonly notDisposed?: string;
  readonly keys: readonly KeyView[];
}

export interface AttachedView {
  readonly utc: string;
  readonly name: string;
  readonly text: string;
  /** Its hash, where the page can show it. */
  readonly photo?: string;
}

export interface RunView {
  readonly run: number;
  readonly id: string;
  readonly words: string;
  readonly tone: Tone;
  readonly verdict: Verdict;
  readonly ending: string;
  readonly firstCause?: string;
  readonly simulated: boolean;
  readonly going: boolean;
  readonly serial: string;
  readonly adapter: string;
  readonly procedure: string;
  /** Why a pass may not be believed, and what is wrong with the chain. */
  readonly doubts: readonly string[];
  readonly facts: readonly (readonly [string, string])[];
  readonly steps: readonly { readonly path: string; readonly judged: readonly JudgedView[] }[];
  readonly missing: readonly { readonly id: string; readonly step: string; readonly blockedBy?: string }[];
  readonly waivers: readonly { readonly text: string; readonly by: string }[];
  readonly notes: readonly { readonly utc: string; readonly kind: string; readonly text: string }[];
  readonly prompts: readonly { readonly utc: string; readonly title: string; readonly answer: string }[];
  readonly instruments: readonly string[];
  /** Files that are kept with the run, photos among them; the evidence file has them whole. */
  readonly attachments: readonly AttachedView[];
  readonly series: readonly { readonly series: string; readonly unit: string; readonly points: number }[];
  readonly related: readonly RunRow[];
  readonly standing: StandingView;
}

export interface SeriesView {
  readonly series: string;
  readonly unit: string;
  /** Of the whole series. */
  readonly total: number;
  readonly first_s: number;
  readonly last_s: number;
  /** Points in the part that was asked for, before thinning to the least and greatest of each stretch. */
  readonly inside: number;
  /** Of these, without a number that can be drawn (overload). */
  readonly withoutValue: number;
  readonly t_s: readonly number[];
  readonly values: readonly number[];
}

export interface SeriesAsked {
  readonly run: number;
  readonly series: string;
  readonly from_s?: number;
  readonly to_s?: number;
}

export interface TrendAsked {
  readonly id: string;
  readonly procedure?: string;
  readonly adapter?: string;
  readonly serial?: string;
  readonly since?: string;
  readonly until?: string;
}

export interface TrendPoint {
  readonly run: number;
  readonly id: string;
  readonly serial: string;
  readonly at_s: number;
  /** In the unit of the answer; absent: no value (`is` says why). */
  readonly value?: number;
  readonly is: string;
  readonly text: string;
  readonly verdict: Verdict;
}

export interface TrendView {
  readonly id: string;
  readonly unit: string;
  readonly simulated: boolean;
  readonly of: readonly string[];
  readonly warnings: readonly string[];
  readonly low?: number;
  readonly high?: number;
  readonly points: readonly TrendPoint[];
  /** Days (or longer stretches) put together, for spans that the newest points do not reach. */
  readonly days: readonly {
    readonly from: string;
    readonly n: number;
    readonly mean: string;
    readonly least: string;
    readonly greatest: string;
    readonly noValue: number;
    readonly failed: number;
  }[];
  readonly days_n: number;
}

export interface ComparedRow {
  readonly id: string;
  readonly step: string;
  readonly before: string;
  readonly after: string;
  readonly difference: string;
  readonly share: string;
  readonly result: string;
  readonly why: string;
  readonly tone: Tone;
}

export interface CompareView {
  readonly baseline: { readonly run: number; readonly facts: readonly (readonly [string, string])[] };
  readonly compared: { readonly run: number; readonly facts: readonly (readonly [string, string])[] };
  readonly simulated: boolean;
  readonly result: string;
  readonly tone: Tone;
  readonly reasons: readonly string[];
  /** What the answer rests on, and how far. */
  readonly basis: readonly string[];
  readonly deviations: readonly { readonly what: string; readonly before: string; readonly after: string }[];
  /** Those that a reader must look at, worst first. */
  readonly notable: readonly ComparedRow[];
  readonly others: readonly ComparedRow[];
  readonly oneSided: readonly { readonly in: string; readonly id: string; readonly reading: string }[];
}

export interface SignAsked {
  readonly run: number;
  readonly name: string;
  readonly meaning: Meaning;
  readonly reason: string;
  readonly seen: Seen;
  readonly passphrase: string;
  /** One of the two: the id of a key in the station's folder, or the text of the person's own encrypted key file. */
  readonly key?: string;
  readonly pem?: string;
}

export interface DisposeAsked {
  readonly run: number;
  readonly name: string;
  readonly decision: DispositionDecision;
  readonly reason: string;
}

export const auditLists = ["station", "decisions", "bench"] as const;
/** What was done at the station; decisions of people in the ledger; locks of the bench opened by a person. */
export type AuditList = (typeof auditLists)[number];

export interface AuditAsked {
  readonly list: AuditList;
  readonly who?: string;
  /** Part of what was done, or of its detail. */
  readonly what?: string;
  readonly since?: string;
  readonly until?: string;
  readonly before?: number;
  readonly limit: number;
  /** Recomputes every hash of the list; only asked where the answer is shown. */
  readonly check: boolean;
}

export interface AuditEntry {
  readonly seq: number;
  readonly utc: string;
  readonly who: string;
  readonly what: string;
  readonly detail: string;
}

export interface AuditView {
  readonly entries: readonly AuditEntry[];
  readonly more: boolean;
  /** Of the whole list; absent when it was not checked. */
  readonly chain?: { readonly entries: number; readonly fault?: string };
}

export interface Questions {
  readonly list: { readonly asked: ListAsked; readonly answer: RunList };
  readonly choices: { readonly asked: Record<string, never>; readonly answer: Choices };
  readonly run: { readonly asked: { readonly run: number; readonly name: string }; readonly answer: RunView };
  readonly series: { readonly asked: SeriesAsked; readonly answer: SeriesView };
  /** The next lines of a series as CSV, from a point on; empty at its end. */
  readonly seriesLines: {
    readonly asked: SeriesAsked & { readonly from: number };
    readonly answer: { readonly text: string; readonly next: number };
  };
  readonly trend: { readonly asked: TrendAsked; readonly answer: TrendView };
  readonly measurements: { readonly asked: { readonly adapter?: string }; readonly answer: readonly string[] };
  readonly compare: {
    readonly asked: { readonly baseline: number; readonly run: number };
    readonly answer: CompareView;
  };
  readonly sign: {
    readonly asked: SignAsked;
    readonly answer: { readonly seq: number; readonly waived: readonly string[] };
  };
  readonly dispose: { readonly asked: DisposeAsked; readonly answer: { readonly number: string } };
  readonly audit: { readonly asked: AuditAsked; readonly answer: AuditView };
}

export type Question = keyof Questions;

/** Asks the thread that reads; a store that is not there yet has no runs. @throws RigError */
export type AskReview = <K extends Question>(kind: K, asked: Questions[K]["asked"]) => Promise<Questions[K]["answer"]>;
