/** Lines in memory, for tests: what the guard sets can be watched, what the bench drives can be moved. */
import { RigError } from "../../rig/model/errors.ts";
import type { GpioBackend, GpioEdge, GpioLoss } from "./backend.ts";

export interface MemoryGpio extends GpioBackend {
  /** The bench moves a line. */
  drive(line: string, high: boolean): void;
  /** Every level that was set, in order. */
  readonly sets: readonly { readonly line: string; readonly high: boolean }[];
  /** Edges came too fast and were thrown away. */
  drop(edges: number): void;
  /** Takes the back end away, as an unplugged device or a dead twin would. */
  lose(why: string): void;
  /** true: the line does not follow and its set never resolves. */
  stick(line: string, on: boolean): void;
}

export function memoryGpio(initial: Readonly<Record<string, boolean>>): MemoryGpio {
  return new MemoryLines(initial);
}

class MemoryLines implements MemoryGpio {
  readonly sets: { line: string; high: boolean }[] = [];
  readonly #lost = new AbortController();
  readonly #levels: Record<string, boolean>;
  readonly #listeners = new Set<(edge: GpioEdge) => void>();
  readonly #lossListeners = new Set<(loss: GpioLoss) => void>();
  readonly #stuck = new Set<string>();
  #seq = 0;

  constructor(initial: Readonly<Record<string, boolean>>) {
    this.#levels = { ...initial };
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async set(line: string, high: boolean): Promise<void> {
    this.#lost.signal.throwIfAborted();
    if (!(line in this.#levels)) throw new RigError("BENCH_INVALID", `no line ${line} among the lines in memory`);
    this.sets.push({ line, high });
    if (this.#stuck.has(line)) await new Promise<never>((_, reject) => this.#whenLost(reject));
    this.drive(line, high);
  }

  #whenLost(reject: (reason: unknown) => void): void {
    this.#lost.signal.addEventListener("abort", () => reject(this.#lost.signal.reason), { once: true });
  }

  lines(): Readonly<Record<string, boolean>> {
    return { ...this.#levels };
  }

  onEdge(listener: (edge: GpioEdge) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onLoss(listener: (loss: GpioLoss) => void): () => void {
    this.#lossListeners.add(listener);
    return () => this.#lossListeners.delete(listener);
  }

  drop(edges: number): void {
    this.#seq += edges;
    for (const listener of this.#lossListeners) listener({ edges });
  }

  drive(line: string, high: boolean): void {
    if (this.#levels[line] === high) return;
    this.#levels[line] = high;
    this.#seq += 1;
    const edge = { line, high, kernel_ns: String(this.#seq * 1000), seq: this.#seq };
    for (const listener of this.#listeners) listener(edge);
  }

  stick(line: string, on: boolean): void {
    if (on) this.#stuck.add(line);
    else this.#stuck.delete(line);
  }

  lose(why: string): void {
    if (!this.#lost.signal.aborted) this.#lost.abort(new RigError("PORT_LOST", `lost the lines in memory: ${why}`));
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#lossListeners.clear();
  }
}
