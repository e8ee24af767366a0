/**
 * What a run leaves behind: events in the order they happened, series of samples, and the head that says what was run on
 * what. Everything here is data and survives the journal; readers (reports, show, --json) use `RunRecord`.
 */
import type { Effect, SeriesRef, Waveform } from "../kinds/kinds.ts";
import type { AdapterType } from "../model/adapter.ts";
import type { Data } from "../model/data.ts";
import type { LimitSet } from "../model/limits.ts";
import type { Laboratory, Order } from "../model/order.ts";
import type { Unit } from "../model/units.ts";
import type { Measurement, Outcome } from "../model/verdict.ts";

/** Stamped by the journal. `seq` counts from 1 without gaps within a run. */
export interface Stamp {
  readonly seq: number;
  /** Bench time, s. */
  readonly bench_s: number;
  /** For people; intervals are taken from bench_s (E9). ISO 8601 with milliseconds. */
  readonly utc: string;
}

/** What the engine hands to the journal. `to` is the seq of the command answered. */
export type EventBody = { readonly lane: string; readonly attempt: number } & (
  | { readonly type: "issued"; readonly command: Data; readonly effect: Effect }
  | { readonly type: "replied"; readonly to: number; readonly reply: Data }
  | { readonly type: "failed"; readonly to: number; readonly code: string; readonly message: string }
  /** `body` is a Measurement (rig/model/verdict.ts). */
  | { readonly type: "judged"; readonly body: Data }
  | { readonly type: "tripped"; readonly body: Data }
  /** `body` is an object with a `kind`: see NoteKind. */
  | { readonly type: "note"; readonly body: Data }
  /** `path` names the open steps from the outermost to this one, joined by " / ". */
  | { readonly type: "step"; readonly phase: "enter" | "leave"; readonly name: string; readonly path: string }
);

export type Event = Stamp & EventBody;

/** Notes that readers know; others are kept and shown as they are. */
export type NoteKind =
  | "instrument"
  | "prompt"
  | "planned"
  | "blocked"
  | "wiring"
  | "stabilised"
  | "ended-early"
  | "ambient"
  | "waiver"
  | "deviation"
  | "clock"
  | "loop-delay"
  | "safe-off";

/** What was run, on what, by whom: fixed when the run is created. E4. */
export interface RunHead {
  /** Gapless over the store, from 1; never reused. */
  readonly run: number;
  /** `R` and the number with at least six digits: R000042. The only name used for files. */
  readonly id: string;
  /** Random, so that a run is known apart from one of another store with the same number. */
  readonly uid: string;
  readonly started: string;
  readonly procedure: { readonly id: string; readonly revision: number; readonly hash: string };
  readonly limits: LimitSet;
  readonly bench: { readonly id: string; readonly hash: string; readonly file: string };
  readonly adapter: AdapterOfRun;
  readonly software: { readonly version: string; readonly hash: string; readonly node: string };
  readonly operator: string;
  /** On a twin; stamped on every page. */
  readonly simulated: boolean;
  readonly options: Readonly<Record<string, Data>>;
  readonly waivers: readonly Waiver[];
  /** Whose bench it was; absent: not stated. */
  readonly lab?: Laboratory;
  /** What the item came with; absent: not stated. */
  readonly order?: Order;
  /** The ledger's newest entry when the run began, so that a ledger that was cut or deleted is noticed; absent: an older record. */
  readonly ledger?: LedgerAtStart;
}

export interface LedgerAtStart {
  /** 0 and 64 zeros for an empty ledger. */
  readonly entries: number;
  readonly hash: string;
}

/** All but what the store itself gives. */
export type NewRun = Omit<RunHead, "run" | "id" | "uid" | "started">;

/** `serial` and `label` are what a person or scanner gave: untrusted text (E10). */
export type AdapterOfRun = AdapterType & { readonly serial: string; readonly label: string; readonly hash: string };

/** What was accepted although it is not proved, with who accepted it. */
export interface Waiver {
  readonly id: string;
  readonly text: string;
  readonly by: string;
}

/** A series as listed in the record; its points are read apart (`Reader.series`). */
export interface SeriesInfo extends SeriesRef {
  /** Even spacing has t0_s and dt_s; else each point has its own time. */
  readonly even?: { readonly t0_s: number; readonly dt_s: number };
}

/** Points of a series from some index on. `total` counts all points of the series. */
export interface Points {
  readonly t_s: Float64Array;
  readonly values: Float64Array;
  readonly total: number;
}

/**
 * The writer's side of a run. An event counts only when durable(seq) has resolved. When storage fails, `broken` aborts
 * and every durable() and finish() rejects with STORAGE_FAILED.
 */
export interface Journal {
  readonly run: RunHead;
  /** Stamps, numbers and queues; never waits. Throws TypeError for what JSON cannot hold, STORAGE_FAILED when broken. */
  append(event: EventBody): number;
  /** Resolves when this event and all before it are on disk. Also the back pressure: await it now and then. */
  durable(seq: number): Promise<void>;
  readonly broken: AbortSignal;
  /** Keeps evenly spaced samples as a series of the run. A second wave of the same series name gets `#2` appended. */
  keep(wave: Waveform & { readonly series: string }): SeriesRef<"V">;
  /** Adds one point to an irregular series; on disk within a second or with the next commit of an event. */
  point(series: string, unit: Unit, t_s: number, value: number): void;
  /** Points of this run from index `from` on; what was appended is seen at once. Unknown series: no points. */
  points(series: string, from: number): Points;
  /** Writes the outcome and the run's hash, reads the judgements back and compares (E1). The journal is closed after. */
  finish(outcome: Outcome): Promise<void>;
}

export interface StepOfRun {
  readonly name: string;
  readonly path: string;
  readonly lane: string;
  readonly attempt: number;
  readonly entered_seq: number;
  readonly entered_s: number;
  readonly entered_utc: string;
  /** Absent while the step is open, or when the program ended in it. */
  readonly left_seq?: number;
  readonly left_s?: number;
}

export interface PromptOfRun {
  readonly seq: number;
  readonly utc: string;
  readonly bench_s: number;
  readonly prompt: Data;
  readonly answer?: Data;
  readonly failed?: string;
}

/** A note whose body is an object; `kind` is "" when the body has none. */
export interface NoteOfRun {
  readonly seq: number;
  readonly utc: string;
  readonly bench_s: number;
  readonly lane: string;
  readonly kind: string;
  readonly body: Readonly<Record<string, Data>>;
}

export interface JudgementOfRun extends Measurement {
  readonly seq: number;
  readonly bench_s: number;
  readonly utc: string;
}

/** An event that cannot be what its type says, for instance a `judged` body that is no measurement. */
export interface Defect {
  readonly seq: number;
  readonly why: string;
}

/** What the store holds of a run. */
export interface StoredRun {
  readonly head: RunHead;
  /** Absent while the run is going on. */
  readonly outcome?: Outcome;
  readonly ended?: string;
  /** Final hash of the run and of the run before it (E5). */
  readonly hash?: string;
  readonly previousHash?: string;
  readonly events: readonly Event[];
  readonly series: readonly SeriesInfo[];
}

/** The record of a run as readers see it. */
export interface RunRecord extends StoredRun {
  /** All judgements of all attempts, in order. */
  readonly measurements: readonly JudgementOfRun[];
  readonly steps: readonly StepOfRun[];
  readonly prompts: readonly PromptOfRun[];
  /** Bodies of the `instrument` notes, the last one for each role. */
  readonly instruments: readonly Readonly<Record<string, Data>>[];
  readonly trips: readonly NoteOfRun[];
  readonly notes: readonly NoteOfRun[];
  readonly defects: readonly Defect[];
}
