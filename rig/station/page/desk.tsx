/** What the person at the bench adds to a run that goes on: a pause, notes, photos. Shown as kept only when the record has it. */
import { useState } from "preact/hooks";
import type { RunState } from "../bench.ts";
import { post, sendFile } from "./api.ts";
import { ErrorLine, Field, useAction } from "./form.tsx";
import { me, notes, steps, stepsDone } from "./state.ts";
import { text } from "./texts.ts";

const mayWrite = (): boolean => me.value?.role !== "administrator";

/** Where the run may pause next, and asking for it; while it is paused, until when, and going on. */
export function PauseBox({ run }: { readonly run: RunState }) {
  const send = useAction((wanted: boolean) => post("/api/pause", { wanted }));
  const { pause } = run;
  const mine = me.value?.name === run.by;
  if (pause?.is === "paused") return <Paused run={run} mine={mine} send={send} />;
  const places = run.steps.filter((step) => step.pause && !step.path.includes(" / ")).map(({ path }) => path);
  const begun = new Set([...stepsDone.value, ...steps.value.map(({ path }) => path)]);
  const next = places.find((path) => !begun.has(path));
  const where =
    next !== undefined
      ? `${pause ? text.run.pausingAt : text.run.pauseNext} “${next}”`
      : places.length > 0
        ? text.run.pauseNone
        : text.run.pauseNever;
  return (
    <div class="pausing">
      {mine && (next !== undefined || pause) ? (
        <button
          type="button"
          data-hotkey="p"
          class={pause ? "wanted" : ""}
          disabled={send.busy}
          onClick={() => send.go(!pause)}
        >
          {pause ? text.run.pauseWithdraw : `❚❚ ${text.run.pause}`}
        </button>
      ) : null}
      <span>
        {pause ? "⏳ " : ""}
        {where}
        {mine || next === undefined ? "" : ` (${run.by} ${text.run.pauseOnlyBy})`}
      </span>
      <ErrorLine of={send} />
    </div>
  );
}

function Paused({
  run,
  mine,
  send,
}: {
  readonly run: RunState;
  readonly mine: boolean;
  readonly send: ReturnType<typeof useAction<boolean>>;
}) {
  const { pause } = run;
  if (pause?.is !== "paused") return null;
  // Both by the controller's clock, so that nobody has to be right about the present.
  const until = new Date(Date.parse(pause.since_utc) + 1000 * pause.for_s).toISOString();
  return (
    <div class="pausing paused" role="status">
      <strong>
        ❚❚ {text.run.pausedSince} {pause.since_utc.slice(11, 19)} UTC {text.run.pausedBefore} “{pause.before}”
      </strong>
      <span>{text.run.pausedLeave}</span>
      <span>
        {text.run.pausedEnds} {until.slice(11, 16)} UTC.
      </span>
      {mine ? (
        <button type="button" class="large go" data-hotkey="p" disabled={send.busy} onClick={() => send.go(false)}>
          ▶ {text.run.goOn}
        </button>
      ) : (
        <span>
          {run.by}: {text.run.goOn}
        </span>
      )}
      <ErrorLine of={send} />
    </div>
  );
}

/** `live`: the run goes on, so that notes can be written into its record. */
export function Notes({ run, live }: { readonly run: number; readonly live: boolean }) {
  const shown = notes.value;
  const may = mayWrite();
  if (!may && shown.length === 0) return null;
  return (
    <details class="notes">
      <summary>
        ✎ {text.run.notes} {shown.length > 0 ? `(${shown.length})` : ""}
      </summary>
      <ul>
        {shown.map((one, i) => (
          <li key={i}>
            {one.utc.slice(11, 19)} {one.by}: {one.kind === "photo" ? `${text.run.photoWord} ` : ""}
            {one.text}
          </li>
        ))}
      </ul>
      {live && may ? <NoteForm /> : null}
      {may ? <PhotoForm run={run} /> : null}
    </details>
  );
}

const note_most = 500;

function NoteForm() {
  const [typed, setTyped] = useState("");
  const send = useAction(async () => {
    await post("/api/note", { text: typed.trim() });
    setTyped("");
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== "") send.go();
      }}
    >
      <Field
        label={`${text.run.note} (1–${note_most})`}
        value={typed}
        set={(value) => setTyped(value.slice(0, note_most))}
      />
      <button type="submit" disabled={send.busy || typed.trim() === ""}>
        {text.run.noteSend}
      </button>
      <ErrorLine of={send} />
    </form>
  );
}

/** As the station has it (http.ts): said before anything is sent. */
const photo_most_bytes = 8 * 2 ** 20;
const photoTypes: readonly string[] = ["image/jpeg", "image/png"];

function PhotoForm({ run }: { readonly run: number }) {
  const [file, setFile] = useState<File>();
  const [what, setWhat] = useState("");
  const [kept, setKept] = useState("");
  /** A new field for the next file: browsers keep the name of the last one. */
  const [sent, setSent] = useState(0);
  const send = useAction(async () => {
    if (!file) return;
    if (!photoTypes.includes(file.type)) throw new Error(text.run.photoType);
    if (file.size > photo_most_bytes) throw new Error(text.run.photoSize);
    const query = new URLSearchParams({ name: file.name, text: what.trim() });
    await sendFile(`/api/runs/${run}/photo?${query}`, file);
    setKept(file.name);
    setFile(undefined);
    setSent((count) => count + 1);
    setWhat("");
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.go();
      }}
    >
      <label class="field">
        <span>{text.run.photo}</span>
        <input
          key={sent}
          type="file"
          accept="image/jpeg,image/png"
          onChange={(event) => {
            setKept("");
            setFile(event.currentTarget.files?.[0]);
          }}
        />
      </label>
      <Field label={text.run.photoText} value={what} set={(value) => setWhat(value.slice(0, 200))} />
      <button type="submit" disabled={send.busy || !file}>
        {text.run.photoSend}
      </button>
      {kept === "" ? null : (
        <p role="status">
          ✓ {text.run.noteKept}: {kept}
        </p>
      )}
      <ErrorLine of={send} />
    </form>
  );
}
