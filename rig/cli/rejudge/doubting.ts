/** From what an impact analysis found to entries of the ledger: which runs are in doubt from now on, and which no more. */
import { type FoundRun, type Recorded, recordFinding } from "../../ledger/doubts.ts";
import type { Correction } from "../../model/correction.ts";
import type { Touched } from "../commands/impact.ts";

/** A run that goes on may still end as a pass, with readings of the same instrument. */
export function foundRuns(touched: readonly Touched[]): readonly FoundRun[] {
  return touched.flatMap(({ run, holds, now, open }): readonly FoundRun[] => {
    if (holds === undefined) return open ? [{ run, state: "unknown", now: "going on when it was judged again" }] : [];
    const state = holds === "unknown" ? "unknown" : holds ? "holds" : "lost";
    return [{ run, state, now: now.slice(0, 200) }];
  });
}

export function recordImpact(
  store: string,
  { instrument, certificate, hash }: Correction,
  touched: readonly Touched[],
  { since, by }: { readonly since: string; readonly by: string },
): Promise<Recorded> {
  const runs = foundRuns(touched);
  return recordFinding(store, { instrument, certificate, file: hash, since, touched: touched.length, by, runs });
}

export const recordedText = ({ number, doubts, ended }: Recorded): string => {
  const words = [`${doubts} ${doubts === 1 ? "run is" : "runs are"} in doubt`];
  if (ended > 0) words.push(`${ended} no longer`);
  const remedy =
    doubts === 0 ? "" : ": judge them again (rig rejudge RUN --calibration FILE --by NAME) or dispose of them";
  return `${number} is written down: ${words.join(", ")}${remedy}`;
};
