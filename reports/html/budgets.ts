/** What the uncertainty of a result is made of, where the record keeps the parts: one line a result, the largest part first. */
import { type Component, combined, contribution, share_pct } from "../../rig/model/uncertainty.ts";
import type { Content, Judged } from "../content.ts";
import { html, type Markup } from "../text/escape.ts";
import { quantity } from "../text/quantity.ts";

/** Parts below this share of the variance are counted, not named, %. */
const named_pct = 0.5;

export function budgets({ steps }: Content): Markup | undefined {
  const kept = steps.flatMap(({ judged }) => judged.filter(({ budget }) => budget !== undefined && budget.length > 0));
  if (kept.length === 0) return undefined;
  const rows = kept.map(
    (m) =>
      html`<tr><td class="mono">${m.id}${m.attempts > 1 ? `, attempt ${m.attempt}` : ""}</td><td class="num">${quantity(m.reading.unit, combined(m.budget ?? []), 3)}</td><td>${partsText(m)}</td></tr>`,
  );
  return html`<h2>Uncertainty budgets</h2><p class="fine">u is the root-sum of its parts; U in the tables above is k·u. Each part with what it gives to u and its share of the variance. Other results have one part: the limit of error of their instrument.</p><table class="data checks"><colgroup><col class="id"><col class="value"><col class="parts"></colgroup><thead><tr><th scope="col">Judgement</th><th scope="col" class="num">u</th><th scope="col">Parts</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function partsText({ budget = [], reading: { unit } }: Judged): string {
  const share = (part: Component): number => {
    const found = share_pct(part, budget);
    return Number.isFinite(found) ? found : 0;
  };
  const sorted = [...budget].sort((a, b) => contribution(b) - contribution(a));
  const named = sorted.filter((part) => share(part) >= named_pct);
  const left = sorted.length - named.length;
  const words = named.map(
    (part) => `${part.name} ${quantity(unit, contribution(part), 2)} (${Math.round(share(part))} %)`,
  );
  return [...words, ...(left === 0 ? [] : [`${left} more below ${named_pct} % each`])].join("; ");
}
