/** Limits are controlled documents: one row a limit, with its source, edition, clause, confidence and approver. */
import type { Confidence } from "./adapter.ts";
import type { Stabilisation } from "./stabilisation.ts";
import type { Unit } from "./units.ts";

/**
 * domain.md 8.2; rig/model/decision.ts decides. simple: accept to the limit. guard-U: the acceptance limit is drawn in by
 * U = k u. iso14253: accept where conformance has a probability of 95 %. nonbinary-U: conditional verdicts within U of it.
 */
export const decisionRules = ["simple", "guard-U", "iso14253", "nonbinary-U"] as const;
export type DecisionRule = (typeof decisionRules)[number];

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

/** Whether the field of who approved it holds a word for nobody. */
export const isNobody = (approvedBy: string): boolean => /^(|-|unapproved|n\/a|none|tbd)$/i.test(approvedBy.trim());

/** Who approved this very content, as the ledger stood when a run began. */
export interface Approval {
  /** `approved`: by two people other than the author, and in force. Anything less gives a screening at best. */
  readonly state: "approved" | "unapproved";
  readonly by: readonly string[];
  /** Why it is not approved, or from when it is in force; one line. */
  readonly note: string;
}

/** How often an adapter that failed may be tried again by this document, before QA has decided (docs/quality.md). */
export interface RetestPolicy {
  /** Retests of one fail, each with the adapter taken out and fitted anew. */
  readonly reseats: number;
  /** Roles of operators who may: those of `rig operators`. */
  readonly by: readonly ("technician" | "engineer" | "qa")[];
  /** Which result stands for the adapter when QA closes the fail by its retests. */
  readonly counts: "last" | "worst";
}

export interface LimitSet {
  readonly id: string;
  readonly revision: string;
  readonly title: string;
  readonly rows: Readonly<Record<string, Limit>>;
  /** Absent: the document says nothing of retests; they are marked, and none is refused. */
  readonly retest?: RetestPolicy;
  /** Which rule ends a soak; absent: `defaultStabilisation`. */
  readonly stabilisation?: Stabilisation;
  /** Content hash of the document as read. */
  readonly hash: string;
  /** Who wrote it, and the first day it may be used (YYYY-MM-DD), where the document says so. */
  readonly author?: string;
  readonly effective?: string;
  /** Absent in records older than approvals, and where no ledger was asked. */
  readonly approval?: Approval;
}

/** Whether two people approved these limits. `unasked` says what holds where no ledger was asked: each caller knows why. */
export const isApproved = ({ approval }: LimitSet, unasked: boolean): boolean =>
  approval === undefined ? unasked : approval.state === "approved";
