/** What a station would take the pilot's levels through the adapter for: told, not judged. From the notes `pilot-seen`. */
import type { Data } from "../../rig/model/data.ts";
import { type Content, notesOf } from "../content.ts";
import { html, type Markup } from "../text/escape.ts";
import { fields, list, text } from "../text/foreign.ts";
import { table, utcText } from "./words.ts";

const isNumber = (data: Data | undefined): data is number => typeof data === "number" && Number.isFinite(data);

const diodes: Readonly<Record<string, string>> = {
  present: "The vehicle's diode is seen: the negative half stands unloaded.",
  absent: "No diode is seen: the negative half is loaded like the positive one.",
};

/** Undefined when no pilot was measured. One table for each inlet that was tested. */
export function pilotSeen(content: Content): Markup | undefined {
  const notes = notesOf(content.record, "pilot-seen");
  if (notes.length === 0) return undefined;
  const parts = notes.map(({ body, utc }) => {
    const rows = list(body["levels"]).map((one) => row(fields(one)));
    const heading = notes.length > 1 ? html`<h3>Measured ${utcText(utc)}</h3>` : undefined;
    const head = ["Vehicle circuit", "Level at the station ± U (k = 2)", "A station sees", "Vehicle behind its diode"];
    const diode = diodes[text(body["diode"])] ?? "Whether a diode is there the levels do not tell.";
    return html`${heading}${table(head, rows)}<p class="fine">${diode}${wave(fields(body["wave"]))}</p>`;
  });
  return html`<h2>What a station sees</h2><p class="fine">By the windows of a detector, with the uncertainty of the level. Told, not judged: what the adapter changes is judged above.</p>${parts}`;
}

/** The same as one line, for a list of notes: `B: a station sees B, 8.969 V`. */
export const seenLine = (body: Readonly<Record<string, Data>>): string =>
  list(body["levels"])
    .map(fields)
    .map(({ circuit, level_V, sees }) => {
      const value = isNumber(level_V) ? `, ${level_V.toFixed(3)} V` : "";
      return `${circuit === "-" ? "B, negative half" : text(circuit)}: a station sees ${text(sees)}${value}`;
    })
    .join("; ");

function row(one: Readonly<Record<string, Data>>): readonly (string | Markup)[] {
  const { level_V, u_V, sees, ohm, fits } = one;
  const circuit = text(one["circuit"]);
  const value = isNumber(level_V)
    ? `${level_V.toFixed(3)} V${isNumber(u_V) ? ` ± ${(2 * u_V).toFixed(3)} V` : ""}`
    : "–";
  const [least, most] = list(ohm);
  const span = isNumber(least) && isNumber(most) ? `${least} to ${most} Ω, ${text(fits) || "no state"}` : "–";
  return [circuit === "-" ? "B, negative half" : circuit, value, html`<b>${text(sees)}</b>`, span];
}

function wave({ duty_pct, high_V, low_V, sees }: Readonly<Record<string, Data>>): string {
  if (!isNumber(duty_pct) || !isNumber(high_V) || !isNumber(low_V)) return "";
  return ` Square wave in B at ${duty_pct} %, ${high_V} V and ${low_V} V: a station sees ${text(sees)}.`;
}
