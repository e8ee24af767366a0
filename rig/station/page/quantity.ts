/** A reading as a person reads it, in the words of the reports. */
import { quantity } from "../../../reports/text/quantity.ts";
import { isUnit } from "../../model/units.ts";
import type { Judged } from "./state.ts";
import { text } from "./texts.ts";

export function quantityText({ is, unit, value, bound, code }: Judged["reading"]): string {
  if (!isUnit(unit)) return `${text.noValue} (${unit})`;
  if (is === "value" && value !== undefined) return quantity(unit, value, 4);
  if ((is === "above" || is === "below") && bound !== undefined)
    return `${is === "above" ? ">" : "<"} ${quantity(unit, bound, 4)}`;
  return `${text.noValue} (${code ?? is})`;
}
