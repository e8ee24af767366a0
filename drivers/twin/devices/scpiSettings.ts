/** Settings that a SCPI device only keeps and tells: a header, what it takes, and how it is told. */
import type { ScpiCall, ScpiCommand } from "./scpi.ts";
import { scpiErrors } from "./scpiError.ts";

export interface Setting<T> {
  value: T;
  readonly command: ScpiCommand;
  reset(): void;
}

/** The first argument, or error -109. */
export function argument(call: ScpiCall, index = 0): string {
  const text = call.arguments[index];
  if (text === undefined || text === "") throw scpiErrors.missingParameter();
  return text;
}

export function noMoreThan(call: ScpiCall, count: number): void {
  if (call.arguments.length > count) throw scpiErrors.parameterNotAllowed();
}

/** A decimal number, with a unit where one is allowed (`1.5`, `1.5V`, `10mV`), or MIN, MAX, DEF, INF by `named`. */
export function numeric(text: string, named: Readonly<Record<string, number>> = {}, unit = ""): number {
  const name = text.toUpperCase();
  for (const [key, value] of Object.entries(named)) if (isForm(name, key)) return value;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)\s*([A-Z]*)$/.exec(name);
  if (match === null) throw scpiErrors.dataType();
  return Number(match[1]) * multiplier(match[2] ?? "", unit.toUpperCase());
}

/** Multipliers of SCPI-99 volume 1, 7.3: M is milli except before HZ and OHM, where it is mega. */
function multiplier(suffix: string, unit: string): number {
  if (suffix === "" || (unit !== "" && suffix === unit)) return 1;
  if (unit === "" || !suffix.endsWith(unit)) throw scpiErrors.dataType();
  const prefix = suffix.slice(0, -unit.length);
  if (prefix === "M") return unit === "HZ" || unit === "OHM" ? 1e6 : 1e-3;
  const factor = { MA: 1e6, K: 1e3, U: 1e-6, N: 1e-9 }[prefix];
  if (factor === undefined) throw scpiErrors.dataType();
  return factor;
}

export function within(value: number, min: number, max: number): number {
  if (!(value >= min && value <= max)) throw scpiErrors.outOfRange();
  return value;
}

export function bool(text: string): boolean {
  const name = text.toUpperCase();
  if (name === "ON" || name === "1") return true;
  if (name === "OFF" || name === "0") return false;
  throw scpiErrors.illegalValue();
}

/** Whether `name` (capitals) is the long or the short form of `form` (`MEDium`). */
export function isForm(name: string, form: string): boolean {
  const short = /^[A-Z0-9+-]+/.exec(form)?.[0] ?? form;
  return name === form.toUpperCase() || name === short;
}

/** The one of `forms` that was written, told in its short form. */
export function choice(text: string, forms: readonly string[]): string {
  const name = text.toUpperCase();
  const found = forms.find((form) => isForm(name, form));
  if (found === undefined) throw scpiErrors.illegalValue();
  return /^[A-Z0-9+-]+/.exec(found)?.[0] ?? found;
}

function setting<T>(header: string, initial: T, read: (text: string) => T, tell: (value: T) => string): Setting<T> {
  const made: { value: T; command: ScpiCommand; reset(): void } = {
    value: initial,
    command: {
      header,
      set: (call) => {
        noMoreThan(call, 1);
        made.value = read(argument(call));
      },
      ask: () => tell(made.value),
    },
    reset: () => {
      made.value = initial;
    },
  };
  return made;
}

export const boolSetting = (
  header: string,
  initial: boolean,
  tell = (on: boolean): string => (on ? "1" : "0"),
): Setting<boolean> => setting(header, initial, bool, tell);

export const choiceSetting = (header: string, initial: string, forms: readonly string[]): Setting<string> =>
  setting(
    header,
    initial,
    (text) => choice(text, forms),
    (value) => value,
  );

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
  readonly tell?: (value: number) => string;
}

export const numberSetting = (header: string, initial: number, range: NumberRange): Setting<number> =>
  setting(
    header,
    initial,
    (text) =>
      within(
        numeric(text, { MINimum: range.min, MAXimum: range.max, DEFault: initial }, range.unit ?? ""),
        range.min,
        range.max,
      ),
    range.tell ?? nr3,
  );

/** NR3 as Keysight writes it: `+1.23450000E-03`. */
export function nr3(value: number, digits = 8): string {
  const [mantissa = "0", exponent = "+0"] = value.toExponential(digits).split("e");
  const sign = mantissa.startsWith("-") ? "" : "+";
  const power = exponent.slice(1).padStart(2, "0");
  return `${sign}${mantissa}E${exponent[0] ?? "+"}${power}`;
}
