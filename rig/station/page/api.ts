/** Requests of the page. Errors are texts for a person, with their remedy. */
import { station_ms } from "./heard.ts";
import { me } from "./state.ts";
import { text } from "./texts.ts";

export interface Refused {
  readonly error: string;
  readonly remedy?: string;
}

export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const deadline_ms = 15_000;
/** Files are drawn, or sent over a slow network. */
const file_ms = 60_000;

async function answerTo(path: string, init: RequestInit, within_ms = deadline_ms): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal: AbortSignal.timeout(within_ms) });
  } catch {
    throw new RequestError(0, text.noAnswer);
  }
  if (response.ok) return response;
  if (response.status === 401) me.value = undefined;
  const body: unknown = await response.json().catch(() => undefined);
  const { error, remedy } = (body ?? {}) as Partial<Refused>;
  throw new RequestError(response.status, [error ?? `error ${response.status}`, remedy].filter(Boolean).join(". "));
}

async function request<R>(path: string, init: RequestInit, within_ms = deadline_ms): Promise<R> {
  const response = await answerTo(path, init, within_ms);
  try {
    return (await response.json()) as R;
  } catch {
    // Cut off on its way: nothing of it is taken for an answer.
    throw new RequestError(0, text.noAnswer);
  }
}

export const get = <R>(path: string): Promise<R> => request<R>(path, {});

/** When it was pressed, by the station's clock: what comes much later is refused. */
function pressed(): Record<string, string> {
  const ms = station_ms();
  return ms === undefined ? {} : { "X-Rig-Pressed": String(Math.round(ms)) };
}

export const post = <R>(path: string, body: object = {}, within_ms = deadline_ms): Promise<R> =>
  request<R>(
    path,
    {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Rig-Csrf": me.value?.csrf ?? "", ...pressed() },
      body: JSON.stringify(body),
    },
    within_ms,
  );

/** A file as it is. */
export const getFile = async (path: string): Promise<Blob> => (await answerTo(path, {}, file_ms)).blob();

/** Sends a file as it is; its type stands in the request. */
export async function sendFile(path: string, file: File): Promise<void> {
  const headers = { "Content-Type": file.type, "X-Rig-Csrf": me.value?.csrf ?? "" };
  await answerTo(path, { method: "POST", headers, body: file }, file_ms);
}
