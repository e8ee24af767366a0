/** Eight-bit samples of an oscilloscope: 25 codes a division, clipped at the ends of the converter. */

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
