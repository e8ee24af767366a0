/** `rig resume`: goes on with a run whose program died, from its last checkpoint; or closes it and says why not. */

import { resumePoint } from "../../engine/resume.ts";
import { nominalDeclared } from "../../model/declared.ts";
import { asRigError, RigError } from "../../model/errors.ts";
import { exitCode } from "../../model/verdict.ts";
import { closeRun, openReader } from "../../store/reader.ts";
import type { RunRecord } from "../../store/types.ts";
import { asBegun } from "../controlledLimits.ts";
import { declaredIn, dueSince, refuseWhenLocked, withDeclared } from "../declare.ts";
import { headOf } from "../head.ts";
import { type Inputs, readInputs } from "../inputs.ts";
import { authorised } from "../operators.ts";
import { planOfRun } from "../preflightCache.ts";
import { progress } from "../progress.ts";
import { type Calibrations, readCalibrations } from "../register.ts";
import { differences } from "../resumeChecks.ts";
import { runSession } from "../session.ts";
import { link, operatorOf, report, say } from "./run.ts";

export interface ResumeOptions {
  readonly store: string;
  readonly bench?: string;
  readonly ports?: string;
  /** Only for an adapter type that is a file of its own. */
  readonly adapter?: string;
  readonly operator: string;
  readonly simulatedOperator: boolean;
  readonly json: boolean;
  readonly strict: boolean;
  /** What the register of instruments says now. */
  readonly calibrations?: Calibrations;
}

const closedCode = 40;

/** Exit code of the run; 40 when it is closed instead. */
export async function resume(run: string, options: ResumeOptions): Promise<number> {
  const reader = await openReader(options.store);
  try {
    const record = reader.record(run);
    const { head, outcome } = record;
    if (outcome) throw new RigError("USAGE", `${head.id} is closed: ${outcome.verdict}, ${outcome.ending}`);
    const close = async (why: string): Promise<number> => {
      const closed = await closeRun(options.store, head.run, `not resumed: ${why}`);
      say(`${closed.id} is closed: ${closed.outcome.firstCause ?? closed.outcome.ending}`);
      if (options.json)
        process.stdout.write(`${JSON.stringify({ run: closed.id, resumed: false, ...closed.outcome })}\n`);
      return closed.outcome.verdict === "fail" ? 20 : closedCode;
    };
    const read = inputsOf(record, { ...options, calibrations: await readCalibrations(options.store) });
    if ("why" in read) return await close(read.why);
    const { asked } = read;
    const inputs = await authorised(options.store, read.inputs);
    await refuseWhenLocked(options.store, inputs);
    const other = differences(head, headOf(inputs));
    if (other.length > 0) return await close(`another ${other.join(", another ")} than it was begun with`);
    const due = await dueSince(options.store, inputs, head.waivers);
    if (due !== undefined) return await close(due);
    if (!inputs.procedure.recheck) return await close(`${inputs.procedure.id} has no re-check`);
    const point = resumePoint(record.events);
    if ("refused" in point) return await close(point.refused);
    const operator = operatorOf(inputs, options, say);
    const declared = nominalDeclared(inputs.context.declared ?? {});
    const plan = await planOfRun(withDeclared(inputs, declared), { ...asked, declared }, options.store, say);
    link?.tell({ is: "plan", steps: plan.steps, bench_s: plan.bench_s });
    say(`Resuming ${head.id} at checkpoint "${point.checkpoint}"; what came after it is done again`);
    const result = await runSession(inputs, {
      store: options.store,
      planned: plan.planned,
      begun: (number, id) => link?.tell({ is: "run", run: number, id }),
      watch: progress(plan.steps, say),
      operator,
      say,
      resume: {
        record,
        point,
        series: (name, from, total) => {
          const { t_s, values } = reader.series(head.run, name);
          return { t_s: t_s.slice(from, total), values: values.slice(from, total) };
        },
        from_s: record.events.at(-1)?.bench_s ?? 0,
        by: options.operator,
      },
    });
    await report(options, result);
    return exitCode(result, options.strict);
  } finally {
    reader.close();
  }
}

/** The inputs the record names; files that are gone or no longer valid close the run. */
export function inputsOf(record: RunRecord, options: ResumeOptions) {
  const { head } = record;
  const asked = {
    procedure: head.procedure.id,
    adapter: options.adapter ?? head.adapter.id,
    serial: head.adapter.serial,
    operator: options.operator,
    ...(options.bench === undefined ? {} : { bench: options.bench }),
    ...(options.ports === undefined ? {} : { ports: options.ports }),
    ...(options.calibrations === undefined ? {} : { calibrations: options.calibrations }),
    // What the plan was begun with, whatever has become of it since.
    declared: declaredIn(head.options),
    begun: declaredIn(head.options),
  };
  try {
    const read: Inputs = readInputs(asked);
    // Under what conditions it was begun, an overdue check for instance, still limits what it may say.
    const begun = head.waivers.filter(({ id }) => !read.waivers.some((waiver) => waiver.id === id));
    const inputs: Inputs = asBegun({ ...read, waivers: [...read.waivers, ...begun] }, head.limits);
    return { inputs, asked };
  } catch (thrown) {
    const error = asRigError(thrown);
    // The caller's own mistake, such as a twin that is not started, closes nothing.
    if (error.code === "USAGE" || error.code === "FILE_UNREADABLE" || error.code === "LABEL_INVALID") throw error;
    return { why: error.message };
  }
}
