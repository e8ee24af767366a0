import type { OpenContext } from "../../../drivers/driver.ts";
import type { Conversation } from "../../../drivers/port/conversation.ts";
import type { Io, SeriesRef, Waveform } from "../../../rig/kinds/kinds.ts";
import type { Bench, InstrumentEntry } from "../../../rig/model/bench.ts";

/** Enough of a context for a driver with one port that needs nothing of the netlist. */
export async function contextFor(
  entry: Pick<InstrumentEntry, "role" | "kind" | "model" | "identity" | "serial" | "max" | "config">,
  talk: Conversation,
): Promise<OpenContext> {
  const port = await talk.port(entry.role);
  return {
    entry: { ...entry, ports: [entry.role], calibrationDue: "n/a", terminals: {} },
    bench: { ports: { [entry.role]: { kind: "tcp", host: "127.0.0.1", port: 5025 } } } as unknown as Bench,
    port: async () => port,
    clock: {
      bench_s: () => 12.5,
      wall_ms: () => performance.now(),
      sleep: async () => undefined,
      allWaiting: () => undefined,
    },
    signal: new AbortController().signal,
  };
}

export function io(kept: Waveform[] = [], for_ms = 2000): Io {
  return {
    signal: new AbortController().signal,
    deadline_wall_ms: performance.now() + for_ms,
    keep: (wave): SeriesRef<"V"> => {
      kept.push(wave);
      return { series: wave.name, unit: "V", points: wave.values.length };
    },
  };
}
