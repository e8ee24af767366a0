import type { RunState, Safety } from "./bench.ts";

/** A run that has ended, and whose record is still being read or whose bench is still being asked, has no result yet. */
export const isBeingRead = ({ run, outcome }: Pick<RunState, "run" | "outcome">, safety: Safety | undefined): boolean =>
  run !== undefined && outcome === undefined && (safety?.is === "energised-possible" || safety?.is === "asked");

/** How an end of a run looks: looks differ in word, sign, border and pattern, not in colour alone. */
export interface Look {
  /** Class of the page's style. */
  readonly kind: "good" | "screening" | "conditional" | "open" | "bad" | "none";
  readonly sign: "✓" | "!" | "?" | "✗" | "–";
  /** The verdict may be named; else there is no result. */
  readonly judged: boolean;
}

/** A fail is one however the run ended; anything else counts only of a run that was completed. */
export function lookOf(verdict: string, ending: string): Look {
  if (verdict === "fail" || verdict === "fail-conditional") return { kind: "bad", sign: "✗", judged: true };
  if (ending !== "completed" || verdict === "not-judged") return { kind: "none", sign: "–", judged: false };
  if (verdict === "pass") return { kind: "good", sign: "✓", judged: true };
  if (verdict === "pass-screening") return { kind: "screening", sign: "✓", judged: true };
  if (verdict === "pass-conditional") return { kind: "conditional", sign: "!", judged: true };
  return { kind: "open", sign: "?", judged: true };
}
