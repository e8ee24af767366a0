/** An instrument vanishes in mid-run: cable out, silence, garbage, nothing read, or another one in its place. */
import { connectControl } from "../../drivers/twin/controlClient.ts";
import type { Bench } from "../../rig/model/bench.ts";
import { mono_ms } from "./clocks.ts";
import { atInstant } from "./kill.ts";
import { type Candidate, type Instant, randomOf } from "./plan.ts";
import { live, type Phase } from "./procedure.ts";
import { pause } from "./processes.ts";
import { askedAfter, faultsOfRecord } from "./record.ts";
import { type RigOptions, SweepRig } from "./rig.ts";
import { apply, atRest, type WireEvent } from "./trace.ts";

/** `other`: the cable is out for a moment, then another instrument answers. `back`: the same one comes back. */
export const losses = ["hang-up", "silent", "garbage", "stalled", "other", "back"] as const;
export type Loss = (typeof losses)[number];

/** What a safe recipe consists of: poison, OFF and questions; load frames 20 and 21 (0); coils all open. */
function takesAway(event: WireEvent): boolean {
  if (event.what !== "rx") return true;
  const bytes = Buffer.from(event.hex, "hex");
  if (bytes[0] === 0xaa) return bytes[2] === 0x20 || (bytes[2] === 0x21 && bytes[3] === 0);
  if (bytes[1] === 0x0f) return bytes.subarray(7, -2).every((coils) => coils === 0);
  // A query may carry an argument (`:OUTP? CH1`) but no second command behind it.
  return /^(?:(?:\*|[^\n;]*OFF|[^\n; ]+\?(?: [^\n;]*)?)\n)+$/.test(bytes.toString("latin1"));
}

export interface UnplugPoint {
  readonly loss: Loss;
  readonly instant: Instant;
}

export interface UnplugResult {
  readonly point: UnplugPoint;
  readonly phase: Phase | "start";
  readonly enable_ms: number;
  readonly ending: string;
  readonly cause: string;
  readonly wrong: readonly string[];
  readonly words: string;
}

/** A cable that is out is seen at once; who says nothing is found out by the slowest call's deadline, 6 s. */
const allowed_ms: Readonly<Record<Loss, number>> = {
  "hang-up": 500,
  other: 500,
  back: 500,
  silent: 7000,
  garbage: 7000,
  stalled: 7000,
};
/** Losses of which nobody is told. */
const unheard = { silent: true, garbage: true };
const out_ms = 300;

/** A frame or a connection to this port; not the sweep's own orders to the twin. */
const isFor = (event: WireEvent, port: string): boolean =>
  (event.what === "rx" || event.what === "client") && event.port === port;

const ended_ms = 30_000;

/** Each port with each loss in turn, in phases where it is spoken to, and spoken to again afterwards. */
export function unplugPoints(all: readonly Candidate[], count: number, seed: number): readonly UnplugPoint[] {
  const random = randomOf(seed);
  const spoken = all.filter(
    (one) =>
      !["EN", "operator"].includes(one.port) &&
      one.phase !== "safe-off" &&
      all.some((later) => later.phase === one.phase && later.port === one.port && later.nth > one.nth + 1),
  );
  const ports = [...new Set(spoken.map((one) => one.port))].sort();
  return Array.from({ length: count }, (_, at) => {
    const port = ports[at % ports.length] as string;
    const here = spoken.filter((one) => one.port === port);
    const known = [...new Set(here.map((one) => one.phase))];
    // A loss at rest says little of times.
    const phases = [
      ...known,
      ...known.filter((one) => live.includes(one)),
      ...known.filter((one) => live.includes(one)),
    ];
    const phase = phases[Math.floor(random() * phases.length)] as Phase;
    const chosen = here.filter((one) => one.phase === phase);
    const { nth, gap_ms } = chosen[Math.floor(random() * chosen.length)] as Candidate;
    const loss = losses[(at + Math.floor(at / ports.length)) % losses.length] as Loss;
    return { loss, instant: { phase, port, nth, delay_ms: random() * Math.min(gap_ms, 20) } };
  });
}

export async function unplugPoint(
  point: UnplugPoint,
  options: RigOptions & { readonly bench: Bench },
): Promise<UnplugResult> {
  const { loss, instant } = point;
  const rig = new SweepRig();
  try {
    await rig.begin(options);
    const control = await connectControl(`${rig.twinFolder}/control.sock`, new AbortController().signal);
    const misbehave = (mode: string): Promise<unknown> =>
      control.request({ do: "misbehave", port: instant.port, mode }, 2000);
    await atInstant(rig, point);
    const at_ms = mono_ms();
    const comesBack = loss === "other" || loss === "back";
    await misbehave(comesBack ? "hang-up" : loss);
    const gone_ms = mono_ms();
    if (comesBack) {
      await pause(out_ms);
      await misbehave(loss === "other" ? "identity" : "none");
    }
    const ended = await rig.ended(ended_ms);
    await pause(300);
    control.close();
    const lost = await faultsOfRecord(rig, options.bench);
    const asked_ms = await noticed(rig, point, options.bench, at_ms, gone_ms);
    const found = judgeUnplug(rig, point, { at_ms, gone_ms, asked_ms });
    const wrong = [...found.wrong, ...lost, ...(ended ? [] : ["controller or guard still run"])];
    const words = wrong.length > 0 ? `${rig.controllerSaid}\n${rig.failed ?? ""}` : "";
    const { ending = "none", firstCause = rig.failed ?? "" } = rig.outcome ?? {};
    const facts = { ending, cause: firstCause, enable_ms: found.enable_ms, wrong, words };
    return { point, phase: rig.phaseAt(at_ms), ...facts };
  } finally {
    await rig.end();
  }
}

/**
 * From when the loss can be noticed: a cable that is out at once, a silence by whom asks next. The twin's log shows the
 * frames to a silent device; a stalled one reads nothing, so the store says when it was asked (a monitor's questions
 * leave no event: then it counts from the loss).
 */
async function noticed(
  rig: SweepRig,
  { loss, instant }: UnplugPoint,
  bench: Bench,
  at_ms: number,
  gone_ms: number,
): Promise<number> {
  if (loss in unheard) return rig.wire.find((event) => event.ms > gone_ms && isFor(event, instant.port))?.ms ?? gone_ms;
  if (loss !== "stalled") return at_ms;
  const roles = Object.values(bench.instruments).filter(({ ports }) => ports.includes(instant.port));
  const asked = await Promise.all(roles.map(({ role }) => askedAfter(rig, role, gone_ms)));
  return firstAsked(asked, rig.outcome?.firstCause ?? "", gone_ms);
}

/** The plan had no more questions for it and came to its end: the safe-off is the first that asks, and lowers the line before. */
const unnoticed = /^the safe-off does not prove the bench safe/;

/** From when a stalled device can be noticed, monotonic ms: what the plan asked after it, else the loss itself. */
export function firstAsked(asked: readonly (number | undefined)[], firstCause: string, gone_ms: number): number {
  const known = asked.filter((ms) => ms !== undefined);
  if (known.length > 0) return Math.min(...known);
  return unnoticed.test(firstCause) ? Number.POSITIVE_INFINITY : gone_ms;
}

interface Times {
  readonly at_ms: number;
  readonly gone_ms: number;
  readonly asked_ms: number;
}

function judgeUnplug(
  rig: SweepRig,
  { loss, instant }: UnplugPoint,
  { at_ms, gone_ms, asked_ms }: Times,
): { readonly enable_ms: number; readonly wrong: readonly string[] } {
  const wrong: string[] = [];
  const bench = atRest();
  let low_ms = at_ms;
  for (const event of rig.world) {
    const enabled = bench.enabled;
    apply(bench, event);
    if (event.ms > at_ms && enabled && !bench.enabled) low_ms = event.ms;
  }
  const enable_ms = Math.max(0, low_ms - asked_ms);
  if (bench.enabled) wrong.push("SRC ENABLE is still high");
  else if (enable_ms > allowed_ms[loss])
    wrong.push(`SRC ENABLE low after ${enable_ms.toFixed(0)} ms, allowed ${allowed_ms[loss]} ms`);
  if (Math.abs(bench.current_A) > 0.01) wrong.push(`${bench.current_A.toFixed(1)} A still flow`);
  // What has gone cannot be told anything; all others are off by their own ports.
  if (bench.source.on && instant.port !== "source") wrong.push("the source is still on");
  for (const [unit, on] of bench.loads)
    if (on && instant.port !== `load${unit + 1}`) wrong.push(`load ${unit + 1} is still on`);
  if (bench.closed.size > 0 && instant.port !== "relays") wrong.push(`closed: ${[...bench.closed].join(" ")}`);
  // A DAQ that gives no scan under current trips before its question is overdue.
  const noScan = /watch-scan-age: no scan from daq/.test(rig.outcome?.firstCause ?? "");
  const due = instant.port === "daq" && noScan ? "aborted" : "rig-error";
  if (rig.outcome?.ending !== due) wrong.push(`the run ended as ${rig.outcome?.ending ?? "nothing"}`);
  if (rig.outcome !== undefined && !rig.outcome.firstCause.includes(instant.port))
    wrong.push(`the cause does not name ${instant.port}`);
  if (loss === "hang-up" || loss === "other" || loss === "back") {
    const later = rig.wire.filter((event) => event.ms > gone_ms && isFor(event, instant.port));
    // A bench that is not proved safe is left to the guard: its recipe may go to a device that is back, nothing else may.
    const taken = rig.guardLog().includes('"event":"triggered"');
    const queued = later.filter((event) => !taken || !takesAway(event));
    if (queued.length > 0) wrong.push(`after the loss: ${JSON.stringify(queued[0])} and ${queued.length - 1} more`);
  }
  return { enable_ms, wrong };
}
