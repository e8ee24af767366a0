/** A view that is loaded when it is looked at for the first time, so that the first page stays small. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { text } from "./texts.ts";

export function Later({ load }: { readonly load: () => Promise<ComponentType> }) {
  const [view, setView] = useState<{ readonly View: ComponentType }>();
  const [error, setError] = useState("");
  useEffect(() => {
    let gone = false;
    load().then(
      (View) => gone || setView({ View }),
      () => gone || setError(text.review.reload),
    );
    return () => {
      gone = true;
    };
  }, [load]);
  if (error) {
    return (
      <p class="error" role="alert">
        {error}
      </p>
    );
  }
  return view ? <view.View /> : <p class="quiet">{text.review.loading}</p>;
}
