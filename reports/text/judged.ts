/** Reading and limit of one judgement in words, the same in a report and on the station's page. */
import { isNobody, type Limit } from "../../rig/model/limits.ts";
import { isPredicted, type Reading } from "../../rig/model/reading.ts";
import { quantity, valueText } from "./quantity.ts";

export interface ReadingWords {
  /** `98.4`, `> 100 MΩ`, `no value`. */
  readonly value: string;
  /** ` ± 1.9 µΩ`, ` µΩ`, or nothing. */
  readonly rest: string;
  /** `k = 2`, `over-range`, or the code of what made it invalid. */
  readonly note: string;
}

const limitsOf = (row: Limit | undefined): readonly number[] =>
  [row?.min, row?.max].filter((v): v is number => v !== undefined);

export function readingWords(reading: Reading, row: Limit | undefined): ReadingWords {
  switch (reading.is) {
    case "value": {
      if (!Number.isFinite(reading.value) || !Number.isFinite(reading.u))
        return { value: "no value", rest: "", note: "" };
      const k = row?.k ?? 2;
      const predicted = isPredicted(reading) ? ", predicted, not measured" : "";
      const { value, uncertainty, unit } = valueText(reading.unit, reading.value, k * reading.u, limitsOf(row));
      return {
        value,
        rest: `${uncertainty === "" ? "" : ` ± ${uncertainty}`}\u00a0${unit}`,
        note: `k = ${k}${predicted}`,
      };
    }
    case "above":
      return { value: `> ${quantity(reading.unit, reading.bound)}`, rest: "", note: "over-range" };
    case "below":
      return { value: `< ${quantity(reading.unit, reading.bound)}`, rest: "", note: "under-range" };
    case "invalid":
      return { value: "no value", rest: "", note: reading.code };
  }
}

/** One or two lines: `≤ 150 µΩ`; `1 V`, `to 2 V`. */
export function limitWords({ min, max, unit }: Limit): readonly string[] {
  if (min !== undefined && max !== undefined) return [quantity(unit, min), `to ${quantity(unit, max)}`];
  if (max !== undefined) return [`≤ ${quantity(unit, max)}`];
  return [min !== undefined ? `≥ ${quantity(unit, min)}` : "none"];
}

const confidences: Readonly<Record<Limit["confidence"], string>> = {
  P: "P, primary text read",
  S: "S, secondary source",
  D: "D, derived",
  K: "K, not checked against the text: screening only",
  H: "H, house proposal: screening only",
};

export const confidenceWords = ({ confidence, approvedBy }: Limit): string =>
  `confidence ${confidences[confidence]}; ${isNobody(approvedBy) ? "not approved" : `approved by ${approvedBy}`}`;

export const sourceWords = ({ source, edition, clause }: Limit): string =>
  [source, edition, clause].filter((t) => t !== "").join(", ");
