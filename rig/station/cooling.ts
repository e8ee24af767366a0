/**
 * When hot parts of the bench may be touched: from the last temperatures that are on disk, by a cautious law of cooling.
 * An estimate and said to be one; what cannot be estimated is "unknown", never "cool".
 */

/** Below it parts may be touched, degC: the touch temperature that design.md and issue 6 name (H: no standard was read for it). */
export const touch_degC = 50;
/**
 * Time constant of cooling, s: the slowest with which contacts warm that instruments.md B2 gives (25 to 60 min), taken for
 * cooling too (H). Parts that cool faster are said to be hot for longer than they are.
 */
export const cooling_tau_s = 3600;
/** A place beside the sensor may be hotter than the sensor says, K (H). */
export const margin_K = 3;

export interface LastReading {
  readonly name: string;
  /** Bench time, s. */
  readonly t_s: number;
  /** NaN: the sensor gave no value. */
  readonly degC: number;
}

export type Cooling =
  /** No current was driven: nothing was heated by the rig. */
  | { readonly is: "cold" }
  | { readonly is: "cool"; readonly where: string; readonly hottest_degC: number; readonly by: "reading" | "estimate" }
  | {
      readonly is: "hot";
      readonly where: string;
      /** Last reading of the hottest sensor, and of the ambient. */
      readonly hottest_degC: number;
      readonly ambient_degC: number;
      /** From now until every part is below the touch temperature, s. */
      readonly remaining_s: number;
    }
  | { readonly is: "unknown"; readonly why: string };

export interface CoolingParts {
  /** Last reading of each part that may be hot; of the ambient apart. */
  readonly parts: readonly LastReading[];
  readonly ambients: readonly LastReading[];
  /** Bench time of the last moment at which a source was switched on, s; undefined: never. */
  readonly driven_s: number | undefined;
  /** Since the oldest of the last readings, s of wall time. */
  readonly elapsed_s: number;
}

export function coolingOf({ parts, ambients, driven_s, elapsed_s }: CoolingParts): Cooling {
  if (driven_s === undefined) return { is: "cold" };
  const lost = parts.find(({ degC }) => !Number.isFinite(degC));
  if (lost) return { is: "unknown", why: `${lost.name} gave no temperature at the end` };
  const read = parts.filter(({ t_s }) => t_s >= driven_s);
  if (read.length === 0) return { is: "unknown", why: "no temperature was read after current flowed" };
  const known = ambients.map(({ degC }) => degC).filter(Number.isFinite);
  const hottest = read.reduce((a, b) => (b.degC > a.degC ? b : a));
  const { name: where, degC: hottest_degC } = hottest;
  if (hottest_degC + margin_K < touch_degC) return { is: "cool", where, hottest_degC, by: "reading" };
  if (known.length === 0) return { is: "unknown", why: "the ambient temperature is not known" };
  const ambient_degC = Math.max(...known);
  if (ambient_degC >= touch_degC - 1)
    return { is: "unknown", why: `the ambient is ${ambient_degC.toFixed(0)} °C itself` };
  const over_K = hottest_degC + margin_K - ambient_degC;
  const whole_s = cooling_tau_s * Math.log(over_K / (touch_degC - ambient_degC));
  const remaining_s = Math.ceil(whole_s - Math.max(0, elapsed_s));
  if (remaining_s <= 0) return { is: "cool", where, hottest_degC, by: "estimate" };
  return { is: "hot", where, hottest_degC, ambient_degC, remaining_s };
}

/** The last part of a series' name, without what the store adds to a repeated one: the sensor. */
export const sensorOf = (series: string): string => (series.split("/").at(-1) ?? "").replace(/#\d+$/, "");

/** Sensors of the bench whose name begins so read temperatures; those of the ambient heat nobody. */
export const isTemperature = (series: string): boolean => sensorOf(series).startsWith("T.");
export const isAmbient = (series: string): boolean => sensorOf(series).startsWith("T.ambient");

/** The latest reading of each sensor. */
export function latest(readings: readonly LastReading[]): readonly LastReading[] {
  const last = new Map<string, LastReading>();
  for (const one of readings) {
    const before = last.get(one.name);
    if (!before || one.t_s > before.t_s) last.set(one.name, one);
  }
  return [...last.values()];
}
