/**
 * Watches on every scan (S10): absolute temperatures, rate of rise, lost thermocouples, ambient, resistance rising more
 * than warm copper, current above the envelope. Limits are the bench's envelope and the house abort limits of
 * domain.md 4.1 (H).
 */
import type { Bench, DaqChannel } from "../model/bench.ts";
import type { Reading } from "../model/reading.ts";
import { type Drop, layoutOf } from "./layout.ts";
import type { Violation } from "./rules.ts";

/** House abort limits, domain.md 4.1 (H). */
const early_K_per_min = 60;
const late_K_per_min = 5;
const early_s = 600;
const jump_K_per_s = 20;
export const rise_max = 1.2;
/** Scans in a row without a plausible reading after which a thermocouple counts as lost. */
const lost_scans = 2;
/** A rate is taken over at least this time, so that noise of 0.1 K is 0.2 K/min, s. */
const rate_window_s = 30;
/** Readings kept per thermocouple; the oldest go first. */
const kept_max = 256;
/** Resistance is judged from this current on and this long after the last change of a set-point. */
const resistance_A_min = 50;
const settled_s = 2;
/** Copper, 1/K at 20 degC (domain.md 5.1 R.TEMP, D). */
const copper_per_K = 0.00393;
/** Shunt reading above the envelope by this much is a trip: 2 % and 1 A for ripple and noise (H). */
const overCurrent = (limit_A: number): number => limit_A * 1.02 + 1;

interface TemperatureLimit {
  readonly degC: number;
  readonly what: string;
  readonly adapter: boolean;
}

/** The last readings of a thermocouple. */
class Track {
  readonly #t_s = new Float64Array(kept_max);
  readonly #value = new Float64Array(kept_max);
  #count = 0;
  /** Scans in a row without a plausible reading. */
  bad = 0;

  add(t_s: number, value: number): void {
    this.#t_s[this.#count % kept_max] = t_s;
    this.#value[this.#count % kept_max] = value;
    this.#count += 1;
  }

  get length(): number {
    return Math.min(this.#count, kept_max);
  }

  /** Time of the n-th last reading, s; the last is 0. */
  t_s(back: number): number {
    return this.#t_s[(this.#count - 1 - back) % kept_max] as number;
  }

  value(back: number): number {
    return this.#value[(this.#count - 1 - back) % kept_max] as number;
  }
}

/** What the watch must know of the bench at the time of a scan. */
export interface WatchContext {
  readonly sourceOn: boolean;
  readonly limit_A: number;
  /** Set voltage of the source, V. */
  readonly source_V: number;
  /** Channels that the running scan must give for the watches: shunt, drops and thermocouples of the path. */
  readonly watched: readonly DaqChannel[];
  /** Bench time of the last rise of the driven current, and of the last change of any set-point, s. */
  readonly raised_s: number;
  readonly changed_s: number;
}

export class Watch {
  readonly #bench: Bench;
  readonly #tracks = new Map<number, Track>();
  /** Scans in a row without a usable voltage, by channel. */
  readonly #blind = new Map<number, number>();
  /** Resistance and temperature of a conductor when it first carried current steadily. */
  readonly #first = new Map<string, { readonly ohm: number; readonly degC: number }>();
  readonly #places = new Map<string, readonly DaqChannel[]>();
  readonly #limits = new Map<DaqChannel, TemperatureLimit>();

  /** Energy that the source gave since the program began, J; no reset forgets it. */
  #given_J = 0;
  #scanned_s: number | undefined;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** New mating or after a reset: temperatures and resistances start afresh. */
  forget(): void {
    this.#tracks.clear();
    this.#blind.clear();
    this.#first.clear();
  }

  /** The first thing wrong in a scan, or undefined. */
  scan(readings: Readonly<Record<string, Reading>>, context: WatchContext): Violation | undefined {
    const { thermocouples, drops } = layoutOf(this.#bench);
    for (const channel of thermocouples) {
      const reading = readings[channel.channel];
      const asked = reading !== undefined || context.watched.includes(channel);
      const found = asked ? this.#thermocouple(channel, reading, context) : undefined;
      if (found) return found;
    }
    const lost = this.#lostVoltage(readings, context);
    if (lost) return lost;
    const current_A = this.#current(readings);
    if (current_A === undefined) return undefined;
    if (Math.abs(current_A) > overCurrent(context.limit_A)) {
      return { rule: "watch-current", why: `the shunt reads ${current_A.toFixed(1)} A, allowed ${context.limit_A} A` };
    }
    const spent = this.#energy(readings, current_A, context);
    if (spent) return spent;
    for (const drop of drops) {
      const found = this.#resistance(drop, readings, current_A, context);
      if (found) return found;
    }
    return undefined;
  }

  /** Set voltage times shunt current over the time between scans: at least what the source gave. */
  #energy(
    readings: Readonly<Record<string, Reading>>,
    current_A: number,
    context: WatchContext,
  ): Violation | undefined {
    const { shunt } = layoutOf(this.#bench);
    const t_s = shunt && readings[shunt.channel.channel]?.t_s;
    if (t_s === undefined) return undefined;
    const since_s = this.#scanned_s === undefined ? 0 : Math.max(0, t_s - this.#scanned_s);
    this.#scanned_s = t_s;
    if (!context.sourceOn) return undefined;
    this.#given_J += context.source_V * Math.abs(current_A) * since_s;
    const { energy_J } = this.#bench.envelope;
    if (this.#given_J <= energy_J) return undefined;
    const given = `${this.#given_J.toPrecision(3)} J`;
    return { rule: "watch-energy", why: `the source has given ${given} in this run, ${energy_J} J are allowed` };
  }

  /** Without shunt or drop neither current nor R(t) is watched: no number is no proof that all is well. */
  #lostVoltage(readings: Readonly<Record<string, Reading>>, context: WatchContext): Violation | undefined {
    for (const { name, channel, measure } of context.watched) {
      if (measure !== "V") continue;
      const usable = !context.sourceOn || readings[channel]?.is === "value";
      const bad = usable ? 0 : (this.#blind.get(channel) ?? 0) + 1;
      this.#blind.set(channel, bad);
      if (bad >= lost_scans) return { rule: "watch-lost", why: `${name} (channel ${channel}) gives no reading` };
    }
    return undefined;
  }

  #current(readings: Readonly<Record<string, Reading>>): number | undefined {
    const { shunt } = layoutOf(this.#bench);
    const reading = shunt && readings[shunt.channel.channel];
    return shunt && reading?.is === "value" ? reading.value / shunt.ohm : undefined;
  }

  #thermocouple(channel: DaqChannel, reading: Reading | undefined, context: WatchContext): Violation | undefined {
    let track = this.#tracks.get(channel.channel);
    if (!track) {
      track = new Track();
      this.#tracks.set(channel.channel, track);
    }
    const jumped = reading?.is === "value" && context.sourceOn && !isPlausible(track, reading.t_s, reading.value);
    if (reading?.is !== "value" || jumped) {
      track.bad += 1;
      if (track.bad < lost_scans || !context.sourceOn) return undefined;
      return { rule: "watch-thermocouple", why: `${channel.name} (channel ${channel.channel}) is lost or implausible` };
    }
    track.bad = 0;
    track.add(reading.t_s, reading.value);
    const limit = this.#limits.get(channel) ?? this.#limit(channel);
    this.#limits.set(channel, limit);
    if (reading.value >= limit.degC) {
      const why = `${channel.name} reads ${reading.value.toFixed(1)} degC, ${limit.what} may reach ${limit.degC} degC`;
      return { rule: "watch-temperature", why, ...(limit.adapter ? { subject: "adapter" } : {}) };
    }
    return context.sourceOn ? risesTooFast(channel, track, context) : undefined;
  }

  #limit(channel: DaqChannel): TemperatureLimit {
    const { envelope } = this.#bench;
    if (channel.at?.startsWith("grip.")) return { degC: envelope.grip_degC, what: "a grip", adapter: true };
    if (channel.at?.startsWith("ambient."))
      return { degC: envelope.ambient_max_degC, what: "the ambient", adapter: false };
    return { degC: envelope.contact_degC, what: "a contact", adapter: true };
  }

  /** R(t) = V/I against the first steady value, both brought to one temperature of copper. */
  #resistance(
    drop: Drop,
    readings: Readonly<Record<string, Reading>>,
    current_A: number,
    context: WatchContext,
  ): Violation | undefined {
    const volt = readings[drop.channel.channel];
    if (volt?.is !== "value" || Math.abs(current_A) < resistance_A_min) return undefined;
    // PE carries at most the earth test's 30 A; under load current its sense pair sees no drop, only noise.
    if (drop.pin === "PE") return undefined;
    if (volt.t_s - context.changed_s < settled_s) return undefined;
    const degC = this.#hottest(drop, readings);
    if (degC === undefined) return undefined;
    const ohm = Math.abs(volt.value / current_A);
    const first = this.#first.get(drop.pin);
    if (!first) {
      this.#first.set(drop.pin, { ohm, degC });
      return undefined;
    }
    const copper = (1 + copper_per_K * (degC - 20)) / (1 + copper_per_K * (first.degC - 20));
    const ratio = ohm / (first.ohm * copper);
    if (!(ratio > rise_max)) return undefined;
    const percent = ((ratio - 1) * 100).toFixed(0);
    const why = `${drop.pin} has risen by ${percent} % beyond warm copper, allowed 20 %`;
    return { rule: "watch-resistance", why, subject: "adapter" };
  }

  #hottest(drop: Drop, readings: Readonly<Record<string, Reading>>): number | undefined {
    let most: number | undefined;
    for (const { channel } of this.#along(drop)) {
      const reading = readings[channel];
      if (reading?.is === "value" && !(reading.value <= (most ?? Number.NEGATIVE_INFINITY))) most = reading.value;
    }
    return most;
  }

  /** Thermocouples of a conductor, by the bench file. */
  #along({ pin }: Drop): readonly DaqChannel[] {
    const known = this.#places.get(pin);
    if (known) return known;
    const made = layoutOf(this.#bench).thermocouples.filter((channel) => channel.at?.endsWith(`.${pin}`));
    this.#places.set(pin, made);
    return made;
  }
}

function isPlausible(track: Track, t_s: number, value: number): boolean {
  if (track.length === 0 || t_s <= track.t_s(0)) return true;
  return Math.abs(value - track.value(0)) <= jump_K_per_s * Math.max(1, t_s - track.t_s(0));
}

function risesTooFast(channel: DaqChannel, track: Track, context: WatchContext): Violation | undefined {
  if (channel.at?.startsWith("ambient.")) return undefined;
  const now_s = track.t_s(0);
  let back = 0;
  while (back < track.length && now_s - track.t_s(back) < rate_window_s) back += 1;
  if (back === track.length) return undefined;
  const rate = ((track.value(0) - track.value(back)) / (now_s - track.t_s(back))) * 60;
  const limit = now_s - context.raised_s <= early_s ? early_K_per_min : late_K_per_min;
  if (rate <= limit) return undefined;
  return { rule: "watch-rate", why: `${channel.name} rises by ${rate.toFixed(0)} K/min, allowed ${limit} K/min` };
}
