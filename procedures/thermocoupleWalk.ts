/**
 * Thermocouple walk (bench.md): each channel is warmed by hand and must be the one that rises. A channel that is swapped,
 * dead or frozen is named. Nothing is energised. The result holds for the time that the bench file declares; a run that
 * judges temperatures without it passes conditionally at best (docs/decisions/0046-artefact-checks.md).
 */
import { derive, invalid, type Reading, reading } from "../rig/model/reading.ts";
import { isPass } from "../rig/model/verdict.ts";
import type { Plan } from "../rig/plan/commands.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import type { Wiring } from "../rig/plan/wiring.ts";
import { ask, call, judge, note, now, step, wait } from "../rig/plan/words.ts";
import { minutes } from "./routines/durations.ts";
import { needs } from "./routines/frame.ts";
import { watched } from "./routines/power.ts";
import { daq } from "./routines/roles.ts";

/** Time that a finger is held before the reading, s. */
const hold_s = 12;
/** One sensor against itself within a minute: noise and drift of the DAQ, K (H). */
const u_K = 0.1;

const channels: readonly string[] = watched.filter((name) => name.startsWith("T."));

type Temperatures = ReadonlyMap<string, Reading>;

/** What one channel did while it was warmed. */
export interface Walked {
  readonly channel: string;
  /** Its rise over that of every other channel, K. */
  readonly lead: Reading<"K">;
  readonly meaning: string;
}

function* walk({ wiring }: ProcedureContext): Plan<void> {
  yield* ask({
    id: "walk-fit",
    title: "Thermocouple walk",
    text: "Fit the adapter with its grip and bar sensors into nest N1. Keep heat guns away: a warm finger is enough.",
    kind: "confirm",
    timeout_s: minutes(20),
    action: { do: "fit" },
  });
  const walked: Walked[] = [];
  for (const channel of channels) {
    walked.push(
      yield* step(`Warm ${channel}`, () => warmed(wiring, channel), { deadline_s: minutes(15), takes_s: hold_s + 5 }),
    );
  }
  yield* ask({
    id: "walk-end",
    title: "Thermocouple walk",
    text: "Let go of the last sensor.",
    kind: "confirm",
    timeout_s: minutes(10),
    action: { do: "warm", channel: null },
  });
  yield* step("Answer of the walk", () => judged(walked), { deadline_s: 60, takes_s: 1 });
}

function* warmed(wiring: Wiring, channel: string): Plan<Walked> {
  const before = yield* temperatures(wiring);
  yield* ask({
    id: `walk-${channel}`,
    title: `Warm ${channel}`,
    text: `Hold a warm finger on the sensor ${channel.slice(2)} (channel ${wiring.channel(channel)}), keep it there and confirm.`,
    kind: "confirm",
    timeout_s: minutes(10),
    action: { do: "warm", channel },
  });
  yield* wait(hold_s);
  return leadOf(channel, before, yield* temperatures(wiring));
}

function* temperatures(wiring: Wiring): Plan<Temperatures> {
  const replies = yield* call(daq, "once", { channels: channels.map((name) => wiring.channel(name)) });
  const t_s = yield* now();
  return new Map(
    channels.map((name) => [
      name,
      replies[String(wiring.channel(name))] ?? invalid("degC", "channel-missing", { raw: "", t_s }),
    ]),
  );
}

/** Least rise that is more than noise, K: only for saying which other channel rose. */
const rose_K = 2;

/** The rise of this channel less the largest rise of any other; invalid when this channel gives no value. */
export function leadOf(channel: string, before: Temperatures, after: Temperatures): Walked {
  const rises = [...after].map(([name, then]): readonly [string, number] => {
    const first = before.get(name);
    return [name, then.is === "value" && first?.is === "value" ? then.value - first.value : Number.NaN];
  });
  const others = rises.filter(([name, rise]) => name !== channel && Number.isFinite(rise));
  const [other = "", most = 0] = others.reduce<readonly [string, number]>(
    (best, one) => (one[1] > best[1] ? one : best),
    ["", 0],
  );
  const [a, b] = [before.get(channel), after.get(channel)];
  const t_s = b?.t_s ?? 0;
  const lead =
    a && b
      ? derive("K", `${channel}: ${a.raw} to ${b.raw}, others at most ${most.toFixed(2)} K`, [a, b], ([from, to]) => ({
          value: (to ?? Number.NaN) - (from ?? Number.NaN) - most,
          u: u_K,
        }))
      : invalid("K", "channel-missing", { raw: channel, t_s });
  const meaning =
    lead.is !== "value"
      ? `${channel} gives no reading: its wire is open`
      : most > rose_K
        ? `${other} rose where ${channel} was warmed: the two are exchanged`
        : `${channel} did not rise when it was warmed: it is frozen, loose or somewhere else`;
  return { channel, lead, meaning };
}

/** Least lead, K; the row `rig.walk.lead` decides, this only says which channels the note names. */
const isGood = (w: Walked): boolean => w.lead.is === "value" && w.lead.value >= rose_K;

function* judged(walked: readonly Walked[]): Plan<void> {
  const bad = walked.filter((w) => !isGood(w));
  yield* note({
    kind: "walk",
    channels: walked.map(({ channel, lead }) => ({ channel, lead_K: lead.is === "value" ? lead.value : null })),
    bad: bad.map((w) => w.meaning),
  });
  let good = true;
  for (const w of walked) {
    const others = bad.filter((other) => other !== w).map((other) => other.channel);
    const more = others.length > 0 ? ` (also bad: ${others.join(", ")})` : "";
    const verdict = yield* judge("rig.walk.lead", w.lead, {
      id: `rig.walk.lead/${w.channel}`,
      meaning: `${w.meaning}${more}`,
    });
    good = isPass(verdict) && good;
  }
  const t_s = yield* now();
  yield* judge("walk.complete", reading("1", good ? 1 : 0, 0, { raw: `${walked.length} channels`, t_s }), {
    meaning: "not every channel was the one that rose",
  });
}

export const thermocoupleWalk: Procedure = procedure({
  id: "thermocouple-walk",
  revision: 1,
  title: "Thermocouple walk: every channel must be the one that was warmed",
  families: ["A", "B", "C", "D", "E"],
  needs,
  limits: "thermocouple-walk",
  of: "bench",
  body: walk,
});
