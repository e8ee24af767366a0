/** What passes between the journal and its worker thread. */
import type { Outcome } from "../model/verdict.ts";
import type { NewRun, RunHead } from "./types.ts";

export interface WorkerStart {
  readonly dir: string;
  /** Absent when a run is reopened. */
  readonly head?: NewRun;
  /** The run to go on with. */
  readonly reopen?: number;
  /** Runs that this process has open. */
  readonly openHere: readonly string[];
  readonly uid: string;
  readonly max_bytes?: number;
}

/** Events `first`.. as canonical texts, joined by line feeds (canonical JSON holds none), with their types. */
export interface EventsMessage {
  readonly is: "events";
  readonly first: number;
  readonly types: string;
  readonly texts: string;
}

export interface PointsMessage {
  readonly is: "points";
  readonly series: number;
  readonly name: string;
  readonly unit: string;
  readonly even?: { readonly t0_s: number; readonly dt_s: number };
  /** Index of the first point in `data`; points from `fresh` on were not sent before. */
  readonly first: number;
  readonly fresh: number;
  /** Values when evenly spaced, else pairs of time and value. In shared memory, not copied. */
  readonly data: Float64Array;
}

/** What a run holds when its journal opens: nothing, or what a writer that died had stored. */
export interface Stored {
  readonly events: number;
  /** Canonical texts of the judgements. */
  readonly judged: readonly string[];
  /** Names of the series; the next id is `nextSeries`. */
  readonly series: readonly string[];
  readonly nextSeries: number;
}

export type ToWorker =
  | EventsMessage
  | PointsMessage
  /** Read back what is stored before the outcome is written. */
  | { readonly is: "verify" }
  | { readonly is: "seal"; readonly outcome: Outcome }
  | { readonly is: "close" };

export type FromWorker =
  | { readonly is: "ready"; readonly run: RunHead; readonly stored: Stored }
  /** All events up to `seq` and the points sent before are on disk. `bytes`: how much of the queue that was. */
  | { readonly is: "durable"; readonly seq: number; readonly bytes: number; readonly commits: number }
  | { readonly is: "verified"; readonly events: number; readonly judged: readonly string[]; readonly fault: string }
  | { readonly is: "sealed"; readonly outcome: string; readonly hash: string }
  | { readonly is: "closed" }
  | {
      readonly is: "failed";
      readonly code: "STORAGE_FAILED" | "STORE_VERSION" | "FILE_UNREADABLE";
      readonly why: string;
    };

/** What a message counts for in the bound of the queue, bytes. */
export const sizeOf = (message: ToWorker): number => {
  if (message.is === "events") return message.texts.length;
  return message.is === "points" ? message.data.byteLength : 0;
};
