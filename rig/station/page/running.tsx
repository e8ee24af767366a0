/** A run as it goes: prompt, step, time left, curves, what was judged, and at the end the verdict nobody misreads. */
import type { RunState } from "../bench.ts";
import { Chart } from "./chart.tsx";
import { Notes, PauseBox } from "./desk.tsx";
import { Drawing } from "./drawing.tsx";
import { Pilot } from "./pilot.tsx";
import { PromptBox } from "./prompt.tsx";
import { quantityText } from "./quantity.ts";
import { Ending, HotParts } from "./result.tsx";
import "./result.css";
import "./running.css";
import { pointedAt } from "../pointed.ts";
import { leftWords, timeLeft } from "../timeLeft.ts";
import { Safety } from "./safety.tsx";
import { bench, bench_s, judged, steps, stepsDone } from "./state.ts";
import { Temperatures } from "./temperatures.tsx";
import { text } from "./texts.ts";

export function Running() {
  const run = bench.value?.run;
  if (!run) return null;
  return (
    <section class="run">
      <div class="what">
        <strong>{run.procedure}</strong> {run.adapter}, {text.serial} <strong>{run.serial}</strong>, {text.by} {run.by}
        {run.id ? <span>, {run.id}</span> : null}
      </div>
      <Safety />
      {run.phase === "ended" ? (
        <>
          <Ending run={run} />
          <Drawing live={false} />
        </>
      ) : (
        <Progress run={run} />
      )}
      {run.phase === "running" && reachesIn(run) ? <HotParts run={run.run} /> : null}
      {run.prompt && run.phase !== "ended" ? (
        <PromptBox key={`${run.run}-${run.prompt.number}`} waiting={run.prompt} by={run.by} run={run.run} />
      ) : null}
      {run.phase === "running" ? <PauseBox run={run} /> : null}
      {run.run === undefined ? null : <Notes run={run.run} live={run.phase !== "ended"} />}
      <div class="columns">
        <div>
          <Temperatures run={run.run} />
          <Chart title={text.current} prefix="/SH" scale={10_000} />
          {run.run === undefined ? null : <Pilot run={run.run} live={run.phase !== "ended"} />}
        </div>
        <div>
          {run.phase === "ended" ? null : <Drawing live />}
          <Results />
        </div>
      </div>
      {run.phase === "ended" || run.phase === "preflight" ? <pre class="said">{run.said.join("\n")}</pre> : null}
    </section>
  );
}

/** Somebody is asked to touch parts, or may: while it is paused. */
const reachesIn = ({ prompt, pause }: RunState): boolean =>
  pause?.is === "paused" || (prompt !== undefined && pointedAt(prompt.prompt).part !== "none");

function Progress({ run }: { readonly run: RunState }) {
  if (run.phase === "preflight") return <p class="step">{text.preflight}...</p>;
  const open = steps.value[0];
  const now = steps.value.at(-1);
  const left = timeLeft(run.steps, open, stepsDone.value, bench_s.value);
  const paused = run.pause?.is === "paused";
  return (
    <div class="step">
      <strong>
        {Math.min(left.done + 1, left.of)}/{left.of} {now?.path.split(" / ").at(-1) ?? ""}
      </strong>
      <span class={left.late_s > 0 ? "late" : ""}>
        {leftWords(left)}
        {paused ? ` (${text.run.paused})` : ""}
      </span>
      <progress max={run.bench_s} value={Math.max(0, run.bench_s - left.left_s)} aria-label={text.running} />
    </div>
  );
}

function Results() {
  const rows = judged.value.filter(({ subject, verdict }) => subject === "adapter" || !verdict.startsWith("pass"));
  if (rows.length === 0) return <p class="quiet">{text.noResults}</p>;
  return (
    <div class="results">
      <table>
        <caption>{text.results}</caption>
        <tbody>
          {rows
            .slice(-60)
            .reverse()
            .sort((a, b) => Number(a.verdict.startsWith("pass")) - Number(b.verdict.startsWith("pass")))
            .map((row, i) => {
              const good = row.verdict.startsWith("pass");
              return (
                <tr key={rows.length - i} class={good ? "" : "bad"}>
                  <td>{good ? "✓" : row.verdict.startsWith("fail") ? "✗" : "?"}</td>
                  <td>{row.id}</td>
                  <td class="number">{quantityText(row.reading)}</td>
                </tr>
              );
            })}
        </tbody>
      </table>
    </div>
  );
}
