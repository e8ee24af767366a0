/**
 * Whether the bench is well: what `rig doctor --lines` found, asked by a process of its own while nothing runs, with its age;
 * and while a run goes on, what its record last said. The station itself never holds a port.
 */
import { z } from "zod";
import { asRigError, RigError } from "../model/errors.ts";
import type { BenchRuns } from "./bench.ts";
import { type App, type Door, only } from "./http.ts";
import type { LastReadings, ReadingsNow } from "./readings.ts";

const instrument = z.object({
  role: z.string(),
  model: z.string(),
  /** unverified: it answers, but a set of its driver has no manual that proves it. */
  state: z.enum(["answered", "unverified", "silent", "wrong-identity"]),
  /** Its identity, or why there is none. */
  says: z.string(),
  remedy: z.string().nullable(),
  unverified: z.array(z.string()),
});

const interlock = z.object({
  line: z.string(),
  /** at-rest: holds only while a run goes on. */
  state: z.enum(["healthy", "open", "unknown", "at-rest"]),
  why: z.string(),
  remedy: z.string(),
});

const found = z.object({
  bench: z.string(),
  simulated: z.boolean(),
  /** Nothing below would stop a run. */
  well: z.boolean(),
  instruments: z.array(instrument),
  lines: z.object({
    interlocks: z.array(interlock).optional(),
    /** Number on the coding lines of the nests; 0: no adapter. */
    nest: z.number().optional(),
    /** Why the lines could not be read. */
    fault: z.string().optional(),
  }),
  overdue: z.array(z.string()),
  locked: z.array(z.string()),
  noted: z.array(z.string()),
  /** A trip that nobody has reset yet. */
  latched: z.object({ rule: z.string(), why: z.string() }).nullable(),
});

export type HealthFound = z.infer<typeof found>;
export type InstrumentHealth = z.infer<typeof instrument>;
export type InterlockHealth = z.infer<typeof interlock>;

/** What `rig doctor --json --lines` printed. @throws RigError REPLY_MALFORMED */
export function healthIn(text: string): HealthFound {
  try {
    return found.parse(JSON.parse(text));
  } catch (cause) {
    throw new RigError("REPLY_MALFORMED", "rig doctor said nothing that can be read", {}, { cause });
  }
}

/** The answer of GET /api/health. */
export interface HealthNow {
  readonly simulated: boolean;
  /** A run or its preflight holds the ports: nothing is asked meanwhile. */
  readonly running: boolean;
  readonly checking: boolean;
  readonly found?: HealthFound & { readonly utc: string };
  /** Seconds since `found`, by a clock that nobody sets. */
  readonly age_s?: number;
  /** The last check came to nothing; `found`, if any, is older. */
  readonly failed?: { readonly utc: string; readonly why: string };
  readonly last: ReadingsNow;
}

export interface HealthDeps {
  readonly bench: BenchRuns;
  /** Asks every instrument and line; rejects when the bench cannot be asked at all. */
  readonly ask: () => Promise<HealthFound>;
  /** A run of another program that goes on in this store, in words. */
  readonly elsewhere: () => Promise<string | undefined>;
  readonly readings: LastReadings;
  readonly utc: () => string;
  /** Monotonic. */
  readonly now_ms: () => number;
}

/** After a run the bench is asked again when the last answer is older than this. */
const stale_ms = 5 * 60_000;

export class Health {
  private readonly deps: HealthDeps;
  private found: { readonly is: HealthFound; readonly utc: string; readonly at_ms: number } | undefined;
  private failed: { readonly utc: string; readonly why: string } | undefined;
  private asking: Promise<void> | undefined;
  /** Asked without anybody's wish: at the start, and after a run. */
  private due = true;

  constructor(deps: HealthDeps) {
    this.deps = deps;
    deps.bench.onChange(({ run }) => {
      if (run?.phase === "ended") this.due = true;
    });
  }

  /** Settles when nobody is asking the bench; never rejects. */
  async idle(): Promise<void> {
    await this.asking;
  }

  /** @throws RigError USAGE while a run goes on, here or elsewhere, or a check does */
  async check(): Promise<void> {
    if (this.asking !== undefined) throw new RigError("USAGE", "the bench is being asked already: wait some seconds");
    const { run } = this.deps.bench.state;
    if (this.deps.bench.running) {
      throw new RigError("USAGE", `${run?.by ?? "somebody"} runs the bench: it is asked when the run has ended`);
    }
    // Set at once: nothing else starts meanwhile.
    this.asking = this.askOnce();
    await this.asking;
    if (this.failed) throw new RigError("USAGE", this.failed.why);
  }

  /** Called now and then: asks by itself at the start, and after a run when the last answer is old. */
  look(): void {
    if (!this.due || this.asking !== undefined || this.deps.bench.running) return;
    this.due = false;
    const age_ms = this.found ? this.deps.now_ms() - this.found.at_ms : Number.POSITIVE_INFINITY;
    if (age_ms > stale_ms) this.asking = this.askOnce();
  }

  now(): HealthNow {
    const { bench, readings, now_ms } = this.deps;
    return {
      simulated: bench.state.simulated,
      running: bench.running,
      checking: this.asking !== undefined,
      ...(this.found
        ? { found: { ...this.found.is, utc: this.found.utc }, age_s: (now_ms() - this.found.at_ms) / 1000 }
        : {}),
      ...(this.failed ? { failed: this.failed } : {}),
      last: readings.now(),
    };
  }

  private async askOnce(): Promise<void> {
    try {
      const other = await this.deps.elsewhere();
      if (other !== undefined) throw new RigError("USAGE", `${other}: the bench is asked when it has ended`);
      const is = await this.deps.ask();
      this.found = { is, utc: this.deps.utc(), at_ms: this.deps.now_ms() };
      this.failed = undefined;
    } catch (thrown) {
      this.failed = { utc: this.deps.utc(), why: asRigError(thrown).message };
    } finally {
      this.asking = undefined;
    }
  }
}

export function healthRoutes(app: App, door: Door, health: Health): void {
  app.get("/api/health", only(door), (c) => c.json(health.now()));
  app.post("/api/health/check", only(door, "technician", "engineer"), async (c) => {
    door.accounts.audit(c.get("account").name, "bench health asked");
    await health.check();
    return c.json(health.now());
  });
}
