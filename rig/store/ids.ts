/** How a run is called: R and its number with at least six digits. */
import { RigError } from "../model/errors.ts";

export const idOf = (run: number): string => `R${String(run).padStart(6, "0")}`;

/** The number in `R000042`, `r42` or `42`. RUN_UNKNOWN for anything else. */
export function runOf(id: string): number {
  const digits = /^[Rr]?0*([1-9][0-9]{0,14})$/.exec(id)?.[1];
  if (digits === undefined) throw new RigError("RUN_UNKNOWN", "that is no run: runs are called like R000042", {});
  return Number(digits);
}
