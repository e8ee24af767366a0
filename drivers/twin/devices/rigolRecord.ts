/** Eight-bit samples of an oscilloscope, 25 codes a division, clipped at the converter's ends; names and numbers. */
import { scpiErrors } from "./scpiError.ts";

/** Code of zero volts without offset. */
export const Y_REFERENCE = 127;
const CODES_PER_DIVISION = 25;

export interface Record8 {
  readonly codes: Uint8Array;
  /** Volts a code, as the scope believes them. */
  readonly yIncrement: number;
  /** Codes by which the offset moves zero. */
  readonly yOrigin: number;
}

/** `factor`: what the scope multiplies the volts at the tip by, when it is told another probe than the one there. */
export function quantise(volts: Float64Array, factor: number, scale_V: number, offset_V: number): Record8 {
  const yIncrement = scale_V / CODES_PER_DIVISION;
  const yOrigin = Math.round(offset_V / yIncrement);
  const codes = new Uint8Array(volts.length);
  const zero = yOrigin + Y_REFERENCE;
  for (let i = 0; i < volts.length; i++) {
    const code = Math.round(((volts[i] ?? 0) * factor) / yIncrement) + zero;
    codes[i] = code < 0 ? 0 : code > 255 ? 255 : code;
  }
  return { codes, yIncrement, yOrigin };
}

/** `CHAN1` or `CHANnel1` as a number. */
export function channelName(text: string): number {
  const match = /^CHAN(?:NEL)?([1-4])$/.exec(text.toUpperCase());
  if (match === null) throw scpiErrors.illegalValue();
  return Number(match[1]);
}

/** Whether the wave rises through the level somewhere in the record. */
export function crosses(values: Float64Array, level_V: number): boolean {
  let below = false;
  for (const value of values) {
    if (value < level_V) below = true;
    else if (below) return true;
  }
  // The record begins at the trigger: a wave that falls through the level later was above it before.
  return below && (values[0] ?? level_V) >= level_V;
}

/** Six decimals and an exponent, `1.000000e-09`. */
export function sci(value: number): string {
  const [mantissa = "0", exponent = "+0"] = value.toExponential(6).split("e");
  return `${mantissa}e${exponent[0] ?? "+"}${exponent.slice(1).padStart(2, "0")}`;
}
