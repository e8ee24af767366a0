/**
 * Drop resistance over several matings: the adapter is taken out and fitted again between them, its earth is proved each time,
 * each mating meets the limit by itself, and their mean and spread are judged (domain.md 8.1, 8.3).
 */
import type { Reading } from "../../rig/model/reading.ts";
import { isPass } from "../../rig/model/verdict.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { heard } from "../../rig/plan/intercept.ts";
import type { ProcedureContext } from "../../rig/plan/procedure.ts";
import type { Wiring } from "../../rig/plan/wiring.ts";
import { ask, judge, note, now, step } from "../../rig/plan/words.ts";
import { type Estimate, matings } from "../analysis/resistance.ts";
import { dropResistance, poles } from "./drop.ts";
import { minutes } from "./durations.ts";
import { resistance } from "./fourWire.ts";
import { earthStep, fitAdapter } from "./frame.ts";
import { openLoop } from "./power.ts";
import { nestCode } from "./selfCheck.ts";
import { budgetOf, estimated } from "./series.ts";
import { disconnect } from "./switching.ts";

/** Fewest that have a spread; domain.md 8.1 asks for three. */
const count = 3;

type Cross = Readonly<Record<string, Reading<"ohm">>>;

/** True when every mating and their mean and spread are good. `cross` is what the milliohm meter read of the first one. */
export function* dropMatings(context: ProcedureContext, cross: Cross): Plan<boolean> {
  const { wiring } = context;
  const seen: Record<string, Reading[]> = Object.fromEntries(poles.map((pole) => [pole, []]));
  for (let mating = 1; mating <= count; mating += 1) {
    if (mating > 1 && !(yield* remate(context, mating))) return false;
    const meter = mating === 1 ? cross : yield* crossStep(wiring, mating);
    const body = heard(
      () => dropResistance(wiring, meter),
      ({ about, limit, reading }) => {
        if (limit === "power.dc.r") seen[about.id?.split("/")[1] ?? ""]?.push(reading);
        return undefined;
      },
    );
    const good = yield* step(`Drop resistance, mating ${mating} of ${count}`, body, {
      deadline_s: minutes(5),
      takes_s: 50,
      tearDown: () => openLoop(wiring),
    });
    if (!good) return false;
  }
  return yield* step("Spread of the matings", () => judgeSpread(seen), { deadline_s: 60, takes_s: 1 });
}

function* remate(context: ProcedureContext, mating: number): Plan<boolean> {
  yield* ask({
    id: `remate-${mating}`,
    title: `Mating ${mating} of ${count}`,
    text: "Open the lid, take the adapter out of both halves, and wait for the next question.",
    kind: "confirm",
    timeout_s: minutes(20),
    action: { do: "remove" },
  });
  // Without this a person who confirms and does nothing would have one mating measured three times.
  yield* nestCode(0, "the adapter was not taken out between two matings");
  yield* step(`Fit the adapter, mating ${mating}`, () => fitAdapter(context), {
    deadline_s: minutes(30),
    takes_s: 20,
  });
  return yield* earthStep(context.wiring, `Protective earth at 1 A, mating ${mating}`, `pe.r.screen/mating-${mating}`);
}

/** The milliohm meter's word on this mating, so that a sense lead that came off is a fault of the rig. */
const crossStep = (wiring: Wiring, mating: number): Plan<Cross> =>
  step(
    `Poles by the milliohm meter, mating ${mating}`,
    function* () {
      const read: Record<string, Reading<"ohm">> = {};
      for (const pole of poles) read[pole] = yield* resistance(wiring, `evse.${pole}`, `ev.${pole}`, "power");
      return read;
    },
    { deadline_s: minutes(2), takes_s: 2, attempts: 2, tearDown: () => disconnect(wiring) },
  );

const estimateOf = (r: Reading): Estimate =>
  r.is === "value" ? { value: r.value, u: r.u } : { value: Number.NaN, u: Number.NaN };

function* judgeSpread(seen: Readonly<Record<string, readonly Reading[]>>): Plan<boolean> {
  let good = true;
  const t_s = yield* now();
  for (const pole of poles) {
    const { mean, spread_pct, budget } = matings((seen[pole] ?? []).map(estimateOf));
    const contacts = [`evse.${pole}`, `ev.${pole}`] as const;
    const { measurement, remating } = budget;
    const known = Number.isFinite(measurement) && Number.isFinite(remating);
    yield* note({ kind: "budget", pole, ...(known ? { measurement_ohm: measurement, remating_ohm: remating } : {}) });
    const all = [
      yield* judge("power.dc.r.mean", estimated("ohm", mean, `mean of ${count} matings, at 20 degC`, t_s), {
        id: `power.dc.r.mean/${pole}`,
        contacts,
        meaning: `the power path ${pole} has too much resistance over ${count} matings`,
        ...budgetOf(mean),
      }),
      yield* judge("power.dc.r.spread", estimated("%", spread_pct, `${count} matings, at 20 degC`, t_s), {
        id: `power.dc.r.spread/${pole}`,
        contacts,
        meaning: `the contacts of ${pole} are different at each mating: worn, dirty or loose`,
        ...budgetOf(spread_pct),
      }),
    ];
    good = all.every(isPass) && good;
  }
  return good;
}
