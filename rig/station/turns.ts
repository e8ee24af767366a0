/**
 * Work that costs much time and memory for whoever asks (the hash of a password): so many at once, so many that wait, and no
 * more. The machine of the station itself, the bench's own screen, goes before all others and waits in a line of its own: no
 * flood from elsewhere keeps it out.
 */

const running_most = 2;
/** In each of the two lines. Each work ends by itself after a fraction of a second, so nobody waits for long. */
const waiting_most = 8;
/** After it a line that was full has emptied once, on the reference machine, s. */
const again_s = 3;

/** Nothing was done, and nothing is counted against who asked. */
export class Busy extends Error {
  override readonly name = "Busy";
  readonly wait_s = again_s;

  constructor() {
    super(`too many passwords are being checked at once: nothing was done, wait ${again_s} s`);
  }
}

export type InTurn = <R>(work: () => Promise<R>) => Promise<R>;

export class Turns {
  private running = 0;
  private readonly own: (() => void)[] = [];
  private readonly others: (() => void)[] = [];

  /** A place, which is held until the work that is given to it has ended: it is to be given at once. @throws Busy */
  take(own: boolean): InTurn {
    const line = own ? this.own : this.others;
    const free = this.running < running_most;
    if (!free && line.length >= waiting_most) throw new Busy();
    if (free) this.running += 1;
    const comes = free ? Promise.resolve() : new Promise<void>((resolve) => line.push(resolve));
    return async (work) => {
      await comes;
      try {
        return await work();
      } finally {
        this.next();
      }
    };
  }

  /** The place goes over from one to the next. */
  private next(): void {
    const first = this.own.shift() ?? this.others.shift();
    if (first) first();
    else this.running -= 1;
  }
}
