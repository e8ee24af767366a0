import { RigError } from "../model/errors.ts";

/** A run as it stands in an address. @throws RigError USAGE */
export function numberOfRun(text: string | undefined): number {
  const run = Number(text);
  if (!/^\d{1,15}$/.test(text ?? "") || run < 1) throw new RigError("USAGE", "a run is a whole number from 1");
  return run;
}
