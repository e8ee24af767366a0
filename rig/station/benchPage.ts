/** Due dates and wear of the bench, for its page. Read only. */
import { type App, type Door, only } from "./http.ts";

export interface CalendarEntry {
  readonly kind: "calibration" | "proof-test" | "half" | "check";
  readonly what: string;
  /** Last day on which it holds, YYYY-MM-DD. */
  readonly due: string;
  /** What the date rests on. */
  readonly by: string;
  /** soon: within 90 days. waived: overdue, and no run is refused for it because the bench is simulated. */
  readonly state: "overdue" | "waived" | "soon" | "valid";
}

export interface RelayWear {
  readonly id: string;
  readonly class: string;
  readonly closings: number;
  /** Trips with the source on while it was closed. */
  readonly breaks: number;
  /** Closings that the bench file states for its class, and their share. */
  readonly life?: number;
  readonly share?: number;
}

export interface BenchFacts {
  readonly calendar: readonly CalendarEntry[];
  readonly relays: readonly RelayWear[];
  /** Runs of this store that the closings were counted in. */
  readonly runs: number;
  readonly halves: readonly {
    readonly id: string;
    readonly serial: string;
    readonly matings: number;
    readonly matings_max?: number;
    readonly worn: boolean;
  }[];
}

export function benchPageRoutes(app: App, door: Door, facts: () => Promise<BenchFacts>): void {
  app.get("/api/bench/facts", only(door), async (c) => c.json(await facts()));
}
