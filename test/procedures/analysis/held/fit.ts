/** The parts of the fit by themselves: least squares, events in the air, the profile. */
import fc from "fast-check";
import { findEvents, shapeOf, tracesOf } from "../../../../procedures/analysis/thermalEvent.ts";
import {
  type Best,
  best,
  deviations,
  type Grid,
  gridOf,
  isFittable,
  mean,
  product,
  slowOf,
  solutions,
  solve,
  unsolved,
} from "../../../../procedures/analysis/thermalLeast.ts";
import { profile } from "../../../../procedures/analysis/thermalProfile.ts";
import { held, noNumbers, odd, oneOf, passesAsNumber, small, spoiltField } from "./held.ts";

const list = fc.array(small, { minLength: 2, maxLength: 20 });
const spoiltList = fc
  .tuple(list, odd, fc.nat(20))
  .map(([all, x, at]) => all.map((v, i) => (i === at % all.length ? x : v)));

const fast_s = [60, 240];
const slow_s = [600, 2400];
const t_s = Array.from({ length: 60 }, (_, i) => 40 * i + 20);
/** A slow rise with a warm draught over it from 600 to 1000 s. */
const y = t_s.map((t) => 40 - 40 * Math.exp(-t / 900) + (t > 600 && t < 1000 ? 2 : 0));
type Points = readonly [readonly number[], readonly number[]];
const sound = fc.constant<Points>([t_s, y]);
const spoiltTimes = fc.oneof(
  fc.tuple(odd, fc.nat(59)).map(([x, at]) => [t_s.map((t, i) => (i === at ? x : t))] as const),
  fc.constantFrom([[]] as const, [[20]] as const, [t_s.slice(0, 4)] as const),
);
const spoiltPoints: fc.Arbitrary<Points> = fc.oneof(
  fc.tuple(odd, fc.nat(59)).map(([x, at]): Points => [t_s.map((t, i) => (i === at ? x : t)), y]),
  fc.tuple(odd, fc.nat(59)).map(([x, at]): Points => [t_s, y.map((v, i) => (i === at ? x : v))]),
  fc.constantFrom<Points>([[], []], [[20], [1]], [t_s.slice(0, 4), y.slice(0, 4)]),
);
const gridAt = (t: readonly number[], v: readonly number[]): Grid => gridOf(t, v, fast_s, slow_s);
const event = { from_s: 600, to_s: 1000 };
const decay = Float64Array.from(t_s, (t) => Math.exp(-t / 600));

const found: Best = { R: 40, A1: 10, A2: 30, T1: 240, T2: 2400, D: 0, sum: 1 };
const other: Best = { ...found, R: 42, sum: 1.1 };
const residuals = [1, -1, 2, -2, 1, -1, 2, -2, 1, -1];
const how = { unknowns: 5, lasting: false };
const profiled = fc.constant([[[found, other]], found, residuals, how] as const);
const spoiltResiduals = fc.oneof(
  fc.tuple(odd, fc.nat(9)).map(([x, at]) => residuals.map((r, i) => (i === at ? x : r))),
  fc.constantFrom([], [0], residuals.slice(0, 5)),
);

export const fits = {
  "thermalLeast.mean": held((v: readonly number[]) => mean(v), {
    sound: fc.tuple(list),
    spoilt: fc.tuple(fc.oneof(spoiltList, fc.constant([]))),
    says: passesAsNumber,
  }),
  "thermalLeast.deviations": held((v: readonly number[], from: number) => deviations(v, from), {
    sound: fc.tuple(list, small),
    spoilt: fc.oneof(fc.tuple(spoiltList, small), fc.tuple(list, odd), fc.constant([[], 0] as [number[], number])),
    says: (d) => d.length > 0 && d.every((v) => Number.isFinite(v)),
  }),
  "thermalLeast.product": held(
    (a: readonly number[], b: readonly number[]) => product(Float64Array.from(a), Float64Array.from(b)),
    {
      sound: list.map((a) => [a, a] as const),
      spoilt: spoiltList.map((a) => [a, a] as const),
      says: passesAsNumber,
    },
  ),
  "thermalLeast.gridOf": held((t: readonly number[], v: readonly number[]) => best(solutions(gridAt(t, v))), {
    sound,
    spoilt: spoiltPoints,
    says: (one) => one !== undefined,
  }),
  "thermalLeast.isFittable": held((t: readonly number[]) => isFittable(gridAt(t, y.slice(0, t.length))), {
    sound: fc.constant([t_s]),
    spoilt: spoiltTimes,
    says: (is) => is,
  }),
  "thermalLeast.solutions": held(
    (t: readonly number[], v: readonly number[]) => solutions(gridAt(t, v), tracesOf(gridAt(t, v), event)),
    {
      sound,
      spoilt: spoiltPoints,
      says: (all) => all.length > 0,
    },
  ),
  "thermalLeast.solve": held(
    (v: readonly number[]) => {
      const into = unsolved();
      solve(gridAt(t_s, v), 0, 1, undefined, into);
      return into;
    },
    {
      sound: fc.constant([y]),
      spoilt: fc.tuple(fc.tuple(odd, fc.nat(59)).map(([x, at]) => y.map((one, i) => (i === at ? x : one)))),
      says: ({ R, sum }) => Number.isFinite(R) && Number.isFinite(sum),
    },
  ),
  "thermalLeast.best": held(best, {
    sound: fc.constant([[found, other]]),
    spoilt: fc.oneof(
      fc.constant([[]] as [Best[]]),
      odd.map((sum): [Best[]] => [[{ ...found, sum }]]),
      odd.map((sum): [Best[]] => [
        [
          { ...found, sum },
          { ...other, sum: Number.NaN },
        ],
      ]),
    ),
    says: (one) => one !== undefined,
  }),
  "thermalLeast.slowOf": held(slowOf, {
    sound: fc.constant([found]),
    spoilt: fc.tuple(spoiltField(fc.constant(found), ["A1", "A2", "T2"])),
    says: passesAsNumber,
  }),
  "thermalLeast.unsolved": noNumbers("the empty place that a solution is written into; nothing reads it before"),
  "thermalEvent.shapeOf": held(
    (t: readonly number[], T: number, from_s: number) => shapeOf(t, decay, T, { ...event, from_s }),
    {
      sound: fc.constant([t_s, 600, 600]),
      spoilt: oneOf(fc.constant([t_s, 600, 600] as const), { 1: fc.constant(Number.NaN), 2: fc.constant(Number.NaN) }),
      says: (shape) => shape.every((v) => Number.isFinite(v)),
    },
  ),
  "thermalEvent.tracesOf": held((t: readonly number[], v: readonly number[]) => tracesOf(gridAt(t, v), event), {
    sound,
    spoilt: fc.oneof(
      fc.tuple(odd, fc.nat(59)).map(([x, at]): Points => [t_s, y.map((one, i) => (i === at ? x : one))]),
      fc.constantFrom<Points>([[], []]),
    ),
    says: (traces) => traces.some(({ withY, mean: m }) => Number.isFinite(withY) && Number.isFinite(m)),
  }),
  "thermalEvent.findEvents": held((t: readonly number[], v: readonly number[]) => findEvents(gridAt(t, v)), {
    sound,
    spoilt: spoiltPoints,
    says: (events) => events.size > 0,
  }),
  "thermalProfile.profile": held(profile, {
    sound: profiled,
    spoilt: oneOf(profiled, {
      1: odd.map((sum) => ({ ...found, sum })),
      2: spoiltResiduals,
    }),
    says: ({ low_K, high_K, slowMax_s }) => [low_K, high_K, slowMax_s].every(Number.isFinite),
  }),
};
