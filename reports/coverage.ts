/** Fault coverage as one HTML file: what escapes first, then curves by class, then what each judgement is worth. */
import { createHash } from "node:crypto";
import type { ClassResult, CoverageResult, Share, UnitResult } from "../rig/model/coverage.ts";
import { detectionCurve } from "./coverageCurve.ts";
import { style } from "./html/style.ts";
import { html, Markup } from "./text/escape.ts";

const own = `
.curves{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:18px 28px}
.curves h3{margin:0 0 2px}
.curves p{margin:0 0 4px}
svg.curve .band{fill:#cfdbe6}svg.curve .line{fill:none;stroke:#10202f;stroke-width:2}svg.curve .axis{stroke:#52606d;stroke-width:1}
svg.curve .limit{fill:#f7e3b8}svg.curve text{font-size:11px}
.figures{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:14px;margin:14px 0}
.figures div{border:1px solid var(--line);border-left:6px solid var(--soft);padding:10px 14px}
.figures .good{border-left-color:var(--good)}.figures .bad{border-left-color:var(--bad)}.figures .unsure{border-left-color:#d99a1c}
.figures b{display:block;font-size:30px;line-height:1.15}
`;

/** The whole page as text. The same result gives the same bytes. */
export function coverageHtml(result: CoverageResult): string {
  const css = style + own;
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(css).digest("base64")}'; base-uri 'none'; form-action 'none'`;
  const title = `Fault coverage of ${result.procedure.id}, family ${result.family} SIMULATED`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><title>${title}</title><style>${new Markup(css)}</style></head>
<body><table class="sheet" role="presentation"><tbody><tr><td><main>
<div class="simulated">SIMULATED: virtual adapters on virtual benches, no real adapter was tested</div>
<div class="top"><h1>Fault coverage of ${result.procedure.id}, family ${result.family}</h1><span class="run">seed ${String(result.seed)}</span></div>
${figures(result)}${listed(result)}${curves(result)}${worth(result)}${made(result)}
</main></td></tr></tbody></table></body></html>
`;
  return page.text;
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(share > 0.999 && share < 1 ? 5 : 3))} %`;

function figures(r: CoverageResult): Markup {
  const box = (state: string, n: number, what: string, fine: string): Markup =>
    html`<div class="${state}"><b>${n}</b>${what}<br><span class="fine">${fine}</span></div>`;
  const bound = (s: Share): string => `of ${s.of}; ${100 * r.confidence} % sure: below ${percent(s.high)}`;
  const { escape_share: e, wrong_fail_share: w } = r;
  return html`<div class="figures">
${box(e.n > 0 ? "bad" : "good", e.n, "faulty units passed", bound(e))}
${box(w.n > 0 ? "bad" : "good", w.n, "sound units did not pass", bound(w))}
${box(r.rig_blamed_count > 0 ? "unsure" : "good", r.rig_blamed_count, "runs blamed the rig", "the virtual benches are sound")}
${box("none", r.count, "virtual adapters", `${r.standing.faulty} faulty, ${r.standing.sound} sound, ${r.standing.near} near a limit`)}
</div>
<p>A unit is faulty when a quantity of its own parameters is beyond its limit by more than U, sound when all are within by 2 U; what lies between is counted apart. The truth is worked out from the parameters, never from what the procedure read.</p>`;
}

const list = (
  title: string,
  units: readonly UnitResult[],
  repeat: string,
  none: string,
): Markup => html`<h2>${title}</h2>
${
  units.length === 0
    ? html`<p>${none}</p>`
    : html`<table class="data"><thead><tr><th>unit</th><th>faults</th><th>truth</th><th>verdict</th><th>again</th></tr></thead><tbody>
${units.slice(0, 60).map((u) => html`<tr class="bad"><td>${String(u.unit)}</td><td>${faultsOf(u)}<br><span class="fine">${u.type}, bench ${String(u.bench_seed)}</span></td><td>${truthOf(u)}</td><td>${u.verdict}, ${u.ending}${u.by === null ? "" : html`<br>${u.by}`}${u.cause === null ? "" : html`<br><span class="fine">${u.cause}</span>`}</td><td class="mono">${repeat.replace("{unit}", String(u.unit))}</td></tr>`)}
</tbody></table>${units.length > 60 ? html`<p class="fine">${String(units.length - 60)} more in the JSON file.</p>` : undefined}`
}`;

function listed(r: CoverageResult): Markup {
  return html`${list("Faulty units that passed", r.escapes, r.repeat, "None.")}
${list("Sound units that did not pass", r.wrong_fails, r.repeat, "None.")}
${r.rig_blamed.length > 0 ? list("Runs that blamed the rig", r.rig_blamed, r.repeat, "") : undefined}`;
}

const figure = (value: number): string =>
  value === 0 || (Math.abs(value) >= 1e-2 && Math.abs(value) < 1e4)
    ? String(Number(value.toPrecision(4)))
    : value.toExponential(2);

const faultsOf = (u: UnitResult): string =>
  u.faults.map((f) => (f.severity === null ? f.class : `${f.class} ${figure(f.severity)}`)).join(" and ") || "healthy";

const truthOf = ({ truth }: UnitResult): string =>
  truth.row === "none"
    ? "nothing this procedure judges"
    : `${truth.quantity} ${figure(truth.value)} at ${truth.row}: ${Math.abs(truth.beyond_U) > 1000 ? "far" : `${Math.abs(truth.beyond_U).toFixed(1)} U`} ${truth.beyond_U > 0 ? "beyond" : "within"}`;

function curves(r: CoverageResult): Markup {
  const drawn = r.classes.filter((c) => c.unit !== null && c.units > 0);
  const single = r.classes.filter((c) => c.unit === null);
  return html`<h2>Detection by class and severity</h2>
<p class="fine">Share of units that did not pass, with its ${String(100 * r.confidence)} % bounds (Clopper-Pearson); the severity grows to the right. Where the ground is yellow, units lie on both sides of their limit.</p>
<div class="curves">${drawn.map((c) => html`<div><h3>${c.id}</h3><p class="fine">${c.title}. ${caught(c)}</p>${detectionCurve(c)}</div>`)}</div>
<h3>Classes without a severity</h3>
<table class="data"><thead><tr><th>class</th><th></th><th>units</th><th>faulty units found</th><th>by</th></tr></thead><tbody>
${single.map((c) => html`<tr><td>${c.id}</td><td>${c.title}</td><td>${String(c.units)}</td><td>${share(c.detected)}</td><td>${first(c)}</td></tr>`)}
</tbody></table>`;
}

const share = (s: Share): string =>
  s.of === 0 ? "no faulty unit was drawn" : `${s.n} of ${s.of} (at least ${percent(s.low)})`;

const first = (c: ClassResult): string =>
  Object.entries(c.by)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([row, n]) => `${row} ${n}`)
    .join(", ");

const caught = (c: ClassResult): string => `Faulty units found: ${share(c.detected)}. First by ${first(c) || "none"}.`;

function worth(r: CoverageResult): Markup {
  return html`<h2>What each limit row is worth</h2>
<table class="data"><thead><tr><th>row</th><th class="num">found first</th><th class="num">did not pass</th><th class="num">alone: these would escape without it</th></tr></thead><tbody>
${r.rows.map((row) => html`<tr><td>${row.row}</td><td class="num">${String(row.first)}</td><td class="num">${String(row.any)}</td><td class="num">${String(row.alone)}</td></tr>`)}
</tbody></table>
<p>Rows of the adapter that no drawn unit failed: ${r.idle_rows.join(", ") || "none"}.</p>
<p>Rows without a ground truth of their own: ${r.untold_rows.join(", ") || "none"}.</p>`;
}

function made(r: CoverageResult): Markup {
  const bytes = bytesText(r.by_bytes);
  return html`<h2>How it was made</h2>
<dl><dt>procedure</dt><dd>${r.procedure.id} revision ${String(r.procedure.revision)}</dd><dt>limits</dt><dd>${r.limits.id} ${r.limits.revision} <span class="mono">${r.limits.hash}</span></dd><dt>bench</dt><dd>${r.bench.id} <span class="mono">${r.bench.hash}</span></dd><dt>adapter types</dt><dd>${r.types.join(", ")}</dd><dt>software</dt><dd>${r.software}</dd><dt>virtual benches</dt><dd>one for each ${String(r.units_per_bench)} units: tolerances, contact resistances, leads, EMFs and calibration errors drawn; noise and mating drawn for each unit</dd><dt>time</dt><dd>${String(r.wall_s)} s on ${String(r.threads)} threads, ${String(r.cpu_ms_per_unit)} ms of CPU a unit</dd><dt>by bytes</dt><dd>${bytes}</dd><dt>one unit again</dt><dd class="mono">${r.repeat}</dd></dl>`;
}

function bytesText(tried: CoverageResult["by_bytes"]): string {
  if (!tried) return "no unit was tried by bytes";
  const numbers = (near: boolean): string => {
    const units = tried.different.filter((one) => one.near === near).map(({ unit }) => unit);
    return units.length === 0 ? "0" : `${units.length} (units ${units.join(", ")})`;
  };
  return (
    `${tried.units} units of all classes were tried again by bytes (drivers, device twins): ${numbers(false)} ended otherwise, ` +
    `and ${numbers(true)} where the truth lies near a limit and noise decides`
  );
}
