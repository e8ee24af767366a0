/** Curves of one kind of series, drawn as they come. Memory is bounded by Curve; drawing by the screen. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { curves, curvesVersion } from "./state.ts";

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

/** Series whose name has `part` in it; values times `scale`. */
export function Chart({
  title,
  prefix,
  scale,
}: {
  readonly title: string;
  readonly prefix: string;
  readonly scale: number;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const shown = useRef("");
  const due = useRef(0);
  const version = curvesVersion.value;
  useEffect(() => {
    const draw = (): void => {
      due.current = 0;
      const names = [...curves.keys()].filter((name) => name.includes(prefix)).sort();
      const box = holder.current;
      if (!box) return;
      if (names.join() !== shown.current) {
        plot.current?.destroy();
        shown.current = names.join();
        plot.current = names.length === 0 ? undefined : made(box, names);
      }
      plot.current?.setData(aligned(names, scale));
    };
    // Once a frame however much came, and not at all where nobody sees it.
    if (due.current === 0) due.current = requestAnimationFrame(draw);
  }, [version, prefix, scale]);
  useEffect(
    () => () => {
      cancelAnimationFrame(due.current);
      plot.current?.destroy();
    },
    [],
  );
  let most = Number.NEGATIVE_INFINITY;
  let empty = true;
  for (const [name, { last }] of curves) {
    if (!name.includes(prefix)) continue;
    empty = false;
    most = Math.max(most, (last ?? Number.NaN) * scale);
  }
  return (
    <figure class={empty ? "chart empty" : "chart"}>
      <figcaption>
        {title}
        {Number.isFinite(most) ? <b> {most.toFixed(1)}</b> : null}
      </figcaption>
      <div ref={holder} />
    </figure>
  );
}

const made = (box: HTMLElement, names: readonly string[]): uPlot =>
  new uPlot(
    {
      width: Math.max(280, box.parentElement?.clientWidth ?? box.clientWidth),
      height: height_px,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false } },
      axes: [{ label: "s", size: 30, labelSize: 14 }, { size: 46 }],
      series: [
        {},
        ...names.map((name, i) => ({
          label: name,
          stroke: colours[i % colours.length] ?? "#000",
          width: 1.5,
          dash: [...(dashes[Math.floor(i / colours.length) % dashes.length] ?? [])],
          spanGaps: true,
        })),
      ],
    },
    [[]],
    box,
  );

/** One time axis for all: curves of one scan have the same times; others leave gaps. */
function aligned(names: readonly string[], scale: number): uPlot.AlignedData {
  const all = names.map((name) => curves.get(name)?.drawn() ?? { t_s: [], values: [] });
  const [first] = all;
  if (first && all.every(({ t_s }) => sameTimes(t_s, first.t_s))) {
    return [[...first.t_s], ...all.map(({ values }) => values.map((value) => value * scale))];
  }
  const times = [...new Set(all.flatMap(({ t_s }) => t_s))].sort((a, b) => a - b);
  const rows = all.map(({ t_s, values }) => {
    let i = 0;
    return times.map((t) => {
      if (t_s[i] !== t) return null;
      i += 1;
      return (values[i - 1] ?? Number.NaN) * scale;
    });
  });
  return [times, ...rows];
}

const sameTimes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((t, i) => t === b[i]);
