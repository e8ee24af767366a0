/** `rig check`: the procedure against bench, limits and adapter type, on kind twins, before anything is energised. */
import { asRigError } from "../../model/errors.ts";
import { anySerial } from "../declare.ts";
import { type InputOptions, readInputs } from "../inputs.ts";
import { type Preflight, preflight } from "../preflight.ts";
import { codeOf, neverReached, stepsInCode } from "../preflightSteps.ts";
import { findProcedure } from "../procedures.ts";
import { duration, prefixed } from "../progress.ts";
import { readCalibrations } from "../register.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const refused = 40;

export interface CheckOptions extends InputOptions {
  /** Its register of instruments says which calibration counts. */
  readonly store: string;
  readonly json: boolean;
}

/** Exit code: 0 accepted, 40 refused; a missing role is the bench's fault, so it refuses too. */
export async function check(given: CheckOptions): Promise<number> {
  const serial = anySerial(findProcedure(given.procedure));
  const calibrations = await readCalibrations(given.store);
  const options: CheckOptions = { ...given, calibrations, ...(serial === undefined ? {} : { serial }) };
  let inputs: ReturnType<typeof readInputs>;
  try {
    inputs = readInputs(options);
  } catch (thrown) {
    const error = asRigError(thrown);
    if (error.code !== "ROLE_MISSING" && error.code !== "RIG_CHECK_FAILED") throw error;
    if (options.json) out(JSON.stringify({ accepted: false, findings: [{ path: "inputs", what: error.message }] }));
    else out(`Refused: ${error.message}\n  ${error.remedy}`);
    return refused;
  }
  const result = await preflight(inputs, options, "all");
  const unreached = neverReached(result.steps, stepsInCode(undefined, codeOf(inputs.procedure.id)));
  const judgements = [...new Set(result.dry.measurements.map((m) => m.id))];
  if (options.json) {
    const { facts, findings, paths, judgements: forced, calls, answers, skipped, accepted, dry } = result;
    out(
      JSON.stringify({
        accepted,
        procedure: inputs.procedure.id,
        bench: inputs.bench.id,
        adapter: inputs.adapter.id,
        bench_s: dry.bench_s,
        judgements,
        steps: facts,
        explored: { paths, judgements: forced, calls, answers, skipped },
        neverReached: unreached,
        findings,
      }),
    );
    return accepted ? 0 : refused;
  }
  out(`${inputs.procedure.id} revision ${inputs.procedure.revision} on ${inputs.bench.id} for ${inputs.adapter.id}`);
  show(result, judgements.length, unreached);
  return result.accepted ? 0 : refused;
}

function show(result: Preflight, judgements: number, unreached: readonly string[]): void {
  out(`  ${"step".padEnd(28)} ${"time".padStart(7)} ${"source".padStart(20)} ${"energy".padStart(10)}  energised by`);
  for (const { step, duration_s, energised, max_A, max_V, energy_J } of result.facts) {
    const power = max_A > 0 ? `${prefixed(max_A, "A")}, ${prefixed(max_V, "V")}` : "-";
    const energy = energy_J > 0 ? prefixed(energy_J, "J") : "-";
    const by = energised.map(({ role, A, V }) => {
      const most = [A === undefined ? "" : `${A} A`, V === undefined ? "" : `${V} V`].filter((text) => text !== "");
      return most.length > 0 ? `${role} (${most.join(", ")})` : role;
    });
    const time = duration(duration_s);
    out(
      `  ${step.padEnd(28)} ${time.padStart(7)} ${power.padStart(20)} ${energy.padStart(10)}  ${by.join(", ") || "-"}`,
    );
  }
  out(`  ${judgements} judgements, about ${duration(result.dry.bench_s)} of bench time`);
  const { paths, judgements: forced, calls, answers, skipped } = result;
  out(
    `  ${paths} paths explored: the nominal one, ${forced} with a failing judgement, ${calls} with a failing call, ` +
      `${answers} with another answer of the operator`,
  );
  out(`  ${skipped} calls and judgements share step and name with one tried and were not forced on their own`);
  if (unreached.length > 0) out(`  steps of its routines that no path entered: ${unreached.join("; ")}`);
  for (const { path, what } of result.findings) out(`  FOUND  ${path}: ${what}`);
  out(
    result.accepted
      ? "Accepted: a nominal adapter passes, and every explored path ends in the safe state."
      : `Refused: ${result.findings.length} findings.`,
  );
  out("Paths that were not explored are not proved: every call is admitted again at run time.");
}
