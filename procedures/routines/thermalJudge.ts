/** What is judged of a temperature rise when its current has ended: contacts, grips, growth of resistance. */
import type { Contact } from "../../rig/model/contacts.ts";
import { invalid, type Reading } from "../../rig/model/reading.ts";
import { combined, standard } from "../../rig/model/uncertainty.ts";
import { type About, isPass, type Verdict } from "../../rig/model/verdict.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { judge } from "../../rig/plan/words.ts";
import { copper_per_K, type Estimate } from "../analysis/resistance.ts";
import { stillToCome, type ThreeReadings } from "../analysis/settled.ts";
import { meanBetween } from "../analysis/stabilise.ts";
import { bars, contactsTC, grips, shunt_ohm } from "./power.ts";
import type { Early, RisePlan } from "./risePlan.ts";
import { budgetOf, estimated, type Traces } from "./series.ts";
import { ambientAt, limit_ambient_degC, mean_s, riseParts, u_rise_K } from "./thermalSensors.ts";

const poles = ["DC+", "DC-"] as const;

export interface Ending {
  /** Times of the first and last moment at the full current, s. */
  readonly start_s: number;
  readonly end_s: number;
  /** It had not settled in the time allowed. */
  readonly late: boolean;
  /** Where a prediction ended the soak: the final rises of contacts and grips. */
  readonly early?: Early;
}

type Judging = Omit<RisePlan, "early"> & { readonly ended?: Early };

/** Means of half a minute of one channel against each other, K. */
const u_mean_K = 0.01;

/** Rise over ambient at the end, with what is still to come where that is asked for. */
function riseOf(traces: Traces, plan: Judging, name: string, end_s: number): Estimate {
  const predicted = plan.ended?.rises.get(name);
  if (predicted) return predicted;
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
function* checkConditions(traces: Traces, plan: Judging, end_s: number): Plan<number> {
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
  (plan: Judging, late: boolean, t_s: number) =>
  (limit: string, r: Reading, about: About): Plan<Verdict> => {
    const max = plan.limits.rows[limit]?.max ?? Number.POSITIVE_INFINITY;
    if (!late || (r.is === "value" && r.value > max)) return judge(limit, r, about);
    const nothing = invalid(r.unit, "not-stable-in-time", { raw: `${plan.rule.title}: time-out`, t_s });
    return judge(limit, nothing, { ...about, meaning: "the temperatures did not settle in the time allowed" });
  };

/** True when no temperature or resistance of the adapter is bad. */
export function* judgeRise(traces: Traces, given: RisePlan, { late, early, start_s, end_s }: Ending): Plan<boolean> {
  const plan: Judging = { ...given, ...(early ? { ended: early } : {}) };
  const verdicts: Verdict[] = [];
  const ambient = yield* checkConditions(traces, plan, end_s);
  const settled = plan.settled ? ", settled, by the last three readings" : "";
  const how = (name: string): string => (early?.rises.has(name) ? early.said(name) : `${name} - ambient${settled}`);
  const said = lateOr(plan, late, end_s);
  for (const name of contactsTC) {
    const contact = name.slice(2) as Contact;
    const contacts = [contact];
    const rise = riseOf(traces, plan, name, end_s);
    if (plan.soak) {
      verdicts.push(
        yield* said("th.rise", estimated("K", rise, how(name), end_s), {
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
      yield* said(
        "th.grip.nonmetal",
        projected(early?.rises.has(name) ? early.said(name) : name, riseOf(traces, plan, name, end_s), ambient, end_s),
        {
          id: `th.grip.nonmetal/${name.slice(2)}`,
          meaning: `the grip would get too hot to hold at ${limit_ambient_degC} degC ambient`,
        },
      ),
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

/** The contacts that are failed by prediction; what the others would come to was not waited for. */
export function* judgeEarlyFail(traces: Traces, given: RisePlan, early: Early, end_s: number): Plan<void> {
  yield* checkConditions(traces, given, end_s);
  for (const [name, rise] of early.rises) {
    const contact = name.slice(2) as Contact;
    yield* judge("th.rise", estimated("K", rise, early.said(name), end_s), {
      ...budgetOf(rise),
      id: `th.rise/${contact}`,
      contacts: [contact],
      meaning:
        `the contact ${contact} will get too hot at ${given.rated_A} A: by the prediction of its final rise, ` +
        "which ended the soak early",
    });
  }
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
  plan: Judging,
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
function ofWholeRise(traces: Traces, plan: Judging, pole: string, first_s: number, end_s: number): number {
  const places = [`T.evse.${pole}`, `T.ev.${pole}`];
  const sum = (of: (name: string) => number): number => places.reduce((total, name) => total + of(name), 0) / 2;
  const at = (name: string, to_s: number): number =>
    meanBetween(traces.of(name), to_s - mean_s, to_s) - ambientAt(traces, to_s);
  const seen_K = sum((name) => at(name, end_s) - at(name, first_s));
  const share = seen_K / sum((name) => riseOf(traces, plan, name, end_s).value);
  return seen_K > seen_min_K && share > 0 && share < 1 ? share : 1;
}
