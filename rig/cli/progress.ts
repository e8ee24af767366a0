/** Progress on a terminal: steps as they begin and end, judgements that matter, time left from declared durations. */
import { styleText } from "node:util";
import type { EngineWatch } from "../engine/engine.ts";
import type { Reading } from "../model/reading.ts";
import { isPass, type Measurement, type Verdict } from "../model/verdict.ts";

export interface PlannedStep {
  readonly path: string;
  readonly takes_s: number;
  /** The run may be paused before it. */
  readonly pause?: true;
}

const signs: Readonly<Record<Verdict, string>> = {
  "not-judged": "-",
  pass: "ok",
  "pass-screening": "ok",
  "pass-conditional": "ok, conditional",
  inconclusive: "?",
  "fail-conditional": "FAIL, conditional",
  fail: "FAIL",
};

/** Minutes and seconds as people say them. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return `${s} s`;
  const m = Math.round(s / 60);
  return m < 90 ? `${m} min` : `${Math.floor(m / 60)} h ${String(m % 60).padStart(2, "0")} min`;
}

/** Value with an SI prefix and four digits, for people. */
export function shown(r: Reading): string {
  if (r.is === "invalid") return `no value (${r.code})`;
  const sign = r.is === "above" ? "> " : r.is === "below" ? "< " : "";
  const value = r.is === "value" ? r.value : r.bound;
  return `${sign}${prefixed(value, r.unit)}`;
}

const plainUnits = ["degC", "K", "%", "1", "Hz", "K/min"];
const prefixes: readonly (readonly [number, string])[] = [
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
  [1e-9, "n"],
];

export function prefixed(value: number, unit: string): string {
  const name = unit === "ohm" ? "Ω" : unit === "degC" ? "°C" : unit === "1" ? "" : unit;
  if (plainUnits.includes(unit) || value === 0) return `${Number(value.toPrecision(4))} ${name}`.trim();
  const [size, prefix] = prefixes.find(([s]) => Math.abs(value) >= s) ?? [1e-9, "n"];
  return `${Number((value / size).toPrecision(4))} ${prefix}${name}`;
}

export interface Progress extends EngineWatch {
  /** Called about once a second with the bench time: long steps say how far they are. */
  tick(bench_s: number): void;
}

/** Bench time between two lines about the same step. */
const tick_s = 300;

/**
 * Writes to stderr, so that stdout stays for results. Only the outermost steps count for the time left; judgements that
 * are not a pass are always shown.
 */
export function progress(planned: readonly PlannedStep[], write: (line: string) => void): Progress {
  const top = planned.filter((step) => !step.path.includes(" / "));
  const total_s = top.reduce((sum, step) => sum + step.takes_s, 0);
  let done_s = 0;
  let count = 0;
  let open: { readonly name: string; readonly takes_s: number; from_s: number | undefined; said_s: number } | undefined;
  return {
    tick(bench_s) {
      if (!open) return;
      open.from_s ??= bench_s;
      const into_s = bench_s - open.from_s;
      if (into_s - open.said_s < tick_s) return;
      open.said_s = into_s;
      const left_s = Math.max(0, open.takes_s - into_s) + total_s - done_s - open.takes_s;
      write(
        styleText(
          "dim",
          `      ${open.name}: ${duration(into_s)} of about ${duration(open.takes_s)}, ${duration(left_s)} left`,
        ),
      );
    },
    step(phase, path, takes_s, ok) {
      const depth = path.length - 1;
      const name = path.at(-1) ?? "";
      if (phase === "enter") {
        if (depth > 0) return write(styleText("dim", `${"  ".repeat(depth)}      ${name}`));
        count += 1;
        open = { name, takes_s, from_s: undefined, said_s: 0 };
        const left = `${duration(total_s - done_s)} of bench time left`;
        return write(`[${count}/${Math.max(top.length, count)}] ${styleText("bold", name)}  ${styleText("dim", left)}`);
      }
      if (depth === 0) {
        open = undefined;
        done_s += takes_s;
        if (!ok) write(styleText("red", `      ${name}: not completed`));
      }
    },
    judged(m: Measurement) {
      const bad = m.verdict !== "pass" && m.verdict !== "pass-screening";
      const line = `      ${signs[m.verdict].padEnd(4)} ${m.id.padEnd(34)} ${shown(m.reading)}`;
      // The meaning is that of a breach: a conditional pass is none.
      const why = m.meaning && !isPass(m.verdict) ? `  ${m.meaning}` : "";
      if (bad) write(styleText(isPass(m.verdict) ? "yellow" : "red", `${line}${why}`));
      else if (m.subject === "adapter") write(line);
    },
  };
}
