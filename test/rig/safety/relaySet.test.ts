/** A key stands for one set of relays and no other: what is remembered under it is of that set. */
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadBench } from "../../../rig/bench/benchFile.ts";
import { root } from "../../../rig/cli/root.ts";
import { keyOf } from "../../../rig/safety/relaySet.ts";

const bench = loadBench(join(root, "benches", "rb-1.yaml"));
const ids = Object.keys(bench.relays);
const sets = fc.subarray([...ids, "NOT.ON.BENCH", "NOR.THIS"]);
const key = (relays: readonly string[]): string => keyOf(bench, new Set(relays));

test("two sets have one key exactly when they are the same", () => {
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      const same = a.length === b.length && a.every((id) => b.includes(id));
      expect(key(a) === key(b)).toBe(same);
    }),
  );
});

test("each relay alone has a key of its own, whatever the order of several", () => {
  expect(new Set(ids.map((id) => key([id]))).size).toBe(ids.length);
  fc.assert(
    fc.property(fc.shuffledSubarray(ids), (some) => {
      expect(key(some)).toBe(key([...some].sort()));
    }),
  );
});
