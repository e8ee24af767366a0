/** One measurement over runs, with its limits: the newest readings one by one, and all of them by days. */
import { dateOf, short } from "../../../reports/statistics/page.ts";
import { apart, type Form, formOf, select } from "../../../reports/statistics/selected.ts";
import { buckets } from "../../../reports/statistics/trendPage.ts";
import { quantity, scaleFor } from "../../../reports/text/quantity.ts";
import { RigError } from "../../model/errors.ts";
import type { TrendAsked, TrendPoint, TrendView } from "../../station/reviewTypes.ts";
import { idOf } from "../../store/ids.ts";
import type { Measured, Measures } from "../../store/measures.ts";
import { daysOf } from "../period.ts";
import { withMeasures } from "./readers.ts";

/** Readings that are drawn one by one; older ones are in the days. */
const points_max = 1000;
/** Stretches of days that are listed, the newest. */
const days_max = 60;

/** @throws RigError USAGE for a measurement that these runs have not */
export async function trendOf(store: string, asked: TrendAsked): Promise<TrendView> {
  const found = await withMeasures(store, (measures) => trendIn(measures, asked));
  if (found === undefined) throw new RigError("USAGE", "there is no run yet");
  return found;
}

export async function measurementsIn(
  store: string,
  { adapter }: { readonly adapter?: string },
): Promise<readonly string[]> {
  const found = await withMeasures(store, (measures) => {
    const { real } = measures.kinds();
    return measures.ids({ simulated: !real, ...(adapter === undefined ? {} : { adapter }) });
  });
  return found ?? [];
}

function trendIn(measures: Measures, asked: TrendAsked): TrendView {
  const { id, procedure, adapter, serial, since, until } = asked;
  const { selection, of } = select(measures, {
    ...(procedure === undefined ? {} : { procedure }),
    ...(adapter === undefined ? {} : { adapter }),
    ...daysOf({ ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }),
  });
  const form = formOf(measures, id, selection);
  const points =
    serial === undefined
      ? withSerials(measures, measures.newest(form.keys, selection, points_max))
      : measures.ofUnits(form.keys, selection, [serial]).slice(-points_max);
  if (points.length === 0) throw new RigError("USAGE", `there is no reading of ${id} of this serial number`);
  const { low, high } = form.limits;
  const sizes = points.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const { factor, symbol } = scaleFor(form.unit, [...sizes, ...Object.values(form.limits)]);
  const { width, all } = buckets(form.days);
  const warnings = [
    ...form.warnings,
    ...apart(form.days).warnings,
    ...(serial === undefined ? [] : ["the table of days is of all serial numbers"]),
  ];
  return {
    id,
    unit: symbol,
    simulated: selection.simulated,
    of: [...of, ...form.of],
    warnings,
    ...(low === undefined ? {} : { low: low / factor }),
    ...(high === undefined ? {} : { high: high / factor }),
    points: points.map((point) => pointView(point, form, factor)),
    days: all.slice(-days_max).map((b) => ({
      from: dateOf(b.day),
      n: b.n,
      mean: b.n === 0 ? "-" : short(form.unit, b.mean),
      least: short(form.unit, b.least),
      greatest: short(form.unit, b.greatest),
      noValue: b.others,
      failed: b.failed,
    })),
    days_n: width,
  };
}

type Named = Measured & { readonly serial: string };

function withSerials(measures: Measures, points: readonly Measured[]): readonly Named[] {
  const serials = measures.serials(points.map(({ run }) => run));
  return points.map((point) => ({ ...point, serial: serials.get(point.run) ?? "" }));
}

const signs: Readonly<Record<string, string>> = { above: "> ", below: "< " };

function pointView({ run, serial, at_s, is, value, verdict }: Named, { unit }: Form, factor: number): TrendPoint {
  return {
    run,
    id: idOf(run),
    serial,
    at_s,
    // A bound is no value: it is in the table, never a point of the curve.
    ...(is === "value" && value !== undefined ? { value: value / factor } : {}),
    is,
    text: value === undefined ? "no value" : `${signs[is] ?? ""}${quantity(unit, value, 5)}`,
    verdict,
  };
}
