/**
 * The stream of the station: reconnects by itself from where it stood, and shows exactly what the station says. A message
 * that comes twice or late changes nothing; one that shows that another is missing makes the page begin anew.
 */
import { batch } from "@preact/signals";
import type { WiringNote } from "../../../reports/faces/wiringNote.ts";
import { Curve } from "../curve.ts";
import type { CurvePoints } from "../follow.ts";
import type { Message } from "../live.ts";
import type { Prediction } from "../thermalLines.ts";
import { get } from "./api.ts";
import { hear, opened } from "./heard.ts";
import * as state from "./state.ts";
import { text } from "./texts.ts";

let source: EventSource | undefined;
/** Id of the last message. */
let place = "";

/** What was shown last: of the run's events, of its batches of points. */
const at = { run: 0, seq: 0, pointsBoot: "", batch: 0 };

const again_ms = 1000;
/** Commands by hand that are kept to be shown. */
const manual_max = 200;

export function connect(): void {
  begin();
  open();
}

/** From where the page stands: what it shows stays, and what it missed comes. */
export function renew(): void {
  if (source) open();
}

export function disconnect(): void {
  source?.close();
  source = undefined;
}

function open(): void {
  disconnect();
  const stream = new EventSource(place === "" ? "/api/live" : `/api/live?from=${encodeURIComponent(place)}`);
  source = stream;
  stream.onopen = opened;
  stream.addEventListener("beat", ({ data }: MessageEvent<string>) => {
    if (source === stream) hear((JSON.parse(data) as { readonly ms: number }).ms);
  });
  for (const kind of ["state", "events", "points"]) {
    stream.addEventListener(kind, ({ data, lastEventId }: MessageEvent<string>) => {
      // What an abandoned stream still delivers is of the past.
      if (source !== stream) return;
      if (!take(JSON.parse(data) as Message)) return later(stream);
      if (lastEventId !== "") place = lastEventId;
    });
  }
  stream.onerror = () => {
    // A closed stream was refused, not lost: the session has ended, or too many watch.
    if (stream.readyState !== EventSource.CLOSED) return;
    get("/api/me").then(
      () => later(stream),
      () => later(stream),
    );
  };
}

/** A stream that cannot be gone on with: from the beginning, in a while. */
function later(stream: EventSource): void {
  stream.close();
  setTimeout(() => source === stream && state.me.value && connect(), again_ms);
}

/** Nothing is known: for a stream that begins. */
export function begin(): void {
  state.forget();
  place = "";
  state.benchAt.value = { boot: "", number: 0 };
  Object.assign(at, { run: 0, seq: 0, pointsBoot: "", batch: 0 });
}

/** Shows what a message says. False when something before it is missing: only a new beginning shows the truth then. */
export function take(message: Message): boolean {
  if (message.is === "state") {
    takeState(message);
    return true;
  }
  if (message.run !== at.run) return true;
  if (message.is === "events") {
    if (message.after > at.seq) return false;
    for (const event of message.events) if (event.seq > at.seq) takeEvent(event as unknown as LiveEvent);
    at.seq = Math.max(at.seq, message.seq);
    return true;
  }
  return takePoints(message);
}

/** All at once: nobody sees a number without its state. */
function takeState({ boot, number, state: found, unread }: Extract<Message, { readonly is: "state" }>): void {
  const has = state.benchAt.value;
  if (boot === has.boot && number <= has.number) return;
  batch(() => {
    const run = found.run?.run ?? 0;
    if (run !== at.run) {
      begin();
      at.run = run;
    }
    state.benchAt.value = { boot, number };
    state.bench.value = found;
    state.unread.value = unread;
  });
}

function takePoints(message: Extract<Message, { readonly is: "points" }>): boolean {
  const known = message.boot === at.pointsBoot;
  if (known && message.batch <= at.batch && !message.whole) return true;
  if (!message.whole && (!known || message.batch !== at.batch + 1)) return false;
  if (message.whole) state.curves.clear();
  at.pointsBoot = message.boot;
  at.batch = message.batch;
  for (const points of message.points) addPoints(points);
  if (message.points.length > 0) state.curvesVersion.value += 1;
  return true;
}

function addPoints({ series, unit, t_s, values }: CurvePoints): void {
  const curve = state.curves.get(series) ?? new Curve(unit);
  state.curves.set(series, curve);
  curve.add(t_s, values);
  state.bench_s.value = Math.max(state.bench_s.value, t_s.at(-1) ?? 0);
}

interface LiveEvent {
  readonly type: string;
  readonly bench_s: number;
  readonly phase?: string;
  readonly path?: string;
  readonly body?: unknown;
}

function takeEvent(event: LiveEvent): void {
  state.bench_s.value = Math.max(state.bench_s.value, event.bench_s);
  if (event.type === "judged") {
    state.judged.value = [...state.judged.value, event.body as state.Judged];
  } else if (event.type === "note") {
    takeNote(event.body as Readonly<Record<string, unknown>> | null, event.bench_s);
  } else if (event.type === "step" && event.path !== undefined) {
    const { path } = event;
    if (event.phase === "enter") state.steps.value = [...state.steps.value, { path, from_s: event.bench_s }];
    else {
      state.steps.value = state.steps.value.filter((one) => one.path !== path);
      state.stepsDone.value = [...state.stepsDone.value, path];
    }
  }
}

const noteWords: Readonly<Record<string, (body: Readonly<Record<string, unknown>>) => string>> = {
  "operator-note": (body) => String(body["text"]),
  photo: (body) => (body["name"] === body["text"] ? String(body["name"]) : `${body["name"]}: ${body["text"]}`),
  paused: ({ before }) => `${text.run.pausedAt} ${before}`,
  "went-on": ({ before }) => `${text.run.wentOn} ${before}`,
};

function takeNote(body: Readonly<Record<string, unknown>> | null, bench_s: number): void {
  const kind = String(body?.["kind"] ?? "");
  if (!body) return;
  const words = noteWords[kind];
  if (kind === "wiring") {
    state.wiring.value = [...state.wiring.value, { kind, body: body as WiringNote["body"] }];
  } else if (kind === "manual") {
    const kept = state.manualNotes.value.slice(1 - manual_max);
    state.manualNotes.value = [...kept, body as unknown as state.ManualNote];
  } else if (kind === "planned") {
    const judgements = body["judgements"] as readonly { readonly id: string }[];
    state.planned.value = judgements.map(({ id }) => id);
  } else if (kind === "prediction") {
    state.predictions.value = [...state.predictions.value, { ...(body as unknown as Prediction), bench_s }];
  } else if (words) {
    const shown = { kind, by: String(body["by"]), utc: String(body["utc"]), text: words(body) };
    state.notes.value = [...state.notes.value, shown];
  }
}
