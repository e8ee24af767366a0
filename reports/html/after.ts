/** What became of the run after its end: dispositions, fails that are open, doubts by a calibration, a ledger that lacks entries. */
import { doubtText } from "../../rig/ledger/doubtFold.ts";
import type { Content } from "../content.ts";
import { html, type Markup } from "../text/escape.ts";
import { table, utcText } from "./words.ts";

/** The newest of them; the ledger has all. */
const rows_max = 30;

/** Undefined where nothing was decided and nothing is open. Signatures and amendments stand at the end. */
export function afterTheRun({ decisions, record }: Content): Markup | undefined {
  const { doubts, dispositions, openFails, ledgerLacks } = decisions;
  if (doubts.length + dispositions.length + openFails.length === 0 && ledgerLacks === undefined) return undefined;
  const bad = (what: string, text: string) => html`<p><span class="is bad">✗ ${what}</span> ${text}</p>`;
  const own = (runs: readonly string[]) => (runs.includes(record.head.id) ? "this run" : "");
  const rows = dispositions
    .slice(-rows_max)
    .map((d) => [
      utcText(d.utc),
      html`<b>${d.decision}</b> ${d.number}`,
      [own(d.runs), ...d.runs.filter((run) => run !== record.head.id)].filter((run) => run !== "").join(", "),
      d.reason,
      d.by,
    ]);
  return html`<h2>After the run</h2>${doubts.map((doubt) => bad("Doubt", `This run is ${doubtText(doubt)}, found by ${doubt.by}. Judging it again or a disposition ends it.`))}${
    openFails.length === 0
      ? undefined
      : bad("Open fail", `of this serial number: ${openFails.join(", ")}. Only a disposition by QA closes it.`)
  }${ledgerLacks === undefined ? undefined : bad("Ledger", `${ledgerLacks}. Decisions about this run may be missing.`)}${
    rows.length === 0 ? undefined : table(["When", "Disposition", "About", "Reason", "By"], rows)
  }`;
}
