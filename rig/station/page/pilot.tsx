/** The latest capture of the control pilot at both faces, as the store has it; asked for now and then while a run goes on. */
import { useEffect, useState } from "preact/hooks";
import type { Capture } from "../../store/glance.ts";
import { get } from "./api.ts";
import { text } from "./texts.ts";

const look_ms = 2000;
const width = 480;
const height = 120;
/** Room for the volts at the left. */
const left = 44;
/** And for half a letter above and below. */
const edge = 8;

export function Pilot({ run, live }: { readonly run: number; readonly live: boolean }) {
  const [capture, setCapture] = useState<Capture>();
  useEffect(() => {
    let over = false;
    let last = -1;
    const look = () => {
      get<Partial<Capture>>(`/api/runs/${run}/pilot?after=${last}`).then(
        (found) => {
          if (over || found.id === undefined) return;
          last = found.id;
          setCapture(found as Capture);
        },
        () => undefined,
      );
    };
    look();
    const timer = live ? setInterval(look, look_ms) : undefined;
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [run, live]);
  if (!capture) return null;
  return (
    <figure class="pilot">
      <figcaption>
        {text.run.pilot} <small>{named(capture.name)}</small>
      </figcaption>
      {capture.waves.map((wave) => (
        <Wave key={wave.channel} wave={wave} />
      ))}
    </figure>
  );
}

/** `pilot/adapter/B/16` is state B at 16 % through the adapter. */
export function named(name: string): string {
  const [, path = name, state = "", duty = ""] = name.replace(/#\d+$/, "").split("/");
  const way = path.replace(/^corner /, "corner, ");
  return duty === "" ? way : `${way}, state ${state}, ${duty} %`;
}

const faces: Readonly<Record<string, "station" | "vehicle">> = { CP_S: "station", CP_V: "vehicle" };

function Wave({ wave }: { readonly wave: Capture["waves"][number] }) {
  const { t_s, values, channel } = wave;
  const face = text.run.pilotFace[faces[channel] ?? "station"];
  const end_s = t_s.at(-1) || 1;
  const low = Math.min(-13, ...values);
  const high = Math.max(13, ...values);
  const x = (t: number): number => left + ((width - left) * t) / end_s;
  const y = (v: number): number => edge + ((high - v) / (high - low)) * (height - 2 * edge);
  const path = values.map((v, i) => `${i === 0 ? "M" : "L"}${x(t_s[i] ?? 0).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  const most = Math.max(...values);
  const least = Math.min(...values);
  return (
    <div class="wave" data-face={faces[channel]}>
      <b>{face}</b> {least.toFixed(1)} V … {most.toFixed(1)} V, {(end_s * 1000).toFixed(0)} ms
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${face}: ${least.toFixed(1)} V to ${most.toFixed(1)} V`}
      >
        {[12, 0, -12].map((v) => (
          <g key={v}>
            <line x1={left} y1={y(v)} x2={width} y2={y(v)} stroke="#c3ccd4" />
            <text x={left - 4} y={y(v) + 5} text-anchor="end">
              {v} V
            </text>
          </g>
        ))}
        <path d={path} fill="none" stroke={channel === "CP_S" ? "#0b5cad" : "#8a5a00"} stroke-width="1.5" />
      </svg>
    </div>
  );
}
