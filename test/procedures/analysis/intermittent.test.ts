import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openingsOf, type Watching } from "../../../procedures/analysis/intermittent.ts";

const ns = (s: number): string => String(Math.round(s * 1e9));
/** Falling and rising edges of W1 at these instants, numbered from 11. */
function watching(
  openings: readonly (readonly [at_s: number, for_s: number])[],
  change: Partial<Watching> = {},
): Watching {
  const edges = openings.flatMap(([at_s, for_s], i) => [
    { line: "W1", high: false, ns: ns(at_s), seq: 11 + 2 * i },
    { line: "W1", high: true, ns: ns(at_s + for_s), seq: 12 + 2 * i },
  ]);
  const base = { edges, startsHigh: true, from_ns: ns(0), to_ns: ns(30), seq: 10, last_seq: 10 + edges.length };
  return { ...base, ...change };
}

describe("interruptions by edges", () => {
  test("each opening has its instant and its duration", () => {
    const found = openingsOf(
      "W1",
      watching([
        [1, 0.003],
        [5, 0.0002],
      ]),
    );
    expect(found?.openings.map(({ open_s }) => open_s)).toEqual([expect.closeTo(0.003, 9), expect.closeTo(0.0002, 9)]);
    expect(found).toMatchObject({ lost: 0, blind_s: 0 });
    expect(found?.longest_s).toBeCloseTo(0.003, 9);
  });

  test("a quiet loop has none; edges of other loops do not count", () => {
    expect(openingsOf("W1", watching([]))).toEqual({ openings: [], longest_s: 0, sure_s: 0, lost: 0, blind_s: 0 });
    expect(openingsOf("W2", watching([[1, 0.5]]))?.openings).toEqual([]);
  });

  test("an opening that does not end lasts to the end of the window, one from before begins with it", () => {
    const edges = [{ line: "W1", high: false, ns: ns(20), seq: 11 }];
    expect(openingsOf("W1", watching([], { edges, last_seq: 11 }))?.openings).toEqual([
      { at_s: 20, open_s: 10, unended: true, sure: true },
    ]);
    expect(openingsOf("W1", watching([], { startsHigh: false }))?.longest_s).toBe(30);
  });

  test("missing numbers are counted wherever they are, with the time in which they may hide something", () => {
    const all = watching([
      [1, 0.003],
      [5, 0.003],
      [9, 0.003],
    ]);
    const without = (seq: number) => openingsOf("W1", { ...all, edges: all.edges.filter((edge) => edge.seq !== seq) });
    for (const seq of [11, 12, 13, 14, 15, 16]) expect(without(seq)?.lost).toBe(1);
    expect(without(13)?.blind_s).toBeCloseTo(5.003 - 1.003, 6);
    expect(without(16)?.blind_s).toBeCloseTo(30 - 9, 6);
  });

  test("an opening with a number missing inside it is not sure: it may have closed meanwhile", () => {
    const all = watching([[1, 0.0002]]);
    const found = openingsOf("W1", { ...all, edges: all.edges.slice(0, 1) });
    expect(found).toMatchObject({ lost: 1, sure_s: 0 });
    expect(found?.longest_s).toBe(29);
  });

  test("the record of a window that is empty, runs backwards or has no times is none", () => {
    expect(openingsOf("W1", watching([], { to_ns: ns(0) }))).toBeUndefined();
    expect(openingsOf("W1", watching([], { from_ns: "NaN" }))).toBeUndefined();
    expect(openingsOf("W1", watching([], { to_ns: "" }))).toBeUndefined();
    expect(openingsOf("W1", watching([], { last_seq: Number.NaN }))).toBeUndefined();
    const edges = [{ line: "W1", high: false, ns: "Infinity", seq: 11 }];
    expect(openingsOf("W1", watching([], { edges, last_seq: 11 }))).toBeUndefined();
  });

  test("taking away edges never makes a record that is both clean and whole", () => {
    const seconds = fc.array(
      fc.tuple(fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: 1e-4, max: 0.01, noNaN: true })),
      {
        minLength: 1,
        maxLength: 10,
      },
    );
    fc.assert(
      fc.property(seconds, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (gaps, keep) => {
        let t = 0;
        const openings = gaps.map(([gap, for_s]) => {
          t += gap + 0.02;
          return [t, for_s] as const;
        });
        const all = watching(openings);
        const found = openingsOf("W1", { ...all, edges: all.edges.filter((_, i) => keep[i]) });
        expect(found?.lost === 0 && found.openings.length === 0).toBe(false);
      }),
    );
  });
});
