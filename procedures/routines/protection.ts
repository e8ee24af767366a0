/**
 * Heats an adapter until it signals on PP, lets it cool, and logs PP with the contacts' temperatures. PP is read in pauses:
 * signal relays never see the power loop (bench.md), so the source is off and the contactors are open while KP1 and KP2
 * join the adapter. While it cools PP is read all the time. Everything is one scan a second under one monitor.
 */
import type { ActiveProfile } from "../../rig/model/thermalSignal.ts";
import type { Body, Plan } from "../../rig/plan/commands.ts";
import type { Route, Wiring } from "../../rig/plan/wiring.ts";
import { call, callOf, monitor, note, now, wait } from "../../rig/plan/words.ts";
import { type Look, signalOf } from "../analysis/foldback.ts";
import { thinned } from "../analysis/hysteresis.ts";
import { bars, closeLoop, contactsTC, powerOff, ramp, watched } from "./power.ts";
import { supply, vehicle } from "./proximity.ts";
import { daq } from "./roles.ts";
import { Traces } from "./series.ts";
import { connect, disconnect, openContactors } from "./switching.ts";

export interface HeatPlan {
  readonly profile: ActiveProfile;
  /** Current of the label, and the most that the approved envelope allows, A. */
  readonly rated_A: number;
  readonly most_A: number;
  /** Heating ends at this temperature of the hottest contact, whatever PP does, degC. */
  readonly stop_degC: number;
}

/** Time at 50 and 75 % of the label's current, at 100 %, and at most above it, s. */
const partly_s = 120;
const rated_s = 600;
const beyond_s = 7200;
const poll_s = 10;
/** PP is read after this rise of the hottest contact: far from a threshold, and near one; and at least this often. */
const far_K = 10;
const near_K = 2;
const near_degC = 12;
const look_every_s = 600;
/** A rise below this in that time at the largest current is the end of what this bench can heat, K. */
const steady_K = 0.5;
/** Readings of PP in one pause, and what the relays and the scan need before the first counts, s. */
const look_s = 5;
const settle_s = 1.2;
/** Two scans, so that the shunt is seen without current before the contactors open, s. */
const dead_s = 2.2;
/** PP must have been normal this long, s, and the contact this far below recovery, K, for the cooling to end. */
const calm_s = 60;
const calm_K = 3;
/** Below recovery by this an adapter that still signals is stuck, K. */
const stuck_K = 15;
const cooling_s = 3 * 3600;
/** A reading of the cooling is noted this often, s. */
const noted_s = 15;

/** What was read of PP, and of the hottest contact in the same scans. */
export class PpLog {
  readonly traces = new Traces("protection");
  readonly heating: Look[] = [];
  readonly cooling: Look[] = [];
  private peak_degC = Number.NEGATIVE_INFINITY;
  private peakAt = 0;
  private readAt = 0;

  /** The hottest contact of the last scan, degC; NaN before the first. */
  *hottest(): Plan<number> {
    yield* this.traces.update(contactsTC);
    const count = this.traces.of(contactsTC[0]).length;
    for (; this.peakAt < count; this.peakAt += 1) {
      const degC = this.hottestAt(this.peakAt);
      if (Number.isFinite(degC)) this.peak_degC = Math.max(this.peak_degC, degC);
    }
    return count > 0 ? this.hottestAt(count - 1) : Number.NaN;
  }

  get peak(): number {
    return this.peak_degC;
  }

  /** Takes the readings of PP since the last call that are not older than `from_s`. */
  *take(phase: "heating" | "cooling", from_s: number): Plan<readonly Look[]> {
    yield* this.hottest();
    yield* this.traces.update(["PP_V"]);
    const pp = this.traces.of("PP_V");
    const count = Math.min(pp.length, this.traces.of(contactsTC[0]).length);
    const taken: Look[] = [];
    for (; this.readAt < count; this.readAt += 1) {
      const sample = pp[this.readAt];
      if (!sample || sample.t_s < from_s) continue;
      const contact_degC = this.hottestAt(this.readAt);
      // A lost reading is none of PP: it says neither that the adapter signals nor that it does not.
      if (![sample.value, contact_degC].every(Number.isFinite)) continue;
      taken.push({ t_s: sample.t_s, contact_degC, peak_degC: this.peak_degC, pp_V: sample.value });
    }
    this[phase].push(...taken);
    return taken;
  }

  private hottestAt(i: number): number {
    return Math.max(...contactsTC.map((name) => this.traces.of(name)[i]?.value ?? Number.NaN));
  }
}

/** Everything that a power run watches, and PP_V, once a second. */
export function* watchingPp<R>(wiring: Wiring, body: Body<R>): Plan<R> {
  const names = [...watched, "PP_V"];
  const channels = names.map((name) => wiring.channel(name));
  const series = Object.fromEntries(names.map((name) => [String(wiring.channel(name)), `protection/${name}`]));
  yield* call(daq, "scan", { channels, every_s: 1 });
  return yield* monitor({ name: "protection", call: callOf(daq, "next", {}), every_s: 1, series }, body);
}

/** `steady`: it gets no hotter at the most that may be driven. */
export type HeatEnd = "signalled" | "too-hot" | "steady" | "time-out";

/** Heats stepwise to the shutdown signal, the stop temperature or the end of the time; the source is off afterwards. */
export function* heat(wiring: Wiring, plan: HeatPlan, log: PpLog): Plan<HeatEnd> {
  yield* lookAtPp(wiring, plan, log);
  let lookedPeak_degC = log.peak;
  let looked_s = yield* now();
  for (const { current_A, for_s } of levelsOf(plan)) {
    yield* note({ kind: "heating", current_A, hottest_degC: rounded(log.peak) });
    yield* drive(wiring, current_A);
    const end_s = (yield* now()) + for_s;
    for (;;) {
      yield* wait(poll_s);
      const hottest = yield* log.hottest();
      const now_s = yield* now();
      const over = hottest >= plan.stop_degC;
      const risen_K = log.peak - lookedPeak_degC;
      const long = now_s - looked_s >= look_every_s;
      if (over || long || risen_K >= stepAt(log.peak, plan.profile) || now_s >= end_s) {
        yield* loopOff();
        const seen = yield* lookAtPp(wiring, plan, log);
        if (seen.length > 0 && seen.every((look) => isShutdown(look, log.heating, plan.profile))) return "signalled";
        if (over) return "too-hot";
        if (long && risen_K < steady_K && current_A === plan.most_A) return "steady";
        lookedPeak_degC = log.peak;
        looked_s = yield* now();
        if (now_s >= end_s) break;
        yield* drive(wiring, current_A);
      }
    }
  }
  return "time-out";
}

/** Shutdown, or a level in no window once foldback was there: an adapter that left its foldback for something else. */
export const isShutdown = (look: Look, before: readonly Look[], { windows }: ActiveProfile): boolean => {
  const signal = signalOf(look.pp_V, windows);
  if (signal !== "other") return signal === "shutdown";
  return before.some((one) => one.t_s < look.t_s && signalOf(one.pp_V, windows) === "foldback");
};

function levelsOf({ rated_A, most_A }: HeatPlan): readonly { readonly current_A: number; readonly for_s: number }[] {
  const label_A = Math.min(rated_A, most_A);
  const steps = [0.5, 0.75, 1].map((share) => Math.round(label_A * share));
  return [
    ...steps.map((current_A, i) => ({ current_A, for_s: i < 2 ? partly_s : rated_s })),
    { current_A: most_A, for_s: beyond_s },
  ];
}

const stepAt = (degC: number, profile: ActiveProfile): number =>
  degC > profile.foldback_degC - near_degC - far_K / 2 ? near_K : far_K;

function* drive(wiring: Wiring, current_A: number): Plan<void> {
  yield* closeLoop(wiring, "power", current_A);
  yield* ramp("power", 0, current_A);
}

/** Off as the bench does it: enable off, no current at the shunt, contactors open. */
function* loopOff(): Plan<void> {
  yield* powerOff();
  yield* wait(dead_s);
  yield* openContactors();
  yield* wait(0.1);
}

/** Station's plug, mated and released, on the EVSE face; the vehicle on the EV face. */
const plugged = (wiring: Wiring): readonly Route[] => [
  wiring.route("PP_S", wiring.tapOf("evse.PP", "F")),
  wiring.route("COM_S", wiring.tapOf("evse.PE", "F")),
  ...vehicle(wiring),
  wiring.route("PP_S", "PPS.1"),
  wiring.route("PPS.2", "COM_S"),
];

/** PP from the station's plug to the vehicle's circuit through the adapter; ends with its 5 V on. */
export function* connectPp(wiring: Wiring): Plan<void> {
  yield* connect(...plugged(wiring));
  yield* connect(...plugged(wiring), supply(wiring));
}

/** Some readings of PP with the loop open. */
function* lookAtPp(wiring: Wiring, plan: HeatPlan, log: PpLog): Plan<readonly Look[]> {
  yield* connectPp(wiring);
  const from_s = (yield* now()) + settle_s;
  yield* wait(look_s);
  const looks = yield* log.take("heating", from_s);
  yield* disconnect(wiring);
  yield* noteLooks("heating", looks.slice(-1), plan.profile);
  return looks;
}

/** Logs PP until the adapter has been normal for a while, is stuck, or the time is over. The loop must be open. */
export function* cool(wiring: Wiring, plan: HeatPlan, log: PpLog): Plan<void> {
  const { recovery_degC, windows } = plan.profile;
  yield* connectPp(wiring);
  const from_s = (yield* now()) + settle_s;
  let normal_s = Number.NaN;
  for (;;) {
    yield* wait(poll_s);
    for (const look of yield* log.take("cooling", from_s)) {
      if (signalOf(look.pp_V, windows) !== "normal") normal_s = Number.NaN;
      else if (Number.isNaN(normal_s)) normal_s = look.t_s;
    }
    const hottest = yield* log.hottest();
    const now_s = yield* now();
    const calm = now_s - normal_s >= calm_s && hottest <= recovery_degC - calm_K;
    if (calm || hottest <= recovery_degC - stuck_K || now_s - from_s >= cooling_s) break;
  }
  yield* disconnect(wiring);
  yield* noteLooks("cooling", thinned(log.cooling, windows, noted_s), plan.profile);
}

const rounded = (value: number): number | null => (Number.isFinite(value) ? Number(value.toFixed(4)) : null);

function* noteLooks(phase: string, looks: readonly Look[], { windows }: ActiveProfile): Plan<void> {
  for (const look of looks) {
    yield* note({
      kind: "pp-look",
      phase,
      t_s: rounded(look.t_s),
      contact_degC: rounded(look.contact_degC),
      pp_V: rounded(look.pp_V),
      signal: signalOf(look.pp_V, windows),
    });
  }
}

/** Rise of each sensor on the power path from the first scan to the hottest, K, by its name. */
export function* pathRises(log: PpLog): Plan<ReadonlyMap<string, number>> {
  const path = [...contactsTC, ...bars];
  yield* log.traces.update(path);
  return new Map(
    path.map((name) => {
      const values = log.traces.of(name).map((sample) => sample.value);
      return [name, Math.max(...values) - (values[0] ?? Number.NaN)];
    }),
  );
}
