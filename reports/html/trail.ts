/** What happened around the measurements: prompts and answers, what was left out, deviations, notes; then how to read it. */

import type { Data } from "../../rig/model/data.ts";
import type { NoteOfRun } from "../../rig/store/types.ts";
import { type Content, deviationsOf, notesOf, screeningWhy } from "../content.ts";
import { lastOfQa } from "../decisions.ts";
import { onlyTheItem } from "../particulars.ts";
import { html, type Markup } from "../text/escape.ts";
import { fields } from "../text/foreign.ts";
import { rulesUsed } from "../text/rules.ts";
import { dataText, hash, table, utcText } from "./words.ts";

/** More rows than this help nobody on paper; the record has all. */
const rows_max = 200;

const shownElsewhere: ReadonlySet<string> = new Set([
  "instrument",
  "planned",
  "blocked",
  "wiring",
  "ambient",
  "waiver",
  "deviation",
  "stabilised",
  "pp-look",
  "pp-profile",
  "pp-thresholds",
  "pilot-seen",
  "prompt",
  "answered-by",
  "safe-off",
  "operator-note",
  "photo",
  "pause-asked",
  "pause-withdrawn",
  "paused",
  "went-on",
]);

const evidenceMeans =
  "commanded: it answered; coil: read back; mirror: the mirror contact says so; measured: seen by a meter";

export function trail(content: Content): Markup {
  return html`${prompts(content)}${leftOut(content)}${byPeople(content)}${safeOffs(content)}${otherNotes(content)}`;
}

function promptText(prompt: unknown): string {
  if (prompt !== null && typeof prompt === "object" && "title" in prompt && typeof prompt.title === "string") {
    const text = "text" in prompt && typeof prompt.text === "string" ? prompt.text : "";
    return text === "" ? prompt.title : `${prompt.title}: ${text}`;
  }
  return "";
}

function prompts({ record }: Content): Markup {
  if (record.prompts.length === 0) return html`<h2>Prompts and answers</h2><p>Nobody was asked anything.</p>`;
  const rows = record.prompts
    .slice(0, rows_max)
    .map((p) => [
      utcText(p.utc),
      promptText(p.prompt) || dataText(p.prompt),
      p.failed !== undefined
        ? html`<span class="is unsure">! ${p.failed}</span>`
        : html`<b>${p.answer === undefined ? "no answer" : dataText(p.answer)}</b>`,
    ]);
  return html`<h2>Prompts and answers</h2>${table(["When", "Asked", "Answer"], rows)}${more(record.prompts.length)}`;
}

const more = (count: number): Markup | undefined =>
  count > rows_max ? html`<p class="fine">${count - rows_max} more in the record.</p>` : undefined;

function leftOut(content: Content): Markup {
  const { missing, record } = content;
  const said = deviationsOf(record);
  const deviations = [
    ...(record.head.order?.deviations ?? []).map((text) => ["before the run", `agreed in the order: ${text}`]),
    ...notesOf(record, "deviation").map((n, i) => [utcText(n.utc), said[i] ?? dataText(n.body)]),
  ];
  const rows = missing
    .slice(0, rows_max)
    .map((m) => [
      html`<span class="mono">${m.id}</span>`,
      m.step || "–",
      m.blockedBy === undefined
        ? html`<span class="is bad">✗ missing without a reason: a fault of the rig</span>`
        : html`blocked by <span class="mono">${m.blockedBy}</span>`,
    ]);
  return html`<h2>Deviations and judgements not made</h2>${deviations.length === 0 ? html`<p>No deviation from the procedure was recorded.</p>` : table(["When", "Deviation"], deviations)}${rows.length === 0 ? html`<p>Every planned judgement was made.</p>` : table(["Judgement", "Step", "Why it was not made"], rows)}${more(missing.length)}`;
}

/** Of a note that a person at the bench made, what it says; undefined for any other note. */
function personSays(kind: string, body: Readonly<Record<string, Data>>): string | undefined {
  const of = (field: string): string => dataText(body[field]);
  switch (kind) {
    case "operator-note":
      return of("text");
    case "photo":
      return `photo ${of("name")}: ${of("text")}; ${of("bytes")} bytes, SHA-256 ${of("hash")}`;
    case "paused":
      return `paused before ${of("before")}`;
    case "went-on":
      return `went on with ${of("before")}`;
    default:
      return undefined;
  }
}

/** What people wrote, sent and paused while it ran. */
function byPeople({ record }: Content): Markup | undefined {
  const said = record.notes.flatMap(({ kind, utc, body }) => {
    const text = personSays(kind, body);
    return text === undefined ? [] : [[utcText(utc), dataText(body["by"]), text]];
  });
  if (said.length === 0) return undefined;
  return html`<h2>Notes, photos and pauses</h2>${table(["When", "Who", "What"], said.slice(0, rows_max))}${more(said.length)}`;
}

/** What was done to make the bench safe at the end, and how good the evidence of each action is. */
function safeOffs({ record }: Content): Markup | undefined {
  const notes = notesOf(record, "safe-off");
  if (notes.length === 0) return undefined;
  const parts = notes.map(({ body, utc }) => {
    const { evidence, ok, took_ms } = fields(body["evidence"]);
    const rows = (Array.isArray(evidence) ? evidence : []).slice(0, rows_max).map((each) => {
      const { action, grade, ok: good, detail } = fields(each);
      const mark = good === true ? html`<span class="is good">✓</span>` : html`<span class="is bad">✗</span>`;
      return [html`${mark} ${dataText(action ?? "")}`, dataText(grade ?? ""), dataText(detail ?? "")];
    });
    const all = ok === true ? "every action confirmed" : "NOT every action confirmed";
    return html`<p>${utcText(utc)}, ${dataText(body["why"] ?? "")}: ${all}, ${dataText(took_ms ?? "")} ms.</p>${table(["Action", "Evidence", "Detail"], rows)}`;
  });
  return html`<h2>Safe-off</h2>${parts}<p class="fine">${evidenceMeans}.</p>`;
}

/** Channels of one series group (`earth`, `drop`), read in the same way: one line in place of one each. */
function channelRows(notes: readonly NoteOfRun[]): readonly (readonly [NoteOfRun, string])[] {
  const groups = new Map<string, { readonly first: NoteOfRun; readonly names: string[]; readonly u: number[] }>();
  const alone: (readonly [NoteOfRun, string])[] = [];
  for (const note of notes) {
    const { series, is, unit, u } = note.body;
    if (is !== "value" || typeof series !== "string" || typeof u !== "number" || typeof unit !== "string") {
      alone.push([note, dataText(note.body)]);
      continue;
    }
    const at = series.lastIndexOf("/");
    const key = JSON.stringify([series.slice(0, Math.max(at, 0)), unit]);
    const group = groups.get(key) ?? { first: note, names: [], u: [] };
    group.names.push(series.slice(at + 1));
    group.u.push(u);
    groups.set(key, group);
  }
  const grouped = [...groups].map(([key, { first, names, u }]) => {
    const [group = "", unit = ""] = JSON.parse(key) as readonly string[];
    const most = `at most ${Number(Math.max(...u).toPrecision(2))} ${unit}`;
    return [first, `${group}: ${names.length} channels (${names.join(", ")}), u of a reading ${most}`] as const;
  });
  return [...grouped, ...alone];
}

function otherNotes({ record }: Content): Markup | undefined {
  const other = record.notes.filter((n) => !shownElsewhere.has(n.kind));
  if (other.length + record.defects.length === 0) return undefined;
  const notes = [
    ...other.filter(({ kind }) => kind !== "channel").map((n) => [n, dataText(n.body)] as const),
    ...channelRows(other.filter(({ kind }) => kind === "channel")),
  ].sort(([a], [b]) => a.seq - b.seq);
  const rows = notes.slice(0, rows_max).map(([n, words]) => [utcText(n.utc), n.kind || "note", words]);
  const defects = record.defects
    .slice(0, rows_max)
    .map((d) => html`<p><span class="is bad">✗ Event ${d.seq}</span> ${d.why}</p>`);
  return html`<h2>Notes of the rig</h2>${rows.length === 0 ? undefined : table(["When", "Kind", "Note"], rows)}${more(notes.length)}${defects}`;
}

/** Who answers for the report, by electronic signature; without one, lines to sign a print. */
function authorised({ decisions }: Content): Markup {
  const { signatures, amendments } = decisions;
  const amended = amendments.map((a, i) => [
    `edition ${i + 2} replaces edition ${i + 1}`,
    a.reason,
    a.by,
    utcText(a.utc),
  ]);
  const changes =
    amended.length === 0
      ? undefined
      : html`<h3>Amendments</h3>${table(["Edition", "What changed and why", "By", "When"], amended)}`;
  if (lastOfQa(decisions) !== undefined || signatures.length > 0) {
    const rows = signatures.map((s) => [html`<b>${s.by}</b>`, s.role, s.meaning, s.reason, utcText(s.utc)]);
    const open = lastOfQa(decisions) === undefined ? html`<p>Not signed by QA.</p>` : undefined;
    return html`${changes}<h3>Authorised by</h3>${table(["Name", "Role", "Says", "Reason", "When"], rows)}${open}`;
  }
  return html`${changes}<h3>Authorised by</h3><p>Not signed.</p>
<div class="fine"><p><span class="box"></span>accepted &nbsp; <span class="box"></span>rejected &nbsp; by a person other than the operator</p></div>
<div class="sign"><div>Name and function</div><div>Signature</div><div>Date</div></div>`;
}

export function closing(content: Content): Markup {
  const { record, screening } = content;
  const screened =
    screening > 0
      ? html`<p>${screening} judgement(s) rest on limits ${screeningWhy(record.head.limits)} and read "pass (screening)": <b>pass (screening), no conformity statement</b>.</p>`
      : undefined;
  const simulated = record.head.simulated
    ? html`<p><b>SIMULATED: this run was made on a twin. It says nothing about any real adapter.</b></p>`
    : undefined;
  const rules = content.steps.flatMap(({ judged }) => judged.flatMap(({ row }) => row?.rule ?? []));
  return html`<h2>Reading this report</h2>
<p>${onlyTheItem}</p>${simulated}${screened}
<p>Conformity, where stated, is stated for each judgement against the limit row, by the decision rule printed beside it. ${rulesUsed(rules)} "Inconclusive" is no pass.</p>
<p>Drawings are schematic and not for measurement. Numbers are rounded for reading; the JSON report of the same run holds them in full, in SI units.</p>
<h3>Chain of records</h3><dl><dt>This run, head of the chain at its end</dt><dd>${hash(record.hash) ?? "not closed yet"}</dd><dt>Run before it</dt><dd>${hash(record.previousHash) ?? "none"}</dd></dl>
<p class="fine">The hash covers every event of this run and the hash of the run before it.</p>
${authorised(content)}
<p class="end">End of report ${record.head.id}</p>`;
}
