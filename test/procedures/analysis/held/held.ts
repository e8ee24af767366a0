/**
 * How an analysis function is held to E2: from arguments that are numbers it says something, from the same ones spoilt - NaN,
 * infinity, an empty record, one point - it says nothing that could pass. The first half proves that the second can fail.
 */
import fc from "fast-check";
import type { Limit } from "../../../../rig/model/limits.ts";
import { reading } from "../../../../rig/model/reading.ts";
import { judge } from "../../../../rig/model/verdict.ts";

export interface Held {
  /** Checks some hundred arguments; throws on the first that is answered wrongly. */
  readonly check: () => void;
}

export interface Cases<A extends readonly unknown[], R> {
  readonly sound: fc.Arbitrary<Readonly<A>>;
  readonly spoilt: fc.Arbitrary<Readonly<A>>;
  /** The result says something: a number that a row would pass, a state, a yes. What throws says nothing. */
  readonly says: (result: R, args: Readonly<A>) => boolean;
  readonly runs?: number;
}

export function held<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  { sound, spoilt, says, runs = 100 }: Cases<A, R>,
): Held {
  const saysOf = (args: Readonly<A>): boolean => {
    let result: R;
    try {
      result = f(...args);
    } catch (error) {
      if ((error as { readonly name?: string }).name === "RigError") return false;
      throw error;
    }
    return says(result, args);
  };
  return {
    check: () => {
      fc.assert(
        fc.property(sound, (args) => saysOf(args)),
        { numRuns: Math.min(runs, 30) },
      );
      fc.assert(
        fc.property(spoilt, (args) => !saysOf(args)),
        { numRuns: runs },
      );
    },
  };
}

/** A function of names and structure alone, with the reason why no number can spoil it. */
export const noNumbers = (why: string): string => why;

export const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
export const small = fc.double({ min: 1e-3, max: 1, noNaN: true });

export interface Value {
  readonly value: number;
  readonly u: number;
}

export const good: fc.Arbitrary<Value> = fc.record({ value: small, u: fc.double({ min: 0, max: 1e-3, noNaN: true }) });
export const bad: fc.Arbitrary<Value> = fc.oneof(
  fc.record({ value: odd, u: small }),
  fc.record({ value: small, u: odd }),
);

/** One of the numbers of an object made odd. */
export const spoiltField = <T extends object>(of: fc.Arbitrary<T>, names: readonly (keyof T)[]): fc.Arbitrary<T> =>
  fc.tuple(of, odd, fc.constantFrom(...names)).map(([one, x, name]) => ({ ...one, [name]: x }));

/** One of the arguments replaced by one from its own arbitrary. */
export const oneOf = <A extends readonly unknown[]>(
  args: fc.Arbitrary<A>,
  others: Readonly<Partial<Record<number, fc.Arbitrary<unknown>>>>,
): fc.Arbitrary<A> =>
  fc.oneof(
    ...Object.entries(others).map(([at, other]) =>
      fc
        .tuple(args, other as fc.Arbitrary<unknown>)
        .map(([all, one]) => all.map((arg, i) => (i === Number(at) ? one : arg)) as unknown as A),
    ),
  );

/** A row that any finite number, however large or small, would pass. */
const anything: Limit = {
  id: "x",
  title: "x",
  source: "x",
  edition: "x",
  clause: "x",
  approvedBy: "x",
  unit: "ohm",
  rule: "simple",
  k: 2,
  subject: "adapter",
  confidence: "P",
  max: 1e300,
};

export const passes = ({ value, u }: Value): boolean => {
  const verdict = judge(anything, reading("ohm", value, u, { raw: "x", t_s: 0 }), true);
  return verdict === "pass" || verdict === "pass-screening";
};
export const passesAsNumber = (value: number | undefined): boolean => value !== undefined && passes({ value, u: 0 });
