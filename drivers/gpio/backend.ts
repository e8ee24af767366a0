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

export interface GpioBackend {
  /** Resolves when the line was seen to have the level asked for; rejects with PORT_LOST or INSTRUMENT_TIMEOUT. */
  set(line: string, high: boolean): Promise<void>;
  /** Levels as last seen, by the line's name in the bench file. */
  lines(): Readonly<Record<string, boolean>>;
  /** Returns the function that ends it. */
  onEdge(listener: (edge: GpioEdge) => void): () => void;
  /** Aborts with a PORT_LOST error when the lines can no more be seen or set. Never comes back. */
  readonly lost: AbortSignal;
  /** Leaves all outputs as they are. */
  close(): Promise<void>;
}
