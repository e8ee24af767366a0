/** One rig of a sweep: a twin and a controller with its guard, and everything that they say while they run. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleAdapters } from "../../rig/cli/commands/twin.ts";
import type { PlannedJudgement } from "../../rig/cli/session.ts";
import { mono_ms } from "./clocks.ts";
import type { Phase } from "./procedure.ts";
import { phases } from "./procedure.ts";
import { type Child, guardPid, isRunning, type Line, signal, start, until } from "./processes.ts";
import type { Trace, WireEvent, WorldEvent } from "./trace.ts";

export interface RigOptions {
  readonly planned: readonly PlannedJudgement[];
  readonly mutant?: boolean;
  readonly seed?: number;
}

export interface StepSaid {
  readonly phase: Phase;
  readonly ms: number;
}

const ready_ms = 20_000;

const running = new Set<SweepRig>();

/** Ends every rig that still runs: for a sweep that is stopped. */
export const endAll = async (): Promise<void> => void (await Promise.all([...running].map((rig) => rig.end())));

export class SweepRig {
  readonly folder = mkdtempSync(join(tmpdir(), "rig-sweep-"));
  readonly store = join(this.folder, "store");
  readonly twinFolder = join(this.folder, "twin");
  readonly world: WorldEvent[] = [];
  readonly wire: WireEvent[] = [];
  /** Phases entered so far, in order. */
  readonly steps: StepSaid[] = [];
  readonly judged: string[] = [];
  outcome: { readonly verdict: string; readonly ending: string; readonly firstCause: string } | undefined;
  failed: string | undefined;
  #listeners = new Set<() => void>();
  #twin: Child | undefined;
  #controller: Child | undefined;
  #open = 0;

  get trace(): Trace {
    return { world: this.world, wire: this.wire };
  }

  get controllerPid(): number {
    return this.#controller?.pid ?? 0;
  }

  get controllerSaid(): string {
    return this.#controller?.stderr() ?? "";
  }

  guardPid(): number {
    return guardPid(join(this.store, "guard.log"));
  }

  guardLog(): string {
    const file = join(this.store, "guard.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Calls back whenever something was seen or said; returns the end of it. */
  onAny(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async begin(options: RigOptions): Promise<void> {
    running.add(this);
    let ready = false;
    const { mutant = false, seed = 1, planned } = options;
    const adapter = join(exampleAdapters, "healthy-a.yaml");
    const twinOrder = { dir: this.twinFolder, adapter, seed, watchdog: mutant ? "ideal" : "toggled" };
    this.#twin = start("twin", twinOrder, (line) => {
      if (line["kind"] === "ready") ready = true;
      else this.#seen(line);
    });
    if (!(await until(() => ready, ready_ms))) throw new Error(`the twin did not start: ${this.#twin.stderr()}`);
    const order = { ports: this.twinFolder, store: this.store, planned, mutant };
    this.#controller = start("controller", order, (line) => this.#heard(line));
  }

  #seen(line: Line): void {
    if (line["kind"] === "world") {
      this.world.push(line as unknown as WorldEvent);
      return;
    }
    this.wire.push(line as unknown as WireEvent);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #heard(line: Line): void {
    if (typeof line["judged"] === "string") this.judged.push(line["judged"]);
    if (typeof line["failed"] === "string") this.failed = line["failed"];
    if (typeof line["outcome"] === "object") this.outcome = line["outcome"] as NonNullable<SweepRig["outcome"]>;
    const name = line["step"];
    if (typeof name !== "string") {
      this.#tell();
      return;
    }
    this.#open += line["phase"] === "enter" ? 1 : -1;
    const phase = phases.find((known) => known === name);
    if (line["phase"] === "enter" && phase !== undefined) this.steps.push({ phase, ms: Number(line["ms"]) });
    if (this.#open === 0 && name === "power") this.steps.push({ phase: "safe-off", ms: Number(line["ms"]) });
    this.#tell();
  }

  phaseAt(ms: number): Phase | "start" {
    return this.steps.findLast((step) => step.ms <= ms)?.phase ?? "start";
  }

  /** Until controller and guard have ended. */
  async ended(within_ms: number): Promise<boolean> {
    return until(() => !isRunning(this.controllerPid) && !isRunning(this.guardPid()), within_ms, 20);
  }

  /** Ends what this rig has started, and takes its folder away. */
  async end(): Promise<void> {
    running.delete(this);
    for (const pid of [this.controllerPid, this.guardPid()]) if (isRunning(pid)) signal(pid, "SIGKILL");
    if (this.#twin !== undefined) {
      signal(this.#twin.pid, "SIGTERM");
      const { pid, gone } = this.#twin;
      const timer = setTimeout(() => signal(pid, "SIGKILL"), 3000);
      await gone;
      clearTimeout(timer);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  now(): number {
    return mono_ms();
  }
}
