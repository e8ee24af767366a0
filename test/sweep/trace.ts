/** What the twin saw, as the sweeps keep it, and the state of the bench that follows from it. */
import type { LogEntry } from "../../drivers/twin/world/log.ts";

/** All times: the system's monotonic clock, ms. */
export type WorldEvent = Omit<LogEntry, "wall_ms"> & { readonly ms: number } & WorldFacts;
type WorldFacts = LogEntry extends infer E ? (E extends LogEntry ? Omit<E, "wall_ms" | "seq" | "t_s"> : never) : never;

export type WireEvent = { readonly ms: number } & (
  | { readonly what: "rx"; readonly port: string; readonly hex: string; readonly length: number }
  | { readonly what: "gpio"; readonly line: string; readonly high: boolean; readonly by: "client" | "world" }
  | { readonly what: "client"; readonly port: string }
  | { readonly what: "control"; readonly do: string }
);

export interface Trace {
  readonly world: readonly WorldEvent[];
  readonly wire: readonly WireEvent[];
}

export interface BenchNow {
  enabled: boolean;
  source: { voltage_V: number; current_A: number; on: boolean };
  current_A: number;
  readonly loads: Map<number, boolean>;
  readonly closed: Set<string>;
}

export const atRest = (): BenchNow => ({
  enabled: false,
  source: { voltage_V: 0, current_A: 0, on: false },
  current_A: 0,
  loads: new Map(),
  closed: new Set(),
});

/** Takes one event into the state. */
export function apply(bench: BenchNow, event: WorldEvent): void {
  switch (event.what) {
    case "enable":
      bench.enabled = event.on;
      break;
    case "source":
      bench.source = { voltage_V: event.voltage_V, current_A: event.current_A, on: event.on };
      break;
    case "current":
      bench.current_A = event.source_A;
      break;
    case "load":
      bench.loads.set(event.unit, event.on);
      break;
    case "relay":
      if (event.closed) bench.closed.add(event.relay);
      else bench.closed.delete(event.relay);
      break;
    case "line":
    case "operator":
    case "milliohm":
      break;
  }
}

export const isLive = ({ enabled, source }: BenchNow): boolean => enabled && source.on;

/** Everything off by its own port: what the recipes are for. */
export const isOff = ({ source, loads, closed }: BenchNow): boolean =>
  !source.on && ![...loads.values()].includes(true) && closed.size === 0;
