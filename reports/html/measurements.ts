/** Every judgement with value, U, limits, rule, margin, source and verdict. */
import type { Limit } from "../../rig/model/limits.ts";
import type { Content, Judged } from "../content.ts";
import { marginBar } from "../margin.ts";
import { html, type Markup } from "../text/escape.ts";
import { confidenceWords, limitWords, readingWords, sourceWords } from "../text/judged.ts";
import { ruleWords } from "../text/rules.ts";
import { toneOfVerdict, verdictMark } from "./words.ts";

/** Judgements of the adapter in full, then what the rig found of itself: in full where it is bad, else one line each. */
export function measurements(content: Content): Markup {
  const groups = content.steps.map(({ path, judged }) =>
    group(
      path,
      judged.filter((m) => !isQuiet(m)),
    ),
  );
  const quiet = content.steps.flatMap(({ judged }) => judged.filter(isQuiet));
  const none = content.steps.length === 0 ? html`<p>Nothing was judged in this run.</p>` : undefined;
  return html`<h2>Measurements</h2>${none}${groups}<p class="fine">U is the expanded uncertainty k·u with the coverage factor k of the row. Margin bar: green is the zone between the limits, amber the part next to a limit in which the decision rule of the row does not simply accept, the triangle is the value, the line through it its U.</p>${rigChecks(quiet)}`;
}

/** A check of the rig that passed at its first attempt: kept, but it must not stand before the adapter's results. */
const isQuiet = (m: Judged): boolean =>
  m.subject === "rig" && m.attempts <= 1 && m.attempt <= 1 && toneOfVerdict(m.verdict) === "good";

function group(path: string, judged: readonly Judged[]): Markup | undefined {
  if (judged.length === 0) return undefined;
  return html`<h3>${path || "outside any step"}</h3><table class="data judged"><colgroup><col class="what"><col class="value"><col class="limit"><col class="bar"><col class="rule"><col class="verdict"></colgroup><thead><tr><th scope="col">Judgement</th><th scope="col" class="num">Value ± U</th><th scope="col" class="num">Limit</th><th scope="col">Margin</th><th scope="col">Decision rule and source</th><th scope="col">Verdict</th></tr></thead><tbody>${judged.map(line)}</tbody></table>`;
}

function rigChecks(checks: readonly Judged[]): Markup | undefined {
  if (checks.length === 0) return undefined;
  const rows = checks.map(
    (m) =>
      html`<tr><td class="mono">${m.id}</td><td>${m.row?.title ?? ""}</td><td class="num">${plainReading(m)}</td><td class="num">${limitText(m.row)}</td><td>${verdictMark(m.verdict)}</td></tr>`,
  );
  return html`<h2>Checks of the rig</h2><p>The bench judged itself ${checks.length} times and passed. A breach would have ended the run as a fault of the rig, without a word on the adapter.</p><table class="data checks"><colgroup><col class="id"><col class="title"><col class="value"><col class="limit"><col class="verdict"></colgroup><thead><tr><th scope="col">Check</th><th scope="col">What is checked</th><th scope="col" class="num">Value ± U</th><th scope="col" class="num">Limit</th><th scope="col">Verdict</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** A truth (unit 1, 0 or 1 without uncertainty) reads as a word. */
const plainReading = (m: Judged): Markup =>
  m.reading.is === "value" && m.reading.unit === "1" && m.reading.u === 0
    ? html`<b>${m.reading.value === 1 ? "yes" : "no"}</b>`
    : readingText(m);

function line(m: Judged): Markup {
  const tone = toneOfVerdict(m.verdict);
  const attempt = m.attempts > 1 || m.attempt > 1 ? html`<div class="fine">attempt ${m.attempt}</div>` : undefined;
  const rig = m.subject === "rig" ? html`<div class="fine">check of the rig, not of the adapter</div>` : undefined;
  return html`<tr class="${tone}"><td><b>${m.row?.title ?? m.id}</b><div class="fine mono">${m.id}</div>${m.contacts.map((c) => html`<span class="chip">${c}</span>`)}${rig}${m.verdict === "fail" && m.meaning !== undefined ? html`<div>${m.meaning}</div>` : undefined}</td><td class="num">${readingText(m)}</td><td class="num">${limitText(m.row)}</td><td>${marginBar(m.row, m.reading)}</td><td>${sourceText(m.row)}</td><td>${verdictMark(m.verdict)}${attempt}</td></tr>`;
}

/** `98.4 ± 1.9 µΩ`, `> 100 MΩ`, or why there is no value. */
export function readingText({ reading, row }: Judged): Markup {
  const { value, rest, note } = readingWords(reading, row);
  return html`<b>${value}</b>${rest}${note === "" ? undefined : html`<div class="fine">${note}</div>`}`;
}

function limitText(row: Limit | undefined): Markup {
  if (row === undefined) return html`<span class="fine">not in the limits document</span>`;
  const [first = "", second] = limitWords(row);
  return html`${first}${second === undefined ? undefined : html`<div>${second}</div>`}`;
}

function sourceText(row: Limit | undefined): Markup {
  if (row === undefined) return html``;
  return html`${ruleWords(row.rule)}<div class="fine">${sourceWords(row)}</div><div class="fine">${confidenceWords(row)}</div>`;
}
