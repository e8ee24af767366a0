/** Small pieces that several sections share: verdict words, tables, any datum as text. */
import type { Data } from "../../rig/model/data.ts";
import type { Verdict } from "../../rig/model/verdict.ts";
import type { Tone } from "../content.ts";
import { html, type Markup } from "../text/escape.ts";

const looks: Readonly<Record<Verdict, { readonly tone: Tone; readonly text: string }>> = {
  pass: { tone: "good", text: "✓ pass" },
  "pass-screening": { tone: "good", text: "✓ pass (screening)" },
  "pass-conditional": { tone: "unsure", text: "! pass (conditional)" },
  inconclusive: { tone: "unsure", text: "? inconclusive" },
  "fail-conditional": { tone: "unsure", text: "! fail (conditional)" },
  fail: { tone: "bad", text: "✗ FAIL" },
  "not-judged": { tone: "none", text: "– not judged" },
};

export const toneOfVerdict = (verdict: Verdict): Tone => looks[verdict].tone;

/** Symbol and word. */
export const verdictMark = (verdict: Verdict): Markup =>
  html`<span class="is ${looks[verdict].tone}">${verdictText(verdict)}</span>`;

export const verdictText = (verdict: Verdict): string => looks[verdict].text;

const depth_max = 4;

/** Any datum on one line: `name: value, name: value`. Deep ones are cut; the record has them whole. */
export function dataText(data: Data | undefined, depth = 0): string {
  if (data === undefined || data === null) return "–";
  if (typeof data === "string") return data;
  if (typeof data === "number") return Number.isFinite(data) ? String(Number(data.toPrecision(7))) : "no number";
  if (typeof data === "boolean") return data ? "yes" : "no";
  if (depth >= depth_max) return "…";
  if (Array.isArray(data)) return data.map((d: Data) => dataText(d, depth + 1)).join(", ");
  return Object.entries(data)
    .filter(([key]) => key !== "kind")
    .map(([key, d]) => `${key}: ${dataText(d, depth + 1)}`)
    .join(", ");
}

/** Rows of a definition list; entries without a value are left out. */
export function facts(entries: readonly (readonly [string, Markup | string | undefined])[]): Markup {
  const rows = entries.map(([name, value]) =>
    value === undefined || value === "" ? undefined : html`<dt>${name}</dt><dd>${value}</dd>`,
  );
  return html`<dl>${rows}</dl>`;
}

/** First 12 digits to read out, then all of them to compare. */
export function hash(text: string | undefined): Markup | undefined {
  if (text === undefined || text === "") return undefined;
  return html`<span class="mono"><b>${text.slice(0, 12)}</b>${text.slice(12)}</span>`;
}

/** `2026-08-22 09:14:03 UTC` from ISO 8601; other text as it is. */
export function utcText(iso: string | undefined): string {
  if (iso === undefined) return "–";
  const found = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso);
  return found === null ? iso : `${found[1]} ${found[2]} UTC`;
}

export function table(heads: readonly string[], rows: readonly (readonly (Markup | string)[])[]): Markup {
  const body = rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`);
  return html`<table class="data"><thead><tr>${heads.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead><tbody>${body}</tbody></table>`;
}
