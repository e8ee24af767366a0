/** What `rig ready` finds of a job, as it becomes known: asked once, then watched until nothing more comes. */
import { useEffect, useState } from "preact/hooks";
import type { Looked } from "../before.ts";
import type { Prepared } from "../prepared.ts";
import { get, post } from "./api.ts";

export interface JobShown {
  readonly procedure: string;
  readonly adapter: string;
  readonly serial: string;
}

const again_ms = 400;

/** `at`: another value looks again, for instance when a run has ended. */
export function usePrepared(job: JobShown | undefined, at: string) {
  const [found, setFound] = useState<{ readonly key: string; readonly prepared: Prepared | undefined }>();
  const [error, setError] = useState("");
  const [done, setDone] = useState(false);
  const key = job ? `${job.procedure}\n${job.adapter}\n${job.serial}\n${at}` : "";
  useEffect(() => {
    setFound(undefined);
    setError("");
    setDone(false);
    if (!job) return;
    let timer: number | undefined;
    let left = false;
    const show = (looked: Looked): void => {
      if (left) return;
      setFound({ key, prepared: looked.prepared });
      setDone(looked.done);
      if (!looked.done) timer = window.setTimeout(() => ask(get<Looked>(`/api/prepared/${looked.number}`)), again_ms);
    };
    const ask = (answer: Promise<Looked>): void => {
      answer.then(show, (thrown: unknown) => {
        if (left) return;
        // What cannot be watched any more is not shown as known.
        setFound(undefined);
        setError(thrown instanceof Error ? thrown.message : String(thrown));
        setDone(true);
      });
    };
    ask(post<Looked>("/api/prepare", job));
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [key]);
  // What was found of another job is not shown for a moment either.
  return { prepared: found?.key === key ? found.prepared : undefined, error, done };
}
