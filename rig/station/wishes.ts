/**
 * What pages wish of a run that goes on, and what the controller says of it (rig/cli/desk.ts). A note counts when the
 * controller says that it is on disk: until then, and when the controller ends first, the page says that it is not kept.
 */
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";

/** Waiting for its place, or paused there. */
export type Pause =
  | { readonly is: "wanted"; readonly by: string }
  | {
      readonly is: "paused";
      readonly by: string;
      readonly before: string;
      readonly since_utc: string;
      /** Longest time, s. */
      readonly for_s: number;
    };

export type Kept =
  | { readonly is: "note"; readonly by: string; readonly text: string }
  | {
      readonly is: "photo";
      readonly by: string;
      readonly photo: { readonly name: string; readonly text: string; readonly bytes: number; readonly hash: string };
    };

/** The controller answers as soon as its disk has: it is given this long. */
const answer_ms = 10_000;
const waiting_max = 20;

type Told = Readonly<Record<string, unknown>>;

export class Wishes {
  private readonly waiting = new Map<number, (wrong: string | undefined) => void>();
  private count = 0;

  /** @throws RigError USAGE when it is refused, or nothing was heard of it */
  async keep(wish: Kept, send: (message: Data) => void): Promise<void> {
    if (this.waiting.size >= waiting_max) throw new RigError("USAGE", "too many notes at once: try again in a moment");
    this.count += 1;
    const number = this.count;
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<string | undefined>((resolve) => {
      this.waiting.set(number, resolve);
      timer = setTimeout(() => resolve("the controller has not confirmed it: it may not be in the record"), answer_ms);
    });
    try {
      send({ ...wish, number });
      const wrong = await answered;
      if (wrong !== undefined) throw new RigError("USAGE", wrong);
    } finally {
      clearTimeout(timer);
      this.waiting.delete(number);
    }
  }

  noted({ number, wrong }: Told): void {
    this.waiting.get(Number(number))?.(wrong === undefined ? undefined : String(wrong));
  }

  /** The controller has ended; one that died may have written it just before. */
  gone(): void {
    for (const tell of this.waiting.values()) tell("the run has ended: look at its report whether it was still kept");
  }
}

export function pauseIn({ state, by, before, since_utc, for_s }: Told): Pause | undefined {
  if (state === "wanted") return { is: "wanted", by: String(by) };
  if (state !== "paused") return undefined;
  return {
    is: "paused",
    by: String(by),
    before: String(before),
    since_utc: String(since_utc),
    for_s: Number(for_s),
  };
}
