/**
 * Safe-off (S3): declared, ordered, bounded; continues past failures, opens the contactors at the deadline regardless,
 * and says of each action how good its evidence is. Wall time only: bench time may be stopped or simulated.
 */
import type { Instrument, Io } from "../kinds/kinds.ts";
import type { Bench } from "../model/bench.ts";
import type { Data } from "../model/data.ts";
import { RigError } from "../model/errors.ts";
import { highVoltageTree } from "../model/highVoltage.ts";
import type { Reading } from "../model/reading.ts";
import { bleeder_ms, waitForDischarge } from "./discharge.ts";
import { layoutOf } from "./layout.ts";
import { type Ask, byShunt, type Reply, waitForNoCurrent } from "./noCurrent.ts";
import { noCurrent_A } from "./state.ts";

/** In rising order: the command was answered; a known time has passed; the coil was read back; the mirror contact says so; it was measured. */
export type EvidenceGrade = "commanded" | "elapsed" | "coil" | "mirror" | "measured";

export interface SafeOffEvidence {
  readonly action: string;
  readonly grade: EvidenceGrade;
  readonly ok: boolean;
  /** Wall time since the start of the safe-off, ms. */
  readonly at_ms: number;
  readonly detail: string;
}

export interface SafeOffOptions {
  readonly bench: Bench;
  /** Opened instruments by role; a role that is absent or fenced is reported, never waited for. */
  readonly instruments: Readonly<Record<string, Instrument>>;
  /** Gives an instrument up: its port is closed and never opened again. */
  readonly fence: (role: string, why: string) => void;
  /** Whether the insulation domain may hold a charge. Default: it may. */
  readonly charged?: () => boolean;
}

/** One answer of one instrument, ms. The guard's own recipes follow if the port is dead. */
const action_ms = 400;
/** All boards of a line at 9600 baud, with waits for release, ms. */
const relays_ms = 700;
/** The load and the rest are commanded this long after enable line and source, answered or not, ms. */
const next_ms = 30;
/** An instrument keeps its own deadline; one that does not is given up this much later, ms. */
const grace_ms = 50;

/** Two requests at once share one run; a later one runs again. */
export function makeSafeOff(options: SafeOffOptions): (why: string) => Promise<Data> {
  let running: Promise<Data> | undefined;
  return (why) => {
    running ??= new SafeOff(options).run(why).finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** Why a safe-off's evidence does not prove the bench safe; undefined when it does. */
export function unprovenSafe(result: Data): RigError | undefined {
  const { ok, evidence = [] } = result as { readonly ok?: unknown; readonly evidence?: readonly SafeOffEvidence[] };
  if (ok === true) return undefined;
  const failed = evidence.filter((one) => !one.ok).map(({ action, detail }) => `${action}: ${detail}`);
  const what = failed.slice(0, 3).join("; ") || "it gave no evidence";
  const more = failed.length > 3 ? ` and ${failed.length - 3} more` : "";
  return new RigError("READ_BACK_DIFFERS", `the safe-off does not prove the bench safe: ${what}${more}`, { failed });
}

/** Roles that drive nothing but relays of the high-voltage tree. */
function highVoltageRoles(bench: Bench): ReadonlySet<string> {
  const tree = highVoltageTree(bench);
  return new Set([...(tree?.relays ?? [])].flatMap((id) => bench.relays[id]?.role ?? []));
}

type Operation = (args: unknown, io: Io) => Promise<unknown>;

class SafeOff {
  readonly #options: SafeOffOptions;
  readonly #evidence: SafeOffEvidence[] = [];
  readonly #start_ms = performance.now();
  /** Roles that outlived their time, with the reason. Fenced last: roles may share a port. */
  readonly #hung = new Map<string, string>();
  /** Questions under way, each with how it is given up. */
  readonly #open = new Set<() => void>();
  readonly #roles: (kind: string) => readonly string[];

  constructor(options: SafeOffOptions) {
    this.#options = options;
    const entries = Object.values(options.bench.instruments);
    this.#roles = (kind) => entries.filter((entry) => entry.kind === kind).map((entry) => entry.role);
  }

  async run(why: string): Promise<Data> {
    const charged = this.#options.charged?.() ?? true;
    const off_ms = performance.now();
    const first = Promise.all([
      ...this.#testers().map((role) => this.#command(role, "output", { on: false })),
      ...this.#roles("gpio").map((role) => this.#command(role, "enable", { on: false })),
      ...this.#roles("source").map((role) => this.#command(role, "output", { on: false })),
    ]);
    await Promise.race([first, pause(next_ms)]);
    await Promise.all([
      first,
      ...this.#roles("load").map((role) => this.#command(role, "input", { on: false })),
      ...this.#roles("rails").map((role) => this.#command(role, "output", { on: false })),
      ...this.#roles("generator").map((role) => this.#command(role, "output", { on: false })),
    ]);
    const { bench } = this.#options;
    const own = highVoltageRoles(bench);
    const tree = [...own].filter((role) => this.#options.instruments[role]);
    const discharged = this.#discharge(off_ms, charged, tree.length > 0);
    const found = await waitForNoCurrent(bench, (...asked) => this.#ask(...asked));
    for (const { action, ok, detail } of found) this.#note(action, "measured", ok, detail);
    const { power } = layoutOf(bench);
    const contactors = new Set([...power].flatMap((id) => bench.relays[id]?.role ?? []));
    const matrices = this.#roles("matrix").filter((role) => !own.has(role));
    await this.#openRelays(matrices.filter((role) => contactors.has(role)));
    await this.#openRelays(matrices.filter((role) => !contactors.has(role)));
    // Relays that stay closed keep the bleeder on what they joined: a charge is never shut in.
    if (await discharged) await this.#openRelays(tree);
    await this.#verify([...matrices, ...tree]);
    // A DAQ that source and load spoke for may still be at its reading.
    for (const giveUp of [...this.#open]) giveUp();
    for (const [role, hung] of this.#hung) this.#options.fence(role, hung);
    const evidence = this.#evidence.map((one): Data => ({ ...one }));
    const ok = this.#evidence.every((one) => one.ok);
    return { why, ok, took_ms: this.#now_ms(), evidence };
  }

  /** Testers that this run has opened: without one the domain was never driven, and its interlock is open. */
  #testers(): readonly string[] {
    return this.#roles("insulation").filter((role) => this.#options.instruments[role]);
  }

  /** With a tree to open but no tester open, each tester is asked all the same, and its silence proves nothing. */
  async #discharge(off_ms: number, charged: boolean, tree: boolean): Promise<boolean> {
    const wait_ms = charged ? bleeder_ms(this.#options.bench) : 0;
    const ask: Ask = (...asked) => this.#ask(...asked);
    const testers = tree ? this.#roles("insulation") : this.#testers();
    const all = await Promise.all(testers.map((role) => waitForDischarge(role, ask, off_ms, wait_ms)));
    for (const { action, grade, ok, detail } of all.flat()) this.#note(action, grade, ok, detail);
    return all.flat().every((one) => one.ok);
  }

  #now_ms(): number {
    return Math.round(performance.now() - this.#start_ms);
  }

  #note(action: string, grade: EvidenceGrade, ok: boolean, detail: string): void {
    this.#evidence.push({ action, grade, ok, at_ms: this.#now_ms(), detail });
  }

  async #command(role: string, op: string, args: unknown): Promise<void> {
    const done = await this.#ask(role, op, args, action_ms);
    this.#note(`${role}.${op} off`, "commanded", done.ok, done.ok ? "answered" : done.why);
  }

  async #openRelays(roles: readonly string[]): Promise<void> {
    await Promise.all(
      roles.map(async (role) => {
        const done = await this.#ask(role, "pattern", { closed: [] }, relays_ms);
        this.#note(`${role} opened`, "commanded", done.ok, done.ok ? "answered" : done.why);
      }),
    );
  }

  async #verify(matrices: readonly string[]): Promise<void> {
    await Promise.all([
      ...matrices.map(async (role) => {
        const done = await this.#ask(role, "readBack", {}, relays_ms);
        const closed = done.ok ? (done.reply as { readonly closed?: readonly string[] } | null)?.closed : undefined;
        const detail = done.ok ? `closed: ${closed?.join(" ") || "none"}` : done.why;
        this.#note(`${role} read back`, "coil", closed?.length === 0, detail);
      }),
      ...this.#roles("gpio").map((role) => this.#verifyLines(role)),
      ...this.#roles("source").map(async (role) => {
        const done = await this.#ask(role, "measure", {}, action_ms);
        const current = done.ok ? (done.reply as { readonly current?: Reading } | null)?.current : undefined;
        const ok = current?.is === "value" && Math.abs(current.value) < this.#agreeing_A(current.u);
        const detail = done.ok ? (current?.raw ?? "no reading") : done.why;
        this.#note(`${role} gives no current`, "measured", ok, detail);
      }),
    ]);
  }

  /**
   * The shunt judges (S3). Where it has proved that no current flows, the source must only agree within its uncertainty:
   * the zero of a 600 A source may be off by more than 1 A. Where it has not, the source gets no such benefit.
   */
  #agreeing_A(u_A: number): number {
    const shunt = this.#evidence.some(({ action, ok }) => action === byShunt && ok);
    return shunt ? noCurrent_A + 2 * u_A : noCurrent_A;
  }

  /** A mirror contact is high when its power contact is open. */
  async #verifyLines(role: string): Promise<void> {
    const done = await this.#ask(role, "read", {}, action_ms);
    const lines = done.ok ? (done.reply as Readonly<Record<string, boolean>>) : {};
    for (const relay of Object.values(this.#options.bench.relays)) {
      if (relay.mirror === undefined) continue;
      const high = lines[relay.mirror];
      const detail = done.ok
        ? `${relay.mirror} is ${high === undefined ? "unknown" : high ? "high" : "low"}`
        : done.why;
      this.#note(`${relay.id} is open`, "mirror", high === true, detail);
    }
  }

  /**
   * Never throws and never outlives its time. An instrument that does is fenced at the end, not at once: another role
   * may need the same port to open its contactors.
   */
  async #ask(role: string, op: string, args: unknown, within_ms: number): Promise<Reply> {
    const instrument = this.#options.instruments[role];
    const operation = (instrument?.call as Readonly<Record<string, Operation>> | undefined)?.[op];
    if (!operation) return { ok: false, why: `${role} is not open` };
    const stop = new AbortController();
    const late = new RigError("INSTRUMENT_TIMEOUT", `${role}.${op} did not end within ${Math.round(within_ms)} ms`);
    let timer: NodeJS.Timeout | undefined;
    let giveUp: () => void = () => undefined;
    const timeout = new Promise<Reply>((resolve) => {
      giveUp = () => {
        stop.abort(late);
        this.#hung.set(role, late.message);
        resolve({ ok: false, why: late.message });
      };
      this.#open.add(giveUp);
      timer = setTimeout(giveUp, within_ms + grace_ms);
    });
    const deadline_wall_ms = performance.now() + within_ms;
    const io: Io = { signal: stop.signal, deadline_wall_ms, urgent: true, keep: keepNothing };
    const answer = (async (): Promise<Reply> => {
      try {
        return { ok: true, reply: await operation(args, io) };
      } catch (thrown) {
        return { ok: false, why: whyOf(thrown) };
      }
    })();
    try {
      return await Promise.race([answer, timeout]);
    } finally {
      clearTimeout(timer);
      this.#open.delete(giveUp);
    }
  }
}

/** A question that left and was not answered followed the command: that one has left too. */
function whyOf(thrown: unknown): string {
  if (!(thrown instanceof RigError)) return thrown instanceof Error ? thrown.message : String(thrown);
  const unanswered = thrown.code === "INSTRUMENT_TIMEOUT" && thrown.facts["phase"] === "reading";
  return unanswered ? `commanded, no answer: ${thrown.message}` : thrown.message;
}

const keepNothing: Io["keep"] = () => {
  throw new RigError("PLAN_INVALID", "a safe-off acquires no waveforms");
};

const pause = (for_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, for_ms));
