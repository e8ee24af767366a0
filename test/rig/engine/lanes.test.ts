/** Lanes of a plan and monitors beside its body: what runs together, what ends with what, what never overlaps. */
import { expect, test } from "vitest";
import { RigError } from "../../../rig/model/errors.ts";
import type { Plan } from "../../../rig/plan/commands.ts";
import { all, call, callOf, judge, monitor, now, points, wait } from "../../../rig/plan/words.ts";
import { daq, matrix, rig, volt } from "./bench.ts";

test("waits of two lanes overlap in bench time", async () => {
  const r = rig();
  let end_s = 0;
  await r.run(function* () {
    yield* all({
      a: function* () {
        yield* wait(5);
      },
      b: function* () {
        yield* wait(3);
        yield* wait(2);
      },
    });
    end_s = yield* now();
    yield* judge("v", volt(1));
  });
  expect(end_s).toBe(5);
  expect(r.log.filter((line) => line.startsWith("advance"))).toEqual(["advance 3.00", "advance 5.00"]);
});

test("the first lane that fails ends its siblings", async () => {
  const r = rig({ volt: () => new RigError("INSTRUMENT_TIMEOUT", "no answer") });
  const outcome = await r.run(function* () {
    yield* all({
      a: function* () {
        yield* wait(1);
        yield* call(daq, "once", { channels: [101] });
      },
      b: function* () {
        yield* wait(1000);
      },
    });
  });
  expect(outcome.error?.code).toBe("INSTRUMENT_TIMEOUT");
  expect(r.log.some((line) => line === "advance 1000.00")).toBe(false);
});

test("switching calls of two lanes never overlap (S1)", async () => {
  let inside = 0;
  let most = 0;
  const r = rig({
    matrix: async (closed) => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      return closed;
    },
  });
  const lane = function* (): Plan<void> {
    for (let i = 0; i < 5; i += 1) yield* call(matrix, "pattern", { closed: [`K${i}`] });
  };
  await r.run(function* () {
    yield* all({ a: lane, b: lane });
    yield* judge("v", volt(1));
  });
  expect(most).toBe(1);
});

test("a monitor repeats its call beside the body and feeds a series", async () => {
  const r = rig({ volt: (n) => n });
  let seen: number[] = [];
  await r.run(function* () {
    yield* monitor({ name: "m", call: callOf(daq, "next", {}), every_s: 1, series: { "101": "m/SH" } }, function* () {
      yield* wait(3.5);
      seen = [...(yield* points("m/SH")).values];
    });
    yield* judge("v", volt(1));
  });
  expect(seen).toEqual([1, 2, 3, 4]);
});

test("what a series cannot hold is noted once as it changes: uncertainty, a lost sensor, its return (E7)", async () => {
  const r = rig({ volt: (n) => (n === 3 || n === 4 ? 9.9e37 : n) });
  await r.run(function* () {
    yield* monitor({ name: "m", call: callOf(daq, "next", {}), every_s: 1, series: { "101": "m/SH" } }, function* () {
      yield* wait(5.5);
    });
    yield* judge("v", volt(1));
  });
  const notes = r.journal.events.flatMap((e) => (e.type === "note" ? [e.body] : []));
  expect(notes).toMatchObject([
    { kind: "channel", series: "m/SH", is: "value", u: 0 },
    { kind: "channel", series: "m/SH", is: "overload", raw: "9.9e+37" },
    { kind: "channel", series: "m/SH", is: "value", u: 0 },
  ]);
});

test("a monitor that fails ends its body", async () => {
  const r = rig({ volt: (n) => (n < 3 ? n : new RigError("PORT_LOST", "unplugged")) });
  const outcome = await r.run(function* () {
    yield* monitor({ name: "m", call: callOf(daq, "next", {}), every_s: 1, series: {} }, function* () {
      yield* wait(1000);
    });
  });
  expect(outcome.error?.code).toBe("PORT_LOST");
});
