/** The report as one HTML file: no script, no network, nothing beside it. */
import { createHash } from "node:crypto";
import { faceOf } from "../rig/model/contacts.ts";
import { type Content, shownVerdict } from "./content.ts";
import { pilotPlots, thermalPlots } from "./curves.ts";
import { couplerFaces } from "./faces/geometry.ts";
import { contactResults } from "./faces/results.ts";
import { drawAdapter, wiringBetween } from "./faces/wiring.ts";
import { afterTheRun } from "./html/after.ts";
import { budgets } from "./html/budgets.ts";
import { identity } from "./html/identity.ts";
import { measurements } from "./html/measurements.ts";
import { pilotSeen } from "./html/pilotSeen.ts";
import { pageStyle, style } from "./html/style.ts";
import { findings, summary } from "./html/summary.ts";
import { closing, trail } from "./html/trail.ts";
import { hysteresisPlots } from "./hysteresis.ts";
import { html, Markup } from "./text/escape.ts";

const simulatedText = "SIMULATED: run on a twin, no real adapter was tested";

/** The whole page as text. Deterministic: the same record gives the same bytes. */
export function htmlReport(content: Content): string {
  const { head } = content.record;
  const css = style + pageStyle(head.id);
  // The policy names the one style sheet by its hash: injected styles, scripts, images and requests stay dead.
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(css).digest("base64")}'; base-uri 'none'; form-action 'none'`;
  const { words } = shownVerdict(content);
  const simulated = head.simulated ? html`<div class="simulated">${simulatedText}</div>` : undefined;
  const title = `${head.id} ${words}${head.simulated ? " SIMULATED" : ""}`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><title>${title}</title><style>${new Markup(css)}</style></head>
<body><table class="sheet" role="presentation"><thead><tr><td>${simulated}<div class="running"><span>Adapter test report <b>${head.id}</b></span><span>${head.adapter.maker} ${head.adapter.model}, serial ${head.adapter.serial}</span><span><b>${words}</b></span></div></td></tr></thead>
<tbody><tr><td><main>
<div class="screen">${simulated}</div>
<div class="top"><h1>Adapter test report</h1><span class="run">${head.id}</span></div>
${summary(content)}${findings(content)}${afterTheRun(content)}${identity(content)}${drawing(content)}${measurements(content)}${pilotSeen(content)}${plots(content)}${budgets(content)}${trail(content)}${closing(content)}
</main></td></tr></tbody></table></body></html>
`;
  return page.text;
}

function drawing(content: Content): Markup {
  if (content.faces.length < 2) return html`<h2>Connector faces</h2><p>No drawing for this adapter family.</p>`;
  const vehicle = content.faces.filter(({ face }) => face === "ev");
  const stations = content.faces.filter(({ face }) => face !== "ev");
  // A combined adapter is drawn once for each inlet, with the same plug beside it.
  const markup = stations.map((station) => {
    const which = `${couplerFaces[station.coupler].title} ${station.half}`;
    // What was judged in the pass of another inlet says nothing of this one.
    const others = stations.filter((one) => one !== station);
    const own = content.record.measurements.filter(
      ({ id, contacts }) =>
        !others.some(({ face, coupler }) => id.endsWith(`@${coupler}`) || contacts.some((c) => faceOf(c) === face)),
    );
    const results = contactResults(own, content.unpopulated);
    const heading = stations.length > 1 ? html`<h3>${which}</h3>` : undefined;
    const wiring = content.wiring && wiringBetween(content.wiring, [station.face, "ev"]);
    return html`${heading}${drawAdapter([station, ...vehicle], results, wiring).markup}`;
  });
  return html`<h2>Connector faces and wiring</h2>${markup}<p class="fine">Each face is seen from its own mating side; a plug is the mirror of its inlet. Contacts take the worst judgement that names them: ✓ pass, ✗ fail (hatched), ! undecided (dotted), – not tested, dashed ring: not populated.</p>`;
}

/** Series of a run with two passes begin with the pass's name; those of one pass have none. */
function plots(content: Content): Markup {
  const passes = new Set([...content.series.keys()].map((name) => /^([A-Z0-9]+)\/(thermal|pilot)\//.exec(name)?.[1]));
  const signalling = hysteresisPlots(content);
  return html`${[...passes].map((pass) => plotsOf(pass === undefined ? content : onlyPass(content, pass), pass))}${signalling === undefined ? undefined : html`<h2>Thermal signalling</h2>${signalling}`}`;
}

function onlyPass(content: Content, pass: string): Content {
  const series = new Map(
    [...content.series].flatMap(([name, samples]) =>
      name.startsWith(`${pass}/`) ? [[name.slice(pass.length + 1), samples] as const] : [],
    ),
  );
  const times = [...series].flatMap(([name, { t_s }]) => (name.startsWith("thermal/") ? [t_s[0], t_s.at(-1)] : []));
  const known = times.filter((t) => t !== undefined);
  const [from, to] = [Math.min(...known), Math.max(...known)];
  const notes = content.record.notes.filter(({ kind, body }) => {
    const at = body["t_s"];
    return (kind !== "stabilised" && kind !== "ended-early") || (typeof at === "number" && at >= from && at <= to);
  });
  return { ...content, series, record: { ...content.record, notes } };
}

function plotsOf(content: Content, pass: string | undefined): Markup {
  const of = pass === undefined ? "" : `, ${pass} inlet`;
  const thermal = thermalPlots(content);
  const pilot = pilotPlots(content);
  return html`${thermal === undefined ? undefined : html`<h2>Thermal run${of}</h2>${thermal}`}${pilot === undefined ? undefined : html`<h2>Pilot waveforms${of}</h2>${pilot}`}`;
}
