/**
 * `npm run sweep -- --count N --seed S [--only kill|unplug] [--lanes L]`: kills and unplugs a real controller and guard
 * over a twin that outlives them, and judges from the twin's own log. Exit code: 0 all safe and nothing lost, 1 not so,
 * 3 void: the mutant without guard and watchdog relay was not seen to be unsafe.
 */
import { parseArgs } from "node:util";
import { dryRun } from "../../rig/cli/nominal.ts";
import type { PlannedJudgement } from "../../rig/cli/session.ts";
import { header, row } from "./figures.ts";
import { sweepInputs } from "./inputs.ts";
import { type Attack, attacks, enable_ms, serial_ms, setpointOf } from "./judge.ts";
import { Disturbed, type KillOptions, type KillResult, killPoint } from "./kill.ts";
import { type Candidate, candidates, type Point, points } from "./plan.ts";
import { live, type Phase, phases } from "./procedure.ts";
import { endAll, SweepRig } from "./rig.ts";
import { losses, unplugPoint, unplugPoints } from "./unplug.ts";

/** Phases with current come more often: only there a time says something. */
const weighted: readonly Phase[] = [...phases, ...live, ...live, ...live];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function options(): { count: number; seed: number; only: string | undefined; lanes: number; attack?: Attack } {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { count: text, seed: text, only: text, lanes: text, attack: text } });
  const whole = (name: string, value: string | undefined, otherwise: number, max: number): number => {
    const number = value === undefined ? otherwise : Number(value);
    if (!Number.isSafeInteger(number) || number < 0 || number > max) throw new Error(`--${name}: 0 to ${max}`);
    return number;
  };
  const { only } = values;
  if (only !== undefined && only !== "kill" && only !== "unplug") throw new Error("--only kill or --only unplug");
  const attack = attacks.find((one) => one === values.attack);
  if (values.attack !== undefined && attack === undefined) throw new Error(`--attack: ${attacks.join(", ")}`);
  return {
    count: whole("count", values.count, 60, 100_000),
    seed: whole("seed", values.seed, 1, 2 ** 31),
    lanes: Math.max(1, whole("lanes", values.lanes, 2, 16)),
    only,
    ...(attack === undefined ? {} : { attack }),
  };
}

interface Reference {
  readonly candidates: readonly Candidate[];
  readonly setpoints: ReadonlySet<string>;
}

/** One run that nobody disturbs. @throws Error when it is not completed: then there is nothing to sweep */
async function referenceRun(planned: readonly PlannedJudgement[]): Promise<Reference> {
  const rig = new SweepRig();
  try {
    await rig.begin({ planned });
    if (!(await rig.ended(90_000))) throw new Error(`the reference run does not end: ${rig.controllerSaid}`);
    if (rig.outcome?.ending !== "completed")
      throw new Error(`the reference run: ${JSON.stringify(rig.outcome ?? rig.failed)} ${rig.controllerSaid}`);
    const found = candidates(rig.wire, (ms) => rig.phaseAt(ms));
    const counts = phases.map((phase) => `${phase} ${found.filter((one) => one.phase === phase).length}`);
    const took_s = ((rig.wire.at(-1)?.ms ?? 0) - (rig.steps[0]?.ms ?? 0)) / 1000;
    say(`reference run: ${took_s.toFixed(1)} s, ${rig.outcome.verdict}, events: ${counts.join(", ")}`);
    const setpoints = new Set(rig.world.flatMap((event) => setpointOf(event) ?? []));
    return { candidates: found, setpoints };
  } finally {
    await rig.end();
  }
}

/** Without guard and watchdog relay a killed controller must leave the source on. */
async function mutantIsRed(reference: Reference, kill: KillOptions): Promise<boolean> {
  const hold = reference.candidates.find((one) => one.phase === "hold");
  if (hold === undefined) return false;
  const instant = { phase: "hold", port: hold.port, nth: hold.nth, delay_ms: 50 } as const;
  const result = await killPoint({ attack: "SIGKILL", instant }, { ...kill, mutant: true });
  say(`mutant without guard and watchdog relay, ${result.phase}: ${result.unsafe.join("; ") || "NOT SEEN"}`);
  return result.unsafe.some((why) => why.includes("SRC ENABLE")) && result.unsafe.some((why) => why.includes("flow"));
}

async function inLanes<T, R>(
  lanes: number,
  work: readonly T[],
  each: (one: T, at: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(work.length);
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let at = next++; at < work.length; at = next++) results[at] = await each(work[at] as T, at);
    }),
  );
  return results;
}

function describe(at: number, result: KillResult): string {
  const { attack, planned, phase, unsafe, lost } = result;
  const where = `${phase} (${planned.port} ${planned.nth} + ${planned.delay_ms.toFixed(0)} ms)`;
  const figures = `enable ${result.enable_ms.toFixed(0)} ms, serial ${result.serial_ms.toFixed(0)} ms, ${result.charge_As.toFixed(2)} A s`;
  const bad = [...unsafe.map((why) => `UNSAFE ${why}`), ...lost.map((why) => `LOST ${why}`)];
  return `${String(at + 1).padStart(4)} ${attack.padEnd(13)} ${where.padEnd(38)} ${bad.length === 0 ? figures : bad.join("; ")}`;
}

function summary(results: readonly KillResult[]): void {
  say(`\n${header}`);
  for (const attack of attacks) {
    const live = results.filter((result) => result.attack === attack && result.live);
    say(
      row(
        `${attack}: enable low (<= ${enable_ms[attack]})`,
        live.map((result) => result.enable_ms),
        "ms",
      ),
    );
  }
  const serial = results.filter((result) => result.attack !== "both killed" && result.serial_ms > 0);
  say(
    row(
      `all off by their ports (<= ${serial_ms})`,
      serial.map((result) => result.serial_ms),
      "ms",
    ),
  );
  const flowing = results.filter((result) => result.peak_A > 0.01);
  say(
    row(
      "charge from the signal to zero",
      flowing.map((result) => result.charge_As),
      "A s",
      2,
    ),
  );
  say(
    row(
      "peak voltage",
      flowing.map((result) => result.peak_V),
      "V",
      1,
    ),
  );
  const hits = phases.map((phase) => `${phase} ${results.filter((result) => result.phase === phase).length}`);
  say(`hits: ${hits.join(", ")}`);
}

async function killSweep(
  kill: KillOptions,
  reference: Reference,
  list: readonly Point[],
  lanes: number,
): Promise<boolean> {
  const all = await inLanes(lanes, list, async (point, at) => {
    const result = await tried(() => killPoint(point, kill));
    if (result === undefined) return undefined;
    say(describe(at, result));
    if (result.words !== "") process.stderr.write(`${result.words}\n`);
    return result;
  });
  const results = all.filter((result) => result !== undefined);
  summary(results);
  const unsafe = results.filter((result) => result.unsafe.length > 0).length;
  const lost = results.filter((result) => result.lost.length > 0).length;
  const present = new Set(reference.candidates.map((one) => one.phase));
  const missed = phases.filter((phase: Phase) => !present.has(phase) || !results.some((r) => r.phase === phase));
  if (missed.length > 0) say(`not hit: ${missed.join(", ")}${list.length < phases.length ? " (too few points)" : ""}`);
  say(`${results.length} kills: ${unsafe} unsafe, ${lost} lost`);
  const gaps = isVoid(list.length, results.length);
  return !gaps && unsafe === 0 && lost === 0 && (missed.length === 0 || list.length < 2 * phases.length);
}

/** Enough for each port with several losses in several phases. */
const unplugs = 24;

async function unplugSweep(kill: KillOptions, reference: Reference, seed: number, lanes: number): Promise<boolean> {
  const list = unplugPoints(reference.candidates, unplugs, seed);
  say(`\nunplug sweep: ${losses.join(", ")}`);
  const all = await inLanes(lanes, list, async (point, at) => {
    const result = await tried(() => unplugPoint(point, kill));
    if (result === undefined) return undefined;
    const { instant, loss } = point;
    const where = `${loss.padEnd(8)} ${instant.port.padEnd(9)} ${result.phase}`.padEnd(34);
    const figures = `enable ${result.enable_ms.toFixed(0)} ms, ${result.ending}: ${result.cause.slice(0, 100)}`;
    const bad = result.wrong.map((why) => `WRONG ${why}`).join("; ");
    say(`${String(at + 1).padStart(4)} ${where} ${bad === "" ? figures : `${bad} (${figures})`}`);
    if (result.words !== "") process.stderr.write(`${result.words}\n`);
    return result;
  });
  const results = all.filter((result) => result !== undefined);
  say(`\n${header}`);
  for (const loss of losses) {
    const live = results.filter(({ point, enable_ms }) => point.loss === loss && enable_ms > 0);
    say(
      row(
        `${loss}: enable low`,
        live.map((result) => result.enable_ms),
        "ms",
      ),
    );
  }
  const wrong = results.filter((result) => result.wrong.length > 0).length;
  say(`${results.length} unplugs: ${wrong} wrong`);
  return wrong === 0 && !isVoid(list.length, results.length);
}

const tries = 3;

/**
 * A run that ended before its instant was disturbed by the machine, not by the sweep: it is tried again. Undefined when
 * that does not help: the point is void, and a sweep with more than one void point in a hundred is not green.
 */
async function tried<R>(point: () => Promise<R>): Promise<R | undefined> {
  for (let nth = 1; nth <= tries; nth += 1) {
    try {
      return await point();
    } catch (error) {
      if (!(error instanceof Disturbed)) throw error;
      say(`     disturbed (${nth} of ${tries}): ${error.message.split("\n")[0]?.slice(0, 300)}`);
    }
  }
  return undefined;
}

function isVoid(points: number, results: number): boolean {
  if (points === results) return false;
  say(`${points - results} of ${points} points are void: their runs ended before the instant`);
  return points - results > points / 100;
}

async function main(): Promise<number> {
  const { count, seed, lanes, attack, only } = options();
  const inputs = sweepInputs();
  const dry = await dryRun(inputs);
  if (dry.error) throw dry.error;
  const planned = [...new Map(dry.measurements.map(({ id, step }) => [id, { id, step }])).values()];
  const reference = await referenceRun(planned);
  const kill: KillOptions = { planned, bench: inputs.bench, setpoints: reference.setpoints };
  if (!(await mutantIsRed(reference, kill))) {
    say("VOID: the mutant was not seen to be unsafe, so nothing here proves anything");
    return 3;
  }
  const list = points(reference.candidates, attack ? [attack] : attacks, weighted, count, seed);
  const killed = only === "unplug" || (await killSweep(kill, reference, list, lanes));
  const unplugged = only === "kill" || (await unplugSweep(kill, reference, seed, lanes));
  return killed && unplugged ? 0 : 1;
}

for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => void endAll().finally(() => process.exit(130)));
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(2);
  },
);
