/** One ITECH load on its own port: sets with read-back, state, and errors that name the unit. */
import { asRigError, RigError } from "../../rig/model/errors.ts";
import type { Wait } from "../port/link.ts";
import type { Port } from "../port/port.ts";
import {
  checkAnswer,
  checkStatus,
  command,
  isDone,
  itechFrame,
  itechReply,
  type LoadState,
  type Product,
  parseProduct,
  parseState,
  readU16,
  readU32,
  u16,
  u32,
} from "./frame.ts";

/** Idle gap by which a load gives up a half-sent frame, ms (as in the safe recipe). */
const IDLE_ms = 60;
/** Silence after which a false start in front of a good frame is given up, ms: longer than a busy machine's gaps. */
const SILENCE_ms = 200;

export class ItechUnit {
  readonly port: Port;
  /** For messages: "load unit 2 (load2)". */
  readonly label: string;
  readonly #address: number;

  constructor(port: Port, label: string, address: number) {
    this.port = port;
    this.label = label;
    this.#address = address;
  }

  async #transact(code: number, data: readonly number[], question: boolean, io: Wait): Promise<Uint8Array> {
    const request = itechFrame(this.#address, code, data);
    try {
      const check = (reply: Uint8Array): void => {
        checkAnswer(request, reply, question);
        // Owed to an earlier command: no question is answered so.
        if (io.urgent === true && question && isDone(reply)) checkStatus(request, reply, question);
      };
      const expect = { framer: itechReply, silence_ms: SILENCE_ms, check, inDoubt: { quiet_ms: IDLE_ms } };
      const reply = await this.port.transact(request, expect, io);
      checkStatus(request, reply, question);
      return reply;
    } catch (error) {
      throw this.#named(error, io);
    }
  }

  #named(error: unknown, io: Wait): unknown {
    if (io.signal.aborted && error === io.signal.reason) return error;
    const { code, message, facts } = asRigError(error);
    const bare = message.replace(/ \[[A-Z_]+\]$/, "");
    return new RigError(code, `${this.label}: ${bare}`, { ...facts, unit: this.label }, { cause: error });
  }

  #ask(code: number, io: Wait): Promise<Uint8Array> {
    return this.#transact(code, [], true, io);
  }

  async #tell(code: number, data: readonly number[], io: Wait): Promise<void> {
    await this.#transact(code, data, false, io);
  }

  #differs(what: string, wanted: string | number, got: string | number): RigError {
    return new RigError("READ_BACK_DIFFERS", `${this.label}: ${what} was set to ${wanted}, but reads ${got}`, {
      unit: this.label,
      what,
      wanted,
      got,
    });
  }

  async product(io: Wait): Promise<Product> {
    return parseProduct(await this.#ask(command.product, io));
  }

  async state(io: Wait): Promise<LoadState> {
    return parseState(await this.#ask(command.state, io));
  }

  /** Urgent: a first answer that differs may be one that was owed, so it is asked again. */
  async #stateAfter(on: boolean, io: Wait): Promise<LoadState> {
    const state = await this.state(io);
    return io.urgent === true && state.inputOn !== on ? this.state(io) : state;
  }

  /** Remote, input off, constant current, fixed function, the given maximum, 0 A; all read back. */
  async prepare(max_counts: number, io: Wait): Promise<void> {
    await this.#tell(command.remote, [1], io);
    await this.input(false, io);
    await this.#tell(command.setMode, [0], io);
    await this.#tell(command.setFunction, [0], io);
    const mode = (await this.#ask(command.getMode, io))[3] ?? -1;
    if (mode !== 0) throw this.#differs("mode", 0, mode);
    const fixed = (await this.#ask(command.getFunction, io))[3] ?? -1;
    if (fixed !== 0) throw this.#differs("function", 0, fixed);
    await this.#tell(command.setMaxCurrent, u32(max_counts), io);
    const max = readU32(await this.#ask(command.getMaxCurrent, io));
    if (max !== max_counts) throw this.#differs("maximum current / 0.1 mA", max_counts, max);
    await this.set(0, io);
  }

  /** Current in counts of 0.1 mA, read back. */
  async set(counts: number, io: Wait): Promise<void> {
    await this.#tell(command.setCurrent, u32(counts), io);
    const got = readU32(await this.#ask(command.getCurrent, io));
    if (got !== counts) throw this.#differs("current / 0.1 mA", counts, got);
  }

  /** Input on or off, read back from the operation state. */
  async input(on: boolean, io: Wait): Promise<void> {
    await this.#tell(command.input, [on ? 1 : 0], io);
    const { inputOn, remote } = await this.#stateAfter(on, io);
    if (!remote) throw this.#differs("control", "remote", "local");
    if (inputOn !== on) throw this.#differs("input", on ? "on" : "off", inputOn ? "on" : "off");
  }

  /** Load-on timer: the load switches itself off this long after its input was switched on. Whole seconds, read back. */
  async arm(timer_s: number, io: Wait): Promise<void> {
    await this.#tell(command.setTimer, u16(timer_s), io);
    const got = readU16(await this.#ask(command.getTimer, io));
    if (got !== timer_s) throw this.#differs("load-on timer / s", timer_s, got);
    await this.#tell(command.enableTimer, [1], io);
    if (((await this.#ask(command.timerEnabled, io))[3] ?? 0) !== 1) throw this.#differs("load-on timer", "on", "off");
  }
}
