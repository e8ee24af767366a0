/**
 * Before a run: what stands against it, the preflight, resuming what was interrupted, resetting a trip. A look at the bench's
 * files is a process of its own (`rig ready`), so that trying a plan never keeps a page waiting; what it keeps, `rig run` uses.
 */
import { asRigError, RigError } from "../model/errors.ts";
import { findingsOf, fresh_s, healthOf } from "./beforeHealth.ts";
import type { BenchRuns, BenchState } from "./bench.ts";
import type { Health } from "./health.ts";
import { type App, bodyOf, type Door, only, refusal, textIn } from "./http.ts";
import type { Live } from "./live.ts";
import type { Finding, Prepared } from "./prepared.ts";
import { type Catalogue, type JobAsked, jobIn } from "./runs.ts";

/** `rig ready` as a process. */
export interface Looking {
  onPrepared(listener: (prepared: Prepared) => void): void;
  onExit(listener: (why: string) => void): void;
  stop(): void;
}

export interface BeforeDeps {
  readonly bench: BenchRuns;
  readonly live: Pick<Live, "newest">;
  readonly catalogue: Catalogue;
  readonly look: (job: JobAsked) => Looking;
  /** Arguments of `rig resume`. */
  readonly resumeArgs: (run: number, by: string) => readonly string[];
  /** Closes an interrupted run for good. */
  readonly close: (run: number, why: string) => Promise<void>;
  /** Whether the bench is well, and how to ask it; absent: it is not asked. */
  readonly health?: Pick<Health, "now" | "check">;
  /**
   * Clears the latched trip; what it was, or undefined when nothing was latched. `seen`: as the page showed it. @throws
   * RigError USAGE when another one is latched
   */
  readonly reset: (
    by: string,
    reason: string,
    seen?: string,
  ) => { readonly rule: string; readonly why: string } | undefined;
}

/** As a page asks for it again and again until the preflight has ended. */
export interface Looked {
  readonly number: number;
  /** Absent while the files are being read. */
  readonly prepared?: Prepared;
  /** Nothing more will be found. */
  readonly done: boolean;
}

const look_ms = 120_000;
const looks_max = 4;

interface Look {
  readonly number: number;
  readonly by: string;
  readonly child: Looking | undefined;
  prepared: Prepared | undefined;
  done: boolean;
  timer: NodeJS.Timeout | undefined;
}

export class Preparations {
  private readonly deps: Pick<BeforeDeps, "bench" | "look" | "health">;
  private readonly looks = new Map<string, Look>();
  private count = 0;

  constructor(deps: Pick<BeforeDeps, "bench" | "look" | "health">) {
    this.deps = deps;
    // A run needs the machine for itself, and what was looked at before it is old after it.
    deps.bench.onChange(({ run }) => {
      if (run?.phase === "preflight" && this.looks.size > 0) this.stopAll();
    });
  }

  /** One look for each person; a new one ends the one before. `asks`: the bench is asked whether it is well, where that is old. */
  begin(job: JobAsked, asks = true): Looked {
    this.stop(job.by);
    const oldest = this.looks.keys().next().value;
    if (this.looks.size >= looks_max && oldest !== undefined) this.stop(oldest);
    this.count += 1;
    const child = this.deps.bench.running ? undefined : this.deps.look(job);
    const look: Look = { number: this.count, by: job.by, child, prepared: undefined, done: !child, timer: undefined };
    this.looks.set(job.by, look);
    if (asks) this.askBench();
    if (!child) look.prepared = nothingKnown(job.procedure, "it is tried when the bench is free");
    child?.onPrepared((prepared) => {
      look.prepared = prepared;
    });
    child?.onExit((why) => {
      clearTimeout(look.timer);
      look.done = true;
      const is = look.prepared?.preflight.is;
      if (is === undefined || is === "trying") look.prepared = failed(look.prepared, job.procedure, why);
    });
    look.timer = child && setTimeout(() => child.stop(), look_ms);
    look.timer?.unref();
    return this.shown(look);
  }

  /** Undefined for a look that another one has taken the place of. */
  find(by: string, number: number): Looked | undefined {
    const look = this.looks.get(by);
    return look?.number === number ? this.shown(look) : undefined;
  }

  stopAll(): void {
    for (const by of [...this.looks.keys()]) this.stop(by);
  }

  /** The health keeps why it could not be asked, and a look shows it. */
  private askBench(): void {
    const { health, bench } = this.deps;
    const now = health?.now();
    if (!health || !now || bench.running || now.checking || (now.age_s ?? Number.POSITIVE_INFINITY) < fresh_s) return;
    health.check().catch((error: unknown) => process.stderr.write(`station: ${asRigError(error).message}\n`));
  }

  private stop(by: string): void {
    const look = this.looks.get(by);
    this.looks.delete(by);
    clearTimeout(look?.timer);
    look?.child?.stop();
  }

  private shown({ number, prepared, done }: Look): Looked {
    const { bench, health } = this.deps;
    const now = bench.running ? undefined : health?.now();
    const over = done && now?.checking !== true;
    if (!prepared) return { number, done: over };
    const well = now && findingsOf(now, prepared.needs);
    const blocks = [...blocksOf(bench.state, bench.running), ...(well?.blocks ?? []), ...prepared.blocks];
    const notes = [...(well?.notes ?? []), ...prepared.notes];
    return { number, done: over, prepared: { ...prepared, blocks, notes, ...(now ? { health: healthOf(now) } : {}) } };
  }
}

const nothingKnown = (title: string, why: string): Prepared => ({
  ...{ title, limits: "", blocks: [], notes: [] },
  preflight: { is: "waiting", why },
});

function failed(known: Prepared | undefined, title: string, why: string): Prepared {
  const block: Finding = { code: "look-failed", what: `the look before the run ended: ${why}`, remedy: "Look again." };
  const base = known ?? nothingKnown(title, "");
  return { ...base, blocks: [...base.blocks, block], preflight: { is: "waiting", why: "the look ended before it" } };
}

/** What the bench itself has against a start, as it is now. */
export function blocksOf({ run, safety }: BenchState, running: boolean): readonly Finding[] {
  if (running && run && run.phase !== "ended") {
    const what = `${run.by} is running ${run.procedure} on this bench`;
    return [{ code: "run-going-on", what, remedy: "Wait for its end." }];
  }
  if (safety.is === "elsewhere") {
    return [{ code: "run-going-on", what: safety.who, remedy: "Wait for its end, or stop it there." }];
  }
  if (safety.is === "idle" || safety.is === "safe") return [];
  const why = safety.is === "not-proved" ? `: ${safety.why}` : "";
  return [
    {
      code: "not-proved-safe",
      what: `the bench is not proved safe${why}`,
      remedy: "Bring it to its safe state first.",
    },
  ];
}

const mayRun = ["technician", "engineer"] as const;
const shortest_reason = 5;

function reasonIn(body: Readonly<Record<string, unknown>>): string {
  const reason = textIn(body, "reason", 300).trim();
  if ([...reason].length < shortest_reason || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(reason)) {
    throw new RigError("USAGE", `reason: ${shortest_reason} to 300 printable characters that say what was done`);
  }
  return reason;
}

export function beforeRoutes(app: App, door: Door, deps: BeforeDeps): Preparations {
  const { bench, live, catalogue } = deps;
  const { accounts } = door;
  const preparations = new Preparations(deps);

  // Who starts nothing sees what is known of the bench and sends nothing to its instruments.
  app.post("/api/prepare", only(door), async (c) => {
    const asks = mayRun.some((role) => role === c.get("account").role);
    return c.json(preparations.begin(await jobIn(c, catalogue), asks));
  });

  app.get("/api/prepared/:number", only(door), (c) => {
    const found = preparations.find(c.get("account").name, Number(c.req.param("number")));
    return found ? c.json(found) : refusal(c, 404, "what was found before is old", "Look again.");
  });

  const interruptedIn = (body: Readonly<Record<string, unknown>>) => {
    const { interrupted } = bench.state;
    if (!interrupted || body["run"] !== interrupted.run) {
      throw new RigError("USAGE", "there is no such interrupted run: reload the page");
    }
    return interrupted;
  };

  app.post("/api/resume", only(door, ...mayRun), async (c) => {
    const { run, id, procedure, adapter, serial } = interruptedIn(await bodyOf(c));
    const by = c.get("account").name;
    accounts.audit(by, "resume asked", { run: id, procedure, adapter, serial });
    bench.start({ by, procedure, adapter, serial }, deps.resumeArgs(run, by), "on");
    return c.json(live.newest);
  });

  app.post("/api/resume/close", only(door, ...mayRun), async (c) => {
    const body = await bodyOf(c);
    const { run, id } = interruptedIn(body);
    const reason = reasonIn(body);
    const by = c.get("account").name;
    if (bench.running) throw new RigError("USAGE", "the bench is being used: wait");
    accounts.audit(by, "interrupted run closed", { run: id, reason });
    await deps.close(run, `closed by ${by}: ${reason}`);
    bench.forgetInterrupted();
    return c.json({});
  });

  app.post("/api/reset", only(door, ...mayRun), async (c) => {
    const body = await bodyOf(c);
    const reason = reasonIn(body);
    const seen = body["seen"] === undefined ? undefined : textIn(body, "seen", 4000);
    const by = c.get("account").name;
    if (bench.running) throw new RigError("USAGE", "a run is going on: a trip is reset when it has ended");
    // Written down first: a reset that nobody could account for does not happen.
    accounts.audit(by, "trip reset asked", { reason });
    const cleared = deps.reset(by, reason, seen);
    if (cleared) accounts.auditIfPossible(by, "trip reset", { rule: cleared.rule, why: cleared.why, reason });
    return c.json({ cleared: cleared ?? null });
  });

  return preparations;
}
