/**
 * The one bench of a station: who is running what on it, the prompt that waits, the ending, and whether the bench is known
 * to be safe. Runs are controllers of their own (`rig run` as child processes): a station that dies takes no measurement
 * with it, and holds no port.
 */
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import type { Outcome } from "../model/verdict.ts";
import { checkAnswer } from "../plan/answer.ts";
import type { Prompt } from "../plan/commands.ts";
import { type Kept, type Pause, pauseIn, Wishes } from "./wishes.ts";

/** What a station knows of the present or the last run. Shown as it is; nothing here is guessed. */
export interface RunState {
  readonly by: string;
  readonly procedure: string;
  readonly adapter: string;
  readonly serial: string;
  readonly phase: "preflight" | "running" | "stopping" | "ended";
  readonly asked_utc: string;
  readonly run?: number;
  readonly id?: string;
  readonly steps: readonly { readonly path: string; readonly takes_s: number; readonly pause?: true }[];
  readonly bench_s: number;
  readonly prompt?: { readonly number: number; readonly prompt: Prompt };
  /** As the controller says it; `paused` is in the record by then. */
  readonly pause?: Pause;
  /** Last lines that the controller said. */
  readonly said: readonly string[];
  /** Once ended: exit code, or the signal that killed it. */
  readonly exit?: { readonly code: number | null; readonly signal: string | null };
  readonly outcome?: Outcome;
}

/** Known by read-back, on its way, or not known. `safe` is never said without evidence. */
export type Safety =
  | { readonly is: "idle" }
  /** A program that this station did not start runs the bench. */
  | { readonly is: "elsewhere"; readonly who: string }
  | { readonly is: "energised-possible" }
  | { readonly is: "asked"; readonly utc: string }
  | { readonly is: "safe"; readonly utc: string; readonly how: string }
  | { readonly is: "not-proved"; readonly utc: string; readonly why: string };

/** A run whose program died and that can be gone on with; a new run closes it. */
export interface Interrupted {
  readonly run: number;
  readonly id: string;
  readonly procedure: string;
  readonly adapter: string;
  readonly serial: string;
  readonly by: string;
  /** Where it would go on. */
  readonly checkpoint: string;
}

export interface BenchState {
  readonly bench: string;
  readonly simulated: boolean;
  readonly run?: RunState;
  readonly safety: Safety;
  readonly interrupted?: Interrupted;
  /** What is wrong with the twin on purpose; absent on a real bench. */
  readonly faults?: readonly string[];
}

/** A controller as a process; `node:child_process` behind it. */
export interface Child {
  send(message: Data): void;
  stop(): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number | null, signal: string | null) => void): void;
}

export interface BenchDeps {
  readonly bench: string;
  readonly simulated: boolean;
  /** Starts `rig` with arguments; it ends by itself. */
  readonly start: (args: readonly string[]) => Child;
  /** `rig safe`: whether the bench was proved safe, and what was said. */
  readonly makeSafe: () => Promise<{ readonly proved: boolean; readonly why: string }>;
  /** What the store says of a run that has ended: outcome, and whether its safe-off was proved by read-back. */
  readonly ended: (run: number) => Promise<{
    readonly outcome?: Outcome;
    readonly safe: boolean;
    readonly why: string;
    readonly interrupted?: Interrupted;
  }>;
  /** What the station before this one left: why the bench is in doubt, and a run that can be gone on with. */
  readonly left?: { readonly doubt?: string; readonly interrupted?: Interrupted };
  readonly utc: () => string;
}

export interface Job {
  readonly by: string;
  readonly procedure: string;
  readonly adapter: string;
  readonly serial: string;
}

const said_max = 6;

export class BenchRuns {
  private readonly deps: BenchDeps;
  private readonly listeners = new Set<(state: BenchState) => void>();
  private child: Child | undefined;
  /** The ending of a run is being read, or the bench asked whether it is safe. */
  private proving = false;
  private current: BenchState;
  private readonly wishes = new Wishes();

  constructor(deps: BenchDeps) {
    this.deps = deps;
    const { doubt, interrupted } = deps.left ?? {};
    this.current = {
      bench: deps.bench,
      simulated: deps.simulated,
      safety: doubt === undefined ? { is: "idle" } : { is: "not-proved", utc: deps.utc(), why: doubt },
      ...(interrupted ? { interrupted } : {}),
    };
  }

  get state(): BenchState {
    return this.current;
  }

  get running(): boolean {
    return this.child !== undefined || this.proving;
  }

  /** The station ends: stops a run and waits until its controller has gone and the bench is known to be safe or not. */
  async end(): Promise<void> {
    if (!this.running) return;
    const gone = new Promise<void>((resolve) => {
      const leave = this.onChange(({ run, safety }) => {
        if (run?.phase !== "ended" || safety.is === "asked" || safety.is === "energised-possible") return;
        leave();
        resolve();
      });
    });
    if (this.child) this.stop();
    await gone;
  }

  onChange(listener: (state: BenchState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @throws RigError USAGE when the bench is taken, or is not known to be safe after a run that died */
  start(job: Job, args: readonly string[], going: "new" | "on" = "new"): void {
    const { run, safety } = this.current;
    if (this.child) throw new RigError("USAGE", `${run?.by} is running ${run?.procedure} on this bench`);
    if (safety.is === "elsewhere") throw new RigError("USAGE", `the bench is taken: ${safety.who}`);
    if (this.proving || (safety.is !== "idle" && safety.is !== "safe")) {
      throw new RigError("USAGE", "the bench is not proved safe after the last run: wait, or make it safe first");
    }
    const child = this.deps.start(args);
    this.child = child;
    const begun: RunState = { ...job, phase: "preflight", asked_utc: this.deps.utc(), steps: [], bench_s: 0, said: [] };
    const { interrupted, ...rest } = this.current;
    // A new run closes it before anything else; one that is gone on with may be refused, and is offered again then.
    const kept = going === "on" && interrupted ? { interrupted } : {};
    this.set({ ...rest, ...kept, run: begun, safety: { is: "idle" } });
    child.onMessage((message) => this.heard(message));
    child.onExit((code, signal) => {
      this.alone(() => this.exited(code, signal)).catch((error: unknown) => {
        this.set({ ...this.current, safety: { is: "not-proved", utc: this.deps.utc(), why: String(error) } });
      });
    });
  }

  /**
   * `of`: the run that the page showed with the prompt; each controller counts its prompts from 1. @throws RigError USAGE when
   * it is not the prompt that waits, or not the person at the bench
   */
  answer(by: string, number: number, answer: Data, of?: number): void {
    const { run } = this.current;
    if (!this.child || run?.prompt?.number !== number || (of !== undefined && of !== run.run))
      throw new RigError("USAGE", "this prompt does not wait any more");
    if (run.by !== by) throw new RigError("USAGE", `${run.by} is at the bench: only they answer its prompts`);
    const checked = checkAnswer(run.prompt.prompt, answer);
    if ("wrong" in checked) throw new RigError("USAGE", `${run.prompt.prompt.title}: ${checked.wrong}`);
    this.child.send({ is: "answer", number, answer: checked.ok, by });
  }

  /** A note or photo for the record; resolves when the controller says that it is on disk. @throws RigError USAGE */
  async keep(wish: Kept): Promise<void> {
    const { run } = this.current;
    if (!this.child || run?.run === undefined)
      throw new RigError("USAGE", "nothing is running: there is no record yet");
    const { child } = this;
    await this.wishes.keep(wish, (message) => child.send(message));
  }

  /** Asks for a pause at the next place that the plan allows. @throws RigError USAGE when it is not the person at the bench */
  pause(by: string, wanted: boolean): void {
    const { run } = this.current;
    if (!this.child || run?.phase !== "running") throw new RigError("USAGE", "nothing is running");
    if (run.by !== by) throw new RigError("USAGE", `${run.by} is at the bench: only they pause their run`);
    this.child.send({ is: wanted ? "pause" : "go-on", by });
  }

  /** What the store says of runs that this station did not start: who runs one now, or what the last one left behind. */
  outside(seen: { readonly who: string } | { readonly doubt: string | undefined }): void {
    if (this.running) return;
    const utc = this.deps.utc();
    let safety: Safety;
    if ("who" in seen) safety = { is: "elsewhere", who: seen.who };
    else if (seen.doubt === undefined) safety = { is: "safe", utc, how: "safe-off of a run outside this station" };
    else safety = { is: "not-proved", utc, why: seen.doubt };
    this.set({ ...this.current, safety });
  }

  /** Told by the twin; pages hear of it when it changes. */
  showFaults(faults: readonly string[]): void {
    if (JSON.stringify(faults) !== JSON.stringify(this.current.faults ?? [])) this.set({ ...this.current, faults });
  }

  /** Anybody may stop, always. The bench is safe when read-back says so, not when this returns. */
  stop(): void {
    if (!this.child) throw new RigError("USAGE", "nothing is running");
    this.change({ phase: "stopping" });
    this.set({ ...this.current, safety: { is: "asked", utc: this.deps.utc() } });
    this.child.stop();
  }

  /** Brings the bench to its safe state without a run. */
  async makeSafe(): Promise<void> {
    if (this.child) throw new RigError("USAGE", "a run is going on: stop it");
    const { safety } = this.current;
    if (safety.is === "elsewhere") throw new RigError("USAGE", `${safety.who}: stop it there`);
    if (this.proving) throw new RigError("USAGE", "the bench is being made safe");
    await this.alone(() => this.prove());
  }

  /** It was closed. */
  forgetInterrupted(): void {
    const { interrupted: _closed, ...rest } = this.current;
    this.set(rest);
  }

  /** No run begins while the bench is being looked at. */
  private async alone(work: () => Promise<void>): Promise<void> {
    this.proving = true;
    try {
      await work();
    } finally {
      this.proving = false;
    }
  }

  private async prove(): Promise<void> {
    this.set({ ...this.current, safety: { is: "asked", utc: this.deps.utc() } });
    const { proved, why } = await this.deps
      .makeSafe()
      .catch((error: unknown) => ({ proved: false, why: String(error) }));
    const utc = this.deps.utc();
    this.set({ ...this.current, safety: proved ? { is: "safe", utc, how: why } : { is: "not-proved", utc, why } });
  }

  private heard(message: unknown): void {
    const told = message as { readonly is?: string; readonly [k: string]: unknown };
    const { run } = this.current;
    if (!run) return;
    if (told.is === "said") this.change({ said: [...run.said, String(told["line"])].slice(-said_max) });
    else if (told.is === "plan") {
      this.change({ steps: told["steps"] as RunState["steps"], bench_s: Number(told["bench_s"]) });
    } else if (told.is === "run") {
      const { interrupted: _goneOnWith, ...rest } = this.current;
      this.set({
        ...rest,
        safety: run.phase === "stopping" ? this.current.safety : { is: "energised-possible" },
      });
      const phase = run.phase === "stopping" ? "stopping" : "running";
      this.change({ phase, run: Number(told["run"]), id: String(told["id"]) });
    } else if (told.is === "prompt") {
      this.change({ prompt: { number: Number(told["number"]), prompt: told["prompt"] as Prompt } });
    } else if (told.is === "noted") {
      this.wishes.noted(told);
    } else if (told.is === "pause") {
      const { pause: _before, ...rest } = run;
      const pause = pauseIn(told);
      this.set({ ...this.current, run: pause ? { ...rest, pause } : rest });
    } else if (told.is === "answered" && run.prompt?.number === told["number"]) {
      const { prompt: _answered, ...rest } = run;
      this.set({ ...this.current, run: rest });
    }
  }

  /** What the controller left behind: its own word in the store, or, when it died, what the bench itself says. */
  private async exited(code: number | null, signal: string | null): Promise<void> {
    const { run } = this.current;
    this.child = undefined;
    if (!run) return;
    this.wishes.gone();
    const { prompt: _unanswered, pause: _over, ...rest } = run;
    this.set({ ...this.current, run: { ...rest, phase: "ended", exit: { code, signal } } });
    if (run.run === undefined) {
      // It never opened an output: preflight refused, or the input was wrong.
      this.set({ ...this.current, safety: { is: "idle" } });
      return;
    }
    try {
      const { outcome, safe, why, interrupted } = await this.deps.ended(run.run);
      if (outcome) this.change({ outcome });
      if (interrupted) this.set({ ...this.current, interrupted });
      if (safe) return this.set({ ...this.current, safety: { is: "safe", utc: this.deps.utc(), how: why } });
    } catch (error) {
      this.change({ said: [...run.said, String(error)].slice(-said_max) });
    }
    await this.prove();
  }

  private change(part: Partial<RunState>): void {
    const { run } = this.current;
    if (run) this.set({ ...this.current, run: { ...run, ...part } });
  }

  private set(state: BenchState): void {
    this.current = state;
    for (const listener of this.listeners) listener(state);
  }
}
