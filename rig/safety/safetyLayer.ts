/** What the safety layer is made from, and what it offers besides the engine's `Safety`. */
import type { Bench } from "../model/bench.ts";
import type { Clock } from "../model/clock.ts";
import type { Data } from "../model/data.ts";
import type { Call } from "../plan/commands.ts";
import type { Admission, AdmitContext, Safety } from "../plan/parts.ts";
import type { LatchStore } from "./latch.ts";
import type { Violation } from "./rules.ts";
import type { BenchState } from "./state.ts";

export interface SafetyOptions {
  readonly bench: Bench;
  readonly clock: Pick<Clock, "bench_s"> & Partial<Pick<Clock, "wall_ms">>;
  /**
   * Bench time runs with the wall clock, at its speed or faster. Only then is the age of a scan judged (`check`): a
   * jumping clock stands still while instruments are waited for. Default false.
   */
  readonly realTime?: boolean;
  /** Where a trip outlives the process. */
  readonly latch?: LatchStore;
  /** Records who reset what. */
  readonly note?: (body: Data) => void;
  /** Brings the bench to its safe state and returns the evidence (see safeOff.ts). */
  readonly safeOff: (why: string) => Promise<Data>;
  /**
   * How long contactor feedback may lag behind a relay's read-back, ms of wall time. Default 0: lines follow at once
   * (kind twins), and it is judged at each edge too.
   */
  readonly feedback_ms?: number;
  /** Levels of the safety lines as the guard sees them; `line` reports edges besides. Frozen ones are merged once. */
  readonly lines?: () => Readonly<Record<string, boolean>>;
}

export interface LineEdge {
  readonly line: string;
  readonly high: boolean;
}

export interface SafetyLayer extends Safety {
  /** An edge of a safety line: an interlock that opens trips at once, and a lid that opened ends the proof of earth. */
  line(edge: LineEdge): void;
  /** Edges of the safety lines were thrown away: an interlock may have opened and closed unseen, so a live bench trips. */
  lostEdges(edges: number): void;
  /** What `admit` would say, without its latch: for a person who is told beforehand. It admits nothing. */
  wouldAdmit(call: Call, context: AdmitContext): Admission;
  /** Once more between `durable` and the frame, which may take its time: latch and interlocks. A refusal trips. */
  recheck(call: Call): Admission;
  /**
   * From the control loop, every 50 ms: trips when no scan settles for 2.5 s of wall time while a current may flow, and
   * when a contactor's feedback disagrees while the bench is live.
   */
  check(): void;
  /**
   * An announced check of a line that would else latch: pressing it at rest is then no trip. `on` false ends the
   * announcement; `by` is who confirmed the release, and so reset the line: the edge may come later than the word, so
   * a line still open trips at the next reading of the lines; without `by` at once.
   */
  expectPress(line: string, on: boolean, by?: string): void;
  /** Why nothing more is admitted, or undefined. */
  latched(): Violation | undefined;
  /** A named person clears the latch; refused while an interlock is open. `tripped` is then a new signal. */
  reset(by: string): void;
  /** The believed state, for status displays and tests. */
  state(): BenchState;
}
