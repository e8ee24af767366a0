/**
 * Counts the edges of one line request, so that those which the kernel threw away are noticed. A number is missing when
 * the buffer was full and when edges of one line came faster than the kernel's thread for them (drivers/gpio/
 * gpiolib-cdev.c, edge_irq_handler and edge_irq_thread). With several processors these two can also race and skip a
 * number although no edge was lost (seen on Linux 6.12 with two: 133 of 3002): a count of lost edges is an upper bound.
 */

/** Sequence numbers of the kernel are 32 bits wide and wrap. */
const WRAP = 2 ** 32;

export class EdgeCount {
  /** The kernel numbers from 1. */
  #last = 0;
  /** As #last, without wrapping. */
  #seen = 0;
  /** Edges that we made ourselves after a loss: they move every later number up. */
  #made = 0;

  /** How many edges are missing in front of this one. */
  take(seqno: number): number {
    const step = (seqno - this.#last + WRAP) % WRAP;
    this.#last = seqno;
    // A number that stands still says nothing of a loss; it is counted as the next edge.
    this.#seen += Math.max(1, step);
    return Math.max(0, step - 1);
  }

  /** The number of an edge that is not the kernel's. */
  make(): number {
    this.#made += 1;
    return this.number;
  }

  /** The number of the edge taken or made last. Gaps are lost edges. */
  get number(): number {
    return this.#seen + this.#made;
  }
}
