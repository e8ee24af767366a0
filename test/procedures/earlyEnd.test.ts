/**
 * A soak that a prediction ends: a FAIL in every screening, a PASS only where the run was given leave, and never in a
 * qualification.
 */
import { describe, expect, test } from "vitest";
import { parseAdapterUnderTest } from "../../drivers/twin/world/adapterUnderTest.ts";
import { type DryRun, dryRun } from "../../rig/cli/nominal.ts";
import { Engine } from "../../rig/engine/engine.ts";
import { ReplayPerformer } from "../../rig/engine/replay.ts";
import type { EarlyRun } from "../../rig/model/declared.ts";
import { isPass, type Measurement, type Outcome } from "../../rig/model/verdict.ts";
import { adapterFile, faulty } from "./cases.ts";
import { bad, inputsOf } from "./scenario.ts";

const slow_ms = 60_000;
/** The same healthy adapter without leave: soaked once. */
let whole: Promise<DryRun> | undefined;
/** A contact that comes to 56 K, of which it has 46 after three quarters of an hour. */
const slowlyTooHot = faulty("thermal: { dc_plus_to_body_K_per_W: 1.2 }");
const healthy = adapterFile("healthy-a");

interface Soak {
  readonly procedure?: string;
  readonly adapter: string;
  readonly early?: EarlyRun;
  /** In place of the limit of the contacts' rise, K. */
  readonly max_K?: number;
}

function inputsFor({ procedure = "dc-screening", early, max_K }: Soak) {
  const read = inputsOf({ procedure });
  const row = read.limits.rows["th.rise"];
  if (!row) throw new Error("no row th.rise");
  const rows = { ...read.limits.rows, "th.rise": { ...row, ...(max_K === undefined ? {} : { max: max_K }) } };
  const limits = { ...read.limits, rows };
  return { ...read, limits, context: { ...read.context, limits, ...(early ? { declared: { early } } : {}) } };
}

const soaked = (soak: Soak): Promise<DryRun> =>
  dryRun(inputsFor(soak), { adapter: parseAdapterUnderTest(soak.adapter) });

function healthyWhole(): Promise<DryRun> {
  whole ??= soaked({ adapter: healthy });
  return whole;
}

function replayed(soak: Soak, run: DryRun): Promise<Outcome> {
  const { limits, procedure, context } = inputsFor(soak);
  const series = (name: string, from: number, total: number) => run.journal.series(name, from, total);
  const performer = new ReplayPerformer(run.journal.events, series);
  const none = { planned: [], earthProved: () => undefined, safeOff: async () => undefined };
  const engine = new Engine({ performer, limits, approved: true, end: new AbortController(), ...none });
  return engine.run(() => procedure.body(context));
}

const notesOf = (run: DryRun, kind: string): readonly Record<string, unknown>[] =>
  run.journal.events.flatMap((event) =>
    event.type === "note" && (event.body as { kind?: string }).kind === kind
      ? [event.body as Record<string, unknown>]
      : [],
  );
const minutes = ({ bench_s }: DryRun): number => bench_s / 60;
const rises = ({ measurements }: DryRun): readonly Measurement[] =>
  measurements.filter(({ limit }) => limit === "th.rise");
const rawOf = ({ reading }: Measurement): string => (reading.is === "invalid" ? reading.code : reading.raw);

describe("an adapter that will surely get too hot", () => {
  test(
    "ends its soak by a fail that is told to be a prediction, long before it would settle",
    async () => {
      const soak = { adapter: slowlyTooHot };
      const run = await soaked(soak);
      expect({ verdict: run.verdict, ending: run.ending }).toEqual({ verdict: "fail", ending: "completed" });
      expect(run.firstCause).toMatch(/evse\.DC\+ will get too hot at 500 A: by the prediction of its final rise/);
      // Both contacts of the hot pole are named, whichever was certain first; those of the other pole are not.
      expect(rises(run).map(({ id }) => id)).toEqual(["th.rise/evse.DC+", "th.rise/ev.DC+"]);
      const [fail] = rises(run);
      expect(fail && rawOf(fail)).toMatch(
        /^PREDICTED final rise of T\.evse\.DC\+; 46\.\d K were reached after 45 min$/,
      );
      expect(fail?.budget?.map(({ name }) => name)).toContain("prediction of the final rise");
      const [note] = notesOf(run, "ended-early");
      expect(note).toMatchObject({ is: "fail", contact: "evse.DC+", after_s: 2700 });
      // What was reached is below the limit: only the prediction fails it.
      expect(note?.["reached_K"]).toBeLessThan(50);
      expect(minutes(run)).toBeLessThan(65);
      expect((await replayed(soak, run)).verdict).toBe("fail");
    },
    slow_ms,
  );

  test(
    "is soaked to the rule's end in a qualification, with the prediction beside it",
    async () => {
      const run = await soaked({ procedure: "thermal-qualification", adapter: slowlyTooHot, early: "engineering" });
      expect(notesOf(run, "ended-early")).toEqual([]);
      expect(notesOf(run, "prediction").length).toBeGreaterThan(4);
      expect(minutes(run)).toBeGreaterThan(70);
      expect(rises(run).map(rawOf).join()).not.toMatch(/PREDICTED/);
      const tooHot = rises(run).filter(({ verdict }) => !isPass(verdict));
      expect(tooHot.map(({ id }) => id)).toEqual(["th.rise/evse.DC+", "th.rise/ev.DC+"]);
    },
    slow_ms,
  );

  test(
    "is not failed by a prediction that the limit lies within",
    async () => {
      const run = await soaked({ adapter: slowlyTooHot, max_K: 56 });
      expect(notesOf(run, "ended-early")).toEqual([]);
      expect(rises(run).length).toBe(4);
    },
    slow_ms,
  );
});

describe("a healthy adapter", () => {
  test(
    "is soaked to the rule's end without leave to pass early",
    async () => {
      const run = await healthyWhole();
      expect(notesOf(run, "ended-early")).toEqual([]);
      expect(notesOf(run, "stabilised").length).toBe(1);
      expect(notesOf(run, "deviation")).toEqual([]);
      expect(minutes(run)).toBeGreaterThan(75);
    },
    slow_ms,
  );

  test.each(["engineering", "regression"] as const)(
    "passes early in a run for %s, every row judged",
    async (early) => {
      const soak = { adapter: healthy, early };
      const full = await healthyWhole();
      const run = await soaked(soak);
      expect({ verdict: run.verdict, ending: run.ending, bad: bad(run) }).toEqual({
        verdict: "pass-screening",
        ending: "completed",
        bad: [],
      });
      expect(minutes(run)).toBeLessThan(minutes(full) - 10);
      expect(run.measurements.map(({ id }) => id).sort()).toEqual(full.measurements.map(({ id }) => id).sort());
      for (const [i, one] of rises(run).entries()) {
        expect(rawOf(one)).toMatch(/^PREDICTED/);
        const [reading, settled] = [one.reading, rises(full)[i]?.reading];
        if (reading.is !== "value" || settled?.is !== "value") throw new Error("a rise without a value");
        expect(Math.abs(reading.value - settled.value)).toBeLessThan(2 * reading.u);
        expect(reading.u).toBeGreaterThan(settled.u);
      }
      expect(notesOf(run, "deviation").map((one) => one["text"])).toEqual([expect.stringMatching(`^run for ${early}`)]);
      expect((await replayed(soak, run)).verdict).toBe("pass-screening");
    },
    slow_ms,
  );

  test(
    "near its limit is soaked to the end with leave too",
    async () => {
      const run = await soaked({ adapter: healthy, early: "engineering", max_K: 43 });
      expect(notesOf(run, "ended-early")).toEqual([]);
      expect(notesOf(run, "stabilised").length).toBe(1);
    },
    slow_ms,
  );
});
