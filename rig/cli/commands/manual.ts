/** `rig manual`: the manual panel, at a terminal or behind the station's page. Judges nothing. */
import { stripVTControlCharacters } from "node:util";
import { manualProcedure } from "../../../procedures/manual.ts";
import { manualBenchOf } from "../../../procedures/routines/manualCommand.ts";
import { loadBench } from "../../bench/benchFile.ts";
import { makeWiring } from "../../bench/wiring.ts";
import { netlistOf } from "../../model/adapter.ts";
import { type Data, hashOf } from "../../model/data.ts";
import { RigError } from "../../model/errors.ts";
import type { LimitSet } from "../../model/limits.ts";
import { exitCode } from "../../model/verdict.ts";
import { closeInterrupted } from "../../store/reader.ts";
import { defaultBench } from "../defaults.ts";
import { checkLabel, findAdapter, type Inputs } from "../inputs.ts";
import { manualGate } from "../manualGate.ts";
import { consoleOperator } from "../operator.ts";
import { authorised } from "../operators.ts";
import { progress } from "../progress.ts";
import { readCalibrations, withRegister } from "../register.ts";
import { runSession } from "../session.ts";
import { stationLink } from "../station.ts";
import { twinPorts, withPorts } from "../twinPorts.ts";
import { dueWaivers } from "../waivers.ts";

export interface ManualOptions {
  readonly operator: string;
  /** Type of what lies in the nest, as far as it is known. */
  readonly adapter: string;
  readonly store: string;
  readonly bench?: string;
  readonly ports?: string;
}

const link = stationLink();

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
  link?.tell({ is: "said", line: stripVTControlCharacters(line).trim() });
};

/** In place of a serial number: no adapter's history holds what was done by hand. */
const noSerial = "MANUAL";

/** Nothing is judged by hand. */
const noLimits: LimitSet = (() => {
  const plain = { id: "manual", revision: "1", title: "The manual panel judges nothing", rows: {} };
  return { ...plain, hash: hashOf(plain) };
})();

/** Exit code: 0 ended in order, 30 stopped or aborted, 40 fault of the rig. */
export async function manual(options: ManualOptions): Promise<number> {
  if (!link && !process.stdin.isTTY) throw new RigError("USAGE", "the manual panel needs a terminal");
  for (const closed of await closeInterrupted(options.store)) say(`Closed an interrupted run: ${closed.id}`);
  const inputs = await manualInputs(options);
  say(`Manual panel on ${inputs.bench.id}${inputs.twin ? "   SIMULATED" : ""}: every command is recorded.`);
  const result = await runSession(inputs, {
    store: options.store,
    planned: [],
    begun: (run, id) => link?.tell({ is: "run", run, id }),
    watch: progress([], say),
    operator: () => link?.ask ?? consoleOperator(inputs.operator, say),
    gate: manualGate(inputs.bench, manualBenchOf(inputs.bench), say),
    say,
  });
  say(`Manual panel ${result.id} ${result.ending}${result.firstCause ? `: ${result.firstCause}` : ""}`);
  return result.ending === "completed" ? 0 : exitCode(result, false);
}

/** What a run has, but no serial number and no limits. @throws RigError as `readInputs` */
export async function manualInputs(options: ManualOptions): Promise<Inputs> {
  const operator = checkLabel("operator's name", options.operator);
  const twin = options.ports === undefined ? undefined : twinPorts(options.ports);
  const file = withPorts(loadBench(options.bench ?? defaultBench), twin);
  const bench = withRegister(file, await readCalibrations(options.store));
  const adapter = findAdapter(options.adapter);
  const procedure = { ...manualProcedure(manualBenchOf(bench)), limits: noLimits.id };
  return await authorised(options.store, {
    ...{ procedure, bench, limits: noLimits, adapter, adapterHash: hashOf(adapter as unknown as Data) },
    ...{ serial: noSerial, operator, twin, waivers: dueWaivers(bench, procedure.needs, adapter, twin !== undefined) },
    context: {
      ...{ adapter, netlist: netlistOf(adapter), wiring: makeWiring(bench), fixture: bench.contacts },
      ...{ halves: bench.halves ?? [], operator, serial: noSerial, limits: noLimits },
    },
  });
}
