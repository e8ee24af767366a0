/** Limits are controlled documents: one row a limit, with its source, edition, clause, confidence and approver. */
import type { Confidence } from "./adapter.ts";
import type { Unit } from "./units.ts";

/** domain.md 8.2. simple: accept to the limit. guard-U: the acceptance limit is drawn in by U = k u. */
export type DecisionRule = "simple" | "guard-U";

export interface Limit {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** At least one of min and max; both finite. */
  readonly min?: number;
  readonly max?: number;
  readonly rule: DecisionRule;
  /** Coverage factor of U, 2 by default. */
  readonly k: number;
  /** Whose fault a breach is: of the adapter (a verdict) or of the rig (an error that ends the run). */
  readonly subject: "adapter" | "rig";
  readonly source: string;
  readonly edition: string;
  readonly clause: string;
  readonly confidence: Confidence;
  readonly approvedBy: string;
}

export interface LimitSet {
  readonly id: string;
  readonly revision: string;
  readonly title: string;
  readonly rows: Readonly<Record<string, Limit>>;
  /** Content hash of the document as read. */
  readonly hash: string;
}
