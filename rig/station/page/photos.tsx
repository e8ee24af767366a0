/** Photos that were kept with a run: small beside each other, whole by a touch. */
import { useState } from "preact/hooks";
import type { AttachedView, RunView } from "../reviewTypes.ts";
import { text } from "./texts.ts";

const words = text.review;

type Photo = AttachedView & { readonly photo: string };
const isPhoto = (one: AttachedView): one is Photo => one.photo !== undefined;

export function Photos({ view }: { readonly view: RunView }) {
  const photos = view.attachments.filter(isPhoto);
  if (photos.length === 0) return null;
  return (
    <div class="block">
      <h2>{words.photos}</h2>
      <div class="photos">
        {photos.map((one) => (
          <Shown key={one.photo} run={view.run} of={one} />
        ))}
      </div>
    </div>
  );
}

function Shown({ run, of }: { readonly run: number; readonly of: Photo }) {
  const [failed, setFailed] = useState(false);
  // In place: a screen without keys has no way back from another window.
  const [large, setLarge] = useState(false);
  const path = `/api/runs/${run}/photo/${of.photo}`;
  return (
    <figure class={large ? "large" : ""}>
      {failed ? (
        <p class="error">{words.photoGone}</p>
      ) : (
        <button type="button" aria-pressed={large} aria-label={words.photoLarge} onClick={() => setLarge(!large)}>
          <img src={path} alt={of.text} loading="lazy" onError={() => setFailed(true)} />
        </button>
      )}
      <figcaption>
        <strong>{of.text}</strong> {of.name}, {of.utc.slice(0, 19).replace("T", " ")} UTC
      </figcaption>
    </figure>
  );
}
