/** A drawing by uPlot that fits its place, and is made anew when what it shows changes. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

export function Plot({
  options,
  data,
  label,
}: {
  readonly options: Omit<uPlot.Options, "width">;
  readonly data: uPlot.AlignedData;
  readonly label: string;
}) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = holder.current;
    if (!box) return;
    const plot = new uPlot({ ...options, width: Math.max(280, box.clientWidth) }, data, box);
    const fit = () => plot.setSize({ width: Math.max(280, box.clientWidth), height: options.height });
    addEventListener("resize", fit);
    return () => {
      removeEventListener("resize", fit);
      plot.destroy();
    };
  }, [options, data]);
  return <div ref={holder} role="img" aria-label={label} class="plot" />;
}
