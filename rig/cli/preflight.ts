/** Preflight of a procedure on a bench (S12): the paths of rig/engine/preflight.ts, each on a kind twin of its own. */
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
import { type Fate, type Forced, forceAnswer, forceJudgement, tapInstruments } from "../engine/preflightForce.ts";
import { sameCalls } from "../engine/preflightGhost.ts";
import { RigError } from "../model/errors.ts";
import { highVoltageTree } from "../model/highVoltage.ts";
import type { Prompt } from "../plan/commands.ts";
import type { InputOptions, Inputs } from "./inputs.ts";
import { type Between, type DryRun, dryRun } from "./nominal.ts";
import { Meter, none_A } from "./preflightMeter.ts";
import { otherThread, shares } from "./preflightThreads.ts";
import { thinned, type Waves } from "./preflightWaves.ts";
import type { PreflightJob } from "./preflightWorker.ts";

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
  readonly prompts: readonly Prompt[];
  readonly dry: DryRun;
}

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
  const own = await explored(inputs, options, { set, of: "run" });
  // What a resumed run does first is a plan of its own.
  const more =
    set === "all" && inputs.procedure.recheck ? [await explored(inputs, options, { set, of: "resume" })] : [];
  const all = joined([own, ...more]);
  return { ...all, accepted: all.findings.length === 0, facts: own.facts, prompts: own.prompts, dry: own.dry };
}

type Part = Explored & Pick<Preflight, "facts" | "prompts" | "dry">;

async function explored(inputs: Inputs, options: InputOptions, { set, of: what }: Which): Promise<Part> {
  const of = shares();
  const job = (part: number): PreflightJob => ({ options, what, share: { set, part, of } });
  const others = Array.from({ length: of - 1 }, (_, i) => otherThread(job(i + 1)));
  // Awaited below; a failure before that must not count as unhandled.
  const all = Promise.all(others);
  all.catch(() => undefined);
  const planned = planOf(inputs, what);
  const nominal = await nominalPath(planned);
  const own = await exploreShare(planned, nominal, { set, part: 0, of });
  const tried = [...own, ...(await all).flat()];
  const found = summarise(nominal.result, tried, toTry(planned, nominal, set).skipped);
  return { ...found, facts: nominal.facts, prompts: nominal.prompts, dry: nominal.dry };
}

/** The plan of a run, or of what a resumed run does before it goes on. */
export type What = "run" | "resume";

interface Which {
  readonly set: PathSet;
  readonly of: What;
}

export function planOf(inputs: Inputs, what: What): Inputs {
  const { procedure } = inputs;
  const { recheck } = procedure;
  if (what === "run" || !recheck) return inputs;
  const body: typeof procedure.body = function* (context) {
    yield* recheck(context);
  };
  return { ...inputs, procedure: { ...procedure, body } };
}

const joined = (parts: readonly Explored[]): Explored => {
  const sum = (of: (part: Explored) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    paths: sum((part) => part.paths),
    judgements: sum((part) => part.judgements),
    calls: sum((part) => part.calls),
    answers: sum((part) => part.answers),
    skipped: sum((part) => part.skipped),
    findings: parts.flatMap((part) => part.findings),
    steps: [...new Set(parts.flatMap((part) => part.steps))],
  };
};

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
  const tree = highVoltageTree(world.bench);
  if (tree && world.insulation.testing()) live.push("the insulation tester drives");
  const drained = gone !== undefined && gone === tree?.tester.role ? tree.relays : undefined;
  for (const relay of Object.values(world.bench.relays)) {
    const closed = world.relays.coils(relay.role, relay.board)[relay.output] === true;
    // Without its voltmeter the high-voltage tree stays on the bleeder (decision 0042).
    if (drained?.has(relay.id)) continue;
    if (closed && relay.role !== gone) live.push(`relay ${relay.id} is closed`);
  }
  return live;
}
