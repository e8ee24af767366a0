/**
 * What was refused, in the list of actions: the first ones of a kind in full, then few with the number of those left out.
 * So an attack is seen and what it did can be read, and it cannot fill the disk: each kind and person come to some 300
 * lines a day at most.
 */
import type { Data } from "../model/data.ts";
import { asRigError } from "../model/errors.ts";

/** Written at once of one kind and person. */
const burst = 20;
/** After that one line in so long. */
const every_ms = 5 * 60_000;
/** Kinds and persons known at once. */
const kinds_max = 200;

interface Kind {
  readonly who: string;
  readonly what: string;
  allowed: number;
  since_ms: number;
  left_out: number;
}

type Write = (who: string, what: string, detail: Data) => void;

export class Refusals {
  private readonly write: Write;
  private readonly now_ms: () => number;
  private readonly say: (line: string) => void;
  private readonly kinds = new Map<string, Kind>();
  private said = "";

  /** `say`: where it is told that the list of actions cannot be written. */
  constructor(write: Write, now_ms: () => number, say: (line: string) => void) {
    this.write = write;
    this.now_ms = now_ms;
    this.say = say;
  }

  /** Never throws: what is refused stays refused whether or not it can be written down. */
  note(who: string, what: string, detail: Readonly<Record<string, Data>>): void {
    const kind = this.kind(who, what);
    const now = this.now_ms();
    const more = Math.floor((now - kind.since_ms) / every_ms);
    if (more > 0) {
      kind.allowed = Math.min(burst, kind.allowed + more);
      kind.since_ms += more * every_ms;
    }
    if (kind.allowed === 0) {
      kind.left_out += 1;
      return;
    }
    kind.allowed -= 1;
    this.put(kind, detail);
  }

  /** Writes how many were left out so far. Called now and then, and at the end. */
  settle(): void {
    for (const kind of this.kinds.values()) if (kind.left_out > 0) this.put(kind, {});
  }

  private kind(who: string, what: string): Kind {
    const key = `${what} ${who}`;
    const known = this.kinds.get(key);
    if (known) return known;
    const oldest = this.kinds.entries().next().value;
    if (this.kinds.size >= kinds_max && oldest) {
      if (oldest[1].left_out > 0) this.put(oldest[1], {});
      this.kinds.delete(oldest[0]);
    }
    const made = { who, what, allowed: burst, since_ms: this.now_ms(), left_out: 0 };
    this.kinds.set(key, made);
    return made;
  }

  private put(kind: Kind, detail: Readonly<Record<string, Data>>): void {
    try {
      this.write(kind.who, kind.what, kind.left_out > 0 ? { ...detail, left_out: kind.left_out } : detail);
      kind.left_out = 0;
      this.said = "";
    } catch (error) {
      kind.left_out += 1;
      const { message } = asRigError(error);
      if (message !== this.said) this.say(`station: a refusal could not be written down: ${message}`);
      this.said = message;
    }
  }
}
