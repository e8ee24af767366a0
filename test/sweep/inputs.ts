/** What the sweep's runs are started with. */
import { type Inputs, readInputs } from "../../rig/cli/inputs.ts";
import { sweepProcedure } from "./procedure.ts";

/** `ports`: folder of the running twin; absent for the dry run. */
export function sweepInputs(ports?: string): Inputs {
  const inputs = readInputs({
    procedure: "dc-screening",
    adapter: "generic-a-pass",
    serial: "SWEEP-1",
    operator: "sweep",
    ...(ports === undefined ? {} : { ports }),
  });
  return { ...inputs, procedure: sweepProcedure };
}
