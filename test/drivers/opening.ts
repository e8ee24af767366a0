/** Opens a driver over scripted conversations, with the reference bench or a part of it. */
import type { DriverFactory, OpenContext } from "../../drivers/driver.ts";
import type { Conversation } from "../../drivers/port/conversation.ts";
import type { PortOptions } from "../../drivers/port/port.ts";
import { loadBench } from "../../rig/bench/benchFile.ts";
import type { Instrument, Io, Kind } from "../../rig/kinds/kinds.ts";
import type { Bench, InstrumentEntry } from "../../rig/model/bench.ts";
import type { Clock } from "../../rig/model/clock.ts";

export const rb1: Bench = loadBench("benches/rb-1.yaml");

export const io = (within_ms = 5000, signal = new AbortController().signal): Io => ({
  signal,
  deadline_wall_ms: performance.now() + within_ms,
  keep: () => {
    throw new Error("no waveform is kept here");
  },
});

export interface ManualClock extends Clock {
  now_s: number;
}

export const manualClock = (): ManualClock => {
  const clock: ManualClock = {
    now_s: 0,
    bench_s: () => clock.now_s,
    wall_ms: () => performance.now(),
    sleep: () => Promise.reject(new Error("a driver waits on the wall clock")),
    allWaiting: () => undefined,
  };
  return clock;
};

export interface Opening {
  readonly role: string;
  readonly bench?: Partial<Bench>;
  readonly entry?: Partial<InstrumentEntry>;
  /** By port name. */
  readonly wires: Readonly<Record<string, Pick<Conversation, "port">>>;
  readonly clock?: Clock;
  readonly options?: PortOptions;
}

export function open<K extends Kind>(factory: DriverFactory<K>, opening: Opening): Promise<Instrument<K>> {
  const bench: Bench = { ...rb1, ...opening.bench };
  const entry = bench.instruments[opening.role];
  if (entry === undefined) throw new Error(`no role ${opening.role}`);
  const context: OpenContext = {
    entry: { ...entry, ...opening.entry },
    bench,
    port: (name) => {
      const wire = opening.wires[name];
      if (wire === undefined) throw new Error(`no wire for ${name}`);
      return wire.port(name, opening.options);
    },
    clock: opening.clock ?? manualClock(),
    signal: new AbortController().signal,
  };
  return factory.open(context);
}
