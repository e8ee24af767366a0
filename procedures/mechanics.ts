/** Latches, interlock and touch safety of any adapter, by a person's hand and word; nothing is energised. */
import { type Procedure, procedure } from "../rig/plan/procedure.ts";
import { step } from "../rig/plan/words.ts";
import { needs } from "./routines/frame.ts";
import { mechanics, mechanicsTakes_s } from "./routines/mechanics.ts";

export const mechanicsCheck: Procedure = procedure({
  id: "mechanics",
  revision: 1,
  title: "Latches, interlock and touch safety, tried by hand",
  families: ["A", "B", "C", "D", "E"],
  // Nothing is asked of them; safe-off, which ends every run, needs them all.
  needs,
  limits: "mechanics",
  body: function* ({ adapter }) {
    yield* step("Mechanics", () => mechanics(adapter), { deadline_s: 7200, takes_s: mechanicsTakes_s(adapter) });
  },
});
