/** `rig wear`: closings of each relay, from the records. */
import { loadBench } from "../../bench/benchFile.ts";
import { countWear } from "../../store/wear.ts";
import { relayWear } from "../benchFacts.ts";
import { defaultBench } from "../defaults.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const wornCode = 40;

export interface WearOptions {
  readonly store: string;
  readonly bench?: string;
  readonly simulated: boolean;
  readonly json: boolean;
}

/** Exit code: 0, or 40 when a relay is past the life that the bench file states. */
export async function wear(options: WearOptions): Promise<number> {
  const { store, simulated } = options;
  const bench = loadBench(options.bench ?? defaultBench);
  const counted = await countWear(store, { bench: bench.id, simulated });
  const relays = relayWear(bench, counted);
  if (options.json) out(JSON.stringify({ bench: bench.id, simulated, runs: counted.runs, relays }));
  else {
    out(`Bench ${bench.id}${simulated ? "   SIMULATED" : ""}: ${counted.runs} closed runs of this store`);
    for (const { id, class: kind, closings, breaks, life } of relays.filter((one) => one.closings > 0)) {
      const of = life === undefined ? "" : ` of ${life}`;
      const broke = breaks > 0 ? `, closed at ${breaks} trips with the source on` : "";
      out(`  ${id.padEnd(16)} ${kind.padEnd(10)} ${closings}${of} closings${broke}`);
    }
  }
  return relays.some(({ share = 0 }) => share >= 1) ? wornCode : 0;
}
