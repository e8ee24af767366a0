/**
 * What pages see, in order: the bench's state whenever it changes, and events and points of the present run as they become
 * durable. Each message carries where it stands, so that a page that comes back gets what it missed and nothing twice.
 */
import type { NewPoints, Tail } from "../store/tail.ts";
import type { Event } from "../store/types.ts";
import type { BenchRuns, BenchState } from "./bench.ts";
import { thinned } from "./thin.ts";

/** Where a page stands: run, last event, last bench time of points. */
export interface Place {
  readonly run: number;
  readonly seq: number;
  readonly t_s: number;
}

export type Message =
  | { readonly is: "state"; readonly state: BenchState; readonly utc: string }
  | { readonly is: "events"; readonly run: number; readonly events: readonly Event[] }
  | { readonly is: "points"; readonly run: number; readonly points: readonly NewPoints[] };

/** `run.seq.t`, the id of each message; what is no place is the beginning. */
export const placeText = ({ run, seq, t_s }: Place): string => `${run}.${seq}.${t_s}`;

export function placeIn(text: string | undefined): Place {
  const found = /^(\d{1,15})\.(\d{1,15})\.(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(text ?? "");
  return found ? { run: Number(found[1]), seq: Number(found[2]), t_s: Number(found[3]) } : { run: 0, seq: 0, t_s: -1 };
}

/** What a page draws live; captures of the pilot are read when they are shown. */
const drawn = ["thermal/", "drop/", "earth/", "protection/"];
/** Events in one message. */
const batch = 500;
/** Points of one series that are sent at once; what is older is thinned before, since no screen shows more. */
const points_max = 2000;

/** One page's view of the tail: keeps where it stands. */
export class Feed {
  private readonly tail: Tail;
  private place: Place;
  private readonly seen = new Map<string, number>();

  constructor(tail: Tail, from: Place) {
    this.tail = tail;
    this.place = from;
  }

  get id(): string {
    return placeText(this.place);
  }

  /** What is new of this run. Empty when there is nothing. */
  next(run: number): readonly Message[] {
    if (run !== this.place.run) {
      this.place = { run, seq: 0, t_s: -1 };
      this.seen.clear();
    }
    const messages: Message[] = [];
    const events = this.tail.events(run, this.place.seq, batch);
    const last = events.at(-1);
    if (last) {
      messages.push({ is: "events", run, events: events.filter(isShown) });
      this.place = { ...this.place, seq: last.seq };
    }
    const points = this.newPoints(run);
    if (points.length > 0) messages.push({ is: "points", run, points });
    return messages;
  }

  private newPoints(run: number): readonly NewPoints[] {
    const after_s = this.place.t_s;
    let last_s = after_s;
    const fresh: NewPoints[] = [];
    for (const { series, unit, from, t_s, values } of this.tail.points(run, drawn, this.seen)) {
      this.seen.set(series, from + t_s.length);
      last_s = Math.max(last_s, t_s.at(-1) ?? last_s);
      // After a reconnection the indexes are unknown, but the time is.
      const skip = from === 0 ? t_s.findIndex((t) => t > after_s) : 0;
      if (skip < 0) continue;
      fresh.push({ series, unit, from: from + skip, ...thinned(t_s.slice(skip), values.slice(skip), points_max) });
    }
    this.place = { ...this.place, t_s: last_s };
    return fresh;
  }
}

/** Commands and replies are many and no page shows them; prompts, judgements, steps, notes and trips are few. */
const isShown = (event: Event): boolean =>
  event.type === "judged" || event.type === "step" || event.type === "note" || event.type === "tripped";

export type Sink = (message: Message, id: string) => void;

/** Looks at the store while a run is going on, for all pages at once. */
export class Live {
  private readonly bench: BenchRuns;
  private readonly open: () => Promise<Tail>;
  private readonly pages = new Set<{ readonly sink: Sink; readonly from: Place; feed: Feed | undefined }>();
  private tail: Tail | undefined;

  constructor(bench: BenchRuns, open: () => Promise<Tail>) {
    this.bench = bench;
    this.open = open;
  }

  /** A page: the present state at once, then what follows from where it stood. Returns how to end it. */
  join(sink: Sink, from: Place): () => void {
    const page = { sink, from, feed: undefined };
    this.pages.add(page);
    this.tell(page);
    const unhook = this.bench.onChange(() => this.tell(page));
    return () => {
      unhook();
      this.pages.delete(page);
    };
  }

  /** Called some times a second. Opens the store when there is one to open. */
  async look(): Promise<void> {
    const { run } = this.bench.state.run ?? {};
    if (run === undefined || this.pages.size === 0) return;
    this.tail ??= await this.open();
    for (const page of this.pages) {
      page.feed ??= new Feed(this.tail, page.from);
      for (const message of page.feed.next(run)) page.sink(message, page.feed.id);
    }
  }

  close(): void {
    this.tail?.close();
  }

  private tell(page: { readonly sink: Sink; readonly from: Place; readonly feed: Feed | undefined }): void {
    const id = page.feed?.id ?? placeText(page.from);
    page.sink({ is: "state", state: this.bench.state, utc: new Date().toISOString() }, id);
  }
}
