/**
 * Waiting until no current flows before contactors open: by the shunt; where the DAQ gives no reading of it, by what
 * source and load say of themselves. Bounded on the wall clock; the contactors open afterwards in any case.
 */
import type { Bench } from "../model/bench.ts";
import type { Reading } from "../model/reading.ts";
import { layoutOf } from "./layout.ts";
import { noCurrent_A } from "./state.ts";

export type Reply = { readonly ok: true; readonly reply: unknown } | { readonly ok: false; readonly why: string };
export type Ask = (role: string, op: string, args: unknown, within_ms: number) => Promise<Reply>;
export interface Found {
  readonly action: string;
  readonly ok: boolean;
  readonly detail: string;
}

const current_ms = 1500;
/** Without a reading of the shunt for so long, source and load are asked besides, ms. */
const shunt_ms = 500;
/** One answer of source or load, ms. */
const answer_ms = 400;
/** Between two readings, ms. */
const again_ms = 20;

export const byShunt = "current below 1 A";
const byOthers = "current below 1 A by source and load";

export async function waitForNoCurrent(bench: Bench, ask: Ask): Promise<readonly Found[]> {
  const until_ms = performance.now() + current_ms;
  const shunt = new ShuntWait(bench, ask, until_ms);
  const shuntEnd = shunt.run();
  await Promise.race([shuntEnd, pause(shunt_ms)]);
  const others = shunt.blind ? await othersSayNone(bench, ask, until_ms, () => shunt.reads) : undefined;
  // Source and load are no proof against a shunt that reads a current after all.
  if (others?.ok && !shunt.reads) return [{ ...shunt.found, ok: false }, others];
  const found = await shuntEnd;
  return others ? [found, others] : [found];
}

class ShuntWait {
  readonly #bench: Bench;
  readonly #ask: Ask;
  readonly #until_ms: number;
  #last = "no reading yet";
  #sure = "";
  /** It has given a value of the current. */
  reads = false;
  #ended = false;
  #proved = false;

  constructor(bench: Bench, ask: Ask, until_ms: number) {
    this.#bench = bench;
    this.#ask = ask;
    this.#until_ms = until_ms;
  }

  /** It says nothing of the current. */
  get blind(): boolean {
    return !this.#proved && !this.reads;
  }

  get found(): Found {
    return { action: byShunt, ok: this.#proved, detail: `${this.#last}${this.#sure}` };
  }

  async run(): Promise<Found> {
    const { shunt } = layoutOf(this.#bench);
    const role = rolesOf(this.#bench, "daq")[0];
    if (!shunt || role === undefined) {
      this.#last = "the bench has no shunt on a DAQ channel";
      return this.found;
    }
    const { channel } = shunt.channel;
    while (!this.#proved && !this.#ended) {
      const left_ms = this.#until_ms - performance.now();
      if (left_ms <= 0) break;
      const done = await this.#ask(role, "once", { channels: [channel] }, left_ms);
      if (done.ok) this.#take((done.reply as Readonly<Record<string, Reading>> | null)?.[String(channel)], shunt.ohm);
      else {
        this.#last = done.why;
        this.#ended = true;
      }
      if (!this.#proved && !this.#ended) await pause(again_ms);
    }
    if (!this.#proved && !this.#ended) this.#last = `${this.#last} after ${current_ms} ms; contactors open regardless`;
    return this.found;
  }

  /** With twice the standard uncertainty: 0.9 A that may be 1.2 A is a current. */
  #take(reading: Reading | undefined, ohm: number): void {
    if (reading?.is !== "value") {
      this.#last = "no usable reading of the shunt";
      return;
    }
    const current_A = reading.value / ohm;
    const u_A = reading.u / ohm;
    this.reads = true;
    this.#last = `${current_A.toFixed(2)} A`;
    this.#sure = ` (u ${u_A.toPrecision(2)} A)`;
    this.#proved = Math.abs(current_A) + 2 * u_A < noCurrent_A;
  }
}

/**
 * The source must say less than 1 A, and source or load must be sure of it by twice its uncertainty: the source of a
 * kiloampere is not, and the load alone is not in the earth path.
 */
async function othersSayNone(bench: Bench, ask: Ask, until_ms: number, superseded: () => boolean): Promise<Found> {
  let detail = "no answer";
  for (;;) {
    const left_ms = until_ms - performance.now();
    if (left_ms <= 0 || superseded()) break;
    const currents = async (kind: string): Promise<readonly (Reading | undefined)[]> =>
      Promise.all(
        rolesOf(bench, kind).map(async (role) => {
          const done = await ask(role, "measure", {}, Math.min(answer_ms, left_ms));
          return done.ok ? (done.reply as { readonly current?: Reading } | null)?.current : undefined;
        }),
      );
    const [sources, loads] = await Promise.all([currents("source"), currents("load")]);
    detail = [...sources, ...loads].map((one) => (one?.is === "value" ? `${one.value} A` : "no reading")).join(", ");
    const said = sources.length > 0 && sources.every((one) => below(one, 0));
    if (said && [sources, loads].some((some) => some.length > 0 && some.every((one) => below(one, 2))))
      return { action: byOthers, ok: true, detail };
    await pause(Math.min(again_ms, left_ms));
  }
  return { action: byOthers, ok: false, detail: `${detail}; contactors open regardless` };
}

const below = (one: Reading | undefined, k: number): boolean =>
  one?.is === "value" && Math.abs(one.value) + k * one.u < noCurrent_A;

const rolesOf = (bench: Bench, kind: string): readonly string[] =>
  Object.values(bench.instruments)
    .filter((entry) => entry.kind === kind)
    .map((entry) => entry.role);

const pause = (for_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, for_ms));
