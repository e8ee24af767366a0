/**
 * Temperature rise at 50, 75 and 100 % of the label's current: the first two as 5-minute holds, the last until the named
 * stabilisation rule is met or its time-out. Everything is watched in one scan a second; R(t) all through.
 */
import type { Contact } from "../../rig/model/contacts.ts";
import type { LimitSet } from "../../rig/model/limits.ts";
import { invalid, type Reading } from "../../rig/model/reading.ts";
import { type Component, combined, standard } from "../../rig/model/uncertainty.ts";
import { type About, isPass, type Verdict } from "../../rig/model/verdict.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { judge, note, now, wait } from "../../rig/plan/words.ts";
import { copper_per_K, type Estimate } from "../analysis/resistance.ts";
import { stillToCome, type ThreeReadings } from "../analysis/settled.ts";
import { isStable, meanBetween, type StabilisationRule } from "../analysis/stabilise.ts";
import { ambients, bars, closeLoop, contactsTC, grips, powerOff, ramp, shunt_ohm, watched, watching } from "./power.ts";
import { budgetOf, estimated, Traces } from "./series.ts";

export interface RisePlan {
  readonly rated_A: number;
  readonly rule: StabilisationRule;
  /** Longest time at 100 %, s; a run that is not stable by then is inconclusive. */
  readonly timeout_s: number;
  /** False: five minutes at 100 % and no judgement of the settled rise; a differently named procedure. */
  readonly soak: boolean;
  readonly limits: LimitSet;
  /**
   * Judges the contacts' absolute temperature too. With a limit of 90 degC at 40 degC ambient it is the rise of 50 K over
   * again, so that a screening with soak leaves it out (docs/decisions/0047); without soak it alone speaks for the
   * contacts; a qualification reports against both clauses.
   */
  readonly absolute?: boolean;
  /** Judges what the contacts and grips will come to, and not what they had reached when the rule was met. */
  readonly settled?: boolean;
  /**
   * Looks on while the rule decides: every 30 s at 100 %, with contacts and ambient up to date. What it returns ends the soak
   * before the rule does; a qualification's returns nothing.
   */
  readonly observe?: (traces: Traces, start_s: number, now_s: number) => Plan<Early | undefined>;
}

/** A soak decided before it is over. */
export interface Early {
  readonly is: "pass" | "fail";
  /** Predicted final rise by channel, K; where it is missing, that of the last three readings is judged. */
  readonly rises: ReadonlyMap<string, Estimate>;
}

const hold_s = 300;
const look_every_s = 30;
/**
 * How long a rise is declared to take, s. A rule that limits what is still gained in 10 min is met later by the logarithm of
 * the rise, and that goes with the current: 90 min at 500 A, 46 min at 80 A, never below the first two currents and three
 * readings (H; nominal adapters of the twin: 78, 41 and 31 min).
 */
export const riseTakes_s = (rated_A: number, soak = true): number =>
  60 * (soak ? Math.round(Math.max(36, 90 - 24 * Math.log(500 / rated_A))) : 16);

/** Means for judging are taken over this long. */
const mean_s = 30;
/**
 * A contact's sensor against the mean of two ambient ones, K: type T class 1, 0.3 each; the DAQ's own share mostly cancels
 * in a difference, and what is left of it, with the place of the sensor, is a house figure.
 */
export const riseParts: readonly Component[] = [
  standard("sensor at the place", 0.3, { unit: "K", source: "type T class 1 (H)" }),
  standard("mean of two ambient sensors", 0.3 / Math.SQRT2, { unit: "K", source: "type T class 1 (H)" }),
  standard("what is left of the DAQ's share, and placing", 0.34, { unit: "K", source: "house figure (H)" }),
];
const u_rise_K = combined(riseParts);
/** Ambient that limits of absolute temperatures are stated for (domain.md 4.1 at 40 degC; 4.2: say "projected"). */
const limit_ambient_degC = 40;
/** One sensor against itself within a run: noise of means over half a minute. */
const u_relative_K = 0.05;

const poles = ["DC+", "DC-"] as const;

export function* thermalRise(wiring: Wiring, plan: RisePlan): Plan<void> {
  yield* watching(wiring, "thermal", function* () {
    const traces = new Traces("thermal");
    yield* closeLoop(wiring, "power", plan.rated_A);
    yield* wait(look_every_s / 3);
    const cold_s = yield* now();
    let current_A = 0;
    for (const share of [0.5, 0.75, 1]) {
      const next_A = Math.round(plan.rated_A * share);
      yield* ramp("power", current_A, next_A);
      current_A = next_A;
      if (share < 1) yield* wait(hold_s);
    }
    const start_s = yield* now();
    const found = plan.soak ? yield* untilStable(traces, plan, start_s) : yield* shortHold();
    const early = typeof found === "string" ? undefined : found;
    const ended = typeof found === "string" ? found : "predicted";
    yield* traces.update(watched);
    const end_s = yield* now();
    yield* ramp("power", current_A, 0);
    yield* powerOff();
    const settled = (plan.settled === true && ended === "stable") || early !== undefined;
    const judged = { ...plan, settled, ...(early ? { predicted: early.rises } : {}) };
    const good = yield* judgeAdapter(traces, judged, ended, start_s, end_s);
    // An adapter that is too hot anywhere may well warm its sensors unevenly: its fail comes first and stays.
    if (good || ended === "time-out") yield* checkSensors(traces, cold_s, end_s);
  });
}

type Ended = "stable" | "too-hot" | "time-out" | "short" | "predicted";
/** As judged: what the last readings lead to, and what was predicted before they did. */
interface Judged extends RisePlan {
  readonly predicted?: Early["rises"];
}

function* shortHold(): Plan<Ended> {
  yield* wait(hold_s);
  return "short";
}

/** A measured excess beyond the limit and its uncertainty ends the soak: it cannot become a pass (instruments.md B3). */
function* untilStable(traces: Traces, plan: RisePlan, start_s: number): Plan<Ended | Early> {
  const rise_max_K = (plan.limits.rows["th.rise"]?.max ?? Number.POSITIVE_INFINITY) + 2 * u_rise_K;
  for (;;) {
    yield* wait(look_every_s);
    yield* traces.update([...contactsTC, ...ambients]);
    const now_s = yield* now();
    const early = plan.observe ? yield* plan.observe(traces, start_s, now_s) : undefined;
    const ambient = ambientAt(traces, now_s);
    const rises = contactsTC.map((name) => meanBetween(traces.of(name), now_s - mean_s, now_s) - ambient);
    if (rises.some((rise) => rise > rise_max_K)) return "too-hot";
    if (early) return early;
    if (contactsTC.every((name) => isStable(plan.rule, traces.of(name), start_s, now_s))) {
      yield* note({ kind: "stabilised", rule: plan.rule.title, t_s: now_s });
      return "stable";
    }
    if (now_s - start_s >= plan.timeout_s) return "time-out";
  }
}

const ambientAt = (traces: Traces, at_s: number): number =>
  ambients.reduce((sum, name) => sum + meanBetween(traces.of(name), at_s - mean_s, at_s), 0) / ambients.length;

/**
 * A sensor that does not rise with the others is frozen or lies elsewhere: what it says of its place is no measurement.
 * Sensors exchanged between two places that warm alike are not noticed by this; a walk with a warm finger is.
 */
function* checkSensors(traces: Traces, cold_s: number, end_s: number): Plan<void> {
  const rise = (name: string): number =>
    meanBetween(traces.of(name), end_s - mean_s, end_s) - meanBetween(traces.of(name), cold_s - mean_s, cold_s);
  const path = [...contactsTC, ...bars];
  const sorted = path.map(rise).sort((a, b) => a - b);
  const middle = ((sorted[path.length / 2 - 1] as number) + (sorted[path.length / 2] as number)) / 2;
  for (const [limit, names] of [
    ["rig.tc.response", path],
    ["rig.tc.response.grip", grips],
  ] as const) {
    for (const name of names) {
      const share = { value: (100 * rise(name)) / middle, u: Math.abs(100 * (u_relative_K / middle)) };
      yield* judge(limit, estimated("%", share, `rise of ${name} against the median of the power path`, end_s), {
        id: `${limit}/${name}`,
        meaning: `the thermocouple ${name} does not follow the current: it is frozen, loose or not where it should be`,
      });
    }
  }
  const [one, other] = ambients.map((name) => meanBetween(traces.of(name), end_s - mean_s, end_s));
  const apart = { value: (one ?? Number.NaN) - (other ?? Number.NaN), u: u_rise_K };
  yield* judge("rig.tc.ambient", estimated("K", apart, ambients.join(" - "), end_s), {
    meaning: `the ambient sensors ${ambients.join(" and ")} disagree: one of them is frozen, loose or too near to something warm`,
  });
}

/** Means of half a minute of one channel against each other, K. */
const u_mean_K = 0.01;

/** Rise over ambient at the end, with what is still to come where that is asked for. */
function riseOf(traces: Traces, plan: Judged, name: string, end_s: number): Estimate {
  const foreseen = plan.predicted?.get(name);
  if (foreseen) return foreseen;
  const over = (to_s: number): number => meanBetween(traces.of(name), to_s - mean_s, to_s) - ambientAt(traces, to_s);
  const reached = over(end_s);
  if (!plan.settled) return { value: reached, u: u_rise_K, parts: riseParts };
  const { window_s } = plan.rule;
  const due_s = [end_s - 2 * window_s, end_s - window_s, end_s] as const;
  const thrice = (read: (to_s: number) => number): ThreeReadings => [read(due_s[0]), read(due_s[1]), read(due_s[2])];
  const path = [...contactsTC, ...bars].map((place) =>
    thrice((to_s) => meanBetween(traces.of(place), to_s - mean_s, to_s)),
  );
  const rest = stillToCome(path, thrice(over), u_mean_K);
  const parts = [...riseParts, standard("what is still to come", rest.u, { unit: "K", source: "last three readings" })];
  return { value: reached + rest.value, u: combined(parts), parts };
}

/** What the current and the ambient of the last half minute were: without them no rise means anything. */
function* checkConditions(traces: Traces, plan: RisePlan, end_s: number): Plan<number> {
  const ambient = ambientAt(traces, end_s);
  yield* judge("rig.ambient", estimated("degC", { value: ambient, u: 0.3 }, "mean of two ambient sensors", end_s), {
    meaning: "the ambient is outside the range in which a rise may be judged",
  });
  const current_A = meanBetween(traces.of("SH"), end_s - mean_s, end_s) / shunt_ohm;
  const deviation: Estimate = { value: 100 * (current_A / plan.rated_A - 1), u: 0.1 };
  yield* judge("rig.current.tolerance", estimated("%", deviation, "shunt", end_s), {
    id: "rig.current.tolerance/thermal",
    meaning: "the load bank did not hold the rated current",
  });
  return ambient;
}

/**
 * A temperature that has not settled in the time allowed is no reading: the run is inconclusive (domain.md 4.2). One that
 * is beyond its limit already stays one: it can only rise.
 */
const lateOr =
  (plan: RisePlan, late: boolean, t_s: number) =>
  (limit: string, r: Reading, about: About): Plan<Verdict> => {
    const max = plan.limits.rows[limit]?.max ?? Number.POSITIVE_INFINITY;
    if (!late || (r.is === "value" && r.value > max)) return judge(limit, r, about);
    const nothing = invalid(r.unit, "not-stable-in-time", { raw: `${plan.rule.title}: time-out`, t_s });
    return judge(limit, nothing, { ...about, meaning: "the temperatures did not settle in the time allowed" });
  };

/** True when no temperature or resistance of the adapter is bad. */
function* judgeAdapter(traces: Traces, plan: Judged, ended: Ended, start_s: number, end_s: number): Plan<boolean> {
  const verdicts: Verdict[] = [];
  const ambient = yield* checkConditions(traces, plan, end_s);
  const settled = plan.settled ? ", settled, by the last three readings" : "";
  const how = (name: string): string => (plan.predicted?.has(name) ? ", predicted" : settled);
  const late = ended === "time-out";
  const said = lateOr(plan, late, end_s);
  for (const name of contactsTC) {
    const contact = name.slice(2) as Contact;
    const contacts = [contact];
    const rise = riseOf(traces, plan, name, end_s);
    if (plan.soak) {
      verdicts.push(
        yield* said("th.rise", estimated("K", rise, `${name} - ambient${how(name)}`, end_s), {
          ...(late ? {} : budgetOf(rise)),
          id: `th.rise/${contact}`,
          contacts,
          meaning: `the contact ${contact} gets too hot at ${plan.rated_A} A`,
        }),
      );
    }
    if (!plan.absolute) continue;
    verdicts.push(
      yield* said("th.contact.abs", projected(name, rise, ambient, end_s), {
        id: `th.contact.abs/${contact}`,
        contacts,
        meaning: `the contact ${contact} would be above its absolute limit at ${limit_ambient_degC} degC ambient`,
      }),
    );
  }
  for (const name of grips) {
    verdicts.push(
      yield* said("th.grip.nonmetal", projected(name, riseOf(traces, plan, name, end_s), ambient, end_s), {
        id: `th.grip.nonmetal/${name.slice(2)}`,
        meaning: `the grip would get too hot to hold at ${limit_ambient_degC} degC ambient`,
      }),
    );
  }
  for (const [i, pole] of poles.entries()) {
    verdicts.push(
      yield* judge("power.r.rise", resistanceRise(traces, plan, pole, bars[i] as string, start_s, end_s), {
        id: `power.r.rise/${pole}`,
        contacts: [`evse.${pole}`, `ev.${pole}`],
        meaning: `the resistance of ${pole} grew during the run beyond what warm copper explains`,
      }),
    );
  }
  return verdicts.every(isPass);
}

/** Rise over the run's ambient on top of the ambient that the limit is stated for. */
const projected = (name: string, rise: Estimate, ambient_degC: number, t_s: number) =>
  estimated(
    "degC",
    { value: rise.value + limit_ambient_degC, u: rise.u },
    `${name} projected from ${ambient_degC.toFixed(1)} to ${limit_ambient_degC} degC ambient`,
    t_s,
  );

/**
 * Change of R(t) from the first minute at 100 % to the last, both taken back to 20 degC by the bar's temperature, %. A
 * contact that ages as it warms had begun before the first minute was over, and goes on after the last: where the settled
 * rise is asked for, the change is taken to be proportional to the temperature.
 */
function resistanceRise(
  traces: Traces,
  plan: Judged,
  pole: string,
  bar: string,
  start_s: number,
  end_s: number,
): Reading<"%"> {
  const r20 = (to_s: number): number => {
    const volt = meanBetween(traces.of(`V.${pole}`), to_s - mean_s, to_s);
    const ampere = meanBetween(traces.of("SH"), to_s - mean_s, to_s) / shunt_ohm;
    const warm = 1 + copper_per_K * (meanBetween(traces.of(bar), to_s - mean_s, to_s) - 20);
    return volt / ampere / warm;
  };
  const first_s = start_s + mean_s + 1;
  const share = plan.settled ? ofWholeRise(traces, plan, pole, first_s, end_s) : 1;
  const value = (100 * (r20(end_s) / r20(first_s) - 1)) / share;
  const how = share === 1 ? "" : `, of which ${(100 * share).toFixed(0)} % of the settled rise was seen`;
  return estimated("%", { value, u: 0.5 }, `R20(${pole}) at the end against the first minute at 100 %${how}`, end_s);
}

/** Less than this between first and last minute says nothing of shares, K. */
const seen_min_K = 5;

/** Share of the settled rise of a pole's contacts that lay between first and last minute; 1 where that cannot be told. */
function ofWholeRise(traces: Traces, plan: Judged, pole: string, first_s: number, end_s: number): number {
  const places = [`T.evse.${pole}`, `T.ev.${pole}`];
  const sum = (of: (name: string) => number): number => places.reduce((total, name) => total + of(name), 0) / 2;
  const at = (name: string, to_s: number): number =>
    meanBetween(traces.of(name), to_s - mean_s, to_s) - ambientAt(traces, to_s);
  const seen_K = sum((name) => at(name, end_s) - at(name, first_s));
  const share = seen_K / sum((name) => riseOf(traces, plan, name, end_s).value);
  return seen_K > seen_min_K && share > 0 && share < 1 ? share : 1;
}
