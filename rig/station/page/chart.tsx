/** Curves of one kind of sensor, drawn as they come. Memory is bounded by Curve; drawing by the screen. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { type Rows, rowsOf, type Sensor, sensors } from "./rows.ts";
import { curvesVersion } from "./state.ts";

const colours = [
  "#0b5cad",
  "#c8102e",
  "#1b7a4b",
  "#8a5a00",
  "#6b3fa0",
  "#00798c",
  "#b0413e",
  "#444444",
  "#d17a00",
  "#4f6d7a",
];
const dashes = [[], [6, 3], [2, 3]] as const;
const height_px = 180;

const colourOf = (i: number): string => colours[i % colours.length] ?? "#000";
const dashOf = (i: number): readonly number[] => dashes[Math.floor(i / colours.length) % dashes.length] ?? [];

/** Lines that stand beside what was measured: always as many and in the same order, with no values where there is none. */
export interface Beside {
  readonly lines: readonly { readonly label: string; readonly stroke: string; readonly dash: readonly number[] }[];
  /** Indexes of two of the lines, upper and lower, with what is between them. */
  readonly band?: { readonly high: number; readonly low: number; readonly fill: string };
  readonly rows: (sensors: readonly Sensor[], rows: Rows) => readonly (readonly (number | null)[])[];
}

/** Series whose name has `prefix` in it; values times `scale`. */
export function Chart({
  title,
  prefix,
  scale,
  beside,
  says,
}: {
  readonly title: string;
  readonly prefix: string;
  readonly scale: number;
  readonly beside?: Beside;
  /** Under the title: what the lines beside mean. */
  readonly says?: readonly string[];
}) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const shown = useRef("");
  const due = useRef(0);
  const version = curvesVersion.value;
  const all = sensors(prefix);
  useEffect(() => {
    const draw = (): void => {
      due.current = 0;
      const now = sensors(prefix);
      const names = now.map(({ name }) => name).join();
      const box = holder.current;
      if (!box) return;
      if (names !== shown.current) {
        plot.current?.destroy();
        shown.current = names;
        plot.current = now.length === 0 ? undefined : made(box, now, beside);
      }
      const width = widthOf(box);
      if (plot.current && plot.current.width !== width) plot.current.setSize({ width, height: height_px });
      const rows = rowsOf(now, scale);
      const more = beside?.rows(now, rows) ?? [];
      plot.current?.setData([rows.t_s, ...rows.values, ...more.map((row) => [...row])]);
    };
    // Once a frame however much came, and not at all where nobody sees it.
    if (due.current === 0) due.current = requestAnimationFrame(draw);
  }, [version, prefix, scale, beside]);
  useEffect(() => {
    const fit = (): void => {
      const box = holder.current;
      if (box) plot.current?.setSize({ width: widthOf(box), height: height_px });
    };
    addEventListener("resize", fit);
    return () => removeEventListener("resize", fit);
  }, []);
  useEffect(
    () => () => {
      cancelAnimationFrame(due.current);
      plot.current?.destroy();
    },
    [],
  );
  const most = Math.max(...all.map(({ last }) => (last ?? Number.NaN) * scale).filter(Number.isFinite));
  return (
    <figure class={all.length === 0 ? "chart empty" : "chart"}>
      <figcaption>
        {title}
        {Number.isFinite(most) ? <b> {fixed(most)}</b> : null}
        {says?.map((line) => (
          <span key={line} class="says">
            {line}
          </span>
        ))}
      </figcaption>
      <div ref={holder} />
      {all.length > 1 ? <Legend all={all} scale={scale} /> : null}
    </figure>
  );
}

/** Each sensor with its line and its last value: nobody has to tell colours apart. */
const Legend = ({ all, scale }: { readonly all: readonly Sensor[]; readonly scale: number }) => (
  <ul class="legend">
    {all.map(({ name, last }, i) => (
      <li key={name}>
        <svg width="22" height="8" aria-hidden="true">
          <line
            x1="0"
            y1="4"
            x2="22"
            y2="4"
            stroke={colourOf(i)}
            stroke-width="3"
            stroke-dasharray={dashOf(i).join(" ")}
          />
        </svg>
        {name.replace(/^T\./, "")} <b>{last === undefined ? "–" : fixed(last * scale)}</b>
      </li>
    ))}
  </ul>
);

const widthOf = (box: HTMLElement): number => Math.max(280, box.parentElement?.clientWidth ?? box.clientWidth);

/** Without the minus of a zero. */
const fixed = (value: number): string => value.toFixed(1).replace(/^-(0\.0)$/, "$1");

function made(box: HTMLElement, all: readonly Sensor[], beside: Beside | undefined): uPlot {
  const measured = all.map(({ name }, i) => ({
    label: name,
    stroke: colourOf(i),
    width: 1.5,
    dash: [...dashOf(i)],
    spanGaps: true,
  }));
  const lines = (beside?.lines ?? []).map(({ label, stroke, dash }) => ({
    label,
    stroke,
    width: 2,
    dash: [...dash],
    spanGaps: true,
    points: { show: false },
  }));
  const first = 1 + measured.length;
  const { band } = beside ?? {};
  const bands = band ? [{ series: [first + band.high, first + band.low] as [number, number], fill: band.fill }] : [];
  return new uPlot(
    {
      width: widthOf(box),
      height: height_px,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false } },
      axes: [{ label: "s", size: 30, labelSize: 14 }, { size: 46 }],
      series: [{}, ...measured, ...lines],
      bands,
    },
    [[]],
    box,
  );
}
