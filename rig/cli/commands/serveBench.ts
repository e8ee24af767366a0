/** What the bench page of the station needs: the manual panel, and the twin's control socket where there is a twin. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { connectControl } from "../../../drivers/twin/controlClient.ts";
import { manualBenchOf } from "../../../procedures/routines/manualCommand.ts";
import { adapterTypeIds } from "../../bench/adapterTypes.ts";
import type { Bench } from "../../model/bench.ts";
import type { Accounts } from "../../station/accounts.ts";
import type { BenchRuns } from "../../station/bench.ts";
import type { BenchFacts } from "../../station/benchPage.ts";
import { Manual } from "../../station/manual.ts";
import { TwinDesk } from "../../station/twin.ts";
import { readChecks } from "../../store/checks.ts";
import { countWear, noWear, type Wear } from "../../store/wear.ts";
import { calendarOf, halfWear, relayWear } from "../benchFacts.ts";
import { readWorn } from "../fixtures.ts";
import { allChecks } from "../lock.ts";
import { readCalibrations, withRegister } from "../register.ts";
import { root } from "../root.ts";
import { twinPorts } from "../twinPorts.ts";
import { today } from "./actions.ts";

type Audit = Accounts["audit"];

export function manualOf(parts: {
  readonly runs: BenchRuns;
  readonly bench: Bench;
  readonly common: readonly string[];
  readonly enabled: boolean;
  readonly accounts: Accounts;
}): Manual {
  const { runs, bench, common, enabled, accounts } = parts;
  return new Manual({
    bench: runs,
    enabled,
    offer: manualBenchOf(bench),
    adapters: adapterTypeIds(join(root, "procedures", "adapters")),
    argsOf: (by, adapter) => ["manual", "--operator", by, "--adapter", adapter, ...common],
    audit: accounts.audit.bind(accounts),
    auditIfPossible: accounts.auditIfPossible.bind(accounts),
    now_ms: () => performance.now(),
  });
}

/** Wear is counted once and then run by run; two pages that ask at once share one count. */
export function factsOf(store: string, file: Bench, simulated: boolean): () => Promise<BenchFacts> {
  const of = { bench: file.id, simulated };
  let wear: Wear = noWear;
  let counting: Promise<Wear> | undefined;
  const count = async (): Promise<Wear> => {
    wear = await countWear(store, of, wear);
    return wear;
  };
  return async () => {
    counting ??= count().finally(() => {
      counting = undefined;
    });
    const mine = counting;
    const bench = withRegister(file, await readCalibrations(store));
    const history = await readChecks(store, of, allChecks);
    const counted = await mine;
    return {
      calendar: calendarOf(bench, today(), history),
      relays: relayWear(bench, counted),
      runs: counted.runs,
      halves: halfWear(await readWorn(store, bench, simulated)),
    };
  };
}

const answer_ms = 3000;
const examples = join(root, "drivers", "twin", "adapters");

/** Undefined on a real bench. The folder is read again for each request: a twin may be started anew. */
export function twinOf(ports: string | undefined, runs: BenchRuns, audit: Audit): TwinDesk | undefined {
  if (ports === undefined) return undefined;
  const files = readdirSync(examples).filter((name) => name.endsWith(".yaml"));
  return new TwinDesk({
    bench: runs,
    request: async (body) => {
      const client = await connectControl(twinPorts(ports).control, AbortSignal.timeout(answer_ms));
      try {
        return await client.request(body, answer_ms);
      } finally {
        client.close();
      }
    },
    adapters: Object.fromEntries(files.map((name) => [name.slice(0, -".yaml".length), join(examples, name)])),
    audit,
  });
}
