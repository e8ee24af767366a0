/**
 * SCPI over a port: questions, strict numbers, sets that are confirmed by the error queue. Written from IEEE 488.2 and
 * SCPI-99 as instrument manuals quote them (error queue: Keysight 34970A guide, "Error Messages": first in, first out,
 * 20 deep, the last entry becomes -350 "Queue overflow"; some conditions never enter it, 34970A overload among them).
 */
import type { Identity } from "../rig/kinds/kinds.ts";
import type { InstrumentEntry } from "../rig/model/bench.ts";
import { RigError } from "../rig/model/errors.ts";
import { checkIdentity } from "./entry.ts";
import { blockData, blockOrLine } from "./port/block.ts";
import { asciiLine, latin1, type MakeFramer, malformed } from "./port/framer.ts";
import { lines } from "./port/lines.ts";
import type { Wait } from "./port/link.ts";
import { type Expect, noReply, type Port } from "./port/port.ts";

export interface ScpiFault {
  readonly code: number;
  readonly text: string;
}

export interface ScpiOptions {
  /** Ends commands and replies. Default LF. */
  readonly lineEnd?: "\n" | "\r\n";
  /** Bound of a reply line. Default 4096. */
  readonly line_max_bytes?: number;
  /** Least time between two transactions (slow parsers), ms. */
  readonly gap_ms?: number;
  /** The question of the error queue. Default SYST:ERR? */
  readonly errorQuery?: string;
}

/** Depth of an error queue: a longer one never ends. */
const QUEUE_MAX = 20;
const LINE_MAX_bytes = 4096;

const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/**
 * A plain decimal number (NR1, NR2, NR3), blanks around it allowed; undefined for anything else: no NaN, no unit, no
 * hexadecimal, nothing empty. Fake numbers (9.9E37) are returned: `reading()` refuses them.
 */
export function parseNumber(text: string): number | undefined {
  const bare = text.trim();
  if (!number.test(bare)) return undefined;
  const value = Number(bare);
  return Number.isFinite(value) ? value : undefined;
}

/** `-113,"Undefined header"`; undefined for anything else. */
export function parseFault(text: string): ScpiFault | undefined {
  const found = /^\s*([+-]?\d{1,5}),\s*"(.*)"\s*$/.exec(text);
  if (found === null) return undefined;
  return { code: Number(found[1]), text: found[2] ?? "" };
}

export const faultText = (faults: readonly ScpiFault[]): string =>
  faults.map(({ code, text }) => `${code} ${JSON.stringify(text)}`).join(", ");

/**
 * First bytes of a safe recipe. A bare terminator would *execute* a half-sent set-point; the `*` makes of it a command
 * error (design S5). With nothing half-sent it is a lone `*`, also an error and harmless.
 */
export const scpiPoison_hex = (lineEnd: "\n" | "\r\n" = "\n"): string =>
  Buffer.from(`*${lineEnd}`, "latin1").toString("hex");

/** A command as hex, for the steps of a safe recipe. */
export const scpiHex = (command: string, lineEnd: "\n" | "\r\n" = "\n"): string =>
  Buffer.from(command + lineEnd, "latin1").toString("hex");

export class Scpi {
  readonly port: Port;
  readonly #end: "\n" | "\r\n";
  readonly #line: MakeFramer;
  readonly #block: MakeFramer;
  readonly #gap: { readonly gap_ms?: number };
  readonly #poison: Uint8Array;
  readonly #errorQuery: string;
  #identity: string | undefined;
  /** A question failed: its answer may still come. */
  #doubt = false;
  /** A command with poison in front went out: the error queue holds what the poison caused. */
  #poisoned = false;

  constructor(port: Port, options: ScpiOptions = {}) {
    this.port = port;
    this.#end = options.lineEnd ?? "\n";
    const max_bytes = options.line_max_bytes ?? LINE_MAX_bytes;
    this.#line = lines(this.#end === "\n" ? "lf" : "crlf", max_bytes);
    this.#block = blockOrLine(max_bytes);
    this.#poison = Buffer.from(`*${this.#end}`, "latin1");
    this.#gap = options.gap_ms === undefined ? {} : { gap_ms: options.gap_ms };
    this.#errorQuery = options.errorQuery ?? "SYST:ERR?";
  }

  #bytes(command: string): Uint8Array {
    if (!/^[\x20-\x7e]+$/.test(command))
      throw new RigError("PLAN_INVALID", `${JSON.stringify(command)} is no command for ${this.port.name}`, { command });
    return Buffer.from(command + this.#end, "latin1");
  }

  /**
   * After a time-out, an abort or garbage: asks the known identity and throws away what comes before it, however late.
   * The port's own resynchronising only waits until the line is quiet.
   */
  async #resync(io: Wait): Promise<void> {
    if (!this.#doubt) return;
    if (this.#identity !== undefined) {
      const skip = (line: Uint8Array): boolean => latin1(line) !== this.#identity;
      await this.port.transact(this.#bytes("*IDN?"), { framer: this.#line, skip, ...this.#gap }, io);
    }
    this.#doubt = false;
  }

  async #transact(command: string, expect: Expect, io: Wait): Promise<Uint8Array> {
    const request = this.#bytes(command);
    const command_first = io.urgent === true && expect.framer === undefined;
    if (!command_first) await this.#resync(io);
    try {
      return await this.port.transact(request, { ...expect, ...this.#gap }, io);
    } catch (error) {
      this.#doubt = true;
      throw error;
    }
  }

  /** Asks; the answer is one line of printable ASCII without its end. */
  async ask(command: string, io: Wait, check: (line: string) => void = () => undefined): Promise<string> {
    const expect: Expect = { framer: this.#line, check: (frame) => check(asciiLine(frame)) };
    return asciiLine(await this.#transact(command, expect, io));
  }

  /** Asks for one number. @throws RigError REPLY_MALFORMED for anything else; the line is then resynchronised. */
  async askNumber(command: string, io: Wait): Promise<number> {
    const line = await this.ask(command, io, (text) => {
      if (parseNumber(text) === undefined) throw malformed("no number", Buffer.from(text, "latin1"));
    });
    return parseNumber(line) ?? Number.NaN;
  }

  /** Asks for a definite-length block; an ordinary line is refused. */
  async askBlock(command: string, io: Wait): Promise<Uint8Array> {
    const data = (frame: Uint8Array): Uint8Array => {
      const block = blockData(frame);
      if (block === undefined) throw malformed("no definite-length block", frame);
      return block;
    };
    const expect: Expect = { framer: this.#block, check: (frame) => void data(frame) };
    return data(await this.#transact(command, expect, io));
  }

  /**
   * Sends a command that has no answer; resolves when it has left. Follow it with a question: see `set`. Urgent: it
   * waits for no answer that is owed, and what may stand half-sent before it is made an error.
   */
  async tell(command: string, io: Wait): Promise<void> {
    if (io.urgent !== true) {
      await this.#transact(command, noReply, io);
      return;
    }
    this.#poisoned = true;
    await this.#transact(command, { inDoubt: { poison: this.#poison } }, io);
  }

  /**
   * Sends commands that have no answer, then empties the error queue.
   * @throws RigError INSTRUMENT_REFUSED with the instrument's own words
   */
  async set(commands: string | readonly string[], io: Wait): Promise<void> {
    const list = typeof commands === "string" ? [commands] : commands;
    for (const command of list) await this.tell(command, io);
    const [first = "", ...more] = list;
    await this.checkErrors(more.length < 4 ? list.join("; ") : `${first} and the ${more.length} commands after it`, io);
  }

  /**
   * Empties the error queue. @throws RigError INSTRUMENT_REFUSED when it was not empty. After an urgent command nothing is
   * refused: the entries may be the poison's, and the read-back that follows proves more.
   */
  async checkErrors(after: string, io: Wait): Promise<void> {
    const faults = await this.faults(io);
    const excused = this.#poisoned;
    this.#poisoned = false;
    if (faults.length === 0 || excused) return;
    throw new RigError("INSTRUMENT_REFUSED", `${this.port.name} refused "${after}": ${faultText(faults)}`, {
      port: this.port.name,
      after,
      faults: faults.map(({ code, text }) => `${code} ${text}`),
    });
  }

  /** Takes all entries out of the error queue. @throws RigError INSTRUMENT_REFUSED when it has no end */
  async faults(io: Wait): Promise<readonly ScpiFault[]> {
    const found: ScpiFault[] = [];
    while (found.length <= QUEUE_MAX) {
      const line = await this.ask(this.#errorQuery, io, (text) => {
        if (parseFault(text) === undefined) throw malformed("no entry of an error queue", Buffer.from(text, "latin1"));
      });
      const fault = parseFault(line);
      if (fault === undefined || fault.code === 0) return found;
      found.push(fault);
    }
    throw new RigError(
      "INSTRUMENT_REFUSED",
      `the error queue of ${this.port.name} has no end: ${faultText(found.slice(0, 3))} and ${found.length - 3} more`,
      { port: this.port.name },
    );
  }

  /** Reads and checks the identity; it is then also the probe after a late answer. @throws RigError IDENTITY_MISMATCH */
  async identify(entry: InstrumentEntry, io: Wait): Promise<Omit<Identity, "unverified">> {
    const raw = await this.ask("*IDN?", io);
    checkIdentity(entry, `${this.port.name} (${this.port.where})`, raw);
    this.#identity = raw;
    const [maker = "", model = "", serial = "", firmware = ""] = raw.split(",").map((field) => field.trim());
    return { model: `${maker} ${model}`.trim(), serial, firmware, raw };
  }
}
