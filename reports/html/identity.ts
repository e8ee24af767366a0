/** What was tested, on what, with what, by whom and when: the identification part of ISO/IEC 17025, 7.8.2.1. */

import type { Data } from "../../rig/model/data.ts";
import { stabilisationText } from "../../rig/model/stabilisation.ts";
import type { RunRecord } from "../../rig/store/types.ts";
import { approvalText, type Content, notesOf } from "../content.ts";
import { notStated, particularsOf } from "../particulars.ts";
import { html, type Markup } from "../text/escape.ts";
import { fields } from "../text/foreign.ts";
import { dataText, facts, hash, table, utcText } from "./words.ts";

export function identity(content: Content): Markup {
  const { record } = content;
  const { head } = record;
  const { adapter } = head;
  const { rating } = adapter;
  const { ac } = rating;
  const first = `${rating.current_A} A, ${rating.voltage_V} V,`;
  const inlets = ac ? `DC inlet ${first} AC inlet ${ac.current_A} A, ${ac.voltage_V} V,` : first;
  const card = (title: string, body: Markup) => html`<section><h3>${title}</h3>${body}</section>`;
  const same = adapter.label === adapter.serial ? undefined : adapter.label;
  const stated = particularsOf(content).map(({ title, facts: stated }) =>
    card(title, facts(stated.map(([name, value]) => [name, value === notStated ? html`<i>${value}</i>` : value]))),
  );
  return html`<h2>Identification</h2><div class="cards">
${stated}
${card(
  "Adapter",
  facts([
    ["Product", `${adapter.maker} ${adapter.model}`],
    ["Serial number", html`<b>${adapter.serial || "none"}</b>`],
    ["Label as scanned", same],
    ["Type", `${adapter.id}, family ${adapter.family}, proximity ${adapter.pp.topology}`],
    ["Rating", `${inlets} ${rating.ambient_min_degC} to ${rating.ambient_max_degC} °C`],
    ["Type data from", `${adapter.source} (confidence ${adapter.confidence})`],
    ["Hash", hash(adapter.hash)],
  ]),
)}
${card(
  "Bench",
  facts([
    ["Bench", html`<b>${head.bench.id}</b>`],
    ["File", head.bench.file],
    ["Hash", hash(head.bench.hash)],
    ["Kind", head.simulated ? "SIMULATED (twin)" : "real bench"],
  ]),
)}
${card(
  "Who and when",
  facts([
    ["Operator", html`<b>${head.operator}</b>`],
    ["Authorised", standingOf(record)],
    ["Retest", retestOf(head.options)],
    ["Started", utcText(head.started)],
    ["Ended", utcText(record.ended)],
    ["Run", `${head.id} (number ${head.run} of this store)`],
    ["Run uid", html`<span class="mono">${head.uid}</span>`],
    ["Options", Object.keys(head.options).length === 0 ? "none" : dataText(head.options)],
  ]),
)}
${card(
  "Procedure, limits, software",
  facts([
    ["Procedure", `${head.procedure.id}, revision ${head.procedure.revision}`],
    ["Hash", hash(head.procedure.hash)],
    ["Limits", `${head.limits.id}, revision ${head.limits.revision}: ${head.limits.title}`],
    ["Limits approved", approvalText(head.limits)],
    ["Soak ends by", head.limits.stabilisation && stabilisationText(head.limits.stabilisation)],
    ["Hash", hash(head.limits.hash)],
    ["Software", `version ${head.software.version}, Node ${head.software.node}`],
    ["Hash", hash(head.software.hash)],
  ]),
)}
</div>${external(record)}${instruments(record)}${waivers(record)}${environment(record)}`;
}

/** Results that somebody else provided (7.8.2.1 p); most runs have none. */
function external({ head }: RunRecord): Markup | undefined {
  const results = head.order?.external ?? [];
  if (results.length === 0) return undefined;
  const rows = results.map(({ what, provider, reference }) => [what, provider, reference ?? notStated]);
  return html`<h3>Results from others</h3>${table(["Result", "Provided by", "Reference"], rows)}`;
}

/** What the record says of the operator's authorisation; absent in older ones. */
function standingOf(record: RunRecord): string | undefined {
  const said = notesOf(record, "operator").at(-1)?.body["text"];
  return typeof said === "string" ? said : undefined;
}

/** That this is a retest of an adapter with an open fail, and which. */
function retestOf(options: Readonly<Record<string, Data>>): Markup | undefined {
  const retest = fields(options["retest"]);
  if (typeof retest["number"] !== "number") return undefined;
  const of = typeof retest["of"] === "number" ? ` of ${retest["of"]}` : ", the limits name no policy of retests";
  const open = dataText(retest["openFails"] ?? []);
  return html`<b>retest ${retest["number"]}${of}</b>; open when it began: ${open}. A pass does not close a fail.`;
}

const word = (data: Data | undefined): string => (data === undefined ? "–" : dataText(data) || "–");

/** Number and laboratory of the certificate; the register of instruments has the rest. */
function certificateText(data: Data | undefined): string {
  const { certificate, laboratory } = fields(data);
  if (certificate === undefined) return word(data);
  return laboratory === undefined ? word(certificate) : `${word(certificate)}, ${word(laboratory)}`;
}

/** Instrument notes: known members in columns, the rest behind them. */
function instruments(record: RunRecord): Markup {
  if (record.instruments.length === 0) return html`<h3>Instruments</h3><p>No instrument was recorded.</p>`;
  const known = new Set([
    "kind",
    "role",
    "model",
    "serial",
    "firmware",
    "calibrationDue",
    "certificate",
    "unverified",
    "identity",
    "raw",
  ]);
  const rows = record.instruments.map((body) => {
    const all = { ...fields(body["identity"]), ...body };
    const due = typeof all["calibrationDue"] === "string" ? all["calibrationDue"] : "";
    // ISO dates compare as text; other words are no date and are printed as they are.
    const overdue = /^\d{4}-\d\d-\d\d$/.test(due) && due < record.head.started.slice(0, 10);
    const rest = Object.fromEntries(Object.entries(all).filter(([key]) => !known.has(key)));
    return [
      html`<b>${word(all["role"])}</b>`,
      word(all["model"]),
      html`<span class="mono">${word(all["serial"])}</span>`,
      word(all["firmware"]),
      certificateText(all["certificate"]),
      overdue ? html`<span class="is bad">✗ overdue since ${due}</span>` : due || "not recorded",
      html`${unverified(all["unverified"])}<span class="fine">${dataText(rest)}</span>`,
    ];
  });
  return html`<h3>Instruments</h3>${table(["Role", "Model", "Serial number", "Firmware", "Certificate", "Calibration due", "Remarks"], rows)}`;
}

const unverified = (data: Data | undefined): Markup | undefined =>
  Array.isArray(data) && data.length > 0
    ? html`<span class="is long unsure">! UNVERIFIED: ${dataText(data)}</span> `
    : undefined;

function waivers(record: RunRecord): Markup {
  const rows = record.head.waivers.map((w) => [html`<b>${w.id}</b>`, w.text, w.by]);
  const added = notesOf(record, "waiver").map(({ body }) => [word(body["id"]), word(body["text"]), word(body["by"])]);
  const all = [...rows, ...added];
  if (all.length === 0) return html`<h3>Waivers</h3><p>None.</p>`;
  return html`<h3>Waivers</h3>${table(["Waiver", "Accepted although not proved", "By"], all)}`;
}

function environment(record: RunRecord): Markup {
  const notes = notesOf(record, "ambient");
  if (notes.length === 0) return html`<h3>Environment</h3><p>No ambient conditions were recorded.</p>`;
  const rows = notes.map((note) => [utcText(note.utc), dataText(note.body)]);
  return html`<h3>Environment</h3>${table(["When", "Ambient"], rows)}`;
}
