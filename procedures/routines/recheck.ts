/** What a resumed run proves again before it goes on: self-check, mating, earth at 1 A and at 25 A (S9). */
import type { Plan } from "../../rig/plan/commands.ts";
import type { ProcedureContext } from "../../rig/plan/procedure.ts";
import { ask, step } from "../../rig/plan/words.ts";
import { readyForPower } from "./beforePower.ts";
import { minutes } from "./durations.ts";
import { earthStep, fitAdapter } from "./frame.ts";
import { selfCheck } from "./selfCheck.ts";

/** A resumed run: the adapter comes out, so that the open fixture can be proved, and is mated anew. */
export function* recheck(context: ProcedureContext): Plan<boolean> {
  const { wiring } = context;
  yield* ask({
    id: "remove-adapter",
    title: "Resume: remove the adapter",
    text: "Take the adapter out of the nest, if one is there, and close both lids: the rig checks itself again.",
    kind: "confirm",
    timeout_s: minutes(20),
    action: { do: "remove" },
  });
  yield* step("Resume: rig self-check", () => selfCheck(wiring, context.fixture), {
    deadline_s: minutes(30),
    takes_s: 90,
  });
  yield* step("Resume: fit the adapter", () => fitAdapter(context), { deadline_s: minutes(30), takes_s: 20 });
  if (!(yield* earthStep(wiring, "Resume: protective earth at 1 A"))) return false;
  // What the record says of 25 A was another mating.
  return yield* readyForPower(wiring);
}
