/**
 * What the person at the bench wishes of a run that goes on: notes, and a pause. Both end in the record with name and time
 * before anything is told of them. A pause is only where the plan says so (rig/plan/commands.ts `pause`) and where the bench
 * is at rest by the safety layer's own bookkeeping; it is bounded, and its end is a person's word or the end of the run.
 * Decision: docs/decisions/0073-pause-and-notes.md.
 */
import type { Data } from "../model/data.ts";
import { asRigError, RigError } from "../model/errors.ts";
import type { Journal } from "../store/types.ts";

export type DeskWish =
  | { readonly is: "note"; readonly number: number; readonly by: string; readonly text: string }
  | { readonly is: "photo"; readonly number: number; readonly by: string; readonly photo: PhotoNote }
  | { readonly is: "pause"; readonly by: string }
  | { readonly is: "go-on"; readonly by: string };

/** A file that the store keeps already, under its hash. */
export interface PhotoNote {
  readonly name: string;
  readonly text: string;
  readonly bytes: number;
  readonly hash: string;
}

/** `wanted`: asked for, not reached. `paused`: in the record. `none`: the run goes on. */
export type DeskSays =
  | { readonly is: "noted"; readonly number: number; readonly wrong?: string }
  | { readonly is: "pause"; readonly state: "none" }
  | { readonly is: "pause"; readonly state: "wanted"; readonly by: string }
  | {
      readonly is: "pause";
      readonly state: "paused";
      readonly by: string;
      readonly before: string;
      readonly since_utc: string;
      readonly for_s: number;
    };

/** Longest pause, s of wall time: as long as a prompt may wait. */
export const pause_max_s = 1800;
/** Longest note, characters, and most notes of a run. */
export const note_max = 500;
export const notes_max = 200;

export interface DeskParts {
  readonly journal: Pick<Journal, "append" | "durable">;
  /** Whether nothing is on, closed or charged; and whether the earth of this mating is proved. */
  readonly bench: () => { readonly atRest: boolean; readonly earthProved: boolean };
  readonly tell: (message: DeskSays) => void;
  readonly utc: () => string;
  /** Rejects with the signal's reason. Wall time: bench time stands still where nothing happens. */
  readonly sleep: (for_s: number, signal: AbortSignal) => Promise<void>;
}

export class Desk {
  private readonly parts: DeskParts;
  private wantedBy: string | undefined;
  private goOn: ((by: string) => void) | undefined;
  private notes = 0;

  constructor(parts: DeskParts) {
    this.parts = parts;
  }

  heard(wish: DeskWish): void {
    if (wish.is === "pause") this.want(wish.by);
    else if (wish.is === "go-on") this.release(wish.by);
    else if (wish.is === "note" || wish.is === "photo") {
      const { number } = wish;
      this.keep(wish).then(
        () => this.parts.tell({ is: "noted", number }),
        (error: unknown) => this.parts.tell({ is: "noted", number, wrong: asRigError(error).message }),
      );
    }
  }

  private want(by: string): void {
    if (this.wantedBy !== undefined || this.goOn) return;
    this.wantedBy = by;
    this.write({ kind: "pause-asked", by, utc: this.parts.utc() });
    this.parts.tell({ is: "pause", state: "wanted", by });
  }

  private release(by: string): void {
    this.goOn?.(by);
    if (this.goOn || this.wantedBy === undefined) return;
    this.wantedBy = undefined;
    this.write({ kind: "pause-withdrawn", by, utc: this.parts.utc() });
    this.parts.tell({ is: "pause", state: "none" });
  }

  private async keep(wish: Extract<DeskWish, { readonly is: "note" | "photo" }>): Promise<void> {
    if (this.notes >= notes_max) throw new RigError("USAGE", `a run holds at most ${notes_max} notes and photos`);
    const { by } = wish;
    const utc = this.parts.utc();
    let body: Data;
    if (wish.is === "photo") body = { kind: "photo", by, utc, ...wish.photo };
    else {
      const text = wish.text.trim();
      if (text.length === 0 || text.length > note_max)
        throw new RigError("USAGE", `a note has 1 to ${note_max} characters`);
      body = { kind: "operator-note", by, utc, text };
    }
    this.notes += 1;
    await this.parts.journal.durable(this.write(body));
  }

  /** The engine asks before a step that may be paused before. Without a wish, or with something on, it goes on at once. */
  async at(step: string, signal: AbortSignal): Promise<void> {
    const by = this.wantedBy;
    if (by === undefined || !this.parts.bench().atRest) return;
    this.wantedBy = undefined;
    const { earthProved } = this.parts.bench();
    const since_utc = this.parts.utc();
    const begun = this.write({ kind: "paused", by, before: step, utc: since_utc, longest_s: pause_max_s });
    await this.parts.journal.durable(begun);
    const over = new AbortController();
    const released = new Promise<string>((resolve) => {
      this.goOn = resolve;
    });
    this.parts.tell({ is: "pause", state: "paused", by, before: step, since_utc, for_s: pause_max_s });
    try {
      const again = await Promise.race([released, this.late(step, AbortSignal.any([signal, over.signal]))]);
      this.checkMating(earthProved);
      await this.parts.journal.durable(this.write({ kind: "went-on", by: again, before: step, utc: this.parts.utc() }));
    } finally {
      this.goOn = undefined;
      over.abort(new RigError("ABORTED", "the pause is over"));
      this.parts.tell({ is: "pause", state: "none" });
    }
  }

  private async late(step: string, signal: AbortSignal): Promise<never> {
    await this.parts.sleep(pause_max_s, signal);
    throw new RigError(
      "PROMPT_TIMEOUT",
      `paused before "${step}" for ${pause_max_s / 60} min and nobody let the run go on`,
    );
  }

  /** S9: with a lid open somebody may have exchanged the adapter; the run ends here and not at a refusal that latches. */
  private checkMating(earthProved: boolean): void {
    if (!earthProved || this.parts.bench().earthProved) return;
    throw new RigError(
      "ABORTED",
      "a lid was opened or the adapter moved while the run was paused: its protective earth is not proved any more",
    );
  }

  private write(body: Data): number {
    return this.parts.journal.append({ type: "note", lane: "main", attempt: 1, body });
  }
}
