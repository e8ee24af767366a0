/** A pause is a wait between steps that the plan declares: the record, and every replay of it, is as without one. */
import { describe, expect, test } from "vitest";
import { replayed } from "../../../rig/engine/rejudge.ts";
import { resumePoint } from "../../../rig/engine/resume.ts";
import { RigError } from "../../../rig/model/errors.ts";
import { reading } from "../../../rig/model/reading.ts";
import type { Plan } from "../../../rig/plan/commands.ts";
import { all, call, checkpoint, judge, now, step, wait } from "../../../rig/plan/words.ts";
import { daq, limits, replay, rig } from "./bench.ts";

const quick = { deadline_s: 10, takes_s: 1 };
const volt = (value: number) => reading("V", value, 0, { raw: String(value), t_s: 0 });

function* plan(): Plan<void> {
  yield* step("fit", () => wait(1), { ...quick, pause: true });
  yield* checkpoint("fitted");
  yield* step(
    "soak",
    function* () {
      yield* step("inner", () => wait(5), { ...quick, pause: true });
      const replies = yield* call(daq, "once", { channels: [101] });
      yield* judge("v", replies["101"] ?? volt(Number.NaN));
    },
    quick,
  );
  yield* step("cold", () => now(), { ...quick, pause: true });
}

const shapes = (events: readonly { readonly type: string; readonly bench_s: number }[]) =>
  events.map(({ type, bench_s }) => [type, bench_s]);

describe("where a run pauses", () => {
  test("before the outermost steps that the plan declares, and nowhere inside one or in a lane", async () => {
    const asked: string[] = [];
    const r = rig({ pausing: async (name) => void asked.push(name) });
    await r.run(function* () {
      yield* plan();
      yield* all({ one: () => step("in a lane", () => wait(1), { ...quick, pause: true }) });
    });
    expect(asked).toEqual(["fit", "cold"]);
  });

  test("no deadline runs and bench time stands still while it waits", async () => {
    let goOn: () => void = () => undefined;
    const r = rig({
      pausing: (name) =>
        name === "cold"
          ? new Promise((resolve) => {
              goOn = resolve;
            })
          : Promise.resolve(),
    });
    const run = r.run(plan);
    for (let i = 0; i < 200; i += 1) await new Promise(setImmediate);
    const before = r.journal.events.length;
    for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
    expect(r.journal.events.at(-1)).toMatchObject({ type: "step", name: "soak", phase: "leave", bench_s: 6 });
    expect(r.journal.events.length).toBe(before);
    goOn();
    expect(await run).toMatchObject({ verdict: "pass", ending: "completed" });
  });

  test("the run's end ends the pause: trip, signal or the pause's own bound, with safe-off", async () => {
    for (const error of [new RigError("TRIPPED", "too hot"), new RigError("PROMPT_TIMEOUT", "nobody went on")]) {
      const r = rig({
        pausing: (_name, signal) =>
          new Promise((_, reject) => {
            if (error.code === "PROMPT_TIMEOUT") return reject(error);
            signal.addEventListener("abort", () => reject(signal.reason), { once: true });
            setImmediate(() => r.end.abort(error));
          }),
      });
      const outcome = await r.run(plan);
      expect(outcome).toMatchObject({
        verdict: "not-judged",
        ending: error.code === "TRIPPED" ? "aborted" : "stopped",
      });
      expect(r.log.at(-1)).toMatch(/^safe-off/);
      expect(r.journal.events.filter(({ type }) => type === "step")).toEqual([]);
    }
  });
});

describe("the record of a paused run", () => {
  async function paused() {
    const note = (body: object) => r.journal.append({ type: "note", lane: "main", attempt: 1, body: body as never });
    const r = rig({
      pausing: async (name) => {
        note({ kind: "paused", by: "Tina", before: name });
        note({ kind: "went-on", by: "Tina", before: name });
      },
    });
    await r.run(plan);
    return r.journal;
  }

  test("holds what one without a pause holds, and notes", async () => {
    const without = rig();
    await without.run(plan);
    const journal = await paused();
    const plain = journal.events.filter(({ type }) => type !== "note");
    expect(shapes(plain)).toEqual(shapes(without.journal.events));
    expect(journal.events.length).toBe(plain.length + 4);
  });

  test("is replayed to the same outcome", async () => {
    expect(await replay(await paused(), plan)).toMatchObject({ verdict: "pass", ending: "completed" });
  });

  test("is judged again like one without a pause", async () => {
    const journal = await paused();
    const again = (rows: typeof limits.rows) =>
      replayed({
        events: journal.events,
        series: (name, from, total) => journal.series(name, from, total),
        unitOf: () => undefined,
        body: plan,
        limits: { ...limits, rows },
        planned: ["v"],
        waivers: [],
      });
    expect((await again(limits.rows)).outcome).toEqual({ verdict: "pass", ending: "completed" });
    const stricter = { ...limits.rows, v: { ...limits.rows["v"], max: 0.5 } } as typeof limits.rows;
    expect(await again(stricter)).toMatchObject({ outcome: { verdict: "fail", ending: "completed" } });
    expect((await again(stricter)).needsTest).toBeUndefined();
  });

  test("killed while it was paused, is taken up at its last checkpoint", async () => {
    const { events } = await paused();
    const at = events.findIndex((e) => e.type === "note" && (e.body as { before?: string }).before === "cold");
    const killed = events.slice(0, at + 1);
    expect(resumePoint(killed)).toMatchObject({ checkpoint: "fitted" });
    const again = await replay(await paused(), plan, killed);
    expect(again).toMatchObject({ ending: "rig-error", error: { code: "REPLAY_DIVERGED" } });
  });
});
