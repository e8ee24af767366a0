/** Raw points of one series: looked at closer and from farther away, and taken away as a file. */
import { useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { visible } from "../../../reports/text/escape.ts";
import { scaleFor } from "../../../reports/text/quantity.ts";
import { isUnit } from "../../model/units.ts";
import type { SeriesView } from "../reviewTypes.ts";
import { useLoaded, Waiting } from "./loaded.tsx";
import { go, linkTo, place, searchOf } from "./place.ts";
import { Plot } from "./plot.tsx";
import { text } from "./texts.ts";

const words = text.review;
const height_px = 320;

export default function Series() {
  const { path, query } = place.value;
  const run = path.split("/")[1] ?? "";
  const { name = "", from = "", to = "" } = query;
  const asked = searchOf({ name, from, to });
  const loaded = useLoaded<SeriesView>(name === "" ? "" : `/api/runs/${encodeURIComponent(run)}/series${asked}`);
  const look = (low: number | undefined, high: number | undefined) =>
    go(`runs/${run}/series`, {
      name,
      from: low === undefined ? "" : String(low),
      to: high === undefined ? "" : String(high),
    });
  return (
    <section class="review">
      <p class="buttons">
        <a class="button" href={linkTo(`runs/${run}`)}>
          {words.run} {run}
        </a>
        <a class="button" href={`/api/runs/${run}/series.csv${asked}`} download>
          {words.csv}
        </a>
      </p>
      <h1>{visible(name)}</h1>
      <Waiting of={loaded} />
      {loaded.data ? <Drawn view={loaded.data} from={from} to={to} look={look} /> : null}
    </section>
  );
}

interface DrawnProps {
  readonly view: SeriesView;
  readonly from: string;
  readonly to: string;
  readonly look: (low: number | undefined, high: number | undefined) => void;
}

function Drawn({ view, from, to, look }: DrawnProps) {
  const [low, high] = [from === "" ? view.first_s : Number(from), to === "" ? view.last_s : Number(to)];
  const span = high - low;
  const { options, data } = useMemo(() => drawing(view, look), [view]);
  const part = (a: number, b: number) => () => look(Math.max(view.first_s, a), Math.min(view.last_s, b));
  return (
    <>
      <Plot options={options} data={data} label={`${view.series}, ${low} to ${high} s`} />
      <p class="buttons">
        <button type="button" onClick={part(low + span / 4, high - span / 4)}>
          {words.zoomIn}
        </button>
        <button type="button" onClick={part(low - span / 2, high + span / 2)}>
          {words.zoomOut}
        </button>
        <button type="button" disabled={low <= view.first_s} onClick={part(low - span / 2, high - span / 2)}>
          {words.earlier}
        </button>
        <button type="button" disabled={high >= view.last_s} onClick={part(low + span / 2, high + span / 2)}>
          {words.later}
        </button>
        <button type="button" onClick={() => look(undefined, undefined)}>
          {words.whole}
        </button>
      </p>
      <p class="quiet">
        {view.t_s.length.toLocaleString("en")} {words.shownOf} {view.inside.toLocaleString("en")} {words.points} (
        {view.total.toLocaleString("en")})
        {view.t_s.length < view.inside - view.withoutValue ? `; ${words.thinned}` : ""}
        {view.withoutValue > 0 ? `; ${view.withoutValue} ${words.withoutValue}` : ""}. {words.drag}
      </p>
    </>
  );
}

function drawing(view: SeriesView, look: DrawnProps["look"]) {
  const unit = isUnit(view.unit) ? view.unit : "1";
  let most = 0;
  for (const v of view.values) most = Math.max(most, Math.abs(v));
  const { factor, symbol } = scaleFor(unit, [most]);
  const data: uPlot.AlignedData = [[...view.t_s], view.values.map((v) => v / factor)];
  const options: Omit<uPlot.Options, "width"> = {
    height: height_px,
    legend: { show: true, live: true },
    cursor: { drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: false } },
    axes: [
      { label: "s", labelSize: 18 },
      { label: symbol, labelSize: 18, size: 70 },
    ],
    series: [{ label: "s" }, { label: symbol || view.series, stroke: "#0b5cad", width: 1.5, points: { show: false } }],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          look(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
        },
      ],
    },
  };
  return { options, data };
}
