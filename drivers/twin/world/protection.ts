/**
 * Parts of an adapter that feel its temperature and change a signal: active proximity (electronic, PTC, NTC or thermostats)
 * and a cut-out that opens CP or PP (domain.md 1.3, 1.4). The part sits at some places of the thermal ladder and follows
 * the hottest of them with a time constant of its own.
 */
import { z } from "zod";

const places = ["evse.DC+", "bar.DC+", "ev.DC+", "evse.DC-", "bar.DC-", "ev.DC-", "body", "signal"] as const;
const degC = z.number().min(-40).max(1000);
const sensor = {
  /** Where the part sits; it feels the hottest of these. */
  at: z.array(z.enum(places)).min(1).max(8).default(["evse.DC+", "ev.DC+", "evse.DC-", "ev.DC-"]),
  /** How fast it follows, s. */
  lag_s: z.number().min(0).max(3600).default(10),
};

export const activePart = z.strictObject({
  /**
   * electronic: two steps, and normal only below `recover_degC`. thermostat: two switches, each with the distance from
   * `fold_degC` to `recover_degC`. ptc: a resistor in series that rises about both temperatures, without hysteresis. ntc: a
   * resistor from PP to PE that falls with temperature.
   */
  kind: z.enum(["electronic", "thermostat", "ptc", "ntc"]).default("electronic"),
  ...sensor,
  fold_degC: degC.default(80),
  shut_degC: degC.default(90),
  recover_degC: degC.default(65),
  /** Added to PP in series while folded, and while shut down. */
  fold_ohm: z.number().min(0).max(1e12).default(120),
  shut_ohm: z.number().min(0).max(1e12).default(330),
  /** ntc: at 25 degC. */
  r25_ohm: z.number().positive().max(1e9).default(1e5),
  /** Once it has signalled it never returns to normal. */
  sticks: z.boolean().default(false),
  /** While it signals, its output falls back to normal for half of each such time, s; 0: it does not. */
  chatter_s: z.number().min(0).max(3600).default(0),
});

export const cutoutPart = z.strictObject({
  opens: z.enum(["CP", "PP"]),
  ...sensor,
  trip_degC: degC.default(95),
  reset_degC: degC.default(70),
});

type ActivePart = z.infer<typeof activePart>;
type CutoutPart = z.infer<typeof cutoutPart>;

/** Beta of a common NTC, K, and 25 degC, K. */
const beta_K = 3950;
const t25_K = 298.15;
/** Width over which a PTC rises by most of its step, K. */
const ptc_K = 1;
export const open_ohm = 1e12;

/** A resistance that follows a temperature. */
export interface Felt {
  /** Moves on by dt and returns whether the resistance has changed. */
  step(dt_s: number, at: (place: string) => number | undefined): boolean;
  /** Ohm now: in series with the path, or from PP to PE for an NTC. */
  readonly ohm: number;
}

abstract class Part implements Felt {
  ohm: number;
  readonly #at: readonly string[];
  readonly #lag_s: number;
  /** Temperature of the part, degC; undefined until its places are known. */
  #degC: number | undefined;
  protected since_s = 0;

  constructor(at: readonly string[], lag_s: number, ohm: number) {
    this.#at = at;
    this.#lag_s = lag_s;
    this.ohm = ohm;
  }

  step(dt_s: number, at: (place: string) => number | undefined): boolean {
    const hottest = Math.max(...this.#at.map((place) => at(place) ?? Number.NEGATIVE_INFINITY));
    if (!Number.isFinite(hottest)) return false;
    const before = this.#degC ?? hottest;
    const share = this.#lag_s > 0 ? 1 - Math.exp(-dt_s / this.#lag_s) : 1;
    const now = before + share * (hottest - before);
    this.#degC = now;
    this.since_s += dt_s;
    const next = this.ohmAt(now);
    if (Math.abs(next - this.ohm) <= 1e-6 * this.ohm) return false;
    this.ohm = next;
    return true;
  }

  protected abstract ohmAt(degC: number): number;
}

const closed_ohm = 1e-3;

class Active extends Part {
  readonly #of: ActivePart;
  #level: 0 | 1 | 2 = 0;

  constructor(of: ActivePart) {
    super(of.at, of.lag_s, of.kind === "ntc" ? of.r25_ohm : closed_ohm);
    this.#of = of;
  }

  protected ohmAt(degC: number): number {
    const of = this.#of;
    if (of.kind === "ntc") return of.r25_ohm * Math.exp(beta_K * (1 / (degC + 273.15) - 1 / t25_K));
    if (of.kind === "ptc") {
      const share = (about: number): number => 1 / (1 + Math.exp((about - degC) / (ptc_K / 2)));
      return closed_ohm + of.fold_ohm * share(of.fold_degC) + (of.shut_ohm - of.fold_ohm) * share(of.shut_degC);
    }
    this.#level = this.#next(degC);
    const silent = of.chatter_s > 0 && this.since_s % of.chatter_s < of.chatter_s / 2;
    if (this.#level === 0 || silent) return closed_ohm;
    return closed_ohm + (this.#level === 1 ? of.fold_ohm : of.shut_ohm);
  }

  #next(degC: number): 0 | 1 | 2 {
    const { kind, fold_degC, shut_degC, recover_degC, sticks } = this.#of;
    if (degC >= shut_degC) return 2;
    const hysteresis_K = fold_degC - recover_degC;
    if (this.#level === 2 && (sticks || degC > (kind === "electronic" ? recover_degC : shut_degC - hysteresis_K))) {
      return 2;
    }
    if (degC >= fold_degC) return 1;
    return this.#level > 0 && (sticks || degC > recover_degC) ? 1 : 0;
  }
}

class Cutout extends Part {
  readonly #of: CutoutPart;
  #open = false;

  constructor(of: CutoutPart) {
    super(of.at, of.lag_s, closed_ohm);
    this.#of = of;
  }

  protected ohmAt(degC: number): number {
    this.#open = degC >= this.#of.trip_degC || (this.#open && degC > this.#of.reset_degC);
    return this.#open ? open_ohm : closed_ohm;
  }
}

export const createActive = (of: ActivePart): Felt => new Active(of);
export const createCutout = (of: CutoutPart): Felt => new Cutout(of);
