/** The texts of a GPT-9800/9900: parsed by pattern, never by position, because blanks and widths vary. */
import type { InsulationState, InsulationTest } from "../../rig/kinds/kinds.ts";

const number = String.raw`\d+(?:\.\d+)?`;

/** A number with its unit, `0.500kV`, `060.0 S`; undefined for anything else, another unit included. */
export function parseQuantity(text: string, unit: string): number | undefined {
  const found = new RegExp(String.raw`^\s*(${number})\s*${unit}\s*$`, "i").exec(text);
  return found === null ? undefined : Number(found[1]);
}

/** `TEST ON` or `TEST OFF`. */
export function parseTest(text: string): boolean | undefined {
  const bare = text.trim().toUpperCase();
  if (bare === "TEST ON") return true;
  return bare === "TEST OFF" ? false : undefined;
}

/** `0,No Error`: the number. Quotes round the words are UNVERIFIED and allowed. */
export function parseError(text: string): number | undefined {
  const found = /^\s*(-?\d{1,5})\s*,\s*\S.*$/.exec(text);
  return found === null ? undefined : Number(found[1]);
}

export interface GptMeasured {
  readonly state: InsulationState["state"];
  readonly mode: InsulationTest["mode"];
  readonly voltage_V: number | undefined;
  readonly current_A: number | undefined;
  readonly ohm: number | "over" | undefined;
  /** At the full voltage; undefined while it ramps. */
  readonly dwell_s: number | undefined;
}

const modes: Readonly<Record<string, InsulationTest["mode"]>> = { ACW: "ac", DCW: "dc", IR: "ir" };
const states: Readonly<Record<string, InsulationState["state"]>> = {
  VIEW: "idle",
  TEST: "testing",
  PASS: "passed",
  FAIL: "failed",
};

const pattern = new RegExp(
  String.raw`^[<>]?\s*(ACW|DCW|IR)\s*,\s*(VIEW|TEST|PASS|FAIL)\s*,\s*(${number}|[-.]+)\s*kV\s*,` +
    String.raw`\s*(>?)\s*(${number}|[-.]+|OVER)\s*(mA|uA|M\s*ohm|G\s*ohm|M|G)?\s*,\s*(?:([TR])\s*=)?\s*(${number}|[-.]+)\s*S\s*>?\s*$`,
  "i",
);

/** The answer to MEAS?; undefined for anything that is not exactly one. */
export function parseMeasure(text: string): GptMeasured | undefined {
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [, modeText = "", stateText = "", kV = "", more = "", value = "", unitText = "", phase = "", time = ""] = found;
  const mode = modes[modeText.toUpperCase()];
  const state = states[stateText.toUpperCase()];
  const unit = unitText.replace(/\s/g, "").toUpperCase();
  if (!mode || !state) return undefined;
  const volt = plain(kV);
  const quantity = plain(value);
  const seconds = plain(time);
  const isResistance = mode === "ir";
  const isOver = more !== "" || value.toUpperCase() === "OVER";
  if (isResistance && (unit === "MA" || unit === "UA")) return undefined;
  if (!isResistance && (unit.startsWith("M") ? unit !== "MA" : unit !== "UA" && quantity !== undefined))
    return undefined;
  if (!isResistance && isOver) return undefined;
  if (isResistance && unit === "" && quantity !== undefined) return undefined;
  // An ended or running test has a voltage and a time; without them the answer is no measurement.
  if (state !== "idle" && (volt === undefined || seconds === undefined || phase === "")) return undefined;
  return {
    state,
    mode,
    voltage_V: volt === undefined ? undefined : volt * 1000,
    current_A: isResistance || quantity === undefined ? undefined : quantity * (unit === "UA" ? 1e-6 : 1e-3),
    ohm: !isResistance ? undefined : isOver ? "over" : quantity && quantity * (unit.startsWith("G") ? 1e9 : 1e6),
    dwell_s: phase.toUpperCase() === "T" && state !== "idle" ? seconds : undefined,
  };
}

const plain = (text: string): number | undefined => (/^\d/.test(text) ? Number(text) : undefined);
