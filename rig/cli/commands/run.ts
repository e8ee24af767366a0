/** `rig run`: preflight, run, reports. */
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { contentOf } from "../../../reports/content.ts";
import { jsonObject } from "../../../reports/json.ts";
import { seriesOf, writeReports } from "../../../reports/write.ts";
import { type EarlyRun, nominalDeclared } from "../../model/declared.ts";
import { asRigError, RigError } from "../../model/errors.ts";
import { exitCode } from "../../model/verdict.ts";
import { closeInterrupted, openReader } from "../../store/reader.ts";
import { limitsLine, underApproval } from "../controlledLimits.ts";
import { declare, withDeclared } from "../declare.ts";
import { type InputOptions, type Inputs, readInputs } from "../inputs.ts";
import { sayConditions, sayLock } from "../lockText.ts";
import { sayOpenFails, sayRetest } from "../openFails.ts";
import { consoleOperator, simulatedOperator, trainee } from "../operator.ts";
import { loadOrder } from "../orderFile.ts";
import { planOfRun } from "../preflightCache.ts";
import { requireEarly } from "../procedures.ts";
import { duration, progress } from "../progress.ts";
import { readCalibrations } from "../register.ts";
import { writeRunReports } from "../reportFiles.ts";
import { runSession, type SessionOptions, type SessionResult } from "../session.ts";
import { stationLink } from "../station.ts";
import { actBy } from "../twinOperator.ts";

export interface RunOptions extends InputOptions {
  readonly store: string;
  /** Run to compare with, for an ageing check: number, id or `none`. */
  readonly baseline?: string;
  /** File of the conditioning record. */
  readonly conditioning?: string;
  /** File of the order that the adapter came with. */
  readonly order?: string;
  /** Engineering or regression run: a predicted pass may end the soak. */
  readonly early?: EarlyRun;
  readonly json: boolean;
  readonly strict: boolean;
  /** Prompts are answered, and done at the twin, by a simulated operator. */
  readonly simulatedOperator: boolean;
  /** A wish to stop that came before the run began; the run itself hears signals of its own. */
  readonly signal?: AbortSignal;
}

/** The station that started this process, if one did. */
export const link = stationLink();

/** To the terminal, and to the station. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
  link?.tell({ is: "said", line: stripVTControlCharacters(line).trim() });
};

/** Exit code of the run. */
export async function run(options: RunOptions): Promise<number> {
  return exitCode(await perform(options), options.strict);
}

/** Runs, stores and reports; how it went. */
export async function perform(given: RunOptions): Promise<SessionResult> {
  const options: RunOptions = { ...given, calibrations: await readCalibrations(given.store) };
  const read = readInputs(options);
  if (options.early) requireEarly(read.procedure);
  const operator = operatorOf(read, options, say);
  const order = orderOf(options, read.serial);
  for (const closed of await closeInterrupted(options.store)) {
    say(`Closed an interrupted run: ${closed.id} (${closed.outcome.firstCause ?? closed.outcome.ending})`);
  }
  const judgedBy = await underApproval(await declare(read, options), options.store);
  const inputs = { ...judgedBy, ...(order ? { order } : {}) };
  say(limitsLine(inputs.limits));
  sayConditions(inputs, say);
  sayRetest(inputs, say);
  say(`Preflight of ${inputs.procedure.id} on ${inputs.bench.id} for ${inputs.adapter.id}...`);
  const declared = nominalDeclared(inputs.context.declared ?? {});
  const plan = await planOfRun(withDeclared(inputs, declared), { ...options, declared }, options.store, say);
  const { planned } = plan;
  link?.tell({ is: "plan", steps: plan.steps, bench_s: plan.bench_s });
  say(
    `      ${planned.length} judgements planned, about ${duration(plan.bench_s)} of bench time${simulatedHint(inputs.twin)}`,
  );
  if (options.signal?.aborted) throw new RigError("ABORTED", "stopped before the run began");
  const result = await runSession(inputs, {
    store: options.store,
    planned,
    begun: (number, id) => link?.tell({ is: "run", run: number, id }),
    watch: progress(plan.steps, say),
    operator,
    say,
    ...(link ? { station: link } : {}),
  });
  await report(options, result);
  await sayOpenFails(options.store, inputs, say);
  await sayLock(options.store, { bench: inputs.bench.id, simulated: inputs.twin !== undefined }, say);
  return result;
}

const orderOf = ({ order }: RunOptions, serial: string) =>
  order === undefined ? undefined : loadOrder(order, serial, new Date().toISOString().slice(0, 10));

/** Who answers; refuses where nobody could. */
export function operatorOf(
  inputs: Inputs,
  options: Pick<RunOptions, "simulatedOperator">,
  write: (line: string) => void,
): SessionOptions["operator"] {
  if (options.simulatedOperator && !inputs.twin) {
    throw new RigError(
      "USAGE",
      "--simulated-operator needs a twin (--ports): nobody may answer for a person at a real bench",
    );
  }
  if (link && !options.simulatedOperator) {
    return (control) => (control ? trainee(link.ask, (action) => actBy(control, action)) : link.ask);
  }
  if (!options.simulatedOperator && !process.stdin.isTTY) {
    throw new RigError("USAGE", "prompts need a terminal; with a twin use --simulated-operator");
  }
  return (control) =>
    options.simulatedOperator && control
      ? simulatedOperator((action) => actBy(control, action), write)
      : control
        ? trainee(consoleOperator(inputs.operator, write), (action) => actBy(control, action))
        : consoleOperator(inputs.operator, write);
}

const simulatedHint = (twin: { readonly speed: number | "max" } | undefined): string =>
  twin === undefined
    ? ""
    : twin.speed === "max"
      ? " (SIMULATED, as fast as it goes)"
      : ` (SIMULATED, speed ${twin.speed})`;

export async function report(options: Pick<RunOptions, "store" | "json">, result: SessionResult): Promise<void> {
  const reader = await openReader(options.store);
  try {
    const record = reader.record(result.run);
    const files = await writeReports(record, reader, join(options.store, "reports"));
    const content = contentOf(record, seriesOf(record, reader), reader.fault(result.run));
    if (options.json) process.stdout.write(`${JSON.stringify(jsonObject(content, { ...files }))}\n`);
    say("");
    say(`${headline(result)}${record.head.simulated ? "   SIMULATED" : ""}`);
    if (result.firstCause) say(`  ${result.firstCause}`);
    say(`  run ${result.id}, report ${files.html}`);
  } finally {
    reader.close();
  }
  await onPaper(options.store, result);
}

/** The bench is safe, the run sealed and its verdict said: a PDF that cannot be made changes none of it. */
async function onPaper(store: string, { run, id }: SessionResult): Promise<void> {
  try {
    const { pdf } = await writeRunReports(store, run, join(store, "reports"), ["pdf"]);
    say(`  on paper ${pdf}`);
  } catch (error) {
    say(`  no PDF: ${asRigError(error).message}; try again with rig report ${id} --format pdf`);
  }
}

/** PASS is printed only when completed. */
export function headline(outcome: Pick<SessionResult, "verdict" | "ending">): string {
  const words: Readonly<Record<SessionResult["verdict"], string>> = {
    "not-judged": "NOT JUDGED",
    pass: "PASS",
    "pass-screening": "PASS (screening)",
    "pass-conditional": "PASS (conditional)",
    inconclusive: "INCONCLUSIVE",
    "fail-conditional": "FAIL (conditional)",
    fail: "FAIL",
  };
  return outcome.ending === "completed" ? words[outcome.verdict] : `${words[outcome.verdict]}, run ${outcome.ending}`;
}
