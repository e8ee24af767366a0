/** What the cases of a suite are run on: the bench, a running twin, or a twin of its own for each case. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Comparison } from "../../../reports/compare/types.ts";
import { baselineHistory, isRunName } from "../../ledger/baseline.ts";
import { openLedger } from "../../ledger/ledger.ts";
import { catalogue, type ErrorCode } from "../../model/errors.ts";
import { runsAlike } from "../../store/alike.ts";
import { openReader, type Reader } from "../../store/reader.ts";
import type { RunRecord } from "../../store/types.ts";
import { startTwinProcess, stopTwinProcess } from "../commands/demo.ts";
import { perform } from "../commands/run.ts";
import { compareStored, readBaseline, wholeRecord } from "../compareRuns.ts";
import { readInputs } from "../inputs.ts";
import { planOfRun } from "../preflightCache.ts";
import { readCalibrations } from "../register.ts";
import type { CaseRun } from "./conduct.ts";
import { type Expected, median } from "./estimate.ts";
import type { Suite, SuiteCase } from "./suiteFile.ts";

export interface BenchOptions {
  readonly store: string;
  readonly bench?: string;
  readonly ports?: string;
  readonly operator: string;
  /** Prompts are done and answered by a simulated operator: always with a twin of its own. */
  readonly simulatedOperator: boolean;
  /** A twin of its own for each case. */
  readonly twin: boolean;
  /** A wish to stop while no run is going on. */
  readonly signal?: AbortSignal;
}

const inputsOf = ({ store: _, ports, bench, operator }: BenchOptions, { procedure, adapter, serial }: SuiteCase) => ({
  procedure,
  adapter,
  serial,
  operator,
  ...(bench === undefined ? {} : { bench }),
  ...(ports === undefined ? {} : { ports }),
});

/** Runs a case to its stored end, on whichever bench. */
export async function runCase(one: SuiteCase, options: BenchOptions): Promise<CaseRun> {
  if (!options.twin || one.twin === undefined) return await onPorts(one, options);
  const dir = mkdtempSync(join(tmpdir(), "rig-twin-"));
  const { adapter, deviations, seed } = one.twin;
  const more = [
    ...["--seed", String(seed)],
    ...(deviations === undefined ? [] : ["--deviations", deviations]),
    ...(options.bench === undefined ? [] : ["--bench", options.bench]),
  ];
  try {
    const twin = await startTwinProcess(adapter, dir, more);
    try {
      return await onPorts(one, { ...options, ports: dir, simulatedOperator: true });
    } finally {
      await stopTwinProcess(twin);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function onPorts(one: SuiteCase, options: BenchOptions): Promise<CaseRun> {
  const { store, simulatedOperator, signal } = options;
  const how = { store, json: false, strict: false, simulatedOperator, ...(signal === undefined ? {} : { signal }) };
  const early = one.early ? { early: "regression" as const } : {};
  const result = await perform({ ...inputsOf(options, one), ...how, ...early });
  const reader = await openReader(store);
  try {
    return caseRunOf(reader.record(result.run));
  } finally {
    reader.close();
  }
}

/** The code of what ended a run stands in its note; of what ended it before the plan, in its first cause. */
export function caseRunOf({ head, outcome, notes, trips }: RunRecord): CaseRun {
  const { verdict, ending, firstCause } = outcome ?? { verdict: "not-judged", ending: "rig-error" };
  const noted = notes.findLast(({ kind }) => kind === "ended-by")?.body["code"];
  const said = typeof noted === "string" ? noted : (/\[([A-Z_]+)\]/.exec(firstCause ?? "")?.[1] ?? "");
  const code = Object.hasOwn(catalogue, said) ? (said as ErrorCode) : undefined;
  // Of a fault of the rig that says no more, a bench that is not in order is the safe reading.
  const endedBy = code ?? (ending === "rig-error" ? "RIG_CHECK_FAILED" : ending === "stopped" ? "ABORTED" : undefined);
  return {
    id: head.id,
    verdict,
    ending,
    tripped: trips.length > 0,
    ...(firstCause === undefined ? {} : { firstCause }),
    ...(endedBy === undefined ? {} : { endedBy }),
  };
}

/** Undefined when the baseline was never set. The chance of a false alarm is shared out among the cases. */
export async function compareCase(
  one: SuiteCase,
  run: string,
  { options, cases }: Suite,
  store: string,
): Promise<Comparison | undefined> {
  if (!(await isSet(store, one.baseline))) return undefined;
  const reader: Reader = await openReader(store);
  try {
    const { record } = await readBaseline(store, reader, one.baseline);
    const shared = { ...options, alpha: options.alpha / cases.length };
    const [comparison] = await compareStored(store, record, [wholeRecord(reader, run)], shared);
    return comparison;
  } finally {
    reader.close();
  }
}

/** Whether there is a run of this name; one that is named by its number is looked for when it is compared. */
export async function isSet(store: string, baseline: string): Promise<boolean> {
  if (isRunName(baseline)) return true;
  const ledger = await openLedger(store);
  try {
    return baselineHistory(ledger, baseline).length > 0;
  } finally {
    ledger.close();
  }
}

/** By the preflight, which is kept for the run, and by earlier runs. @throws RigError when a case is refused */
export async function expectedOf(one: SuiteCase, given: BenchOptions, say: (line: string) => void): Promise<Expected> {
  const declared = one.early ? { declared: { early: "regression" as const } } : {};
  const options = { ...inputsOf(given, one), ...declared, calibrations: await readCalibrations(given.store) };
  const inputs = readInputs(options);
  const plan = await planOfRun(inputs, options, given.store, say);
  const alike = await runsAlike(given.store, {
    procedure: inputs.procedure.id,
    adapter: inputs.adapter.id,
    bench: inputs.bench.id,
    simulated: given.twin || inputs.twin !== undefined,
    before: Number.MAX_SAFE_INTEGER,
    except: [],
  });
  const before_s = median(alike.map(({ elapsed_s }) => elapsed_s));
  return { bench_s: plan.bench_s, ...(before_s === undefined ? {} : { before_s }) };
}
