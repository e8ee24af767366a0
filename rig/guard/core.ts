/**
 * The guard's decisions, without sockets and timers: `tick` is called every 10 ms, `message` for each message, `gone`
 * when the controller's connection ends. Whatever goes wrong, EN goes low first; the recipes follow once.
 */
import type { GpioBackend, GpioEdge } from "../../drivers/gpio/backend.ts";
import type { JsonObject } from "../../drivers/gpio/jsonLines.ts";
import { killController, startTime } from "./controllerProcess.ts";
import { holdLines } from "./held.ts";
import { type Message, parseMessage, type Recipe, Refused } from "./messages.ts";
import { type Note, type OpenPort, runRecipes } from "./safeRun.ts";
import { BEAT_ms, BEAT_TIMEOUT_ms } from "./types.ts";

export interface CoreOptions {
  readonly gpio: GpioBackend;
  /** Level line that enables the source, and the line that the watchdog relay wants to see toggling. */
  readonly enableLine: string;
  readonly watchdogLine: string;
  readonly open: OpenPort;
  readonly note: Note;
  /** To the controller; false when it cannot be sent. */
  readonly send: (object: JsonObject) => boolean;
  /** Feeds further watchdogs: called after each confirmed edge of WD, and while nothing is armed yet. What it throws triggers. */
  readonly well?: (now_ms: number) => void;
  /** For tests; default: /proc and SIGKILL. */
  readonly process?: { readonly startTime: typeof startTime; readonly kill: typeof killController };
  /** How long a recipe's port may stay taken, ms. Default 2000. */
  readonly open_ms?: number;
}

/** How the guard ended: released in order, or triggered. */
export type End = "released" | "triggered";

/** Without a controller that says hello and arms for this long the guard ends, so that none is left behind. */
const UNARMED_ms = 30_000;
/** An edge of WD or EN that is not confirmed within this time is a fault of the lines. */
const LINE_ms = 200;

export class GuardCore {
  /** Resolves once, when all is done and the process may exit. */
  readonly ended: Promise<End>;
  readonly #options: CoreOptions;
  readonly #process: NonNullable<CoreOptions["process"]>;
  #finish: (end: End) => void = () => undefined;
  #recipes: readonly Recipe[] = [];
  #letGo: () => void = () => undefined;
  #controller: { readonly pid: number; readonly started: string | undefined } | undefined;
  #armed = false;
  #releasing = false;
  #triggered: Promise<void> | undefined;
  #beat_ms: number;
  #now_ms: number;
  readonly #begun_ms: number;
  /** See GpioBackend: 1 on real lines. */
  readonly #patience: number;
  #edge_ms = Number.NEGATIVE_INFINITY;
  #toggling: number | undefined;
  #watchdogOn = true;
  /** Edges of WD so far. */
  #untold = 0;

  constructor(options: CoreOptions, now_ms: number) {
    this.#options = options;
    this.#process = options.process ?? { startTime, kill: killController };
    this.#begun_ms = now_ms;
    this.#patience = options.gpio.patience ?? 1;
    this.#beat_ms = now_ms;
    this.#now_ms = now_ms;
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
    options.gpio.onEdge((edge) => this.#edge(edge));
    options.gpio.onLoss?.(({ edges }) => {
      options.note("edges-lost", { edges });
      options.send({ edgesLost: edges });
    });
    const lost = (): void => this.trigger(`the lines were lost: ${text(options.gpio.lost.reason)}`);
    options.gpio.lost.addEventListener("abort", lost, { once: true });
  }

  get triggered(): boolean {
    return this.#triggered !== undefined;
  }

  /** Both lines low, before anybody is served. @throws what the back end throws */
  async start(): Promise<void> {
    const { gpio, enableLine, watchdogLine } = this.#options;
    await gpio.set(enableLine, false);
    await gpio.set(watchdogLine, false);
  }

  /** Called in the turn after pending messages were read, so that a busy machine makes no late beat of one in time. */
  tick(now_ms: number): void {
    this.#now_ms = now_ms;
    if (this.#armed && this.#triggered === undefined && !this.#releasing) {
      const silent_ms = now_ms - this.#beat_ms;
      if (silent_ms > BEAT_TIMEOUT_ms * this.#patience) {
        this.trigger(`no beat for ${Math.round(silent_ms)} ms`);
        return;
      }
    } else if (!this.#armed && this.#triggered === undefined && now_ms - this.#begun_ms > UNARMED_ms) {
      this.trigger(`nobody armed the guard within ${UNARMED_ms} ms`);
    }
    if (!this.#armed) this.#well();
    this.#toggle(now_ms);
  }

  #toggle(now_ms: number): void {
    if (!this.#armed || !this.#watchdogOn) return;
    if (this.#toggling !== undefined) {
      if (now_ms - this.#toggling > LINE_ms * this.#patience)
        this.#noWatchdog(`${this.#options.watchdogLine} does not follow`);
      return;
    }
    if (now_ms - this.#edge_ms < BEAT_ms - TICK_half_ms) return;
    this.#edge_ms = now_ms;
    this.#toggling = now_ms;
    const { gpio, watchdogLine } = this.#options;
    gpio.set(watchdogLine, gpio.lines()[watchdogLine] !== true).then(
      () => {
        this.#toggling = undefined;
        this.#well();
      },
      (error: unknown) => this.#noWatchdog(text(error)),
    );
  }

  #well(): void {
    if (!this.#watchdogOn) return;
    try {
      this.#options.well?.(this.#now_ms);
    } catch (error) {
      this.#noWatchdog(text(error));
    }
  }

  /** From here on the watchdog relay drops by itself. */
  #noWatchdog(why: string): void {
    if (!this.#watchdogOn) return;
    this.#watchdogOn = false;
    this.trigger(why);
  }

  #edge(edge: GpioEdge): void {
    if (edge.line === this.#options.watchdogLine) {
      this.#untold += 1;
      return;
    }
    // The controller takes a gap for lost edges: those of WD, which it is not told, leave none.
    this.#options.send({ edge: edge.line, high: edge.high, ns: edge.kernel_ns, seq: edge.seq - this.#untold });
  }

  /** A message as it came; a refusal is answered and changes nothing. */
  message(object: JsonObject, now_ms: number): void {
    this.#now_ms = now_ms;
    const id = typeof object["id"] === "number" ? object["id"] : null;
    try {
      this.#act(parseMessage(object));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.malformed(error.message, id);
    }
  }

  malformed(why: string, id: number | null = null): void {
    this.#options.note("refused", { why });
    this.#options.send({ id, ok: false, error: why });
  }

  #act(message: Message): void {
    if (message.do === "beat") {
      this.#beat_ms = this.#now_ms;
      this.#options.send({ beat: true });
      return;
    }
    if (this.#triggered !== undefined || this.#releasing) throw new Refused("the guard is ending");
    if (message.do !== "hello" && this.#controller === undefined) throw new Refused("say hello first");
    switch (message.do) {
      case "hello":
        this.#hello(message.id, message.pid);
        break;
      case "arm":
        this.#arm(message.id, message.recipes);
        break;
      case "enable":
        this.#enable(message.id, message.on).catch((error: unknown) => this.trigger(text(error)));
        break;
      case "release":
        this.#release(message.id).catch((error: unknown) => this.trigger(text(error)));
        break;
    }
  }

  #hello(id: number, pid: number): void {
    if (this.#controller !== undefined) throw new Refused("another hello from the same controller");
    const started = this.#process.startTime(pid);
    if (started === undefined) throw new Refused(`there is no process ${pid}`);
    this.#controller = { pid, started };
    this.#options.note("hello", { pid });
    this.#options.send({ id, ok: true, pid: process.pid, lines: this.#options.gpio.lines() });
  }

  #arm(id: number, recipes: readonly Recipe[]): void {
    this.#recipes = recipes;
    const before = this.#letGo;
    this.#letGo = holdLines(recipes, this.#options.note);
    before();
    if (!this.#armed) this.#beat_ms = this.#now_ms;
    this.#armed = true;
    this.#options.note("armed", { recipes: recipes.map((recipe) => recipe.name) });
    this.#options.send({ id, ok: true, lines: this.#options.gpio.lines() });
  }

  async #enable(id: number, on: boolean): Promise<void> {
    if (on && !this.#armed) {
      this.malformed("arm the guard before enabling", id);
      return;
    }
    const { gpio, enableLine, note, send } = this.#options;
    await this.#moveEnable(on);
    // A trigger may have come while the line moved: it has set EN low, and that is what is true.
    if (this.#triggered !== undefined && on) return;
    note("enable", { on });
    send({ id, ok: gpio.lines()[enableLine] === on, lines: gpio.lines() });
  }

  async #moveEnable(on: boolean): Promise<void> {
    const { gpio, enableLine } = this.#options;
    await limited(gpio.set(enableLine, on), `${enableLine} does not follow`, LINE_ms * this.#patience);
    if (gpio.lines()[enableLine] !== on) throw new Error(`${enableLine} is not ${on ? "high" : "low"} after being set`);
  }

  async #release(id: number): Promise<void> {
    this.#releasing = true;
    await this.#moveEnable(false);
    if (this.#triggered !== undefined) return;
    this.#armed = false;
    this.#letGo();
    this.#options.note("released");
    this.#options.send({ id, ok: true, lines: this.#options.gpio.lines() });
    this.#finish("released");
  }

  /** The controller's connection has ended. After a release that is how it should be. */
  gone(why: string): void {
    if (!this.#releasing) this.trigger(`the controller has gone: ${why}`);
  }

  /** EN low now; then the controller, should it still live, and the recipes. Any number of calls, one run. */
  trigger(why: string): void {
    if (this.#triggered !== undefined) {
      this.#options.note("triggered-again", { why });
      return;
    }
    const hung = this.#armed && why.startsWith("no beat");
    const low = this.#low();
    const killed = hung && this.#controller !== undefined ? this.#kill() : undefined;
    this.#options.note("triggered", { why, ...(killed === undefined ? {} : { killed }) });
    this.#options.send({ triggered: why });
    this.#triggered = this.#makeSafe(low);
    this.#triggered.then(
      () => this.#finish("triggered"),
      (error: unknown) => {
        this.#options.note("safe-off-failed", { why: text(error) });
        this.#finish("triggered");
      },
    );
  }

  #kill(): string | undefined {
    if (this.#controller === undefined) return undefined;
    return this.#process.kill(this.#controller.pid, this.#controller.started);
  }

  /** The set leaves in this turn; only its confirmation is waited for. */
  async #low(): Promise<void> {
    try {
      await this.#moveEnable(false);
      this.#options.note("enable-low");
    } catch (error) {
      this.#watchdogOn = false;
      this.#options.note("enable-low-failed", { why: text(error) });
    }
  }

  /** The recipes do not wait for the line's confirmation. WD goes on until they are done, unless EN did not go low. */
  async #makeSafe(low: Promise<void>): Promise<void> {
    const { open, note, open_ms = 2000 } = this.#options;
    await Promise.all([low, runRecipes(this.#recipes, { open, note, open_ms })]);
    this.#letGo();
    this.#watchdogOn = false;
    note("done");
  }
}

/** Half the tick of the caller: an edge may come this much early, so that it does not come a whole tick late. */
const TICK_half_ms = 5;

function limited(work: Promise<void>, why: string, within_ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${why} within ${within_ms} ms`)), within_ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
