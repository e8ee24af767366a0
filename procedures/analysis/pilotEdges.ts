/**
 * Edges of a captured pilot: 10-90 % rise and fall, settling, ripple. Averaged over all whole edges of the capture.
 * Samples in V, evenly spaced by `dt_s`; times in s.
 */
import { pilotWave } from "./pilotWave.ts";

export interface PilotEdges {
  readonly edges: number;
  /** 10 to 90 % of the swing. A station's own edge is at most 2 us, of a legal system some 12 us (domain.md 2.2). */
  readonly rise_s: number;
  readonly fall_s: number;
  /** From mid-level until the signal stays within 5 % of the swing. */
  readonly settle_s: number;
  /** Largest deviation from the settled level, peak to peak over both halves, V; includes the oscilloscope's own steps. */
  readonly ripple_V: number;
  /** Experimental standard deviation of the mean of all rises and falls, s. */
  readonly edge_u_s: number;
}

/** Part of a half period that an edge may take before it counts as settled. */
const edgeShare = 0.45;

/** Undefined when there is no pilot signal in the samples (see pilotWave) or a half is too short to settle in. */
export function pilotEdges(samples: Float64Array, dt_s: number): PilotEdges | undefined {
  const wave = pilotWave(samples, dt_s);
  if (!wave) return undefined;
  const period = 1 / (wave.frequency_Hz * dt_s);
  const halves = { up: (period * wave.duty_pct) / 100, down: period * (1 - wave.duty_pct / 100) };
  const span = Math.floor(edgeShare * Math.min(halves.up, halves.down));
  if (span < 8) return undefined;
  const middle = (wave.high_V + wave.low_V) / 2;
  const found = { up: [] as Edge[], down: [] as Edge[] };
  for (let i = span; i < samples.length - 2 * span; ) {
    const before = samples[i - 1] as number;
    const v = samples[i] as number;
    if (before < middle === v < middle) {
      i += 1;
      continue;
    }
    const edge = edgeAt(samples, i, span, Math.abs(wave.high_V - wave.low_V));
    // A crossing by noise alone has the same level on both sides.
    if (edge) found[v >= middle ? "up" : "down"].push(edge);
    i += edge ? span : 1;
  }
  if (found.up.length === 0 || found.down.length === 0) return undefined;
  const all = [...found.up, ...found.down];
  const variance = (edges: readonly Edge[]): number => {
    const middle = mean(edges.map((edge) => edge.length));
    const sum = edges.reduce((total, edge) => total + (edge.length - middle) ** 2, 0);
    return sum / Math.max(1, edges.length - 1) / edges.length;
  };
  return {
    edges: all.length,
    rise_s: mean(found.up.map((edge) => edge.length)) * dt_s,
    fall_s: mean(found.down.map((edge) => edge.length)) * dt_s,
    settle_s: mean(all.map((edge) => edge.settle)) * dt_s,
    ripple_V: Math.max(...all.map((edge) => edge.ripple_V)),
    edge_u_s: (Math.sqrt(variance(found.up) + variance(found.down)) / 2) * dt_s,
  };
}

interface Edge {
  readonly length: number;
  readonly settle: number;
  readonly ripple_V: number;
}

/** One edge that crosses the middle at sample `at`, looked at from `span` before to `span` after it, in samples. */
function edgeAt(samples: Float64Array, at: number, span: number, swing_V: number): Edge | undefined {
  const start = mean(samples.subarray(at - span, at - (span >> 1)));
  const tail = samples.subarray(at + (span >> 1), at + span);
  const end = mean(tail);
  if (Math.abs(end - start) < swing_V / 2) return undefined;
  const share = (i: number): number => ((samples[i] as number) - start) / (end - start);
  const crossing = (level: number): number => {
    let i = at;
    if (level < 0.5) while (i > at - span && share(i - 1) > level) i -= 1;
    else while (i < at + span && share(i) < level) i += 1;
    const [a, b] = [share(i - 1), share(i)];
    return b === a ? i : i - 1 + (level - a) / (b - a);
  };
  let settled = at + span;
  while (settled > at && Math.abs(share(settled - 1) - 1) < 0.05) settled -= 1;
  return {
    length: crossing(0.9) - crossing(0.1),
    settle: settled - at,
    ripple_V: Math.max(...tail) - Math.min(...tail),
  };
}

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] as number;
  return sum / values.length;
};

/** Between 10 and 90 % of one R and C: ln 9 times their product. */
const rcOfEdge = Math.log(9);

/** Product of R and C that makes the mean of rise and fall, s: the driver's own edge cancels in a difference. */
export const timeConstant = (edges: PilotEdges): { readonly value: number; readonly u: number } => ({
  value: (edges.rise_s + edges.fall_s) / 2 / rcOfEdge,
  u: edges.edge_u_s / rcOfEdge,
});
