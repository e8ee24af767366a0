/** What is signed and decided about a run, and what this person may still say: each with the reason where they may not. */
import { useState } from "preact/hooks";
import type { DisposedView, RunView, SignedView } from "../reviewTypes.ts";
import { DisposeForm, SignForm } from "./decide.tsx";
import { me } from "./state.ts";
import { text } from "./texts.ts";

const words = text.review;
type Meaning = RunView["standing"]["may"][number]["meaning"];

/** What the role may say at this station (rig/station/decisions.ts holds it). */
const sayings: Readonly<Record<string, readonly Meaning[]>> = {
  technician: ["finished"],
  engineer: ["finished"],
  qa: ["released", "rejected", "amended"],
};

export function Standing({ view, again }: { readonly view: RunView; readonly again: () => void }) {
  const [open, setOpen] = useState<Meaning | "dispose">();
  const [done, setDone] = useState("");
  const [unwritten, setUnwritten] = useState("");
  const { standing } = view;
  const role = me.value?.role ?? "";
  const mine = standing.may.filter(({ meaning }) => sayings[role]?.includes(meaning));
  const cancel = () => setOpen(undefined);
  const finish = (said: string, why = "") => {
    setOpen(undefined);
    setDone(said);
    setUnwritten(why);
    again();
  };
  return (
    <div class="block standing">
      <h2>{words.standing}</h2>
      <State view={view} />
      {done ? (
        <p class="safety safe" role="status">
          ✓ {done}
        </p>
      ) : null}
      {unwritten ? (
        <p class="error" role="alert">
          {words.unwritten}: {unwritten}
        </p>
      ) : null}
      <div class="buttons">
        {mine.map(({ meaning, why }) => (
          <button
            key={meaning}
            type="button"
            disabled={why !== undefined}
            aria-expanded={open === meaning}
            onClick={() => setOpen(meaning)}
          >
            {words.meaning[meaning]}
          </button>
        ))}
        {role === "qa" && standing.notDisposed === undefined ? (
          <button type="button" aria-expanded={open === "dispose"} onClick={() => setOpen("dispose")}>
            {words.dispose}
          </button>
        ) : null}
      </div>
      <ul class="why">
        {mine.map(({ meaning, why }) =>
          why === undefined ? null : (
            <li key={meaning}>
              {words.notNow}: {words.meaning[meaning]}. {why}
            </li>
          ),
        )}
      </ul>
      {open === "dispose" ? (
        <DisposeForm view={view} done={finish} unsure={again} cancel={cancel} />
      ) : open === undefined ? null : (
        <SignForm key={open} view={view} meaning={open} {...{ done: finish, unsure: again, cancel }} />
      )}
    </div>
  );
}

function State({ view }: { readonly view: RunView }) {
  const { standing } = view;
  const { rejection, disposition } = standing;
  return (
    <ul class="state">
      <li>
        {words.edition} {standing.edition}: <strong>{standing.state}</strong>
        {standing.signed.length === 0 ? `. ${words.unsigned}` : ""}
      </li>
      {standing.signed.map((one) => (
        <li key={one.seq}>{signedWords(one)}</li>
      ))}
      {rejection && !standing.signed.some(({ seq }) => seq === rejection.seq) ? (
        <li class="error">
          {words.rejection}: {signedWords(rejection)}
        </li>
      ) : null}
      {standing.faults.map(({ seq, why }) => (
        <li key={seq} class="error">
          {seq} {words.notCounted}: {why}
        </li>
      ))}
      {standing.ledgerLacks ? (
        <li class="error">
          {words.ledgerLacks}: {standing.ledgerLacks}
        </li>
      ) : null}
      {standing.doubts.map((doubt) => (
        <li key={doubt} class="error">
          {words.inDoubt}: {doubt}
        </li>
      ))}
      {disposition ? <Disposed of={disposition} /> : null}
      {standing.dispositions.map((one) => (
        <Disposed key={one.number} of={one} about={one.runs} />
      ))}
      {standing.openFails.length > 0 ? (
        <li class="error">
          {words.openFails}: {standing.openFails.join(", ")}
        </li>
      ) : null}
      {standing.barred ? (
        <li class="error">
          {words.barred}: {standing.barred}
        </li>
      ) : null}
    </ul>
  );
}

const Disposed = ({ of, about = [] }: { readonly of: DisposedView; readonly about?: readonly string[] }) => (
  <li>
    {words.disposition} {of.number}
    {about.length > 0 ? ` (${words.about} ${about.join(", ")})` : ""}: <strong>{of.decision}</strong>, {of.by},{" "}
    {time(of.utc)}: {of.reason}
  </li>
);

const time = (utc: string): string => `${utc.slice(0, 16).replace("T", " ")} UTC`;

const signedWords = ({ meaning, name, role, key, utc, reason }: SignedView): string =>
  `${meaning}, ${name} (${role}, key ${key}), ${time(utc)}: ${reason}`;
