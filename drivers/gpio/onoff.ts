/**
 * Lines through sysfs with the `onoff` package, for lamps and old systems only: newer kernels are built without sysfs
 * GPIO. It has no owner of a line, no time stamps of the kernel, and several edges between two readings are told as one
 * or none, so `seq` counts what was told and cannot show a loss. A line stays as it is when the process dies.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RigError } from "../../rig/model/errors.ts";
import type { GpioBackend, GpioEdge } from "./backend.ts";
import { codeOf } from "./chip.ts";
import type { LineMap } from "./lineMap.ts";

/** What is used of onoff's Gpio (onoff 6.0.3, onoff.d.ts). Not imported: the build must do without the package. */
interface Gpio {
  readSync(): 0 | 1;
  writeSync(value: 0 | 1): void;
  watch(callback: (error: Error | null | undefined) => void): void;
  unexport(): void;
}

export interface OnoffModule {
  readonly Gpio: new (line: number, direction: "in" | "low", edge?: "both") => Gpio;
}

export interface OnoffOptions {
  /** Default /sys/class/gpio. */
  readonly folder?: string;
  /** Default: the package, loaded when it is first needed, because it is compiled at its installation. */
  readonly load?: () => Promise<OnoffModule>;
}

/**
 * The number of a chip's first line: sysfs counts over all chips, and new kernels begin at 512 (fivdi/onoff#200).
 * @throws RigError PORT_OPEN_FAILED
 */
export function chipBase(label: string, folder: string): number {
  if (!existsSync(folder))
    throw failed(`no ${folder}: this kernel has no GPIO in sysfs. Use chip:${label} instead`, label);
  const seen: string[] = [];
  const bases: number[] = [];
  for (const name of readdirSync(folder).filter((each) => /^gpiochip\d+$/.test(each))) {
    const found = readFileSync(join(folder, name, "label"), "utf8").trim();
    seen.push(`"${found}"`);
    if (found !== label) continue;
    const base = readFileSync(join(folder, name, "base"), "utf8").trim();
    if (!/^\d+$/.test(base)) throw failed(`${join(folder, name, "base")} holds "${base}", no number`, label);
    bases.push(Number(base));
  }
  const [base, other] = bases;
  if (base === undefined)
    throw failed(`no GPIO chip in ${folder} has the label "${label}"; there are ${seen.join(", ") || "none"}`, label);
  if (other !== undefined) throw failed(`two GPIO chips in ${folder} carry the label "${label}"`, label);
  return base;
}

/** Outputs begin low. @throws RigError PORT_OPEN_FAILED: onoff not installed, no sysfs GPIO, a line in use. */
export async function openOnoff(label: string, map: LineMap, options: OnoffOptions = {}): Promise<GpioBackend> {
  const { folder = "/sys/class/gpio", load = loadOnoff } = options;
  const base = chipBase(label, folder);
  for (const [id, { offset }] of Object.entries(map)) {
    const line = base + offset;
    if (!existsSync(join(folder, `gpio${line}`))) continue;
    const remedy = `end that program; if it has died, write ${line} to ${join(folder, "unexport")}`;
    throw failed(`line ${offset} (${id}) of ${label} is exported already by another program: ${remedy}`, label);
  }
  return new SysfsLines(label, base, map, await load());
}

async function loadOnoff(): Promise<OnoffModule> {
  const name: string = "onoff";
  try {
    const loaded: unknown = await import(name);
    return loaded as OnoffModule;
  } catch (error) {
    const why = "the package onoff is not installed or was not compiled (it needs a C++ compiler: `npm install onoff`)";
    throw new RigError("PORT_OPEN_FAILED", `${why}: ${codeOf(error)}`, {}, { cause: error });
  }
}

const failed = (why: string, label: string): RigError => new RigError("PORT_OPEN_FAILED", why, { label });

class SysfsLines implements GpioBackend {
  readonly #label: string;
  readonly #lines = new Map<string, { readonly gpio: Gpio; readonly out: boolean }>();
  readonly #levels: Record<string, boolean> = {};
  readonly #listeners = new Set<(edge: GpioEdge) => void>();
  readonly #lost = new AbortController();
  #seq = 0;
  #closed = false;

  constructor(label: string, base: number, map: LineMap, { Gpio }: OnoffModule) {
    this.#label = label;
    for (const [id, { offset, direction }] of Object.entries(map)) {
      const out = direction === "out";
      try {
        const gpio = out ? new Gpio(base + offset, "low") : new Gpio(base + offset, "in", "both");
        this.#lines.set(id, { gpio, out });
        this.#levels[id] = gpio.readSync() === 1;
        if (!out) gpio.watch((error) => this.#moved(id, gpio, error));
      } catch (error) {
        this.#release();
        const busy = codeOf(error) === "EBUSY" ? "it is in use by another program" : codeOf(error);
        throw failed(`cannot take line ${offset} (${id}) of ${label}: ${busy}`, label);
      }
    }
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** The level is read again: what the watcher gives is the level of some earlier moment. */
  #moved(line: string, gpio: Gpio, error: Error | null | undefined): void {
    if (this.#closed || this.#lost.signal.aborted) return;
    if (error) {
      this.#drop(codeOf(error));
      return;
    }
    const high = this.#ask(() => gpio.readSync() === 1);
    if (high === undefined || high === this.#levels[line]) return;
    this.#levels[line] = high;
    this.#seq += 1;
    const edge = { line, high, kernel_ns: String(process.hrtime.bigint()), seq: this.#seq };
    for (const listener of this.#listeners) listener(edge);
  }

  async set(line: string, high: boolean): Promise<void> {
    this.#lost.signal.throwIfAborted();
    if (this.#closed) throw new RigError("PORT_LOST", `the lines of ${this.#label} are closed`);
    const found = this.#lines.get(line);
    if (found?.out !== true)
      throw new RigError("BENCH_INVALID", `${line} is no output of ${this.#label}: correct the bench file`, { line });
    const now = this.#ask(() => {
      found.gpio.writeSync(high ? 1 : 0);
      return found.gpio.readSync() === 1;
    });
    this.#lost.signal.throwIfAborted();
    if (now !== high)
      throw new RigError("INSTRUMENT_TIMEOUT", `${line} of ${this.#label} does not follow: something else drives it`);
    this.#levels[line] = high;
  }

  lines(): Readonly<Record<string, boolean>> {
    return { ...this.#levels };
  }

  onEdge(listener: (edge: GpioEdge) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Undefined: the lines were lost by it. */
  #ask<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      this.#drop(codeOf(error));
      return undefined;
    }
  }

  #drop(why: string): void {
    this.#release();
    this.#lost.abort(
      new RigError("PORT_LOST", `lost the lines of ${this.#label}: ${why}`, { label: this.#label, why }),
    );
  }

  /** Gives the lines back to sysfs, which makes inputs of them on most chips, so that another program may take them. */
  #release(): void {
    for (const { gpio } of this.#lines.values()) gpio.unexport();
    this.#lines.clear();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#release();
    this.#listeners.clear();
  }
}
