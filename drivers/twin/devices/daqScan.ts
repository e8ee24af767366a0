/** Scans of the DAQ970A: list, trigger, sweeps at their own bench time, memory and the questionable register. */
import type { World } from "../models.ts";
import { type DaqChannels, QUESTIONABLE } from "./daqChannels.ts";
import { ReadingMemory } from "./daqMemory.ts";
import { scpiErrors } from "./scpiError.ts";

interface Running {
  readonly start_s: number;
  sweeps: number;
  cancel: () => void;
  /** Set where the next sweep waits for a trigger. */
  onTrigger: (() => void) | undefined;
}

export class Scanner {
  readonly memory = new ReadingMemory();
  readonly #world: World;
  readonly #channels: DaqChannels;
  readonly #source: () => string;
  list: readonly number[] = [];
  timer_s = 10;
  count = 1;
  /** Wall-clock time of the last INIT, for absolute time tags. */
  started = new Date(0);
  #running: Running | undefined;
  #whenIdle: (() => void)[] = [];
  #whenStored: (() => void)[] = [];
  #condition = 0;
  #events = 0;
  #reported = 0;

  constructor(world: World, channels: DaqChannels, source: () => string) {
    this.#world = world;
    this.#channels = channels;
    this.#source = source;
  }

  get scanning(): boolean {
    return this.#running !== undefined;
  }

  get condition(): number {
    return this.#condition;
  }

  reset(): void {
    this.abort();
    this.memory.clear();
    this.list = [];
    this.timer_s = 10;
    this.count = 1;
    this.#condition = 0;
    this.#events = 0;
  }

  clearEvents(): void {
    this.#events = 0;
  }

  takeEvents(): number {
    const events = this.#events;
    this.#events = 0;
    return events;
  }

  /** Clears the memory; the first sweep is taken at once where the trigger allows it. @throws ScpiError -213, -221 */
  initiate(): void {
    if (this.#running !== undefined) throw scpiErrors.initIgnored();
    if (this.list.length === 0) throw scpiErrors.settingsConflict();
    this.memory.clear();
    this.#reported = 0;
    this.#condition = 0;
    this.started = new Date();
    const running: Running = {
      start_s: this.#world.now_s(),
      sweeps: 0,
      cancel: () => undefined,
      onTrigger: undefined,
    };
    this.#running = running;
    this.#next(running);
  }

  /** A stopped scan cannot be resumed; its readings stay. */
  abort(): void {
    this.#running?.cancel();
    if (this.#running !== undefined) this.#end();
  }

  /** @throws ScpiError -211 where nothing waits for a trigger */
  trigger(): void {
    const waiting = this.#running?.onTrigger;
    if (waiting === undefined) throw scpiErrors.triggerIgnored();
    waiting();
  }

  /** Runs `then` once the scan has ended. */
  whenIdle(then: () => void): void {
    if (this.#running === undefined) then();
    else this.#whenIdle.push(then);
  }

  /** Runs `then` after the next sweep. */
  whenStored(then: () => void): void {
    this.#whenStored.push(then);
  }

  #next(running: Running): void {
    const source = this.#source();
    if (source === "BUS" || source === "EXT") {
      running.onTrigger = () => this.#sweep(running);
      return;
    }
    if (running.sweeps === 0) {
      this.#sweep(running);
      return;
    }
    const sweep_s = this.list.reduce((sum, channel) => sum + this.#channels.duration_s(channel), 0);
    const step_s = source === "TIM" ? Math.max(this.timer_s, sweep_s) : sweep_s;
    const due_s = running.start_s + running.sweeps * step_s;
    running.cancel = this.#world.schedule(due_s, () => this.#sweep(running));
  }

  #sweep(running: Running): void {
    running.onTrigger = undefined;
    let at_s = this.#world.now_s() - running.start_s;
    for (const channel of this.list) {
      const { value, unit, bit } = this.#channels.measure(channel);
      at_s += this.#channels.duration_s(channel);
      this.memory.add({ value, unit, channel, at_s });
      this.#question(bit);
    }
    if (this.memory.overflowed) this.#question(QUESTIONABLE.MEMORY);
    running.sweeps++;
    for (const waiting of this.#whenStored.splice(0)) waiting();
    if (running.sweeps >= this.count) this.#end();
    else this.#next(running);
  }

  /** Event bits are set once for each INIT. */
  #question(bit: number): void {
    if (bit === 0) return;
    this.#condition |= bit;
    if ((this.#reported & bit) === 0) this.#events |= bit;
    this.#reported |= bit;
  }

  #end(): void {
    this.#running = undefined;
    for (const waiting of this.#whenIdle.splice(0)) waiting();
  }
}
