/**
 * Sends the recipes: ranks in order across all ports, ports in parallel, each step with its own deadline. Nothing stops
 * it: a port that cannot be opened, a device that does not answer or answers otherwise is written down, and the rest goes on.
 */
import { printable } from "../../drivers/port/framer.ts";
import { checked } from "../../drivers/port/frames.ts";
import type { OpenOptions, PortAddress } from "../../drivers/port/open.ts";
import type { Expect, Port } from "../../drivers/port/port.ts";
import type { Recipe, Step } from "./messages.ts";

export type OpenPort = (address: PortAddress, name: string, options: OpenOptions) => Promise<Port>;
export type Note = (event: string, facts?: Readonly<Record<string, unknown>>) => void;

export interface SafeRunOptions {
  readonly open: OpenPort;
  readonly note: Note;
  /** How long a port may stay taken: a killed controller is gone within ms, one alive gives its ports up in its own safe-off. */
  readonly open_ms: number;
}

/** Pause between attempts at a port that is still taken. */
const AGAIN_ms = 20;
/** Writing the poison. */
const POISON_ms = 200;
/** Bytes that may stand before the reply of a step. */
const STRAY_max_bytes = 512;
/** Every step is waited for; a silent device must not hold up the next longer than its own deadline. */
const resync = { by: "drain", quiet_ms: 10, late_ms: 20, cap_ms: 100 } as const;

export async function runRecipes(recipes: readonly Recipe[], options: SafeRunOptions): Promise<void> {
  const ports = new Map<string, SafePort>();
  for (const recipe of recipes) {
    const port = ports.get(recipe.key) ?? new SafePort(recipe, options);
    ports.set(recipe.key, port);
    port.recipes.push(recipe);
  }
  for (const rank of [1, 2, 3, 4] as const) {
    const due = [...ports.values()].filter((port) => port.has(rank));
    if (due.length > 0) options.note("rank", { rank, ports: due.length });
    await Promise.all(due.map((port) => port.run(rank)));
  }
  await Promise.all([...ports.values()].map((port) => port.close()));
}

/** One line with all recipes that use it. */
class SafePort {
  readonly recipes: Recipe[] = [];
  readonly #options: SafeRunOptions;
  readonly #opened: Promise<Port | undefined>;
  readonly #name: string;
  readonly #begun = new Set<Recipe>();
  /** Whether a step was confirmed or sent again: bytes of the dead controller can spoil no more. */
  #settled = false;

  constructor(first: Recipe, options: SafeRunOptions) {
    this.#name = first.name;
    this.#options = options;
    this.#opened = this.#open(first.address);
  }

  has(rank: number): boolean {
    return this.recipes.some((recipe) => recipe.steps.some((step) => step.rank === rank));
  }

  /** All ports open at once, before their rank is due. */
  async #open(address: PortAddress): Promise<Port | undefined> {
    const until_ms = performance.now() + this.#options.open_ms;
    const signal = new AbortController().signal;
    for (;;) {
      try {
        const io = { signal, deadline_wall_ms: until_ms };
        return await this.#options.open(address, this.#name, { resync, io });
      } catch (error) {
        if (performance.now() + AGAIN_ms >= until_ms) {
          this.#options.note("port-failed", { recipe: this.#name, why: text(error) });
          return undefined;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_ms));
      }
    }
  }

  async run(rank: number): Promise<void> {
    const port = await this.#opened;
    if (port === undefined) return;
    for (const recipe of this.recipes) {
      const steps = recipe.steps.filter((each) => each.rank === rank);
      for (const [at, step] of steps.entries()) {
        await this.#begin(port, recipe);
        await this.#step(port, recipe, step, isSame(step, steps[at + 1]));
      }
    }
  }

  /**
   * Before a recipe's first step: silence, and bytes that spoil a half-sent command. The silence is waited for here,
   * because a port just opened does not know when the controller's last byte went out.
   */
  async #begin(port: Port, recipe: Recipe): Promise<void> {
    if (this.#begun.has(recipe)) return;
    this.#begun.add(recipe);
    if (recipe.quiet_ms > 0) await new Promise((resolve) => setTimeout(resolve, recipe.quiet_ms));
    if (recipe.poison.length === 0) return;
    try {
      await port.transact(recipe.poison, { quiet_ms: recipe.quiet_ms }, within(recipe.quiet_ms + POISON_ms));
      this.#options.note("poison", { recipe: recipe.name, sent: printable(recipe.poison) });
    } catch (error) {
      this.#options.note("poison-failed", { recipe: recipe.name, why: text(error) });
    }
  }

  /**
   * The first step on a line is sent again when its reply does not come: the kernel may still have been sending the
   * controller's last frame, and ours then followed without the silence that begins a frame. Not where the recipe says
   * the same twice by itself. Once a line only, so that a silent device costs one deadline more and no further.
   */
  async #step(port: Port, recipe: Recipe, step: Step, twice: boolean): Promise<void> {
    const first = !this.#settled && step.expect !== undefined && !twice;
    if ((await this.#send(port, recipe, step)) || !first) return;
    this.#settled = true;
    this.#options.note("again", { recipe: recipe.name, rank: step.rank });
    await this.#send(port, recipe, step);
  }

  /** True when the device did what the step expects. */
  async #send(port: Port, recipe: Recipe, step: Step): Promise<boolean> {
    const facts = { recipe: recipe.name, rank: step.rank, sent: printable(step.send) };
    const seen: { last?: Uint8Array } = {};
    const started_ms = performance.now();
    try {
      await port.transact(
        step.send,
        expecting(step, recipe.quiet_ms, seen),
        within(recipe.quiet_ms + step.deadline_ms),
      );
      const took_ms = round(performance.now() - started_ms);
      this.#options.note(step.expect === undefined ? "sent" : "confirmed", { ...facts, took_ms });
      this.#settled ||= step.expect !== undefined;
      return true;
    } catch (error) {
      const got = seen.last === undefined ? {} : { got: printable(seen.last) };
      const expected = step.expect === undefined ? {} : { expected: printable(step.expect) };
      this.#options.note("failed", { ...facts, ...expected, ...got, why: text(error) });
      return false;
    }
  }

  async close(): Promise<void> {
    await (await this.#opened)?.close();
  }
}

const isSame = (step: Step, next: Step | undefined): boolean =>
  next !== undefined && Buffer.compare(step.send, next.send) === 0;

/** Looks for the exact reply among whatever comes: answers owed to the dead controller may still stand before it. */
function expecting(step: Step, quiet_ms: number, seen: { last?: Uint8Array }): Expect {
  const { expect } = step;
  if (expect === undefined) return { quiet_ms };
  const check = (frame: Uint8Array): boolean => {
    seen.last = frame;
    return Buffer.compare(frame, expect) === 0;
  };
  const length = expect.length;
  return {
    quiet_ms,
    framer: checked({ max_bytes: length, expected: () => length, check, skip_max_bytes: STRAY_max_bytes }),
  };
}

const within = (for_ms: number): { signal: AbortSignal; deadline_wall_ms: number } => ({
  signal: new AbortController().signal,
  deadline_wall_ms: performance.now() + for_ms,
});

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const round = (value_ms: number): number => Math.round(value_ms * 100) / 100;
