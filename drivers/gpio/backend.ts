/**
 * The safety lines of the bench, behind one interface. A back end never invents a level: `lines` holds what was last
 * seen. No back end is trusted to drop an output when its process dies (S11): that is the watchdog relay's work.
 */

/** A change of one line, as the kernel (or the twin) saw it. */
export interface GpioEdge {
  readonly line: string;
  readonly high: boolean;
  /** Time stamp of the source, ns, as text: it exceeds what a number holds. */
  readonly kernel_ns: string;
  /** Gaps in this number are lost edges. */
  readonly seq: number;
}

/** Edges that came faster than they were read and were thrown away by the source. */
export interface GpioLoss {
  readonly edges: number;
}

export interface GpioBackend {
  /** Resolves when the line was seen to have the level asked for; rejects with PORT_LOST or INSTRUMENT_TIMEOUT. */
  set(line: string, high: boolean): Promise<void>;
  /** Levels as last seen, by the line's name in the bench file. */
  lines(): Readonly<Record<string, boolean>>;
  /** Returns the function that ends it. */
  onEdge(listener: (edge: GpioEdge) => void): () => void;
  /**
   * For a source that can lose edges and knows it. Told before the edges that were kept; then the levels are read anew,
   * and a line found elsewhere than its last edge said gives an edge of its own. What moved and came back stays unseen.
   */
  onLoss?(listener: (loss: GpioLoss) => void): () => void;
  /**
   * A twin that runs as fast as it goes answers when it can: limits of wall time are this many times longer (1 to 20).
   * Absent on real lines; safety times are proved on twins at speed 1, which ask for no patience.
   */
  readonly patience?: number;
  /** Aborts with a PORT_LOST error when the lines can no more be seen or set. Never comes back. */
  readonly lost: AbortSignal;
  /** Leaves all outputs as they are. */
  close(): Promise<void>;
}
