/**
 * How the guarded prediction and the named stabilisation rules do on units that are not the fitted model.
 * Prints: `npm run build && node dist/test/bench/thermalMonteCarlo.js [--count 3000] [--seed 500000]`.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isStable, meanBetween, type Sample, stabilisationRules } from "../../procedures/analysis/stabilise.ts";
import { decide, guarded, type Prediction, predict, undecided } from "../../procedures/analysis/thermalDecision.ts";
import { quantile } from "./figure.ts";
import { longest_s, makeUnit, type Unit } from "./thermalUnit.ts";

export const limit_K = 50;
/** As often as the routine writes a prediction (procedures/routines/thermalPrediction.ts). */
const look_s = 300;
const sample_s = 10;

export interface RuleFigures {
  readonly rule: string;
  readonly units: number;
  readonly wrongPass: number;
  readonly wrongFail: number;
  readonly undecided: number;
  /** Of the decided units, min. */
  readonly median_min: number;
  readonly p90_min: number;
  /** Predicted or read rise less the truth at the decision, K: median and 5th and 95th percentile. */
  readonly error_K: readonly [p5: number, median: number, p95: number];
  /** Share of units whose truth is inside the band at the decision (or at the end), %; the rules have no band. */
  readonly coverage_pct?: number;
  /** The same over all looks behind the guard until then, %. */
  readonly coverageAllLooks_pct?: number;
  /** Seeds of the wrong ones, to look at. */
  readonly wrongSeeds: readonly number[];
}

interface Ended {
  readonly seed: number;
  readonly unit: Unit;
  readonly is: "pass" | "fail" | "undecided";
  readonly t_s: number;
  readonly error_K: number;
  readonly looks: number;
  readonly inside: number;
  readonly insideAtEnd: boolean;
}

const until = (samples: readonly Sample[], t_s: number): readonly Sample[] => samples.slice(0, t_s / sample_s + 1);

/** Runs one unit under the guarded prediction, for an engineering run. */
export function byPrediction(seed: number): Ended {
  const unit = makeUnit(seed);
  const { truth_K } = unit;
  let state = undecided;
  let last: Prediction | undefined;
  let looks = 0;
  let inside = 0;
  for (let t_s = look_s; t_s <= longest_s && !state.verdict; t_s += look_s) {
    const record = {
      contact: until(unit.contact, t_s),
      ambient: until(unit.ambient, t_s),
      resistance: until(unit.resistance, t_s),
      start_s: 0,
    };
    const prediction = predict(record);
    state = decide(state, { limit_K, purpose: "engineering" }, prediction);
    if (prediction === undefined || !guarded(prediction, limit_K)) continue;
    last = prediction;
    looks += 1;
    if (isInside(prediction, truth_K)) inside += 1;
  }
  return {
    seed,
    unit,
    is: state.verdict?.is ?? "undecided",
    t_s: state.verdict?.t_s ?? longest_s,
    error_K: last ? last.rise_K - truth_K : Number.NaN,
    looks,
    inside,
    insideAtEnd: last !== undefined && isInside(last, truth_K),
  };
}

const isInside = ({ rise_K, band_K }: Prediction, truth_K: number): boolean => Math.abs(rise_K - truth_K) <= band_K;

/** Runs one unit until the rule is met and takes the rise read then as the verdict. */
function byRule(rule: (typeof stabilisationRules)[number], seed: number): Ended {
  const unit = makeUnit(seed);
  const { truth_K } = unit;
  const rises = unit.contact.map(({ t_s, value }, i) => ({ t_s, value: value - (unit.ambient[i] as Sample).value }));
  const none = { seed, unit, looks: 0, inside: 0, insideAtEnd: false };
  for (let t_s = 60; t_s <= longest_s; t_s += 60) {
    const seen = until(rises, t_s);
    if (!isStable(rule, seen, 0, t_s)) continue;
    const read_K = meanBetween(seen, t_s - 30, t_s);
    return { ...none, is: read_K > limit_K ? "fail" : "pass", t_s, error_K: read_K - truth_K };
  }
  return { ...none, is: "undecided", t_s: longest_s, error_K: Number.NaN };
}

function figuresOf(rule: string, all: readonly Ended[]): RuleFigures {
  const decided = all.filter((e) => e.is !== "undecided");
  const wrong = decided.filter((e) => (e.is === "fail") !== e.unit.truth_K > limit_K);
  const minutes = decided.map((e) => e.t_s / 60);
  const errors = all.map((e) => e.error_K).filter(Number.isFinite);
  const guardedUnits = all.filter((e) => e.looks > 0);
  const looks = all.reduce((sum, e) => sum + e.looks, 0);
  return {
    rule,
    units: all.length,
    wrongPass: wrong.filter((e) => e.is === "pass").length,
    wrongFail: wrong.filter((e) => e.is === "fail").length,
    undecided: all.length - decided.length,
    median_min: quantile(minutes, 0.5),
    p90_min: quantile(minutes, 0.9),
    error_K: [quantile(errors, 0.05), quantile(errors, 0.5), quantile(errors, 0.95)],
    ...(looks > 0
      ? {
          coverage_pct: (100 * guardedUnits.filter((e) => e.insideAtEnd).length) / guardedUnits.length,
          coverageAllLooks_pct: (100 * all.reduce((sum, e) => sum + e.inside, 0)) / looks,
        }
      : {}),
    wrongSeeds: wrong.map((e) => e.seed),
  };
}

const seedsFrom = (seed: number, count: number): readonly number[] => Array.from({ length: count }, (_, i) => seed + i);

/** `count` units with the seeds from `seed` on. */
export const predictionFigures = (count: number, seed: number): RuleFigures =>
  figuresOf("guarded prediction", seedsFrom(seed, count).map(byPrediction));

export const stabilisationFigures = (count: number, seed: number): readonly RuleFigures[] =>
  stabilisationRules.map((rule) =>
    figuresOf(
      rule.title,
      seedsFrom(seed, count).map((s) => byRule(rule, s)),
    ),
  );

function line(f: RuleFigures): string {
  const pct = (share: number): string => `${((100 * share) / f.units).toFixed(1)} %`;
  const parts = [
    `wrong pass ${f.wrongPass}, wrong fail ${f.wrongFail}`,
    `undecided ${f.undecided} (${pct(f.undecided)})`,
    `stop median ${f.median_min} min, p90 ${f.p90_min} min`,
    `error p5/median/p95 ${f.error_K.map((e) => e.toFixed(2)).join(" / ")} K`,
  ];
  if (f.coverage_pct !== undefined) {
    const all = (f.coverageAllLooks_pct ?? Number.NaN).toFixed(1);
    parts.push(`band holds the truth in ${f.coverage_pct.toFixed(1)} % of units at the end, ${all} % of all looks`);
  }
  if (f.wrongSeeds.length > 0) parts.push(`wrong seeds ${f.wrongSeeds.slice(0, 12).join(" ")}`);
  return `${f.rule} (${f.units} units)\n  ${parts.join("\n  ")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { count: { type: "string", default: "3000" }, seed: { type: "string", default: "500000" } },
  });
  const count = Number(values.count);
  const seed = Number(values.seed);
  process.stdout.write(line(predictionFigures(count, seed)));
  for (const figures of stabilisationFigures(count, seed)) process.stdout.write(line(figures));
}
