/** Units of readings and limits: SI units spelled out, no prefixes, because `mohm` and `Mohm` differ by 1e9. */
export const units = ["A", "V", "ohm", "F", "s", "degC", "K", "Hz", "%", "1", "K/min", "W", "Pa"] as const;
export type Unit = (typeof units)[number];

export const isUnit = (text: string): text is Unit => (units as readonly string[]).includes(text);
