/**
 * Ageing check of a DC adapter (domain.md 5.1 R.AGE, 4.2): drop resistance over three matings and temperature rise, the same
 * way before and after mating cycles. The "before" is an earlier run of the same serial number: data of the context, fixed
 * in the head by run number and hash. Without one this run is the "before".
 */

import type { Contact } from "../rig/model/contacts.ts";
import type { Baseline } from "../rig/model/declared.ts";
import { invalid, type Reading, reading } from "../rig/model/reading.ts";
import type { Plan } from "../rig/plan/commands.ts";
import { heard } from "../rig/plan/intercept.ts";
import { type Procedure, type ProcedureContext, procedure } from "../rig/plan/procedure.ts";
import { ask, judge, note, now, step } from "../rig/plan/words.ts";
import { growth_K, growth_pct } from "./analysis/ageing.ts";
import type { Estimate } from "./analysis/resistance.ts";
import { earthAndWiring, readyForPower } from "./routines/beforePower.ts";
import { conditioningStep } from "./routines/conditioning.ts";
import { poles } from "./routines/drop.ts";
import { dropMatings } from "./routines/dropMatings.ts";
import { hours, minutes } from "./routines/durations.ts";
import { ambientStep, fitStep, needs } from "./routines/frame.ts";
import { contactsTC, openLoop } from "./routines/power.ts";
import { selfCheckStep } from "./routines/selfCheck.ts";
import { budgetOf, estimated } from "./routines/series.ts";
import { ruleIn } from "./routines/soakRule.ts";
import { riseTakes_s, thermalRise } from "./routines/thermalRise.ts";
import type { WiringResult } from "./routines/wiringScreen.ts";

/** More than any coupler is made for: only against slips of the keyboard. */
const cycles_max = 1_000_000;
/** What a simulated operator answers: the usual class of couplers (domain.md ME.CYCLES, K). */
const cycles_example = 10_000;

function* ageing(context: ProcedureContext): Plan<void> {
  const { wiring } = context;
  yield* selfCheckStep(context);
  yield* ambientStep(wiring, "start");
  if (!(yield* step("Mating cycles", () => cycles(context), { deadline_s: minutes(15), takes_s: 10 }))) return;
  yield* fitStep(context);
  const conditioned = yield* conditioningStep(context);
  if (!conditioned) return;
  const wires = yield* earthAndWiring(wiring, context.netlist);
  if (!wires) return;
  if (!(yield* readyForPower(wiring))) return;
  yield* compared(context, wires);
  yield* ambientStep(wiring, "end");
}

/** Measures as the "before" was measured, and judges what has grown. */
function* compared(context: ProcedureContext, wires: WiringResult): Plan<void> {
  const { wiring, adapter, limits } = context;
  const read = new Map<string, Reading>();
  const body = heard(
    function* () {
      if (!(yield* dropMatings(context, wires.paths))) return false;
      const rise = { rated_A: adapter.rating.current_A, rule: ruleIn(limits), timeout_s: hours(4), soak: true };
      yield* step("Temperature rise", () => thermalRise(wiring, { ...rise, absolute: true, limits }), {
        deadline_s: hours(5),
        pause: true,
        takes_s: riseTakes_s(rise.rated_A, rise.rule),
        tearDown: () => openLoop(wiring),
      });
      return true;
    },
    ({ about, limit, reading: r }) => {
      read.set(about.id ?? limit, r);
      return undefined;
    },
  );
  const measured = yield* body();
  const { baseline } = context.declared ?? {};
  if (!measured || !baseline) return;
  yield* step("Growth since the run before", () => judgeGrowth(baseline, read), { deadline_s: 60, takes_s: 1 });
}

/** The count is the person's word; fewer than before is a slip, and nothing is compared with it. */
function* cycles(context: ProcedureContext): Plan<boolean> {
  const { baseline } = context.declared ?? {};
  const answer = yield* ask({
    id: "cycles",
    title: "Mating cycles",
    text: `How many mating cycles has ${context.serial} had in all? (${baseline ? `${baseline.cycles} at ${baseline.id}` : "this run is the one before"})`,
    kind: "number",
    unit: "cycles",
    min: 0,
    max: cycles_max,
    example: Math.min(cycles_max, baseline ? baseline.cycles + cycles_example : 0),
    timeout_s: minutes(10),
  });
  const count = typeof answer === "number" ? answer : Number.NaN;
  const added = count - (baseline?.cycles ?? 0);
  const before = baseline ? { run: baseline.run, id: baseline.id, hash: baseline.hash, cycles: baseline.cycles } : null;
  yield* note({ kind: "ageing", cycles: Number.isFinite(count) ? count : null, baseline: before });
  const t_s = yield* now();
  const origin = { raw: `${count} cycles, ${added} more than before`, t_s };
  const r = added >= 0 ? reading("1", added, 0, origin) : invalid("1", "fewer-cycles-than-before", origin);
  const verdict = yield* judge("age.cycles", r, { meaning: "the count of mating cycles is less than it was before" });
  return verdict !== "inconclusive";
}

const estimateOf = (r: Reading | undefined): Estimate =>
  r?.is === "value" ? { value: r.value, u: r.u } : { value: Number.NaN, u: Number.NaN };

function* judgeGrowth(baseline: Baseline, read: ReadonlyMap<string, Reading>): Plan<void> {
  const t_s = yield* now();
  const before = (id: string): Estimate => baseline.values[id] ?? { value: Number.NaN, u: Number.NaN };
  for (const pole of poles) {
    const id = `power.dc.r.mean/${pole}`;
    const growth = growth_pct(before(id), estimateOf(read.get(id)));
    yield* judge("age.r.growth", estimated("%", growth, `${id} against ${baseline.id}`, t_s), {
      id: `age.r.growth/${pole}`,
      contacts: [`evse.${pole}`, `ev.${pole}`],
      meaning: `the resistance of ${pole} grew too much since ${baseline.id}`,
      ...budgetOf(growth),
    });
  }
  for (const channel of contactsTC) {
    const contact = channel.slice(2) as Contact;
    const id = `th.rise/${contact}`;
    const growth = growth_K(before(id), estimateOf(read.get(id)));
    yield* judge("age.rise.growth", estimated("K", growth, `${id} against ${baseline.id}`, t_s), {
      id: `age.rise.growth/${contact}`,
      contacts: [contact],
      meaning: `the contact ${contact} gets much hotter than at ${baseline.id}`,
      ...budgetOf(growth),
    });
  }
}

export const ageingCheck: Procedure = procedure({
  id: "ageing-check",
  revision: 1,
  title: "Ageing check: resistance over three matings and temperature rise against an earlier run",
  families: ["A", "B"],
  needs,
  limits: "ageing-check",
  baseline: true,
  body: ageing,
});
