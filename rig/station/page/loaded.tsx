/** What is read for a view: the newest answer counts, whatever arrives late; an error stands in its place. */
import { useEffect, useState } from "preact/hooks";
import { get } from "./api.ts";
import { text } from "./texts.ts";

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: string;
  readonly again: () => void;
}

/** Empty path: nothing is asked. What was asked before is never shown as the answer to something else. */
export function useLoaded<T>(path: string): Loaded<T> {
  const [answer, setAnswer] = useState<{ readonly path: string; readonly data?: T; readonly error?: string }>();
  const [count, setCount] = useState(0);
  useEffect(() => {
    if (path === "") return;
    let gone = false;
    get<T>(path).then(
      (data) => gone || setAnswer({ path, data }),
      (thrown: unknown) =>
        gone || setAnswer({ path, error: thrown instanceof Error ? thrown.message : String(thrown) }),
    );
    return () => {
      gone = true;
    };
  }, [path, count]);
  const mine = answer?.path === path ? answer : undefined;
  return { data: mine?.data, error: mine?.error ?? "", again: () => setCount(count + 1) };
}

/** Until there is an answer: what is being done, or why there is none. */
export const Waiting = ({ of }: { readonly of: Loaded<unknown> }) => {
  if (of.error) {
    return (
      <p class="error" role="alert">
        {of.error}
      </p>
    );
  }
  return of.data === undefined ? <p class="quiet">{text.review.loading}</p> : null;
};
