/**
 * What pages see, in order: the bench's state whenever it changes, and events and points of the present run as they become
 * durable. Pages take what is ready as fast as they read: a slow page costs no memory and delays no other.
 */
import { randomBytes } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { asRigError } from "../model/errors.ts";
import type { BenchRuns, BenchState } from "./bench.ts";
import { type DataMessage, type Followed, Follower, sseText } from "./follow.ts";
import type { Place } from "./place.ts";

export type Message =
  | {
      readonly is: "state";
      readonly boot: string;
      /** Counts up: an older state is never shown after a newer one. */
      readonly number: number;
      readonly state: BenchState;
      /** Why the record cannot be read at present: what was measured after that is not shown. */
      readonly unread?: string;
      readonly utc: string;
    }
  | DataMessage;

/** Which of the station's states: `number` counts up while the station has the same `boot`. */
export type StateAt = Pick<Extract<Message, { readonly is: "state" }>, "boot" | "number">;

/** One page. */
export interface Watcher {
  /** The next message as text; undefined when there is none. */
  take(): string | undefined;
  leave(): void;
}

interface Page {
  place: Place;
  /** Its curves are whole up to its batch. */
  whole: boolean;
  /** Last state that it got. */
  state: number;
  readonly wake: () => void;
}

/** Looks at the store while a run is going on, for all pages at once. */
export class Live {
  readonly boot = randomBytes(6).toString("base64url");
  private readonly bench: BenchRuns;
  private readonly open: () => Promise<Followed>;
  private readonly pages = new Set<Page>();
  private tail: Followed | undefined;
  private follower: Follower | undefined;
  private looking = false;
  private closed = false;
  private unread: string | undefined;
  private number = 1;
  private rendered: { readonly number: number; readonly text: string } | undefined;

  constructor(bench: BenchRuns, open: () => Promise<Followed>) {
    this.bench = bench;
    this.open = open;
    bench.onChange(() => this.changed());
  }

  /** The newest state. The answer to a start says it: until a page has one as new, what it knows is of before the start. */
  get newest(): StateAt {
    return { boot: this.boot, number: this.number };
  }

  /** `wake` is called when there may be something to take. */
  watch(from: Place, wake: () => void): Watcher {
    const page: Page = { place: from, whole: from.batch > 0, state: 0, wake };
    this.pages.add(page);
    return { take: () => this.next(page), leave: () => void this.pages.delete(page) };
  }

  /** Called some times a second. Opens the store when there is one to open. Undefined, or why it cannot be read. */
  async look(): Promise<string | undefined> {
    const { run } = this.bench.state.run ?? {};
    if (run === undefined || this.looking || this.closed) return this.unread;
    this.looking = true;
    try {
      await this.follow(run);
      this.told(undefined);
    } catch (error) {
      // Opened anew at the next look: then it may be whole again.
      this.forget();
      this.told(asRigError(error).message);
    } finally {
      this.looking = false;
    }
    return this.unread;
  }

  close(): void {
    this.closed = true;
    this.forget();
  }

  private async follow(run: number): Promise<void> {
    this.tail ??= await this.open();
    if (this.follower?.run !== run) this.follower = new Follower(this.tail, run);
    let news = false;
    for (let more = true; more && !this.closed; ) {
      const read = this.follower.read();
      news ||= read.news;
      more = read.more;
      // A long record is read in pieces: requests are answered in between.
      if (more) await turn();
    }
    if (news) this.wakeAll();
  }

  private forget(): void {
    this.tail?.close();
    this.tail = undefined;
    this.follower = undefined;
  }

  private told(unread: string | undefined): void {
    if (unread === this.unread) return;
    this.unread = unread;
    this.changed();
  }

  private changed(): void {
    this.number += 1;
    this.wakeAll();
  }

  private wakeAll(): void {
    for (const { wake } of this.pages) wake();
  }

  private next(page: Page): string | undefined {
    if (page.state !== this.number) {
      page.state = this.number;
      return this.stateText();
    }
    const { follower } = this;
    if (!follower) return undefined;
    const { run, boot } = follower;
    if (page.place.run !== run || page.place.boot !== boot) {
      page.place = { run, boot, batch: 0, seq: page.place.run === run ? page.place.seq : 0 };
      page.whole = false;
    }
    const batches = page.whole ? follower.after(page.place.batch) : undefined;
    if (batches === undefined) return this.catchUp(page, follower);
    const [batch] = batches;
    if (!batch) return undefined;
    page.place = { ...page.place, batch: batch.number, seq: batch.seq };
    return batch.text;
  }

  /** First the events that a page lacks, then the curves as a whole; from there it goes by batches. */
  private catchUp(page: Page, follower: Follower): string | undefined {
    const newest = follower.place;
    if (newest.batch === 0 || follower.behind) return undefined;
    if (page.place.seq < newest.seq) {
      const { text, seq } = follower.eventsAfter(page.place.seq);
      page.place = { ...page.place, seq };
      return text;
    }
    page.place = newest;
    page.whole = true;
    return follower.overview();
  }

  private stateText(): string {
    if (this.rendered?.number !== this.number) {
      const { boot, number, unread } = this;
      const now = { boot, number, state: this.bench.state, utc: new Date().toISOString() };
      const message: Message = { is: "state", ...now, ...(unread === undefined ? {} : { unread }) };
      this.rendered = { number, text: sseText(message) };
    }
    return this.rendered.text;
  }
}
