/** Preflight of a procedure on a bench (S12): the paths of rig/engine/preflight.ts, each on a kind twin of its own. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { TwinWorld } from "../../drivers/twin/world/world.ts";
import {
  type Explored,
  type PathResult,
  type Planned,
  pathsToTry,
  type Refused,
  type SeenCall,
  type StepFacts,
  summarise,
} from "../engine/preflight.ts";
import {
  type Fate,
  type Forced,
  forceAnswer,
  forceJudgement,
  type TappedCall,
  tapInstruments,
} from "../engine/preflightForce.ts";
import { sameCalls } from "../engine/preflightGhost.ts";
import type { Instrument, Waveform } from "../kinds/kinds.ts";
import { RigError } from "../model/errors.ts";
import type { Prompt } from "../plan/commands.ts";
import type { InputOptions, Inputs } from "./inputs.ts";
import { type Between, type DryRun, dryRun } from "./nominal.ts";
import type { PreflightAnswer, PreflightJob } from "./preflightWorker.ts";

export interface NominalPath {
  readonly dry: DryRun;
  readonly result: PathResult;
  readonly calls: readonly SeenCall[];
  readonly prompts: readonly Prompt[];
  readonly facts: readonly StepFacts[];
  readonly waves: Waves;
}

export interface Preflight extends Explored {
  readonly accepted: boolean;
  readonly facts: readonly StepFacts[];
  readonly dry: DryRun;
}

/**
 * A preflight captures this share of the span asked for and keeps so many samples of it at most: five periods instead
 * of twenty. The analysis of 200,000 samples would be most of a dry run's time.
 */
const span_share = 1 / 4;
const wave_points = 3200;
/** Currents below this count as none, A: leakage of the twin's meters. */
const none_A = 0.05;
/** Wall time a forced path may take, ms. */
const path_ms = 30_000;

export type PathSet = "cheap" | "all";

/** Every `of`-th path, from number `part` on. */
export interface Share {
  readonly set: PathSet;
  readonly part: number;
  readonly of: number;
}

export interface Tried {
  readonly forced: Forced;
  readonly result: PathResult;
}

/** `options` are what the inputs were read from: threads read them again. */
export async function preflight(inputs: Inputs, options: InputOptions, set: PathSet): Promise<Preflight> {
  const of = canThread() ? Math.min(threads_max, availableParallelism()) : 1;
  const others = Array.from({ length: of - 1 }, (_, i) => otherThread({ options, share: { set, part: i + 1, of } }));
  // Awaited below; a failure before that must not count as unhandled.
  const all = Promise.all(others);
  all.catch(() => undefined);
  const nominal = await nominalPath(inputs);
  const own = await exploreShare(inputs, nominal, { set, part: 0, of });
  const tried = [...own, ...(await all).flat()];
  const explored = summarise(nominal.result, tried, toTry(inputs, nominal, set).skipped);
  return { ...explored, accepted: explored.findings.length === 0, facts: nominal.facts, dry: nominal.dry };
}

/** A procedure that does not get through as it stands has no paths beside it. */
function toTry(inputs: Inputs, nominal: NominalPath, set: PathSet): Planned {
  const { dry, calls, prompts } = nominal;
  if (dry.error) return { forced: [], skipped: 0 };
  return pathsToTry({ limits: inputs.limits, measurements: dry.measurements, calls, prompts }, set);
}

export async function exploreShare(inputs: Inputs, nominal: NominalPath, share: Share): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const [i, forced] of toTry(inputs, nominal, share.set).forced.entries()) {
    if (i % share.of === share.part) tried.push({ forced, result: await forcedPath(inputs, nominal, forced) });
  }
  return tried;
}

const threads_max = 4;
/** Wall time a thread may take for its share, ms. */
const thread_ms = 600_000;

/** Threads cannot run .ts on Node 20: from sources everything runs in this one. */
const canThread = (): boolean => import.meta.url.endsWith(".js");

async function otherThread(job: PreflightJob): Promise<readonly Tried[]> {
  const worker = new Worker(new URL("./preflightWorker.js", import.meta.url), { workerData: job });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<PreflightAnswer>((resolve, reject) => {
      const fail = (why: string) => reject(new RigError("PLAN_INVALID", `a thread of the preflight failed: ${why}`));
      timer = setTimeout(() => fail(`not done after ${thread_ms / 1000} s`), thread_ms);
      worker.once("message", resolve);
      worker.once("error", (error) => fail(String(error)));
      worker.once("exit", (code) => fail(`exit code ${code}`));
    });
    if ("error" in answer) throw new RigError("RIG_CHECK_FAILED", `preflight: ${answer.error}`);
    return answer.tried;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** The path of a nominal adapter, with everything that was asked and what the bench did. */
export async function nominalPath(inputs: Inputs): Promise<NominalPath> {
  const calls: SeenCall[] = [];
  const prompts: Prompt[] = [];
  const refused: Refused[] = [];
  const meter = new Meter();
  const waves: Waves = new Map();
  let open: readonly string[] = [];
  const dry = await dryRun(inputs, {
    between: {
      ...nothingBetween(refused),
      instruments: (twins, _end, world) =>
        tapInstruments(
          thinned(twins, waves, () => false),
          (call) => {
            const { source_A } = world.powerCurrents();
            calls.push({ ...call, step: open.join(" / "), source_A });
            meter.called(call, world);
            return "go";
          },
          () => undefined,
        ),
      ask: (ask) => (prompt, signal) => {
        prompts.push(prompt);
        return ask(prompt, signal);
      },
      advancing: (world, to_s) => meter.advance(world, to_s),
      step: (phase, path, _end, bench_s) => {
        open = phase === "enter" ? path : path.slice(0, -1);
        if (path.length === 1) meter.step(phase, path[0] ?? "", bench_s);
      },
    },
  });
  // The safe-off's own calls stand outside every step: a plan has no part in them.
  const ofPlan = calls.filter(({ step }) => step !== "");
  return { dry, result: resultOf(dry, refused, [], true, "to-end"), calls: ofPlan, prompts, facts: meter.facts, waves };
}

export async function forcedPath(inputs: Inputs, nominal: NominalPath, forced: Forced): Promise<PathResult> {
  if (forced.what === "judgement") {
    const body = () => inputs.procedure.body(inputs.context);
    const { journal, measurements } = nominal.dry;
    const same = await sameCalls({ body, limits: inputs.limits, journal, measurements }, forced.id);
    if (same) return { ...same, steps: [], refused: [], live: [], met: true, followed: "same-calls" };
  }
  const run = new ForcedRun(inputs, nominal, forced);
  const dry = await dryRun(inputs, { between: run.between });
  clearTimeout(run.timer);
  const gone = forced.what === "call" && forced.how === "device-lost" ? forced.role : undefined;
  const late = run.late ? [`the path had not ended after ${path_ms / 1000} s`] : [];
  return resultOf(dry, run.refused, [...late, ...liveAfter(dry.world, gone)], run.met, run.followed);
}

const rejoined = new RigError("ABORTED", "preflight: back on the nominal path");

/** Forces one thing, and ends the run when it is back on the nominal path at the start of the next step. */
class ForcedRun {
  met = false;
  late = false;
  followed: PathResult["followed"] = "to-end";
  readonly refused: Refused[] = [];
  timer: NodeJS.Timeout | undefined;
  readonly between: Between;
  private met_in: string | undefined;
  private top = "";

  constructor(inputs: Inputs, nominal: NominalPath, forced: Forced) {
    this.between = {
      ...nothingBetween(this.refused),
      instruments: (twins, end) => {
        this.timer = setTimeout(() => {
          this.late = true;
          end.abort(new RigError("ABORTED", "preflight: the path does not end"));
        }, path_ms);
        return tapInstruments(
          thinned(twins, nominal.waves, () => this.met_in === undefined),
          (call) => this.fate(forced, call),
          (error) => end.abort(error),
        );
      },
      body: (body) => (forced.what === "judgement" ? forceJudgement(body, forced.id, inputs.limits) : body),
      ask: (ask) => {
        if (forced.what !== "prompt") return ask;
        const other = forceAnswer(ask, forced);
        return (prompt, signal) => {
          if (prompt.id === forced.id) this.meet();
          return other(prompt, signal);
        };
      },
      step: (phase, path, end) => {
        if (path.length !== 1) return;
        this.top = phase === "enter" ? (path[0] ?? "") : "";
        const past = this.met_in !== undefined && phase === "enter" && this.top !== this.met_in;
        // A judgement that changed the calls is followed to the end: what it changed may come much later.
        if (!past || forced.what === "judgement" || end.signal.aborted) return;
        this.followed = "rejoined";
        end.abort(rejoined);
      },
    };
    // The plan forces it by itself; the waves before it are still the nominal ones, those after it need not be.
    if (forced.what === "judgement") this.met = true;
  }

  private meet(): void {
    this.met = true;
    this.met_in ??= this.top;
  }

  private fate(forced: Forced, call: { role: string; op: string; nth: number }): Fate {
    if (forced.what !== "call" || call.role !== forced.role || call.op !== forced.op || call.nth !== forced.nth) {
      return "go";
    }
    this.meet();
    return forced.how;
  }
}

const nothingBetween = (refused: Refused[]): Between => ({
  instruments: (twins) => twins,
  body: (body) => body,
  ask: (ask) => ask,
  advancing: () => undefined,
  step: () => undefined,
  refused: (call, rule, why) => void refused.push({ call: `${call.role}.${call.op}`, rule, why }),
});

function resultOf(
  dry: DryRun,
  refused: readonly Refused[],
  live: readonly string[],
  met: boolean,
  followed: PathResult["followed"],
): PathResult {
  const { verdict, ending, firstCause, error } = dry;
  return {
    verdict,
    ending,
    ...(firstCause ? { firstCause } : {}),
    ...(error ? { code: error.code } : {}),
    steps: dry.steps.map(({ path }) => path),
    refused,
    live,
    met,
    followed,
  };
}

/** Ground truth after the safe-off. A device that is gone cannot be switched: its relays stay, without any energy. */
export function liveAfter(world: TwinWorld, gone?: string): readonly string[] {
  const live: string[] = [];
  const { source_A, load_A } = world.powerCurrents();
  if (!(Math.abs(source_A) < none_A)) live.push(`the source gives ${source_A.toFixed(2)} A`);
  if (!(Math.abs(load_A) < none_A)) live.push(`the load draws ${load_A.toFixed(2)} A`);
  if (world.source.enabled() && gone !== "gpio") live.push("SRC ENABLE is high");
  if (world.source.state().on && gone !== "source") live.push("the source's output is on");
  for (let unit = 0; unit < world.load.units; unit += 1) {
    if (world.load.state(unit).on && gone !== "load") live.push(`load ${unit} is on`);
  }
  const pilot = world.pilot.state();
  if (pilot.railsOn && gone !== "rails") live.push("the pilot rails are on");
  if (pilot.on && gone !== "generator") live.push("the generator is on");
  for (const relay of Object.values(world.bench.relays)) {
    const closed = world.relays.coils(relay.role, relay.board)[relay.output] === true;
    if (closed && relay.role !== gone) live.push(`relay ${relay.id} is closed`);
  }
  return live;
}

/** Largest set-points asked of a role. */
type Most = { A?: number; V?: number };

/** Energy and maxima of each top-level step, from the twin's truth. */
class Meter {
  readonly facts: StepFacts[] = [];
  private open:
    | { step: string; from_s: number; energised: Map<string, Most>; max_A: number; max_V: number; J: number }
    | undefined;

  step(phase: "enter" | "leave", step: string, bench_s: number): void {
    if (phase === "enter") {
      this.open = { step, from_s: bench_s, energised: new Map(), max_A: 0, max_V: 0, J: 0 };
      return;
    }
    if (!this.open) return;
    const { from_s, energised, max_A, max_V, J } = this.open;
    this.facts.push({
      step,
      duration_s: bench_s - from_s,
      energised: [...energised].map(([role, most]) => ({ role, ...most })),
      max_A,
      max_V,
      energy_J: J,
    });
    this.open = undefined;
  }

  called(call: TappedCall, world: TwinWorld): void {
    if (call.effect === "energise" && this.open) {
      const most = this.open.energised.get(call.role) ?? {};
      for (const [name, value] of Object.entries(call.args as Readonly<Record<string, unknown>>)) {
        const unit = /_(A|V)$/.exec(name)?.[1] as "A" | "V" | undefined;
        if (unit && typeof value === "number") most[unit] = Math.max(most[unit] ?? 0, Math.abs(value));
      }
      this.open.energised.set(call.role, most);
    }
    this.look(world);
  }

  /** Set-points do not change between two moves of bench time, so power times span is the integral. */
  advance(world: TwinWorld, to_s: number): void {
    const { source_A, source_V } = this.look(world);
    if (this.open) this.open.J += source_A * source_V * Math.max(0, to_s - world.now_s());
  }

  private look(world: TwinWorld): { source_A: number; source_V: number } {
    const source_A = Math.abs(world.powerCurrents().source_A);
    const source_V = source_A > none_A ? Math.abs(world.source.measure().voltage_V) : 0;
    if (this.open) {
      this.open.max_A = Math.max(this.open.max_A, source_A);
      this.open.max_V = Math.max(this.open.max_V, source_V);
    }
    return { source_A, source_V };
  }
}

/** Waves of the nominal path by the name they were captured for. */
export type Waves = Map<string, readonly Waveform[]>;

/**
 * Captures with fewer samples, evenly taken. A forced path gives the nominal path's waves as long as it is the nominal
 * path: sampling and analysing 200,000 points is most of a dry run's time, and what is seen there cannot differ.
 */
function thinned(
  twins: Readonly<Record<string, Instrument>>,
  waves: Waves,
  known: () => boolean,
): Readonly<Record<string, Instrument>> {
  const thin = (wave: Waveform): Waveform => {
    const every = Math.ceil(wave.values.length / wave_points);
    if (every <= 1) return wave;
    const values = new Float64Array(Math.floor(wave.values.length / every));
    for (let i = 0; i < values.length; i += 1) values[i] = wave.values[i * every] ?? Number.NaN;
    return { ...wave, dt_s: wave.dt_s * every, values };
  };
  const thinScope = (inner: Instrument<"scope">): Instrument<"scope"> => ({
    ...inner,
    call: {
      capture: async (args, io) => {
        const before = known() ? waves.get(args.as) : undefined;
        if (before) return before.map((wave) => io.keep(wave));
        const kept: Waveform[] = [];
        const reply = await inner.call.capture(
          { ...args, span_s: args.span_s * span_share },
          {
            ...io,
            keep: (wave) => {
              const small = thin(wave);
              kept.push(small);
              return io.keep(small);
            },
          },
        );
        if (!waves.has(args.as)) waves.set(args.as, kept);
        return reply;
      },
    },
  });
  return Object.fromEntries(
    Object.entries(twins).map(([role, twin]) => [
      role,
      twin.kind === "scope" ? (thinScope(twin as Instrument<"scope">) as Instrument) : twin,
    ]),
  );
}
