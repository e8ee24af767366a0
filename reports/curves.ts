/** The plots of a run: temperatures with limit and stabilisation mark, current, resistance, pilot waveforms. */
import type { Limit } from "../rig/model/limits.ts";
import { type Content, notesOf } from "./content.ts";
import { type Samples, within } from "./decimate.ts";
import { drawPlot, type PlotSeries } from "./plot.ts";
import { html, type Markup } from "./text/escape.ts";
import { duration, quantity, scaleFor } from "./text/quantity.ts";

/** Shunt of the reference bench, 600 A / 60 mV: ohm. Used only where the record holds the drop and no current. */
const shunt_ohm = 1e-4;
/** Periods of a pilot waveform that are drawn. */
const pilotPeriods = 3;
const pilotPlots_max = 40;

/** Samples of the series whose name begins so, under the rest of the name. */
function seriesUnder(content: Content, prefix: string): readonly PlotSeries[] {
  return [...content.series]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { t_s, values }]) => ({ name: name.slice(prefix.length), x: t_s, y: values }));
}

const mapped = (s: PlotSeries, x: (v: number) => number, y: (v: number) => number): PlotSeries => ({
  name: s.name,
  x: s.x.map(x),
  y: s.y.map(y),
});

const startOf = (series: readonly Samples[]): number =>
  series.reduce((first, s) => (s.x.length > 0 ? Math.min(first, s.x[0] ?? first) : first), Number.POSITIVE_INFINITY);

export function thermalPlots(content: Content): Markup | undefined {
  const temperatures = seriesUnder(content, "thermal/T.");
  const currents = currentSeries(content);
  const resistances = resistanceSeries(content);
  const t0 = startOf([...temperatures, ...currents, ...resistances]);
  if (!Number.isFinite(t0)) return undefined;
  const minutes = (t: number) => (t - t0) / 60;
  const marks = soakEnds(content).map(({ t_s, how }) => ({ at: minutes(t_s), label: how(duration(t_s - t0)) }));
  const x = { label: "time", unit: "min" };
  const same = (v: number) => v;
  const largest = resistances.map((s) => s.y.reduce((a, b) => (Number.isFinite(b) ? Math.max(a, b) : a), 0));
  const ohm = scaleFor("ohm", largest);
  const plots = [
    drawPlot({
      title: "Temperatures",
      x,
      y: { label: "temperature", unit: "°C" },
      series: temperatures.map((s) => mapped(s, minutes, same)),
      limits: temperatureLimits(content, temperatures),
      marks,
      height_px: 400,
      ySpan_min: 5,
    }),
    currents.length === 0
      ? undefined
      : drawPlot({
          title: "Current through the adapter (shunt)",
          x,
          y: { label: "current", unit: "A" },
          series: currents.map((s) => mapped(s, minutes, same)),
          marks: marks.map(({ at }) => ({ at, label: "" })),
          height_px: 190,
          ySpan_min: 1,
        }),
    resistances.length === 0
      ? undefined
      : drawPlot({
          title: "Resistance of the power paths while loaded",
          x,
          y: { label: "R(t)", unit: ohm.symbol },
          series: resistances.map((s) => mapped(s, minutes, (v) => v / ohm.factor)),
          marks: marks.map(({ at }) => ({ at, label: "" })),
          height_px: 220,
        }),
  ];
  return html`${plots}`;
}

function currentSeries(content: Content): readonly PlotSeries[] {
  const current = content.series.get("thermal/I");
  if (current !== undefined) return [{ name: "I", x: current.t_s, y: current.values }];
  const drop = content.series.get("thermal/SH");
  return drop === undefined ? [] : [{ name: "I = V(SH)/R", x: drop.t_s, y: drop.values.map((v) => v / shunt_ohm) }];
}

/** Below this share of the largest current the quotient is noise. */
const loaded_share = 0.2;

/** R(t) of both poles: as recorded, else drop over shunt current of the same scan. */
function resistanceSeries(content: Content): readonly PlotSeries[] {
  const recorded = seriesUnder(content, "thermal/R.");
  const [current] = currentSeries(content);
  if (recorded.length > 0 || current === undefined) return recorded;
  const least = loaded_share * current.y.reduce((most, v) => (v > most ? v : most), 0);
  return seriesUnder(content, "thermal/V.DC").map(({ name, x, y }) => {
    const sameScan = x.length === current.x.length;
    const ohm = y.map((v, i) => {
      const ampere = current.y[i] ?? Number.NaN;
      return sameScan && ampere > least ? v / ampere : Number.NaN;
    });
    return { name: `R.DC${name}`, x, y: ohm };
  });
}

/** By its rule, or by a prediction: one note a contact at the same time, of which the first is enough. */
function soakEnds(content: Content): readonly { readonly t_s: number; readonly how: (after: string) => string }[] {
  const stable = notesOf(content.record, "stabilised").flatMap(({ body: { t_s, rule } }) => {
    if (typeof t_s !== "number") return [];
    const named = typeof rule === "string" && rule !== "" ? ` (${rule})` : "";
    return [{ t_s, how: (after: string) => `stabilised after ${after}${named}` }];
  });
  const early = notesOf(content.record, "ended-early").slice(0, 1);
  return [
    ...stable,
    ...early.flatMap(({ body: { t_s, is } }) =>
      typeof t_s === "number" ? [{ t_s, how: (after: string) => `ended by a predicted ${is} after ${after}` }] : [],
    ),
  ];
}

const isThermal = (row: Limit): boolean => row.id.startsWith("th.") && row.max !== undefined;

/** Limits in degC as they are; rises in K on top of the mean ambient of the last tenth of the run. */
function temperatureLimits(
  content: Content,
  temperatures: readonly PlotSeries[],
): readonly { readonly value: number; readonly label: string }[] {
  const used = new Set(content.record.measurements.map((m) => m.limit));
  const rows = Object.values(content.record.head.limits.rows).filter((row) => isThermal(row) && used.has(row.id));
  const ambient = ambientAtEnd(temperatures);
  return rows.flatMap((row) => {
    const max = row.max ?? 0;
    if (row.unit === "degC") return [{ value: max, label: `${row.id}: ${quantity("degC", max)}` }];
    if (row.unit !== "K" || ambient === undefined) return [];
    const label = `${row.id}: ${quantity("K", max)} above ambient ${quantity("degC", ambient, 3)}`;
    return [{ value: ambient + max, label }];
  });
}

function ambientAtEnd(temperatures: readonly PlotSeries[]): number | undefined {
  let sum = 0;
  let count = 0;
  for (const s of temperatures.filter(({ name }) => name.startsWith("ambient"))) {
    for (const v of s.y.subarray(Math.floor(s.y.length * 0.9))) {
      if (!Number.isFinite(v)) continue;
      sum += v;
      count++;
    }
  }
  return count === 0 ? undefined : sum / count;
}

interface Pilot {
  readonly title: string;
  readonly series: PlotSeries[];
}

const nodeNames: Readonly<Record<string, string>> = { CP_S: "EVSE face (CP_S)", CP_V: "EV face (CP_V)" };

/** One plot for each state, duty and face, with adapter and bypass over each other. */
export function pilotPlots(content: Content): Markup | undefined {
  const groups = new Map<string, Pilot>();
  for (const s of seriesUnder(content, "pilot/")) {
    const [via, state, duty, wave] = s.name.split("/");
    if (via === undefined || state === undefined || duty === undefined || wave === undefined) continue;
    // A repeated capture is called `CP_S#2` by the store.
    const [node = wave, again] = wave.split("#");
    const key = `${state}/${duty}/${node}`;
    const title = `State ${state}, ${duty} % duty, ${Object.hasOwn(nodeNames, node) ? nodeNames[node] : node}`;
    const group = groups.get(key) ?? { title, series: [] };
    group.series.push({ ...s, name: again === undefined ? via : `${via} (${again})` });
    groups.set(key, group);
  }
  if (groups.size === 0) return undefined;
  const inOrder = new Intl.Collator("en", { numeric: true });
  const plots = [...groups].sort(([a], [b]) => inOrder.compare(a, b)).map(([, group]) => pilotPlot(group));
  const more = plots.length - pilotPlots_max;
  const rest = more > 0 ? html`<p class="fine">${more} more waveforms are in the record.</p>` : undefined;
  return html`<div class="pair">${plots.slice(0, pilotPlots_max)}</div>${rest}`;
}

function pilotPlot(group: Pilot): Markup {
  // Each acquisition has its own start: drawn from its first rising edge, so that two captures lie on each other.
  const timed = group.series.sort((a, b) => (a.name < b.name ? -1 : 1)).map((s) => ({ s, ...periodOf(s) }));
  const period_ms = Math.min(...timed.map(({ period_s }) => period_s)) * 1e3;
  const range = Number.isFinite(period_ms) ? ([-0.1 * period_ms, pilotPeriods * period_ms] as const) : undefined;
  const series = timed.map(({ s, first_s }) => {
    // Cut before it is shifted: what is not drawn is not copied.
    const cut = range ? within(s, first_s + range[0] / 1e3, first_s + range[1] / 1e3) : s;
    return { name: s.name, x: cut.x.map((t) => (t - first_s) * 1e3), y: cut.y };
  });
  return drawPlot({
    title: group.title,
    x: { label: "time", unit: "ms" },
    y: { label: "CP", unit: "V" },
    series,
    height_px: 240,
    ySpan_min: 2,
    compact: true,
    ...(range === undefined ? {} : { xRange: range }),
  });
}

/** First rising edge through the middle and the time to the next; a steady level has no period. */
function periodOf({ x, y }: Samples): { readonly first_s: number; readonly period_s: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of y) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const middle = (low + high) / 2;
  const edges: number[] = [];
  for (let i = 1; i < y.length && edges.length < 2; i++) {
    if ((y[i - 1] ?? 0) < middle && (y[i] ?? 0) >= middle) edges.push(x[i] ?? 0);
  }
  const [first, next] = edges;
  if (high - low < 1 || first === undefined || next === undefined) {
    return { first_s: x[0] ?? 0, period_s: Number.POSITIVE_INFINITY };
  }
  return { first_s: first, period_s: next - first };
}
