/** What was never read decides nothing: neither that an adapter signals, nor that it does not. */
import { expect, test } from "vitest";
import { PpLog } from "../../../procedures/routines/protection.ts";
import { judgeCooling, judgeHeating } from "../../../procedures/routines/protectionVerdict.ts";
import type { Reading } from "../../../rig/model/reading.ts";
import type { ActiveProfile } from "../../../rig/model/thermalSignal.ts";
import type { Plan } from "../../../rig/plan/commands.ts";

const profile: ActiveProfile = {
  foldback_degC: 80,
  shutdown_degC: 90,
  recovery_degC: 65,
  windows: { normal: [1.23, 1.82], foldback: [1.9, 2.3], shutdown: [2.38, 3.16] },
  source: "test",
  confidence: "H",
};

/** Readings that a plan gives to `judge`, by limit. */
function judgedBy(plan: Plan<unknown>): ReadonlyMap<string, Reading> {
  const judged = new Map<string, Reading>();
  let reply: unknown;
  for (;;) {
    const { done, value } = plan.next(reply);
    if (done) return judged;
    if (value.do === "judge") judged.set(value.limit, value.reading);
    reply = value.do === "now" ? 0 : "inconclusive";
  }
}

test("without one reading of PP nothing is seen, and nothing is said to be absent", () => {
  const log = new PpLog();
  const judged = [...judgedBy(judgeHeating(log, profile)), ...judgedBy(judgeCooling(log, profile, undefined))];
  expect(judged.length).toBeGreaterThan(8);
  expect(judged.filter(([, reading]) => reading.is !== "invalid")).toEqual([]);
});

test("readings up to the threshold only, and a cooling that ends too warm, leave both undecided", () => {
  const log = new PpLog();
  log.heating.push({ t_s: 1, contact_degC: 84, peak_degC: 84, pp_V: 1.5 });
  expect(judgedBy(judgeHeating(log, profile)).get("tp.fold.seen")?.is).toBe("invalid");
  log.heating.push({ t_s: 2, contact_degC: 85, peak_degC: 86, pp_V: 1.5 });
  expect(judgedBy(judgeHeating(log, profile)).get("tp.fold.seen")).toMatchObject({ is: "value", value: 0 });
  log.heating.push({ t_s: 3, contact_degC: 90, peak_degC: 90, pp_V: 2.8 });
  log.cooling.push({ t_s: 4, contact_degC: 70, peak_degC: 90, pp_V: 2.8 });
  expect(judgedBy(judgeCooling(log, profile, undefined)).get("tp.recover.seen")?.is).toBe("invalid");
  log.cooling.push({ t_s: 5, contact_degC: 59, peak_degC: 90, pp_V: 2.8 });
  expect(judgedBy(judgeCooling(log, profile, undefined)).get("tp.recover.seen")).toMatchObject({ value: 0 });
});
