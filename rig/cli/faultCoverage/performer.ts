/** The virtual performer as a coverage run uses it: what comes before the adapter is fed back, monitors read at a pace. */
import type { Lane } from "../../engine/lane.ts";
import type { Leaf, Performer } from "../../engine/performer.ts";
import type { VirtualPerformer } from "../../engine/virtual.ts";
import type { RigError } from "../../model/errors.ts";
import type { MonitorCommand } from "../../plan/commands.ts";
import type { Pace } from "./pace.ts";
import { changesHalf, fitsAdapter, type Prefix } from "./prefix.ts";

export interface CoverageParts {
  readonly virtual: VirtualPerformer;
  readonly prefix: Prefix;
  readonly pace: Pace;
  readonly now_s: () => number;
}

export class CoveragePerformer implements Performer {
  readonly #parts: CoverageParts;
  readonly #feeding: boolean;
  #fed = 0;
  /** True from the moment when the adapter is fitted. */
  #fitted = false;

  constructor(parts: CoverageParts) {
    this.#parts = parts;
    this.#feeding = parts.prefix.end_s !== undefined && !parts.prefix.spoilt;
  }

  perform(command: Leaf, lane: Lane): unknown {
    const { virtual, prefix, pace, now_s } = this.#parts;
    if (!this.#fitted) {
      if (this.#feeding && this.#fed < prefix.length) {
        this.#fed += 1;
        const known = prefix.answer(this.#fed - 1, command);
        return changesHalf(command) ? virtual.perform(command, lane) : known;
      }
      if (fitsAdapter(command)) {
        this.#fitted = true;
        if (!this.#feeding) prefix.end_s = now_s();
      } else if (!this.#feeding) return this.#recorded(command, virtual.perform(command, lane));
    }
    if (command.do === "wait") pace.waits(command.for_s);
    return virtual.perform(command, lane);
  }

  #recorded(command: Leaf, reply: unknown): unknown {
    if (reply instanceof Promise) return reply.then((answer) => this.#recorded(command, answer));
    this.#parts.prefix.record(command, reply);
    return reply;
  }

  judged(): void {
    this.#parts.virtual.judged();
  }

  step(): void {
    this.#parts.virtual.step();
  }

  monitor(command: MonitorCommand, lane: Lane, failed: (error: RigError) => void): { stop(): Promise<void> } {
    const { virtual, prefix, pace } = this.#parts;
    if (!this.#fitted) prefix.spoilt = true;
    const paced: MonitorCommand = {
      ...command,
      get every_s() {
        return pace.next_s(command.every_s);
      },
    };
    return virtual.monitor(paced, lane, failed);
  }

  deadline(for_s: number, lane: Lane, late: () => void): () => void {
    return this.#parts.virtual.deadline(for_s, lane, late);
  }

  begin(): void {
    this.#parts.virtual.begin();
  }

  end(): void {
    this.#parts.virtual.end();
  }
}
