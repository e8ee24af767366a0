/**
 * The same work on every inlet of an adapter: once for families A to D, twice for family E, whose inlets take different
 * reference halves. The built-in DC halves are not asked for; others are fitted by hand and read from their labels.
 */
import { families } from "../../rig/model/adapter.ts";
import type { Face } from "../../rig/model/contacts.ts";
import type { Plan } from "../../rig/plan/commands.ts";
import { inWordsOf } from "../../rig/plan/mated.ts";
import type { ProcedureContext } from "../../rig/plan/procedure.ts";
import { ask, step } from "../../rig/plan/words.ts";
import { minutes } from "./durations.ts";
import { fitHalves, type Mated, matedAt } from "./mating.ts";

/** `takes_s`: declared duration of the work on one inlet. */
export function* eachMating(
  context: ProcedureContext,
  takes_s: number,
  work: (mated: Mated) => Plan<unknown>,
): Plan<void> {
  const inlets = families[context.adapter.family].faces.filter(({ face }) => face !== "ev");
  const [first, second] = inlets;
  if (!first) return;
  if (!second) {
    yield* onInlet(context, matedAt(context, first.face), work);
    return;
  }
  const pass = (face: Face, coupler: string) =>
    step(`${coupler} inlet`, () => onInlet(context, matedAt(context, face, coupler), work), {
      deadline_s: 3 * 3600,
      takes_s: takes_s + halves_s,
    });
  yield* pass(first.face, first.coupler);
  yield* ask({
    id: "exchange-half",
    title: "Exchange the station's half",
    text: `Open the lid and take the adapter out: its ${second.coupler} inlet is tested with another half.`,
    kind: "confirm",
    timeout_s: minutes(20),
    action: { do: "remove" },
  });
  yield* pass(second.face, second.coupler);
}

/** For a person to change a half, s; not part of what a procedure declares for an adapter (once a batch). */
export const halves_s = 60;

function* onInlet(context: ProcedureContext, mated: Mated, work: (mated: Mated) => Plan<unknown>): Plan<void> {
  const { family } = context.adapter;
  if (family !== "A" && family !== "B") {
    yield* step("Fit the reference halves", () => fitHalves(context, mated, mated.words.suffix ?? ""), {
      deadline_s: minutes(60),
      takes_s: halves_s,
    });
  }
  yield* inWordsOf(mated.words, () => work(mated))();
}
