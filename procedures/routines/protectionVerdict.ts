/** What the log of a protection test says of the adapter: signals, their temperatures and levels, return to normal. */
import { invalid, type Reading, reading } from "../../rig/model/reading.ts";
import type { ActiveProfile } from "../../rig/model/thermalSignal.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { judge, note, now } from "../../rig/plan/words.ts";
import { type Change, inside_V, type Look, onset, recovery, reversals, signalOf } from "../analysis/foldback.ts";
import { hysteresis_K } from "../analysis/hysteresis.ts";
import type { Estimate } from "../analysis/resistance.ts";
import { bars, contactsTC } from "./power.ts";
import { isShutdown, type PpLog, pathRises } from "./protection.ts";
import { estimated } from "./series.ts";

/** Type T class 1 on the contact and the DAQ's own share, K (as th.rise). */
const u_contact_K = 0.5;
/** The bench's 5 V, 330 ohm and 2700 ohm within 0.1 %, and the voltmeter, V (H). */
const u_pp_V = 0.004;
const u_relative_K = 0.05;
/** An adapter that has not been heated beyond a threshold by this has not been asked, K: the tolerance of its row. */
const reach_K = 5;

const pp = { contacts: ["evse.PP", "ev.PP"] as const };

/** A sensor that does not rise with the others would put every threshold in the wrong place. */
export function* sensorsFollow(log: PpLog): Plan<void> {
  const rises = yield* pathRises(log);
  const path = [...contactsTC, ...bars];
  const sorted = path.map((name) => rises.get(name) ?? Number.NaN).sort((a, b) => a - b);
  const middle = ((sorted[path.length / 2 - 1] as number) + (sorted[path.length / 2] as number)) / 2;
  const t_s = yield* now();
  for (const name of path) {
    const rise = rises.get(name) ?? Number.NaN;
    const share: Estimate = { value: (100 * rise) / middle, u: Math.abs(100 * (u_relative_K / middle)) };
    yield* judge(
      "rig.tc.response",
      estimated("%", share, `rise of ${name} against the median of the power path`, t_s),
      {
        id: `rig.tc.response/${name}`,
        meaning: `the thermocouple ${name} does not follow the current: it is frozen, loose or not where it should be`,
      },
    );
  }
}

export function* judgeHeating(log: PpLog, profile: ActiveProfile): Plan<Change | undefined> {
  const { windows, foldback_degC, shutdown_degC } = profile;
  const { heating } = log;
  const normalEdge_V = windows.normal[1];
  const fold = onset(heating, (look) => signalOf(look.pp_V, windows) !== "normal", normalEdge_V, u_contact_K);
  const shut = onset(heating, (look, before) => isShutdown(look, before, profile), windows.foldback[1], u_contact_K);
  const folded = heating.slice(
    fold?.index ?? heating.length,
    shut && shut.index > (fold?.index ?? 0) ? shut.index : undefined,
  );
  if (
    yield* seen("tp.fold.seen", fold, log, foldback_degC, "PP does not change when a contact gets hot: no foldback")
  ) {
    yield* at("tp.fold.at", fold, foldback_degC, "foldback is signalled at the wrong contact temperature");
    yield* level("tp.fold.pp", folded, windows.foldback, "PP is wrong while the adapter asks for less current");
  }
  const last = heating.slice(-1);
  if (yield* seen("tp.shut.seen", shut, log, shutdown_degC, "PP does not ask for an end of the session: no shutdown")) {
    yield* at("tp.shut.at", shut, shutdown_degC, "shutdown is signalled at the wrong contact temperature");
    yield* level("tp.shut.pp", last, windows.shutdown, "PP is wrong while the adapter asks for an end of the session");
  }
  return fold;
}

export function* judgeCooling(log: PpLog, profile: ActiveProfile, fold: Change | undefined): Plan<void> {
  const { windows, recovery_degC } = profile;
  const t_s = yield* now();
  const ended = recovery(log.cooling, windows, u_contact_K);
  if (fold) {
    const coldest = Math.min(...log.cooling.map((look) => look.contact_degC));
    const raw = ended ? `normal at ${ended.value.toFixed(1)} degC` : `never normal down to ${coldest.toFixed(1)} degC`;
    const back = signalOf(log.cooling.at(-1)?.pp_V ?? Number.NaN, windows) === "normal";
    yield* judge("tp.recover.seen", reading("1", back ? 1 : 0, 0, { raw, t_s }), {
      ...pp,
      meaning: "PP does not return to normal when the adapter has cooled: it sticks",
    });
    if (ended)
      yield* at("tp.recover.at", ended, recovery_degC, "PP returns to normal at the wrong contact temperature");
  }
  const width = hysteresis_K(fold, ended);
  yield* note({
    kind: "pp-thresholds",
    foldback_degC: rounded(fold?.value),
    recovery_degC: rounded(ended?.value),
    hysteresis_K: rounded(width?.value),
    u_K: rounded(width?.u),
  });
  yield* judge("tp.chatter", wavering(log, profile, t_s), { ...pp, meaning: "the signal on PP wavers" });
}

const rounded = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(2));

function wavering({ heating, cooling }: PpLog, { windows }: ActiveProfile, t_s: number): Reading<"1"> {
  const up = reversals(heating, windows, "heating");
  const down = reversals(cooling, windows, "cooling");
  const raw = `steps against the direction: ${up ?? "none read"} heating, ${down ?? "none read"} cooling`;
  return up === undefined || down === undefined
    ? invalid("1", "no-samples", { raw, t_s })
    : reading("1", up + down, 0, { raw, t_s });
}

/** Whether a signal came. Without it an adapter that was heated enough fails; one that was not is not judged. */
function* seen(limit: string, change: Change | undefined, log: PpLog, degC: number, meaning: string): Plan<boolean> {
  const t_s = yield* now();
  const raw = change
    ? `seen at ${change.value.toFixed(1)} degC`
    : `not seen up to ${log.peak.toFixed(1)} degC, profile ${degC} degC`;
  if (!change && !(log.peak >= degC + reach_K)) {
    yield* judge(limit, invalid("1", "not-heated-enough", { raw, t_s }), {
      ...pp,
      meaning:
        "the bench could not heat the adapter beyond its threshold: warm the enclosure (within the approved ambient) and repeat",
    });
    return false;
  }
  yield* judge(limit, reading("1", change ? 1 : 0, 0, { raw, t_s }), { ...pp, meaning });
  return change !== undefined;
}

function* at(limit: string, change: Change | undefined, profile_degC: number, meaning: string): Plan<void> {
  const { value = Number.NaN, u = Number.NaN } = change ?? {};
  const raw = `hottest contact ${value.toFixed(1)} degC, profile ${profile_degC} degC`;
  const off = estimated("K", { value: value - profile_degC, u }, raw, yield* now());
  yield* judge(limit, off, { ...pp, meaning: `${meaning}: ${value.toFixed(1)} degC, profile ${profile_degC} degC` });
}

/** The median level against its window, as the distance to the nearer edge: negative is outside. */
function* level(limit: string, looks: readonly Look[], window: readonly [number, number], meaning: string): Plan<void> {
  const sorted = looks.map((look) => look.pp_V).sort((a, b) => a - b);
  const pp_V = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const raw = `PP ${pp_V.toFixed(3)} V, window ${window[0]} to ${window[1]} V`;
  const margin = estimated("V", { value: inside_V(pp_V, window), u: u_pp_V }, raw, yield* now());
  yield* judge(limit, margin, { ...pp, meaning: `${meaning}: ${raw}` });
}
