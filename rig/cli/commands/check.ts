/** `rig check`: the procedure against bench, limits and adapter type, on the kind twin, before anything is energised. */
import { type InputOptions, readInputs } from "../inputs.ts";
import { dryRun } from "../nominal.ts";
import { duration } from "../progress.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);

/** Exit code: 0 accepted, 40 refused. */
export async function check(options: InputOptions & { readonly json: boolean }): Promise<number> {
  const inputs = readInputs(options);
  const result = await dryRun(inputs);
  const accepted = !result.error && (result.verdict === "pass" || result.verdict === "pass-screening");
  const ids = [...new Set(result.measurements.map((m) => m.id))];
  if (options.json) {
    out(
      JSON.stringify({
        accepted,
        procedure: inputs.procedure.id,
        bench: inputs.bench.id,
        adapter: inputs.adapter.id,
        bench_s: result.bench_s,
        judgements: ids,
        steps: result.steps,
        why: accepted ? null : (result.firstCause ?? result.verdict),
      }),
    );
    return accepted ? 0 : 40;
  }
  out(`${inputs.procedure.id} revision ${inputs.procedure.revision} on ${inputs.bench.id} for ${inputs.adapter.id}`);
  for (const step of result.steps) {
    const depth = step.path.split(" / ").length - 1;
    out(
      `  ${"  ".repeat(depth)}${(step.path.split(" / ").at(-1) ?? "").padEnd(44 - 2 * depth)} ${duration(step.takes_s)}`,
    );
  }
  out(`  ${ids.length} judgements, about ${duration(result.bench_s)} of bench time`);
  out(
    accepted ? "Accepted: a nominal adapter passes on this bench." : `Refused: ${result.firstCause ?? result.verdict}`,
  );
  return accepted ? 0 : 40;
}
