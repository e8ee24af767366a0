import { describe, expect, test } from "vitest";
import { RigError } from "../../../rig/model/errors.ts";
import { reading } from "../../../rig/model/reading.ts";
import type { Plan } from "../../../rig/plan/commands.ts";
import { all, ask, call, callOf, judge, monitor, points, step, wait } from "../../../rig/plan/words.ts";
import { daq, matrix, replay, rig, source, volt } from "./bench.ts";

const quick = { deadline_s: 10, takes_s: 1 };

describe("verdict and ending", () => {
  test("a judgement within its limit passes and the run completes", async () => {
    const r = rig();
    const outcome = await r.run(function* () {
      yield* judge("v", volt(1));
    });
    expect(outcome).toMatchObject({ verdict: "pass", ending: "completed" });
    expect(r.log.at(-1)).toMatch(/^safe-off/);
  });

  test("confidence H gives pass-screening at best (E6)", async () => {
    const outcome = await rig().run(function* () {
      yield* judge("house", volt(1));
    });
    expect(outcome.verdict).toBe("pass-screening");
  });

  test.each([
    "pe.r.screen",
    "pe.r",
  ])("%s cannot pass before the open fixture was proved in this run (S9)", async (row) => {
    const without = rig();
    const outcome = await without.run(function* () {
      yield* judge(row, volt(1));
    });
    expect(outcome).toMatchObject({ verdict: "not-judged", ending: "rig-error" });
    expect(outcome.firstCause).toMatch(/rig\.pe\.open\.r has not passed in this run/);
    expect(without.log).not.toContain("pe proved");
    const proved = await rig().run(function* () {
      yield* judge("rig.pe.open.r", volt(1));
      yield* judge(row, volt(1));
    });
    expect(proved).toMatchObject({ verdict: "pass", ending: "completed" });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 9.9e37, true, "5"])("%s is never a pass (E2)", async (value) => {
    const outcome = await rig().run(function* () {
      yield* judge("v", reading("V", value, 0, { raw: String(value), t_s: 0 }));
    });
    expect(outcome.verdict).toBe("inconclusive");
  });

  test("a planned judgement that was not made is a rig error, not a pass (E1)", async () => {
    const outcome = await rig().run(
      function* () {
        yield* judge("v", volt(1));
      },
      ["v", "other"],
    );
    expect(outcome).toMatchObject({ ending: "rig-error", verdict: "not-judged", missing: ["other"] });
  });

  test("after a fail the missing judgements are blocked, and the fail stays", async () => {
    const outcome = await rig().run(
      function* () {
        yield* judge("v", volt(11), { meaning: "too high" });
        yield* judge("v", volt(1), { id: "again" });
      },
      ["v", "again", "other"],
    );
    expect(outcome).toMatchObject({ verdict: "fail", ending: "completed", firstCause: "too high", missing: ["other"] });
  });

  test("an inconclusive judgement that ends the plan is no fault of the rig, and no pass", async () => {
    const outcome = await rig().run(
      function* () {
        yield* judge("v", reading("V", "garbage", 0, { raw: "garbage", t_s: 0 }), { meaning: "no reading" });
      },
      ["v", "other"],
    );
    expect(outcome).toMatchObject({ verdict: "inconclusive", ending: "completed", missing: ["other"] });
  });

  test("a breach of a rig row ends the run as a rig error and says nothing of the adapter", async () => {
    const outcome = await rig().run(function* () {
      yield* judge("v", volt(1));
      yield* judge("rig", volt(11), { meaning: "the bench is broken" });
    });
    expect(outcome).toMatchObject({ verdict: "not-judged", ending: "rig-error" });
    expect(outcome.firstCause).toContain("the bench is broken");
  });
});

describe("life of a plan", () => {
  test("a step is tried again after a communication error, and both attempts stay in the record", async () => {
    const r = rig({ volt: (n) => (n === 1 ? new RigError("INSTRUMENT_TIMEOUT", "no answer") : 2) });
    const outcome = await r.run(function* () {
      yield* step(
        "read",
        function* () {
          const replies = yield* call(daq, "once", { channels: [101] });
          yield* judge("v", replies["101"] ?? volt(Number.NaN));
        },
        { ...quick, attempts: 2 },
      );
    });
    expect(outcome.verdict).toBe("pass");
    expect(r.journal.events.filter((e) => e.type === "failed")).toHaveLength(1);
    expect(r.journal.events.filter((e) => e.type === "judged").map((e) => e.attempt)).toEqual([2]);
  });

  test("a plan may handle a communication error", async () => {
    const r = rig({ volt: () => new RigError("INSTRUMENT_TIMEOUT", "no answer") });
    const outcome = await r.run(function* () {
      try {
        yield* call(daq, "once", { channels: [101] });
      } catch {
        yield* judge("v", volt(3));
      }
    });
    expect(outcome.verdict).toBe("pass");
  });

  test("a plan may not handle a refusal of the safety layer", async () => {
    const r = rig({ refuse: (c) => (c.role === "source" ? "two sources" : undefined) });
    const outcome = await r.run(function* () {
      try {
        yield* call(source, "output", { on: true });
      } catch {
        yield* judge("v", volt(3));
      }
    });
    expect(outcome).toMatchObject({ ending: "rig-error", verdict: "not-judged" });
    expect(r.log).not.toContain("source on");
  });

  test("what was admitted is asked once more after the disk took its time, and then does not leave (S1)", async () => {
    const r = rig({ recheck: (c) => (c.role === "source" ? "LID1 is open" : undefined) });
    const outcome = await r.run(function* () {
      yield* call(source, "output", { on: true });
    });
    expect(outcome.error?.code).toBe("INTERLOCK_OPEN");
    expect(r.log).not.toContain("source on");
    expect(r.journal.events.some((e) => e.type === "failed" && e.code === "INTERLOCK_OPEN")).toBe(true);
  });

  test("a step that outlives its deadline ends the run, after safe-off, with its tear-down", async () => {
    const r = rig();
    const outcome = await r.run(function* () {
      yield* step(
        "slow",
        function* () {
          yield* wait(100);
        },
        {
          ...quick,
          tearDown: function* () {
            yield* call(source, "output", { on: false });
          },
        },
      );
    });
    expect(outcome.ending).toBe("rig-error");
    expect(outcome.error?.code).toBe("STEP_DEADLINE");
    const off = r.log.indexOf("source off");
    expect(r.log.findIndex((line) => line.startsWith("safe-off"))).toBeLessThan(off);
  });

  test("during an abort a tear-down may only read and lower", async () => {
    const r = rig();
    await r.run(function* () {
      yield* step(
        "slow",
        function* () {
          yield* wait(100);
        },
        {
          ...quick,
          tearDown: function* () {
            yield* call(matrix, "pattern", { closed: ["K1"] });
          },
        },
      );
    });
    expect(r.log.filter((line) => line.startsWith("matrix"))).toEqual([]);
  });

  test("what a plan yields after it was told to return is ignored", async () => {
    const r = rig();
    await r.run(function* (): Plan<void> {
      try {
        yield* wait(1);
        r.end.abort(new RigError("ABORTED", "stopped"));
        yield* wait(1);
      } finally {
        // What procedures/ may not do: the engine must stand it all the same.
        yield* call(source, "output", { on: true });
      }
    });
    expect(r.log).not.toContain("source on");
  });

  test("an outside abort ends the run as stopped", async () => {
    const r = rig();
    const outcome = await r.run(function* () {
      r.end.abort(new RigError("ABORTED", "Ctrl-C"));
      yield* wait(1);
    });
    expect(outcome.ending).toBe("stopped");
  });
});

describe("replay", () => {
  const plan = function* (): Plan<void> {
    yield* ask({ id: "q", title: "q", text: "q", kind: "confirm", timeout_s: 1 });
    yield* monitor({ name: "m", call: callOf(daq, "next", {}), every_s: 1, series: { "101": "m/SH" } }, function* () {
      yield* all({
        a: function* () {
          yield* wait(2);
          yield* call(daq, "once", { channels: [101] });
        },
        b: function* () {
          yield* wait(2);
          yield* call(matrix, "pattern", { closed: ["K1"] });
        },
      });
      const { values } = yield* points("m/SH");
      yield* judge("v", volt(values[1] ?? Number.NaN));
    });
  };

  test("a record fed into its plan gives the same commands and the same outcome", async () => {
    const r = rig({ volt: (n) => n });
    const live = await r.run(plan);
    const again = await replay(r.journal, plan);
    expect(again).toEqual(live);
    expect(live.verdict).toBe("pass");
  });

  test("another plan is noticed at its first different command", async () => {
    const r = rig({ volt: (n) => n });
    await r.run(plan);
    const outcome = await replay(r.journal, function* () {
      yield* ask({ id: "q", title: "q", text: "q", kind: "confirm", timeout_s: 1 });
      yield* wait(3);
    });
    expect(outcome.error?.code).toBe("REPLAY_DIVERGED");
  });

  test("a record that was cut short ends the replay there", async () => {
    const r = rig({ volt: (n) => n });
    await r.run(plan);
    const outcome = await replay(r.journal, plan, r.journal.events.slice(0, 6));
    expect(outcome.error?.code).toBe("REPLAY_DIVERGED");
    expect(outcome.verdict).toBe("not-judged");
  });
});
