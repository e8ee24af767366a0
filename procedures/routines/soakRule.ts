/** From the name in a limits document to the rule that ends a soak. */
import type { LimitSet } from "../../rig/model/limits.ts";
import { defaultStabilisation, type StabilisationId } from "../../rig/model/stabilisation.ts";
import { iecThreeReadings, ieeeHold, type StabilisationRule, ulThreeReadings } from "../analysis/stabilise.ts";

const byId: Readonly<Record<StabilisationId, StabilisationRule>> = {
  "three-readings-10min-2K": iecThreeReadings,
  "three-readings-10pct-1K": ulThreeReadings,
  "variation-15min-2K-hold-30min": ieeeHold,
};

/** The rule that a limits document names, or the one where it names none. */
export function ruleIn({ stabilisation = defaultStabilisation }: Pick<LimitSet, "stabilisation">): StabilisationRule {
  const { rule, on } = stabilisation;
  return on === "rise" ? { ...byId[rule], on, title: `rise over the ambient: ${byId[rule].title}` } : byId[rule];
}
