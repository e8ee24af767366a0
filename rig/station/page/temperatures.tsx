/** Temperatures with the limit of the run and, where the procedure predicts, the band of the final one. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { ThermalLimits } from "../result.ts";
import { bandOf, limitOf, limitRow, meanRow, type Row } from "../thermalLines.ts";
import { get } from "./api.ts";
import { type Beside, Chart } from "./chart.tsx";
import { planned, predictions } from "./state.ts";
import { text } from "./texts.ts";

const lines = [
  { label: "limit", stroke: "#7a0a1c", dash: [10, 4] },
  { label: "predicted, high", stroke: "#6b3fa0", dash: [3, 3] },
  { label: "predicted, low", stroke: "#6b3fa0", dash: [3, 3] },
] as const;

export function Temperatures({ run }: { readonly run: number | undefined }) {
  const [limits, setLimits] = useState<ThermalLimits>();
  useEffect(() => {
    setLimits(undefined);
    if (run !== undefined) get<ThermalLimits>(`/api/runs/${run}/thermal`).then(setLimits, () => undefined);
  }, [run]);
  const limit = limitOf(limits, planned.value);
  const seen = predictions.value;
  const beside = useMemo<Beside>(
    () => ({
      lines,
      band: { high: 1, low: 2, fill: "#6b3fa033" },
      rows: (sensors, { t_s, values }) => {
        const none: Row = t_s.map(() => null);
        const of = (part: string): readonly Row[] => values.filter((_, i) => sensors[i]?.name.startsWith(part));
        const ambient = meanRow(of("T.ambient"), t_s.length);
        const band = bandOf(t_s, ambient, seen);
        return [limit ? limitRow(ambient, limit) : none, band?.high ?? none, band?.low ?? none];
      },
    }),
    [limit?.rise_K, seen],
  );
  const band = bandOf([], [], seen);
  const says = [
    ...(limit ? [`${text.run.limitLine} ${limit.rise_K} K ${text.run.overAmbient}`] : []),
    ...(band
      ? [
          `${text.run.predicted} ${band.contact}: ${band.rise_K.toFixed(1)} ± ${band.band_K.toFixed(1)} K ${text.run.overAmbient}`,
        ]
      : []),
  ];
  return <Chart title={text.temperature} prefix="/T." scale={1} beside={beside} says={says} />;
}
