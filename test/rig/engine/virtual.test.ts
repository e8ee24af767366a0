/** The virtual performer: order of scans and plan, refusals, failures, deadlines; all as the live one does it. */
import { describe, expect, test } from "vitest";
import { Engine } from "../../../rig/engine/engine.ts";
import { VirtualPerformer, VirtualTime } from "../../../rig/engine/virtual.ts";
import type { InstantInstrument } from "../../../rig/kinds/kinds.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { reading } from "../../../rig/model/reading.ts";
import type { Body, Call } from "../../../rig/plan/commands.ts";
import type { Safety } from "../../../rig/plan/parts.ts";
import { all, ask, call, callOf, monitor, now, points, step, wait } from "../../../rig/plan/words.ts";
import { daq, limits, matrix } from "./bench.ts";

interface Faults {
  readonly refuse?: (call: Call) => string | undefined;
  readonly recheck?: (call: Call) => string | undefined;
  /** Before the n-th scan answers. */
  readonly scan?: (n: number, end: AbortController) => void;
}

function rig(faults: Faults = {}) {
  const log: string[] = [];
  const end = new AbortController();
  const time = new VirtualTime((to_s) => void log.push(`to ${to_s.toFixed(2)}`));
  let scans = 0;
  const instrument = (kind: InstantInstrument["kind"]): InstantInstrument => ({
    kind,
    answer(op, args) {
      if (op === "pattern") return args as { closed: string[] };
      if (op !== "next") return null;
      scans += 1;
      faults.scan?.(scans, end);
      log.push(`scan ${time.bench_s().toFixed(2)}`);
      return { "101": reading("V", scans, 0.1, { raw: "", t_s: time.bench_s() }) };
    },
  });
  const refused = (why: string | undefined) =>
    why === undefined
      ? ({ ok: true } as const)
      : ({ ok: false, rule: "exclusive", why, code: "SWITCHING_REFUSED" } as const);
  const safety: Safety = {
    admit: (asked, { monitored }) => {
      log.push(`admit ${asked.op} (${monitored.length} monitored)`);
      return refused(faults.refuse?.(asked));
    },
    recheck: (asked) => refused(faults.recheck?.(asked)),
    settled: (asked) => void log.push(`settled ${asked.op}`),
    failed: (asked, { code }) => void log.push(`failed ${asked.op} ${code}`),
    provePe: () => undefined,
    tripped: new AbortController().signal,
    safeOff: async () => null,
  };
  const performer = new VirtualPerformer({
    time,
    safety,
    instruments: { daq: instrument("daq"), matrix: instrument("matrix") },
    ask: async () => ({ answer: "yes", by: "test" }),
  });
  const run = (body: Body<void>) =>
    new Engine({
      performer,
      limits,
      approved: true,
      end,
      planned: [],
      earthProved: () => undefined,
      safeOff: async (why) => void log.push(`safe-off: ${why}`),
    }).run(body);
  return { log, run, time };
}

const watching = (body: Body<void>, every_s = 1) =>
  monitor({ name: "m", call: callOf(daq, "next", {}), every_s, series: { "101": "m/SH" } }, body);

describe("time", () => {
  test("goes from one due thing to the next, and a scan comes before the plan goes on", async () => {
    const { log, run } = rig();
    let seen: readonly number[] = [];
    await run(function* () {
      yield* watching(function* () {
        yield* wait(0.5);
        yield* call(matrix, "pattern", { closed: [] });
        yield* wait(1.5);
        seen = [...(yield* points("m/SH")).t_s];
      });
      yield* wait(3);
      expect(yield* now()).toBeCloseTo(5, 9);
    });
    expect(seen).toEqual([0, 1, 2]);
    const order = ["scan 0.00", "settled next", "to 0.50", "admit pattern (1 monitored)", "settled pattern"];
    expect(log.slice(0, 5)).toEqual(order);
    expect(log.slice(5, 11)).toEqual(["to 1.00", "scan 1.00", "settled next", "to 2.00", "scan 2.00", "settled next"]);
    // Nothing is read once the monitored body has ended.
    expect(log.slice(11, 13)).toEqual(["to 5.00", "safe-off: end of the run"]);
  });

  test("a scan that takes no time is asked for at even times, however the plan waits", async () => {
    const { log, run } = rig();
    await run(function* () {
      yield* watching(function* () {
        for (let n = 0; n < 10; n += 1) yield* wait(0.3);
      });
    });
    expect(log.filter((line) => line.startsWith("scan"))).toEqual(["scan 0.00", "scan 1.00", "scan 2.00", "scan 3.00"]);
  });

  test("a step that takes longer than its deadline ends the run there, not at the end of the wait", async () => {
    const { run, time } = rig();
    const { error } = await run(function* () {
      yield* step("slow", () => wait(100), { deadline_s: 7, takes_s: 1 });
    });
    expect(error?.code).toBe("STEP_DEADLINE");
    expect(time.bench_s()).toBe(7);
  });
});

describe("what goes wrong", () => {
  test.each(["refuse", "recheck"] as const)("a call that %s stops never reaches the instrument", async (when) => {
    const { log, run } = rig({ [when]: ({ op }: Call) => (op === "pattern" ? "two groups" : undefined) });
    const { error, ending } = await run(function* () {
      yield* call(matrix, "pattern", { closed: ["K1"] });
    });
    expect(error?.code).toBe("SWITCHING_REFUSED");
    expect(ending).toBe("rig-error");
    expect(log.some((line) => line.startsWith("settled"))).toBe(false);
  });

  test("a scan that fails is told to the safety layer, ends the monitor, and the plan hears of it", async () => {
    const lost = new RigError("INSTRUMENT_TIMEOUT", "no answer");
    const { log, run } = rig({
      scan: (n) => {
        if (n === 3) throw lost;
      },
    });
    let heard = "";
    await run(function* () {
      try {
        yield* watching(() => wait(10));
      } catch (error) {
        heard = (error as RigError).code;
      }
      yield* wait(10);
    });
    expect(heard).toBe("INSTRUMENT_TIMEOUT");
    expect(log).toContain("failed next INSTRUMENT_TIMEOUT");
    expect(log.filter((line) => line.startsWith("scan"))).toHaveLength(2);
  });

  test("a trip during a scan ends the wait at once", async () => {
    const { run, time } = rig({
      scan: (n, end) => {
        if (n === 5) end.abort(new RigError("TRIPPED", "too hot"));
      },
    });
    const { error, ending } = await run(() => watching(() => wait(3600)));
    expect(error?.code).toBe("TRIPPED");
    expect(ending).toBe("aborted");
    expect(time.bench_s()).toBe(4);
  });

  test("lanes beside each other are refused: time would go on in the first before the second began", async () => {
    const { run } = rig();
    const { error } = await run(function* () {
      yield* wait(1);
      yield* all({ one: () => wait(1), other: () => wait(2) });
    });
    expect(error?.code).toBe("PLAN_INVALID");
  });

  test("a role that the bench lacks is an error of the run", async () => {
    const { run } = rig();
    const { error } = await run(function* () {
      yield* call({ name: "scope", kind: "scope" }, "capture", {
        ...{ channels: [1], span_s: 1, trigger_V: 0, as: "x" },
      });
    });
    expect(error?.code).toBe("ROLE_MISSING");
  });
});

test("a person is asked, and the answer comes back", async () => {
  const { run } = rig();
  let answer: unknown;
  await run(function* () {
    answer = yield* ask({ id: "q", title: "Q", text: "?", kind: "confirm", timeout_s: 1 });
  });
  expect(answer).toBe("yes");
});
