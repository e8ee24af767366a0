/**
 * Follows the present run once for all pages: what is new is read once, rendered once, and kept for a while for a page that
 * comes back; of the curves an overview is kept, so that a page that opens after hours costs no more than one that was
 * there from the start. Memory does not grow with the run.
 */
import { randomBytes } from "node:crypto";
import { noPlaces, type Tail } from "../store/tail.ts";
import type { Event } from "../store/types.ts";
import { Curve } from "./curve.ts";
import { type Place, placeText } from "./place.ts";

/** Points of one series, as pages get them. */
export interface CurvePoints {
  readonly series: string;
  readonly unit: string;
  readonly t_s: readonly number[];
  readonly values: readonly number[];
}

export type DataMessage =
  /** Events after `after` up to `seq`; those that no page shows are left out. */
  | {
      readonly is: "events";
      readonly run: number;
      readonly after: number;
      readonly seq: number;
      readonly events: readonly Event[];
    }
  /** `whole`: everything so far, thinned; else what follows batch - 1. */
  | {
      readonly is: "points";
      readonly run: number;
      readonly boot: string;
      readonly batch: number;
      readonly whole: boolean;
      readonly points: readonly CurvePoints[];
    };

/** What a page draws live; captures of the pilot are read when they are shown. */
const drawn = ["thermal/", "drop/", "earth/", "protection/"];
/** Commands and replies are many and no page shows them; judgements, steps, notes and trips are few. */
const shown: ReadonlySet<string> = new Set(["judged", "step", "note", "tripped"]);
/** Events that are read at once. */
const events_max = 500;
/** Kept for pages that come back: this many batches, and together no more than so many characters. */
const kept_max = 240;
const kept_chars_max = 4 * 2 ** 20;

/** What is read of the store. */
export type Followed = Pick<Tail, "changed" | "events" | "points" | "close">;

interface Batch {
  readonly number: number;
  readonly seq: number;
  readonly text: string;
}

/** One server-sent event. */
export const sseText = (message: { readonly is: string }, id?: string): string =>
  `event: ${message.is}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`;

export class Follower {
  /** Numbers of batches mean nothing to another follower. */
  readonly boot = randomBytes(6).toString("base64url");
  readonly run: number;
  private readonly tail: Followed;
  private readonly places = noPlaces();
  private readonly curves = new Map<string, Curve>();
  private batches: Batch[] = [];
  private number = 0;
  private seq = 0;
  /** There was more than is read at once. */
  private more = true;

  constructor(tail: Followed, run: number) {
    this.tail = tail;
    this.run = run;
  }

  /** The newest place. */
  get place(): Place {
    return { run: this.run, boot: this.boot, batch: this.number, seq: this.seq };
  }

  /** There is more on disk than was read so far. */
  get behind(): boolean {
    return this.more;
  }

  /** Reads what is new, a bounded piece of it. `more`: ask again at once. */
  read(): { readonly news: boolean; readonly more: boolean } {
    const changed = this.tail.changed();
    if (!changed && !this.more) return { news: false, more: false };
    const after = this.seq;
    const { events, last, more: moreEvents } = this.tail.events(this.run, after, events_max, shown);
    const { points, more: morePoints } = this.tail.points(this.run, drawn, this.places);
    this.more = moreEvents || morePoints;
    if (last === after && points.length === 0) return { news: false, more: this.more };
    for (const { series, unit, t_s, values } of points) this.curve(series, unit).add(t_s, values);
    this.seq = last;
    this.number += 1;
    // While it catches up, pages wait for the overview.
    if (this.more) this.batches = [];
    else this.keep(after, events, points);
    return { news: true, more: this.more };
  }

  /** What follows a batch, rendered; undefined when it is not kept any more, and the page needs the overview. */
  after(batch: number): readonly Batch[] | undefined {
    if (batch === this.number) return [];
    const first = this.batches[0]?.number;
    if (first === undefined || batch > this.number || batch < first - 1) return undefined;
    return this.batches.slice(batch - first + 1);
  }

  /** All curves so far, thinned; and the place where they end. */
  overview(): string {
    const points = [...this.curves].map(([series, curve]) => ({ series, unit: curve.unit, ...curve.drawn() }));
    const { run, boot, number: batch } = this;
    const message: DataMessage = { is: "points", run, boot, batch, whole: true, points };
    return sseText(message, placeText(this.place));
  }

  /** Events after a seq for a page that is behind, at most so many as are read at once. */
  eventsAfter(after: number): { readonly text: string; readonly seq: number } {
    const { events, last } = this.tail.events(this.run, after, Math.min(events_max, this.seq - after), shown);
    const message: DataMessage = { is: "events", run: this.run, after, seq: last, events };
    return { text: sseText(message, placeText({ ...this.place, batch: 0, seq: last })), seq: last };
  }

  private curve(series: string, unit: string): Curve {
    const known = this.curves.get(series) ?? new Curve(unit);
    this.curves.set(series, known);
    return known;
  }

  /** The id stands on the last message only: a page that got a part of a batch gets it again, and knows what it has. */
  private keep(after: number, events: readonly Event[], points: readonly CurvePoints[]): void {
    const { run, boot, number: batch, seq } = this;
    const some = points.map(({ series, unit, t_s, values }) => ({ series, unit, t_s, values }));
    const told: DataMessage = { is: "events", run, after, seq, events };
    const measured: DataMessage = { is: "points", run, boot, batch, whole: false, points: some };
    const text = (seq > after ? sseText(told) : "") + sseText(measured, placeText(this.place));
    this.batches.push({ number: batch, seq, text });
    let chars = this.batches.reduce((sum, one) => sum + one.text.length, 0);
    while (this.batches.length > kept_max || chars > kept_chars_max) chars -= this.batches.shift()?.text.length ?? 0;
  }
}
