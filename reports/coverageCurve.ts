/** Detection over severity of one class of faults, drawn with its confidence bounds. */
import type { ClassResult } from "../rig/model/coverage.ts";
import { html, type Markup } from "./text/escape.ts";

const size = { width: 480, height: 190, left: 38, right: 12, top: 10, bottom: 34 } as const;

const decade = (value: number): string => value.toExponential(0).replace("e+", "e");

/** An SVG; classes without a severity have none. */
export function detectionCurve(c: ClassResult): Markup | undefined {
  const bins = c.gross === "low" ? [...c.curve].reverse() : c.curve;
  const first = bins[0];
  const last = bins.at(-1);
  if (!first || !last || first.from === null || last.to === null) return undefined;
  const { width, height, left, right, top, bottom } = size;
  const step = (width - left - right) / bins.length;
  const x = (i: number): number => left + step * (i + 0.5);
  const y = (share: number): number => top + (1 - share) * (height - top - bottom);
  const seen = bins.flatMap((bin, i) => (bin.detected.of > 0 ? [{ ...bin.detected, i }] : []));
  const at = (i: number, share: number): string => `${x(i).toFixed(1)},${y(share).toFixed(1)}`;
  const line = seen.map(({ i, n, of }) => at(i, n / of)).join(" ");
  const band = [...seen.map(({ i, high }) => at(i, high)), ...[...seen].reverse().map(({ i, low }) => at(i, low))].join(
    " ",
  );
  const mixed = bins.flatMap((bin, i) => (bin.near > 0 || (bin.faulty > 0 && bin.sound > 0) ? [i] : []));
  const edges = [0, Math.floor(bins.length / 3), Math.floor((2 * bins.length) / 3), bins.length];
  const edge = (i: number): number => {
    const bin = bins[Math.min(i, bins.length - 1)] ?? first;
    const value = i < bins.length === (c.gross !== "low") ? bin.from : bin.to;
    return value ?? 0;
  };
  return html`<svg class="curve" viewBox="0 0 ${width} ${height}" role="img" aria-label="detection of ${c.id} over severity">
${mixed.map((i) => html`<rect class="limit" x="${left + step * i}" y="${top}" width="${step}" height="${height - top - bottom}"/>`)}
<polygon class="band" points="${band}"/><polyline class="line" points="${line}"/>
${seen.map(({ i, n, of }) => html`<circle cx="${x(i)}" cy="${y(n / of)}" r="3"/>`)}
<line class="axis" x1="${left}" y1="${y(0)}" x2="${width - right}" y2="${y(0)}"/><line class="axis" x1="${left}" y1="${top}" x2="${left}" y2="${y(0)}"/>
${[0, 0.5, 1].map((s) => html`<text x="${left - 5}" y="${y(s) + 4}" text-anchor="end">${100 * s} %</text>`)}
${edges.map((i) => html`<text x="${left + step * i}" y="${height - bottom + 15}" text-anchor="${i === bins.length ? "end" : "middle"}">${decade(edge(i))}</text>`)}
<text x="${width - right}" y="${height - 4}" text-anchor="end">${c.unit === "1" ? "severity" : (c.unit ?? "")}, gross to the right</text>
</svg>`;
}
