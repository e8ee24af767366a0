/** Those who wait until an event is on disk. A disk that acknowledges nothing for `answer_ms` counts as lost. */
import type { RigError } from "../model/errors.ts";

const answer_ms = 10_000;

interface Waiter {
  readonly seq: number;
  readonly resolve: () => void;
  readonly reject: (error: RigError) => void;
}

export class Waiters {
  /** Highest seq on disk. */
  acknowledged = 0;
  private list: Waiter[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly onSilence: (why: string) => void;

  constructor(onSilence: (why: string) => void) {
    this.onSilence = onSilence;
  }

  wait(seq: number): Promise<void> {
    this.timer ??= setTimeout(() => this.onSilence(`the disk did not answer within ${answer_ms} ms`), answer_ms);
    return new Promise((resolve, reject) => {
      this.list.push({ seq, resolve, reject });
    });
  }

  /** True when nobody waits any more. */
  reached(seq: number): boolean {
    this.acknowledged = Math.max(this.acknowledged, seq);
    const done = this.list.filter((waiter) => waiter.seq <= this.acknowledged);
    this.list = this.list.filter((waiter) => waiter.seq > this.acknowledged);
    if (this.list.length > 0) this.timer?.refresh();
    else {
      clearTimeout(this.timer);
      this.timer = undefined;
    }
    for (const waiter of done) waiter.resolve();
    return this.list.length === 0;
  }

  fail(error: RigError): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { list } = this;
    this.list = [];
    for (const waiter of list) waiter.reject(error);
  }
}
