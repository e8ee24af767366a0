/** Keeps the edges of input lines until somebody asks for them: bounded; what is thrown away shows as a gap in `seq`. */
import type { GpioEdge } from "./backend.ts";

/** Five loops that bounce at some 100 Hz for ten seconds. */
const edges_max = 8192;

export interface KeptEdge {
  readonly line: string;
  readonly high: boolean;
  readonly ns: string;
  readonly seq: number;
}

export class EdgeBuffer {
  #edges: KeptEdge[] = [];
  #last = 0;

  put({ line, high, kernel_ns, seq }: GpioEdge): void {
    this.#last = seq;
    // The newest are thrown away: what remains is whole up to the gap.
    if (this.#edges.length < edges_max) this.#edges.push({ line, high, ns: kernel_ns, seq });
  }

  /** All edges since the last time, of every line, because a gap may hide any of them; and the newest number seen. */
  take(): { readonly edges: readonly KeptEdge[]; readonly last_seq: number } {
    const edges = this.#edges;
    this.#edges = [];
    return { edges, last_seq: this.#last };
  }
}
