/** What was asked by hand and what the bench answered, as the record has it. */
import { quantityText } from "./quantity.ts";
import { type Judged, type ManualNote, manualNotes } from "./state.ts";
import { text } from "./texts.ts";

const shown_max = 40;

export function ManualLog() {
  const notes = manualNotes.value;
  return (
    <table class="manual-log">
      <caption>{text.answers}</caption>
      <tbody>
        {notes
          .slice(-shown_max)
          .reverse()
          .map((note, i) => (
            <tr key={notes.length - i} class={note.done ? "" : "bad"}>
              <td>{note.done ? "✓" : "✗"}</td>
              <td>{note.command}</td>
              <td>{saidOf(note)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

/** The newest one, beside the buttons. */
export function LastAnswer() {
  const note = manualNotes.value.at(-1);
  return (
    <p class={`last-answer ${note?.done === false ? "error" : ""}`} role="status">
      {note ? (
        <>
          {note.done ? "✓ " : ""}
          <strong>{note.command}</strong> {saidOf(note)}
        </>
      ) : null}
    </p>
  );
}

const saidOf = (note: ManualNote): string =>
  note.done ? answerText(note.answer) : `${text.refused}: ${note.why ?? ""}`;

/** Readings in words, relays and lines by name. */
function answerText(answer: ManualNote["answer"]): string {
  if (typeof answer !== "object" || answer === null) return "";
  if (isReading(answer)) return quantityText(answer);
  const { closed } = answer as { readonly closed?: unknown };
  if (Array.isArray(closed)) return closed.length === 0 ? text.atRest : `${text.closedRelays}: ${closed.join(", ")}`;
  return Object.entries(answer)
    .map(([name, value]) => {
      if (isReading(value)) return `${name} ${quantityText(value)}`;
      return typeof value === "boolean" ? `${name} ${value ? "high" : "low"}` : "";
    })
    .filter((one) => one !== "")
    .join(", ");
}

const isReading = (value: unknown): value is Judged["reading"] =>
  typeof value === "object" && value !== null && "is" in value && "unit" in value;
