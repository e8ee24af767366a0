/** The live performer as a coverage run uses it: what comes before the adapter is fed back, monitors read at a pace. */
import type { Lane } from "../../engine/lane.ts";
import type { LivePerformer } from "../../engine/live.ts";
import type { Leaf, Performer } from "../../engine/performer.ts";
import type { RigError } from "../../model/errors.ts";
import type { Measurement } from "../../model/verdict.ts";
import type { MonitorCommand } from "../../plan/commands.ts";
import type { Pace } from "./pace.ts";
import { fitsAdapter, type Prefix } from "./prefix.ts";

export interface CoverageParts {
  readonly live: LivePerformer;
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

  async perform(command: Leaf, lane: Lane): Promise<unknown> {
    const { live, prefix, pace, now_s } = this.#parts;
    if (!this.#fitted) {
      if (this.#feeding && this.#fed < prefix.length) {
        this.#fed += 1;
        return prefix.answer(this.#fed - 1, command);
      }
      if (fitsAdapter(command)) {
        this.#fitted = true;
        if (!this.#feeding) prefix.end_s = now_s();
      } else if (!this.#feeding) {
        const reply = await live.perform(command, lane);
        prefix.record(command, reply);
        return reply;
      }
    }
    if (command.do === "wait") pace.waits(command.for_s);
    return live.perform(command, lane);
  }

  async judged(_measurement: Measurement, _lane: Lane): Promise<void> {
    return undefined;
  }

  step(_phase: "enter" | "leave", _name: string, _lane: Lane): void {
    // Steps are for records.
  }

  monitor(command: MonitorCommand, lane: Lane, failed: (error: RigError) => void): { stop(): Promise<void> } {
    const { live, prefix, pace } = this.#parts;
    if (!this.#fitted) prefix.spoilt = true;
    const paced: MonitorCommand = {
      ...command,
      get every_s() {
        return pace.next_s(command.every_s);
      },
    };
    return live.monitor(paced, lane, failed);
  }

  deadline(for_s: number, lane: Lane, late: () => void): () => void {
    return this.#parts.live.deadline(for_s, lane, late);
  }

  begin(): void {
    this.#parts.live.begin();
  }

  end(): void {
    this.#parts.live.end();
  }
}
