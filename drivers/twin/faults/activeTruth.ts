/**
 * What an adapter with active proximity really signals, from the parameters of its file alone: its thermal ladder is heated
 * and left to cool, and PP is followed all the time between an ideal station's plug and an ideal vehicle. Heated as decision
 * 0044 describes it: half, three quarters and all of the label's current, then the most that is approved, interrupted for some
 * seconds at each rise of 10 K, and of 2 K near the first threshold. No reading and no limit has a part in it. Quantities:
 *
 *   fold.at, shut.at   K: hottest that any contact has been when PP first leaves normal, and when it first asks for the end,
 *                      less the profile's temperature. Slow or badly placed sensors are in it, at this rate of heating
 *   recover.at         K: hottest contact when PP is normal again on cooling, less the profile's
 *   fold.seen, shut.seen, recover.seen   0 when it never comes although the contacts were `reach_K` beyond; absent otherwise
 *   fold.pp, shut.pp   V: inside the profile's window, negative outside; half of the time of foldback is at or above it in order
 *   wavers             steps of the signal against its direction; absent when there is none
 *   hot.CP             ohm of the pilot at the end of the heating
 *   growth.hot         resistance of a pole beyond that of copper as warm, share; the most there was while it was heated
 *   maybe.<quantity>   1 where it hangs on when a part began to chatter, or on some kelvin at the end of the heating
 */
import type { Face } from "../../../rig/model/contacts.ts";
import {
  type ActiveProfile,
  type ThermalSignal,
  thermalSignals,
  type Window_V,
} from "../../../rig/model/thermalSignal.ts";
import { randomOf } from "../random.ts";
import { type AdapterElements, adapterElements, copper_per_K } from "../world/adapterElements.ts";
import type { AdapterUnderTest } from "../world/adapterUnderTest.ts";
import { Circuit } from "../world/circuit.ts";
import { createThermal, type Loss, type Thermal } from "../world/thermal.ts";
import { shapeOf } from "../world/thermalShape.ts";
import { vehicleAndPlug } from "./signalTruth.ts";

export interface Heated {
  readonly profile: ActiveProfile;
  readonly rated_A: number;
  /** The most that is approved, A. */
  readonly most_A: number;
  /** Cable on the power path, ohm. */
  readonly cable_ohm: number;
  readonly room_degC: number;
  readonly face: Face;
  readonly fitting: number;
}

type Quantities = Record<string, number>;

/** Shares of the label's current, and for how long; then the most that is approved, s. */
const first = [
  { share: 0.5, for_s: 120 },
  { share: 0.75, for_s: 120 },
  { share: 1, for_s: 600 },
] as const;
const beyond_s = 7200;
/** An interruption without current, and how fast the current returns. */
const pause_s = 10;
const ramp_A_per_s = 40;
const far_K = 10;
const near_K = 2;
/** Below the first threshold by this the short rises begin, K. */
const near_degC = 17;
/** Heating ends this far beyond the profile's last threshold, K, or when less than that rise comes in that time. */
const late_K = 7;
const steady_K = 0.5;
const steady_s = 600;
/** A signal that did not come up to here does not come, K. */
const reach_K = 5;
/** Cooling ends when PP has been normal this long, s, and this far below recovery, K; or this far below it, K; or then, s. */
const calm_s = 60;
const calm_K = 3;
const stuck_K = 15;
const cooling_s = 10_800;
const step_s = 1;

/** Phases in which the chatter of a part is tried, as shares of its period. */
const phases = [0, 0.25, 0.5, 0.75] as const;
/** Results of two phases this near to each other are the same. */
const same = 0.2;

export function activeTruth(adapter: AdapterUnderTest, heated: Heated): Quantities {
  const period_s = adapter.pp.topology === "ACTIVE" ? adapter.pp.active.chatter_s : 0;
  if (period_s === 0) return new Followed(adapter, heated, 0).quantities();
  return merged(phases.map((share) => new Followed(adapter, heated, share * period_s).quantities()));
}

/** What all agree on; of counts the least. */
function merged(all: readonly Quantities[]): Quantities {
  const found: Quantities = {};
  for (const name of new Set(all.flatMap((one) => Object.keys(one)))) {
    const values = all.flatMap((one) => one[name] ?? []);
    const least = Math.min(...values);
    const agree = values.length === all.length && (name === "wavers" || Math.max(...values) - least <= same);
    found[agree ? name : `maybe.${name}`] = agree ? least : 1;
  }
  return found;
}

const places = ["evse.DC+", "ev.DC+", "evse.DC-", "ev.DC-"] as const;

class Followed {
  readonly #heated: Heated;
  readonly #fitted: AdapterElements;
  readonly #thermal: Thermal;
  readonly #power: readonly Loss[];
  #growth = 0;
  readonly #pp: Circuit;
  readonly #pilot: readonly [a: string, b: string];
  readonly #dt_s: number;
  #pp_V: number;
  #peak_degC: number;
  /** Last signal that lay in a window; undefined before the first. */
  #signal: ThermalSignal | undefined;
  #seesFoldback = false;
  #fold_degC: number | undefined;
  #shut_degC: number | undefined;
  #recovered_degC: number | undefined;
  /** Levels between the first signal and the end that it asks for, with their times. */
  readonly #folded: { readonly volt: number; readonly for_s: number }[] = [];
  #wavers = 0;
  #cooling = false;

  constructor(adapter: AdapterUnderTest, heated: Heated, phase_s: number) {
    const { face, fitting, cable_ohm } = heated;
    this.#heated = heated;
    const seat = { node: (contact: string): string => contact, inUse: face };
    this.#fitted = adapterElements(adapter, randomOf(adapter.seed, `fitting ${fitting}`), seat);
    this.#thermal = createThermal(shapeOf(adapter), heated.room_degC);
    const power = this.#fitted.warm.filter(({ branch }) => /^A\.DC[+-]\./.test(branch.id));
    const ohms = power.map(({ place, ohm20, perKelvin }) => ({ place, watt20: ohm20, perKelvin }));
    // A path that is broken carries nothing.
    this.#power = power.length < 6 ? [] : [...ohms, { place: "cable", watt20: cable_ohm, perKelvin: 0 }];
    this.#pp = new Circuit([...this.#fitted.elements, ...vehicleAndPlug(face)]);
    this.#pilot = [`${face}.CP`, "ev.CP"];
    const { chatter_s } = adapter.pp.active;
    this.#dt_s = chatter_s > 0 ? Math.min(step_s, chatter_s / 4) : step_s;
    this.#fitted.feel(phase_s, (place) => this.#thermal.at(place));
    this.#pp.changed();
    this.#pp_V = this.#level();
    this.#peak_degC = this.#hottest();
  }

  quantities(): Quantities {
    if (this.#power.length === 0) return {};
    const atShutdown = this.#heat();
    const found: Quantities = { ...this.#ofHeating(), "growth.hot": this.#growth };
    const pilot = [...atShutdown, this.#pilotOhm()];
    const [least, most] = [Math.min(...pilot), Math.max(...pilot)];
    if (most - least <= Math.max(same, 0.1 * least)) found["hot.CP"] = most;
    else found["maybe.hot.CP"] = 1;
    const signalled = this.#signalNow() !== "normal";
    this.#cool();
    if (signalled) this.#ofCooling(found);
    if (this.#wavers > 0) found["wavers"] = this.#wavers;
    return found;
  }

  #hottest(): number {
    return Math.max(...places.map((place) => this.#thermal.at(place) ?? Number.NaN));
  }

  #level(): number {
    return this.#pp.volt("ev.PP", "ev.PE") ?? Number.NaN;
  }

  #signalNow(): ThermalSignal | undefined {
    const { windows } = this.#heated.profile;
    return thermalSignals.find((one) => inside(this.#pp_V, windows[one]) >= 0);
  }

  /** The pilot from face to face by a known small current, ohm. */
  #pilotOhm(): number {
    const [a, b] = this.#pilot;
    const meter_ohm = 1e5;
    const meter = { type: "branch", id: "meter", a, b, ohm: meter_ohm, emf_V: 5 } as const;
    for (const { branch, place, ohm20, perKelvin } of this.#fitted.warm) {
      branch.ohm = ohm20 * (1 + perKelvin * ((this.#thermal.at(place) ?? Number.NaN) - 20));
    }
    const circuit = new Circuit([...this.#fitted.elements, meter]);
    const ampere = Math.abs(circuit.current("meter"));
    return ampere > 0 ? Math.min(1e12, Math.abs(circuit.volt(a, b) ?? 0) / ampere) : 1e12;
  }

  #step(current_A: number): void {
    const losses = current_A === 0 ? [] : this.#power.map((one) => ({ ...one, watt20: current_A ** 2 * one.watt20 }));
    this.#thermal.step(this.#dt_s, losses);
    const hottest = this.#hottest();
    this.#peak_degC = Math.max(this.#peak_degC, hottest);
    if (this.#fitted.feel(this.#dt_s, (place) => this.#thermal.at(place))) {
      this.#pp.changed();
      this.#pp_V = this.#level();
    }
    this.#follow(hottest);
    if (current_A > 0) this.#grow();
  }

  #grow(): void {
    for (const pole of [".DC+", ".DC-"]) {
      let [ohm, copper_ohm] = [0, 0];
      for (const { place, watt20, perKelvin } of this.#power) {
        if (!place.endsWith(pole)) continue;
        const over_K = (this.#thermal.at(place) ?? Number.NaN) - 20;
        ohm += watt20 * (1 + perKelvin * over_K);
        copper_ohm += watt20 * (1 + copper_per_K * over_K);
      }
      this.#growth = Math.max(this.#growth, ohm / copper_ohm - 1);
    }
  }

  #follow(hottest_degC: number): void {
    const signal = this.#signalNow();
    if (signal !== undefined) {
      const before = this.#signal === undefined ? 0 : thermalSignals.indexOf(this.#signal);
      const now = thermalSignals.indexOf(signal);
      if (this.#cooling ? now > before : now < before) this.#wavers += 1;
      this.#signal = signal;
    }
    if (this.#cooling) {
      if (signal === "normal") this.#recovered_degC ??= hottest_degC;
      return;
    }
    if (signal !== "normal") this.#fold_degC ??= this.#peak_degC;
    const ends = signal === "shutdown" || (signal === undefined && this.#seesFoldback);
    if (ends) this.#shut_degC ??= this.#peak_degC;
    if (signal === "foldback") this.#seesFoldback = true;
    if (this.#fold_degC !== undefined && this.#shut_degC === undefined) {
      this.#folded.push({ volt: this.#pp_V, for_s: this.#dt_s });
    }
  }

  /** Ohm of the pilot when the end was first asked for; none when it never was. */
  #heat(): number[] {
    const { rated_A, most_A, profile } = this.#heated;
    const label_A = Math.min(rated_A, most_A);
    const levels = [...first.map(({ share, for_s }) => ({ current_A: share * label_A, for_s }))];
    const pilot: number[] = [];
    let looked = { degC: this.#peak_degC, t_s: 0 };
    let t_s = 0;
    for (const { current_A, for_s } of [...levels, { current_A: most_A, for_s: beyond_s }]) {
      let on_s = 0;
      for (const end_s = t_s + for_s; t_s < end_s; t_s += this.#dt_s) {
        on_s += this.#dt_s;
        this.#step(Math.min(current_A, on_s * ramp_A_per_s));
        if (this.#shut_degC !== undefined && pilot.length === 0) pilot.push(this.#pilotOhm());
        const over = this.#hottest() >= profile.shutdown_degC + late_K;
        const risen_K = this.#peak_degC - looked.degC;
        const steady = t_s - looked.t_s >= steady_s && risen_K < steady_K && current_A === most_A;
        const near = this.#peak_degC > profile.foldback_degC - near_degC;
        if (!over && !steady && risen_K < (near ? near_K : far_K)) continue;
        for (let off_s = 0; off_s < pause_s; off_s += this.#dt_s, t_s += this.#dt_s) this.#step(0);
        if (over || steady || (this.#shut_degC !== undefined && this.#signalNow() !== "normal")) return pilot;
        looked = { degC: this.#peak_degC, t_s };
        on_s = 0;
      }
    }
    return pilot;
  }

  #ofHeating(): Quantities {
    const { foldback_degC, shutdown_degC, windows } = this.#heated.profile;
    const found: Quantities = {};
    if (this.#fold_degC !== undefined) {
      found["fold.at"] = this.#fold_degC - foldback_degC;
      const volt = this.#folded.length > 0 ? middle(this.#folded) : this.#pp_V;
      found["fold.pp"] = inside(volt, windows.foldback);
    } else if (this.#peak_degC >= foldback_degC + reach_K) found["fold.seen"] = 0;
    if (this.#shut_degC !== undefined) {
      found["shut.at"] = this.#shut_degC - shutdown_degC;
      found["shut.pp"] = inside(this.#pp_V, windows.shutdown);
    } else if (this.#peak_degC >= shutdown_degC + reach_K) found["shut.seen"] = 0;
    return found;
  }

  #cool(): void {
    const { recovery_degC } = this.#heated.profile;
    this.#cooling = true;
    let normal_s = 0;
    for (let t_s = 0; t_s < cooling_s; t_s += this.#dt_s) {
      this.#step(0);
      normal_s = this.#signalNow() === "normal" ? normal_s + this.#dt_s : 0;
      const degC = this.#hottest();
      if (degC <= recovery_degC - stuck_K || (normal_s >= calm_s && degC <= recovery_degC - calm_K)) return;
    }
  }

  #ofCooling(found: Quantities): void {
    if (this.#signalNow() !== "normal") found["recover.seen"] = 0;
    else if (this.#recovered_degC !== undefined) {
      found["recover.at"] = this.#recovered_degC - this.#heated.profile.recovery_degC;
    }
  }
}

const inside = (volt: number, [low, high]: Window_V): number => Math.min(volt - low, high - volt);

/** The level below which half of the time was spent. */
function middle(levels: readonly { readonly volt: number; readonly for_s: number }[]): number {
  const sorted = [...levels].sort((a, b) => a.volt - b.volt);
  const half = sorted.reduce((sum, { for_s }) => sum + for_s, 0) / 2;
  let passed = 0;
  for (const { volt, for_s } of sorted) {
    passed += for_s;
    if (passed >= half) return volt;
  }
  return Number.NaN;
}
