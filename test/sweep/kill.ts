/** One kill: a rig runs until its instant, gets its signal, and is judged when all has ended. */
import type { Bench } from "../../rig/model/bench.ts";
import { mono_ms } from "./clocks.ts";
import { type Attack, type Judged, judge } from "./judge.ts";
import { type Point, portOf } from "./plan.ts";
import type { Phase } from "./procedure.ts";
import { isRunning, pause, signal, until } from "./processes.ts";
import { faultsOfRecord } from "./record.ts";
import { type RigOptions, SweepRig } from "./rig.ts";
import { safeAfterwards } from "./safeAfter.ts";

export interface KillResult extends Judged {
  readonly attack: Attack;
  /** Where it was planned, and where it fell. */
  readonly planned: Point["instant"];
  readonly phase: Phase | "start";
  /** Live at the signal: the point says something about times. */
  readonly live: boolean;
  readonly lost: readonly string[];
  /** Of a red point: what the processes said. */
  readonly words: string;
}

export interface KillOptions extends RigOptions {
  readonly bench: Bench;
  readonly setpoints: ReadonlySet<string>;
}

/** The procedure takes less than this, start included. */
const instant_ms = 60_000;
/** For processes to end by themselves, and for what they sent last to arrive. */
const ended_ms = 10_000;
const settle_ms = 400;

export async function killPoint(point: Point, options: KillOptions): Promise<KillResult> {
  const rig = new SweepRig();
  try {
    await rig.begin(options);
    await atInstant(rig, point);
    const guard = rig.guardPid();
    const signal_ms = mono_ms();
    send(point.attack, rig.controllerPid, guard);
    // A stopped guard never ends by itself; the bench must be safe all the same.
    const ended = point.attack === "guard stopped" ? await oneEnded(rig) : await rig.ended(ended_ms);
    // A guard that had let go before the signal has nothing to watch: the bench was safe, and only that is judged.
    const released = rig.guardLog().includes('"event":"released"');
    if (!ended && released) signal(rig.controllerPid, "SIGKILL");
    await pause(settle_ms);
    const judged = judge(rig.trace, signal_ms, point.attack, options.setpoints);
    const lost = options.mutant === true ? [] : await faultsOfRecord(rig, options.bench);
    const unsafe = [...judged.unsafe];
    if (!ended && !released) unsafe.push(`controller or guard still run after ${ended_ms} ms`);
    if (point.attack === "both killed" && options.mutant !== true) unsafe.push(...(await safeAfterwards(rig)));
    const live = judged.enable_ms > 0 || judged.peak_A > 0.01;
    const red = unsafe.length > 0 || lost.length > 0;
    const words = red ? `${rig.controllerSaid}\n${rig.guardLog()}\n${rig.failed ?? ""}` : "";
    const result = { ...judged, unsafe, lost, live, words, attack: point.attack, planned: point.instant };
    return { ...result, phase: rig.phaseAt(signal_ms) };
  } finally {
    await rig.end();
  }
}

async function oneEnded(rig: SweepRig): Promise<boolean> {
  return until(() => !isRunning(rig.controllerPid), ended_ms);
}

/** The run ended by itself before its instant. */
export class Disturbed extends Error {
  override readonly name = "Disturbed";
}

/** Resolves at the instant; at the end of its phase when this run has fewer such events than the reference. */
export async function atInstant(rig: SweepRig, { instant }: Pick<Point, "instant">): Promise<void> {
  const { phase, port, nth, delay_ms } = instant;
  const due = (): boolean => {
    const at = rig.steps.findIndex((step) => step.phase === phase);
    const from_ms = rig.steps[at]?.ms;
    if (from_ms === undefined) return false;
    // A safe-off reads as often as it must: a run that has ended has left its last phase.
    if (rig.steps[at + 1] !== undefined || rig.outcome !== undefined) return true;
    return rig.wire.filter((event) => event.ms >= from_ms && portOf(event) === port).length >= nth;
  };
  const stuck = (): boolean => rig.outcome !== undefined || rig.failed !== undefined;
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (!due() && !stuck()) return;
      stop();
      clearTimeout(timer);
      if (due()) resolve();
      else reject(fault("the run ended before"));
    };
    const fault = (why: string): Error =>
      new Disturbed(
        `${why} ${phase}, ${port} ${nth}: ${JSON.stringify(rig.outcome ?? rig.failed)} ${rig.controllerSaid}`,
      );
    const timer = setTimeout(() => {
      stop();
      reject(fault("no instant after a minute:"));
    }, instant_ms);
    const stop = rig.onAny(look);
    look();
  });
  await pause(delay_ms);
}

function send(attack: Attack, controller: number, guard: number): void {
  switch (attack) {
    case "stall":
      signal(controller, "SIGUSR2");
      break;
    case "guard killed":
      signal(guard, "SIGKILL");
      break;
    case "guard stopped":
      signal(guard, "SIGSTOP");
      break;
    case "both killed":
      signal(guard, "SIGKILL");
      signal(controller, "SIGKILL");
      break;
    default:
      signal(controller, attack);
  }
}
