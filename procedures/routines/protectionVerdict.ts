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
  const isSignal = (look: Look): boolean => signalOf(look.pp_V, windows) !== "normal";
  const fold = onset(heating, isSignal, windows.normal[1], u_contact_K);
  const isEnd = (look: Look, before: readonly Look[]): boolean => isShutdown(look, before, profile);
  const shut = onset(heating, isEnd, windows.foldback[1], u_contact_K);
  const from = fold?.index ?? heating.length;
  const folded = heating.slice(from, shut && shut.index > from ? shut.index : undefined);
  if (yield* seen("tp.fold.seen", fold, log, foldback_degC, "PP does not change when a contact is hot: no foldback")) {
    yield* at("tp.fold.at", fold, foldback_degC, "foldback is signalled at the wrong contact temperature");
    yield* level("tp.fold.pp", folded, windows.foldback, "PP is wrong while the adapter asks for less current");
  }
  const last = shut ? heating.slice(-1) : [];
  if (yield* seen("tp.shut.seen", shut, log, shutdown_degC, "PP does not end the session when hotter: no shutdown")) {
    yield* at("tp.shut.at", shut, shutdown_degC, "shutdown is signalled at the wrong contact temperature");
    yield* level("tp.shut.pp", last, windows.shutdown, "PP is wrong while the adapter asks for an end of the session");
  }
  return fold;
}

/** Cooling, from the last reading while hot: so a signal that ends within its first second is seen to end. */
export function* judgeCooling(log: PpLog, profile: ActiveProfile, fold: Change | undefined): Plan<void> {
  const { windows, recovery_degC } = profile;
  const t_s = yield* now();
  const looks = [...log.heating.slice(-1), ...log.cooling];
  const signals = looks.map((look) => signalOf(look.pp_V, windows));
  const ended = recovery(looks, windows, u_contact_K);
  const coldest = Math.min(...looks.map((look) => look.contact_degC));
  // A signal that wavers has no one temperature at which it ends: it is judged first.
  yield* judge("tp.chatter", wavering(log, profile, t_s), { ...pp, meaning: "the signal on PP wavers" });
  if (signals.length === 0 || signals[0] === "normal") {
    const raw = "no signal at the end of the heating";
    const meaning = "the adapter did not signal, so its return to normal could not be seen";
    yield* judge("tp.recover.seen", invalid("1", "not-signalled", { raw, t_s }), { ...pp, meaning });
    yield* at("tp.recover.at", undefined, recovery_degC, meaning);
  } else {
    const raw = ended ? `normal at ${ended.value.toFixed(1)} degC` : `not normal down to ${coldest.toFixed(1)} degC`;
    const back = signals.at(-1) === "normal";
    const asked = back || coldest <= recovery_degC - reach_K;
    const origin = { raw, t_s };
    const seenBack = asked ? reading("1", back ? 1 : 0, 0, origin) : invalid("1", "not-cooled-enough", origin);
    const verdict = yield* judge("tp.recover.seen", seenBack, {
      ...pp,
      meaning: "PP does not return to normal when the adapter has cooled: it sticks",
    });
    if (verdict !== "fail") {
      yield* at("tp.recover.at", ended, recovery_degC, "PP returns to normal at the wrong contact temperature");
    }
  }
  const width = hysteresis_K(fold, ended);
  yield* note({
    kind: "pp-thresholds",
    foldback_degC: rounded(fold?.value),
    recovery_degC: rounded(ended?.value),
    hysteresis_K: rounded(width?.value),
    u_K: rounded(width?.u),
  });
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

const tooCold =
  "the bench could not heat the adapter beyond its threshold: warm the enclosure (within the approved ambient) and repeat";

/**
 * Judges whether a signal came. Without it an adapter that was heated enough fails, and what depends on it is blocked: false.
 * One that was not heated enough is inconclusive in this and in all that depends on it.
 */
function* seen(limit: string, change: Change | undefined, log: PpLog, degC: number, meaning: string): Plan<boolean> {
  const t_s = yield* now();
  const raw = change
    ? `seen at ${change.value.toFixed(1)} degC`
    : `not seen up to ${log.peak.toFixed(1)} degC, profile ${degC} degC`;
  // PP must have been read beyond the threshold, not only the contact heated.
  if (!change && !log.heating.some((look) => look.peak_degC >= degC + reach_K)) {
    yield* judge(limit, invalid("1", "not-heated-enough", { raw, t_s }), { ...pp, meaning: tooCold });
    return true;
  }
  yield* judge(limit, reading("1", change ? 1 : 0, 0, { raw, t_s }), { ...pp, meaning });
  return change !== undefined;
}

function* at(limit: string, change: Change | undefined, profile_degC: number, meaning: string): Plan<void> {
  const { value = Number.NaN, u = Number.NaN } = change ?? {};
  const raw = change ? `hottest contact ${value.toFixed(1)} degC, profile ${profile_degC} degC` : "not seen";
  const off = estimated("K", { value: value - profile_degC, u }, raw, yield* now());
  yield* judge(limit, off, { ...pp, meaning: `${meaning}: ${raw}` });
}

/** The median level against its window, as the distance to the nearer edge: negative is outside. */
function* level(limit: string, looks: readonly Look[], window: readonly [number, number], meaning: string): Plan<void> {
  const sorted = looks.map((look) => look.pp_V).sort((a, b) => a - b);
  const pp_V = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const raw = looks.length > 0 ? `PP ${pp_V.toFixed(3)} V, window ${window[0]} to ${window[1]} V` : "not seen";
  const margin = estimated("V", { value: inside_V(pp_V, window), u: u_pp_V }, raw, yield* now());
  yield* judge(limit, margin, { ...pp, meaning: `${meaning}: ${raw}` });
}
