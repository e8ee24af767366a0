/**
 * Conditioning (domain.md 4.2, 5.3): how long the adapter lay at ambient, how long the instruments were on, humidity with the
 * instrument that said so. From the declared record, else asked; and what can be measured is: the adapter's bars are as
 * warm as the ambient. Unmet is inconclusive, never a pass and never the adapter's fail.
 */
import type { Conditioning } from "../../rig/model/declared.ts";
import type { Limit } from "../../rig/model/limits.ts";
import { invalid, type Reading, reading } from "../../rig/model/reading.ts";
import type { Unit } from "../../rig/model/units.ts";
import { isPass, judge as judgeBy } from "../../rig/model/verdict.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import type { ProcedureContext } from "../../rig/plan/procedure.ts";
import { ask, call, judge, note, now, step } from "../../rig/plan/words.ts";
import { minutes } from "./durations.ts";
import { ambients, bars } from "./power.ts";
import { daq } from "./roles.ts";
import { estimated } from "./series.ts";

const timeout_s = 600;
/** Of a bar's sensor against an ambient sensor on one DAQ, K (as in the temperature rise). */
const u_equilibrium_K = 0.5;
/** Of times that a person states: to the next tenth of an hour, rectangular, s. */
const u_stated_s = 360 / Math.sqrt(3);
/** Of a hygrometer whose uncertainty nobody gave, % RH (H). */
const u_asked_pct = 3;

export const conditioningStep = (context: ProcedureContext): Plan<boolean> =>
  step("Conditioning", () => conditioning(context), { deadline_s: minutes(45), takes_s: 30, pause: true });

/** True when the adapter was conditioned as the rows of the limits document ask. */
export function* conditioning(context: ProcedureContext): Plan<boolean> {
  const record = context.declared?.conditioning ?? (yield* asked());
  const { file, hash, by, soak_s, warmUp_s, humidity } = record;
  yield* note({ kind: "conditioning", file, hash, by, soak_s, warmUp_s, ...humidity });
  const t_s = yield* now();
  const from = file === "" ? "asked" : file;
  const stated = <U extends Unit>(unit: U, value: number, u: number, what: string) =>
    reading(unit, value, u, { raw: `${what}: ${value} ${unit} (${from})`, t_s });
  const oks = [
    yield* met(
      context,
      "cond.soak",
      stated("s", soak_s, u_stated_s, "soak"),
      "the adapter has not lain at ambient long enough",
    ),
    yield* met(
      context,
      "cond.warmup",
      stated("s", warmUp_s, u_stated_s, "warm-up"),
      "the instruments have not warmed up long enough",
    ),
    yield* met(
      context,
      "cond.rh",
      stated("%", humidity.RH_pct, humidity.u_pct, `RH by ${humidity.instrument}`),
      "the relative humidity is outside the range for testing",
    ),
    yield* met(
      context,
      "cond.equilibrium",
      yield* aboveAmbient(context),
      "the adapter is not at ambient temperature: let it lie in the room of the bench",
    ),
  ];
  return oks.every(Boolean);
}

function* met(context: ProcedureContext, row: string, r: Reading, meaning: string): Plan<boolean> {
  return isPass(yield* judge(row, conditioned(context.limits.rows[row], r), { meaning }));
}

/** The reading, or an invalid one where it breaches its row: what is not conditioned is not judged, good or bad. */
export function conditioned(limit: Limit | undefined, r: Reading): Reading {
  if (limit && isPass(judgeBy(limit, r))) return r;
  return r.is === "invalid" ? r : invalid(r.unit, "conditioning-unmet", r);
}

function* asked(): Plan<Conditioning> {
  const number = (id: string, title: string, text: string, unit: string, max: number, example: number) =>
    ask({ id, title, text, kind: "number", unit, min: 0, max, example, timeout_s });
  const soak_h = yield* number(
    ...(["cond-soak", "Conditioning", "How long has the adapter lain in the room of the bench?"] as const),
    ...(["h", 10_000, 24] as const),
  );
  const warm_min = yield* number(
    ...(["cond-warmup", "Conditioning", "How long have the instruments been on?"] as const),
    ...(["min", 1_000_000, 120] as const),
  );
  const RH_pct = yield* number(
    ...(["cond-rh", "Humidity", "Relative humidity at the bench (it has no sensor of its own)."] as const),
    ...(["%", 100, 45] as const),
  );
  const instrument = yield* ask({
    ...{ id: "cond-rh-instrument", title: "Humidity", kind: "text", longest: 64, timeout_s },
    text: "Which instrument says so? Its inventory number.",
  });
  const finite = (data: unknown): number => (typeof data === "number" ? data : Number.NaN);
  return {
    ...{ file: "", hash: "", by: "the operator" },
    soak_s: 3600 * finite(soak_h),
    warmUp_s: 60 * finite(warm_min),
    humidity: { RH_pct: finite(RH_pct), u_pct: u_asked_pct, instrument: String(instrument) },
  };
}

/** The bar furthest from the mean ambient, K. */
function* aboveAmbient({ wiring }: ProcedureContext): Plan<Reading<"K">> {
  const names = [...bars, ...ambients];
  const replies = yield* call(daq, "once", { channels: names.map((name) => wiring.channel(name)) });
  const t_s = yield* now();
  const at = (name: string): number => {
    const r = replies[String(wiring.channel(name))];
    return r?.is === "value" ? r.value : Number.NaN;
  };
  const ambient = ambients.reduce((sum, name) => sum + at(name), 0) / ambients.length;
  const apart = bars.map((name) => at(name) - ambient);
  // NaN of one bar must not be lost behind the other's number.
  const value = apart.some(Number.isNaN)
    ? Number.NaN
    : apart.reduce((worst, k) => (Math.abs(k) > Math.abs(worst) ? k : worst), 0);
  return estimated("K", { value, u: u_equilibrium_K }, "bars less ambient before any current", t_s);
}
