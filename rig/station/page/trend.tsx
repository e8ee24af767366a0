/** One measurement over time or over serial numbers, with its limits; each point is a run that can be opened. */
import { useMemo, useState } from "preact/hooks";
import type uPlot from "uplot";
import { visible } from "../../../reports/text/escape.ts";
import type { Choices, TrendPoint, TrendView } from "../reviewTypes.ts";
import { type Asked, askedIn, FilterForm } from "./asked.tsx";
import { Select } from "./choice.tsx";
import { Field } from "./form.tsx";
import { useLoaded, Waiting } from "./loaded.tsx";
import { linkTo, place, searchOf } from "./place.ts";
import { Plot } from "./plot.tsx";
import { spanOf, tenth } from "./scale.ts";
import { Columns } from "./tables.tsx";
import { text } from "./texts.ts";

const words = text.review;
const height_px = 340;
const listed = 100;
const fields = ["id", "procedure", "adapter", "serial", "since", "until"] as const;
type TrendAsked = Asked<(typeof fields)[number]>;

export default function Trend() {
  const { query } = place.value;
  const asked = askedIn(fields, query);
  const loaded = useLoaded<TrendView>(asked.id ? `/api/trend${searchOf(asked)}` : "");
  return (
    <section class="review">
      <h1>{words.trend}</h1>
      <Form key={JSON.stringify(asked)} asked={asked} />
      {asked.id ? <Waiting of={loaded} /> : <p>{words.noReading}</p>}
      {loaded.data ? <Shown view={loaded.data} /> : null}
    </section>
  );
}

function Form({ asked }: { readonly asked: TrendAsked }) {
  const [now, setNow] = useState<TrendAsked>(asked);
  const ids = useLoaded<readonly string[]>(`/api/measurements${searchOf({ adapter: asked.adapter })}`);
  const choices = useLoaded<Choices>("/api/choices");
  const set = (name: keyof TrendAsked) => (value: string) => setNow({ ...now, [name]: value });
  const options = (names: readonly string[] | undefined, chosen: string | undefined, none: string) => [
    ["", none] as const,
    ...[...new Set([...(names ?? []), ...(chosen ? [chosen] : [])])].map((name) => [name, name] as const),
  ];
  return (
    <FilterForm path="trend" now={now} set={set}>
      <Select label={words.measurement} value={now.id ?? ""} set={set("id")} from={options(ids.data, now.id, "")} />
      <Select
        label={text.adapter}
        value={now.adapter ?? ""}
        set={set("adapter")}
        from={options(choices.data?.adapters, now.adapter, text.all)}
      />
      <Select
        label={text.procedure}
        value={now.procedure ?? ""}
        set={set("procedure")}
        from={options(choices.data?.procedures, now.procedure, text.all)}
      />
      <Field label={text.serial} value={now.serial ?? ""} set={set("serial")} />
    </FilterForm>
  );
}

type Order = "time" | "serial";

function Shown({ view }: { readonly view: TrendView }) {
  const [order, setOrder] = useState<Order>("time");
  const { options, data } = useMemo(() => drawing(view, order), [view, order]);
  return (
    <>
      <h2>
        {view.id}
        {view.simulated ? ` · ${text.simulated}` : ""}
      </h2>
      {[...view.of, ...view.warnings].map((line) => (
        <p key={line} class={view.warnings.includes(line) ? "error" : "quiet"}>
          {line}
        </p>
      ))}
      <Select
        label={words.order}
        value={order}
        set={(value) => setOrder(value === "serial" ? "serial" : "time")}
        from={[
          ["time", words.byTime],
          ["serial", words.bySerial],
        ]}
      />
      <Plot options={options} data={data} label={`${view.id}, ${view.points.length} ${words.points}`} />
      <h2>{words.newestReadings}</h2>
      <div class="scroll">
        <table>
          <tbody>
            {view.points
              .slice(-listed)
              .reverse()
              .map((point) => (
                <tr key={`${point.run} ${point.at_s}`} class={point.verdict.startsWith("fail") ? "bad" : ""}>
                  <td>
                    <a class="reach" href={linkTo(`runs/${point.run}`)}>
                      {point.id}
                    </a>
                  </td>
                  <td>{new Date(point.at_s * 1000).toISOString().slice(0, 16).replace("T", " ")}</td>
                  <td>{visible(point.serial)}</td>
                  <td class="number">{point.text}</td>
                  <td>
                    {point.verdict.startsWith("pass") ? "✓" : point.verdict.startsWith("fail") ? "✗" : "?"}{" "}
                    {point.verdict}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      <Days view={view} />
    </>
  );
}

const Days = ({ view }: { readonly view: TrendView }) => (
  <details>
    <summary>{words.days}</summary>
    <table>
      <Columns names={[words.from, "n", words.mean, words.least, words.greatest, words.noValue, words.failed]} />
      <tbody>
        {[...view.days].reverse().map((day) => (
          <tr key={day.from}>
            <td>{day.from}</td>
            <td class="number">{day.n}</td>
            <td class="number">{day.mean}</td>
            <td class="number">{day.least}</td>
            <td class="number">{day.greatest}</td>
            <td class="number">{day.noValue}</td>
            <td class="number">{day.failed}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </details>
);

/** Fails are larger and filled, so that the colour is not the only sign. */
function drawing({ points, low, high, unit, id }: TrendView, order: Order) {
  const serials = [...new Set(points.map(({ serial }) => serial))].sort();
  const rank = new Map(serials.map((serial, i) => [serial, i]));
  const x = (point: TrendPoint): number => (order === "time" ? point.at_s : (rank.get(point.serial) ?? 0));
  const drawn = points.filter(({ value }) => value !== undefined).sort((a, b) => x(a) - x(b));
  const of = (fits: (point: TrendPoint) => boolean) =>
    drawn.map((point) => (fits(point) ? (point.value ?? null) : null));
  const fails = ({ verdict }: TrendPoint): boolean => verdict.startsWith("fail");
  const limits = [low, high].filter((value): value is number => value !== undefined);
  const dots = (label: string, colour: string, size: number, fill: string): uPlot.Series => ({
    label,
    stroke: colour,
    paths: () => null,
    points: { show: true, size, stroke: colour, fill },
  });
  const data: uPlot.AlignedData = [drawn.map(x), of((point) => !fails(point)), of(fails)];
  const values = [...drawn.flatMap(({ value }) => (value === undefined ? [] : [value])), ...limits];
  // One reading alone has no span: an hour, or a place, on either side.
  const [from, to] = spanOf(drawn.map(x), () => (order === "time" ? 3600 : 1));
  const [low_y, high_y] = spanOf(values, tenth);
  const options: Omit<uPlot.Options, "width"> = {
    height: height_px,
    legend: { show: true, live: false },
    cursor: { drag: { x: true, y: false } },
    scales: {
      x: { time: order === "time", range: [from, to] },
      y: { range: [low_y, high_y] },
    },
    hooks: { draw: [(plot) => limitLines(plot, limits)] },
    axes: [
      order === "time"
        ? {
            values: (_: uPlot, at: number[], __: number, ___: number, step_s: number) => at.map(utcOf(step_s)),
            space: 110,
          }
        : {
            values: (_: uPlot, at: number[]) => at.map((i) => visible(serials[i] ?? "").slice(0, 12)),
            incrs: [1, 2, 5, 10, 50, 100],
          },
      { label: unit, labelSize: 18, size: 70 },
    ],
    series: [{}, dots(id, "#0b5cad", 7, "#fff"), dots(words.failed, "#c8102e", 12, "#c8102e")],
  };
  return { options, data };
}

/** As everywhere on this page: UTC, whatever the clock of the desk says. */
const utcOf =
  (step_s: number) =>
  (at_s: number): string => {
    const iso = new Date(at_s * 1000).toISOString();
    return step_s >= 86_400 ? iso.slice(0, 10) : iso.slice(5, 16).replace("T", " ");
  };

/** From edge to edge, whatever points there are. */
function limitLines(plot: uPlot, limits: readonly number[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = "#8a5a00";
  ctx.lineWidth = 3;
  ctx.setLineDash([12, 6]);
  for (const value of limits) {
    const y = plot.valToPos(value, "y", true);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}
