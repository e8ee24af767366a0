/** Numbers for people: SI prefixes, as many digits as the uncertainty supports. Files keep plain SI. */
import type { Unit } from "../../rig/model/units.ts";

const symbols: Readonly<Record<Unit, string>> = {
  A: "A",
  V: "V",
  ohm: "Ω",
  F: "F",
  s: "s",
  degC: "°C",
  K: "K",
  Hz: "Hz",
  "%": "%",
  "1": "",
  "K/min": "K/min",
  W: "W",
  Pa: "Pa",
};

const prefixed: ReadonlySet<Unit> = new Set<Unit>(["A", "V", "ohm", "F", "s", "Hz", "W", "Pa"]);
const prefixes: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
  [1e-9, "n"],
  [1e-12, "p"],
];

/** No-break space between number and unit (ISO 80000-1, 7.1.4). */
const gap = "\u00a0";
const minus = "\u2212";

export const symbolOf = (unit: Unit): string => symbols[unit];

interface Scale {
  readonly factor: number;
  readonly symbol: string;
}

/** The prefix that puts the largest of the values between 1 and 1000. */
export function scaleFor(unit: Unit, values: readonly number[]): Scale {
  const size = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  if (!prefixed.has(unit) || size === 0) return { factor: 1, symbol: symbols[unit] };
  const found = prefixes.find(([factor]) => size >= factor * 0.9995) ?? ([1e-12, "p"] as const);
  return { factor: found[0], symbol: found[1] + symbols[unit] };
}

const withMinus = (text: string): string => (Number(text) === 0 ? text.replace("-", "") : text.replace("-", minus));

const fixed = (value: number, decimals: number): string =>
  withMinus(value.toFixed(Math.min(Math.max(decimals, 0), 12)));

/** Decimals that show two significant digits of `u` (GUM 7.2.6). */
const decimalsFor = (u: number): number => 1 - Math.floor(Math.log10(u));

/**
 * More decimals, if needed, until the rounded value lies on the same side of each limit as the value itself: a fail is
 * never printed as a number that equals its limit.
 */
function tellApart(value: number, decimals: number, limits: readonly number[]): number {
  let d = Math.max(decimals, 0);
  const differs = (limit: number) =>
    Math.sign(value - limit) !== Math.sign(Number(value.toFixed(d)) - Number(limit.toPrecision(12)));
  while (d < 12 && limits.some(differs)) d++;
  return d;
}

export interface ValueText {
  readonly value: string;
  readonly uncertainty: string;
  readonly unit: string;
}

/** Value and expanded uncertainty U with one prefix. `U` 0 or unknown: four significant digits. */
export function valueText(unit: Unit, value: number, U: number, limits: readonly number[] = []): ValueText {
  const { factor, symbol } = scaleFor(unit, [value, U]);
  const v = value / factor;
  const u = U / factor;
  const size = Math.abs(v);
  const plain = size > 0 ? 3 - Math.floor(Math.log10(size)) : 0;
  const decimals = u > 0 ? Math.min(decimalsFor(u), 9) : plain;
  const d = tellApart(
    v,
    decimals,
    limits.map((limit) => limit / factor),
  );
  return { value: fixed(v, d), uncertainty: u > 0 ? fixed(u, Math.max(decimals, 0)) : "", unit: symbol };
}

/** A number alone with its unit: up to `digits` significant digits, no trailing zeros: `150 µΩ`, `1 MΩ`, `−12.6 V`. */
export function quantity(unit: Unit, value: number, digits = 6): string {
  if (!Number.isFinite(value)) return "no number";
  const { factor, symbol } = scaleFor(unit, [value]);
  const text = withMinus(String(Number((value / factor).toPrecision(digits))));
  return symbol === "" ? text : `${text}${gap}${symbol}`;
}

/** `1 h 04 min`, `6 min 30 s`, `12 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "unknown";
  const s = Math.round(seconds);
  if (s >= 3600)
    return `${Math.floor(s / 3600)}${gap}h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}${gap}min`;
  return s >= 60 ? `${Math.floor(s / 60)}${gap}min ${String(s % 60).padStart(2, "0")}${gap}s` : `${s}${gap}s`;
}
