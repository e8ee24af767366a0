/**
 * The message exchange of SCPI instruments: lines, `;` chains with their header path, long and short forms, `?`,
 * the standard registers and the error queue. What the commands do is given by each device as a table.
 *
 * Source: SCPI-99 volume 1 chapter 6 (headers, path rules), IEEE 488.2-1992 chapters 6, 7 and 10.
 */
import type { DeviceTwin } from "./device.ts";
import { toBytes, toText } from "./device.ts";
import { ErrorQueue, eventBit, OVERFLOW, ScpiError, scpiErrors } from "./scpiError.ts";
import { compileHeader, type Header, splitArguments, splitUnits, UnitPath } from "./scpiText.ts";

export interface ScpiCall {
  readonly arguments: readonly string[];
  /** Numeric suffixes of the header in order, `CHANnel<n>`; 0 where none was written (it then means 1). */
  readonly suffixes: readonly number[];
}

/** A reply that comes when a measurement has ended; until then the instrument reads no further command. */
export class Pending {
  readonly start: (done: (reply: string | Uint8Array) => void) => void;

  constructor(start: (done: (reply: string | Uint8Array) => void) => void) {
    this.start = start;
  }
}

export type ScpiReply = string | Uint8Array | Pending;

export interface ScpiCommand {
  /** As manuals print it: `[:SOURce<n>]:VOLTage[:LEVel]`, capitals are the short form. Common commands: `*RST`. */
  readonly header: string;
  readonly set?: (call: ScpiCall) => void;
  readonly ask?: (call: ScpiCall) => ScpiReply;
}

export interface ScpiOptions {
  readonly commands: readonly ScpiCommand[];
  readonly identity: () => string;
  readonly reset: () => void;
  readonly reply: (bytes: Uint8Array) => void;
  /** Ends each reply. Default: line feed. */
  readonly terminator?: string;
  /** How SYST:ERR? words an error. Default: `-113,"Undefined header"`, and `+0,"No error"` when there is none. */
  readonly wording?: (error: ScpiError | undefined) => string;
  /** Whether the instrument has an error queue to ask. Default: yes. */
  readonly errorQuery?: boolean;
  /** Also forgets on *CLS. */
  readonly clear?: () => void;
  /** True where CR alone ends a command as well as CR LF does. Default: LF, with or without CR before it. */
  readonly carriageReturnEnds?: boolean;
  /** False where a query followed by `;` is a query error. Default: true. */
  readonly chainAfterQuery?: boolean;
}

/** An input buffer of real instruments is smaller; beyond it they report an overrun and drop the line. */
const INPUT_MAX = 65_536;

interface Compiled {
  readonly header: Header;
  readonly command: ScpiCommand;
}

export class ScpiDevice implements DeviceTwin {
  readonly errors = new ErrorQueue();
  readonly #options: ScpiOptions;
  readonly #commands: readonly Compiled[];
  readonly #found = new Map<string, { compiled: Compiled; suffixes: readonly number[] } | null>();
  #input = "";
  #overrun = false;
  #waiting: object | undefined;
  #events = 0;
  #eventEnable = 0;

  constructor(options: ScpiOptions) {
    this.#options = options;
    this.#commands = [...options.commands, ...this.#common()].map((command) => ({
      header: compileHeader(command.header),
      command,
    }));
  }

  receive(bytes: Uint8Array): void {
    this.#input += toText(bytes);
    this.#work();
  }

  connected(): void {
    this.#input = "";
    this.#overrun = false;
    this.#waiting = undefined;
  }

  /** Reports an error that no command caused. */
  report(error: ScpiError): void {
    const queued = this.errors.push(error);
    this.#events |= eventBit(error.number) | (queued ? 0 : eventBit(OVERFLOW));
  }

  #work(): void {
    while (this.#waiting === undefined) {
      const end = this.#options.carriageReturnEnds ? this.#input.search(/[\r\n]/) : this.#input.indexOf("\n");
      if (end < 0) break;
      const line = this.#input.slice(0, end).replace(/\r+$/, "");
      this.#input = this.#input.slice(end + 1);
      const overrun = this.#overrun;
      this.#overrun = false;
      if (overrun) this.report(scpiErrors.inputOverrun());
      else this.#line(line);
    }
    if (this.#input.length > INPUT_MAX) {
      this.#input = this.#input.slice(-1);
      this.#overrun = true;
    }
  }

  #line(line: string): void {
    const units = splitUnits(line);
    const path = new UnitPath();
    const replies: (string | Uint8Array)[] = [];
    const from = (start: number): void => {
      for (let i = start; i < units.length; i++) {
        const text = (units[i] ?? "").trim();
        if (text === "") continue;
        const reply = this.#unit(text, path);
        if (reply === "stop") break;
        if (reply instanceof Pending) {
          this.#wait(reply, (late) => {
            replies.push(late);
            from(i + 1);
          });
          return;
        }
        if (reply !== undefined) replies.push(reply);
        if (reply !== undefined && i < units.length - 1 && this.#options.chainAfterQuery === false) {
          this.report(scpiErrors.queryInterrupted());
          return;
        }
      }
      this.#send(replies);
    };
    from(0);
  }

  #wait(pending: Pending, then: (reply: string | Uint8Array) => void): void {
    const token = {};
    this.#waiting = token;
    pending.start((reply) => {
      if (this.#waiting !== token) return; // the client who asked has gone
      this.#waiting = undefined;
      then(reply);
      this.#work();
    });
  }

  /** One command or query; an error in it ends the line, as the rest may depend on it. */
  #unit(text: string, path: UnitPath): ScpiReply | undefined | "stop" {
    try {
      const space = text.search(/\s/);
      const head = space < 0 ? text : text.slice(0, space);
      const query = head.endsWith("?");
      const full = path.resolve(query ? head.slice(0, -1) : head);
      const found = this.#find(full);
      const act = query ? found.compiled.command.ask : found.compiled.command.set;
      if (act === undefined) throw scpiErrors.undefinedHeader();
      const written = splitArguments(space < 0 ? "" : text.slice(space + 1));
      return act({ arguments: written, suffixes: found.suffixes }) ?? undefined;
    } catch (error) {
      if (!(error instanceof ScpiError)) throw error;
      this.report(error);
      return "stop";
    }
  }

  #find(full: string): { compiled: Compiled; suffixes: readonly number[] } {
    let found = this.#found.get(full);
    if (found === undefined) {
      found = null;
      for (const compiled of this.#commands) {
        const suffixes = compiled.header.match(full);
        if (suffixes === undefined) continue;
        found = { compiled, suffixes };
        break;
      }
      if (this.#found.size < 1000) this.#found.set(full, found);
    }
    if (found === null) throw scpiErrors.undefinedHeader();
    return found;
  }

  #send(replies: readonly (string | Uint8Array)[]): void {
    if (replies.length === 0) return;
    const parts: Uint8Array[] = [];
    for (const reply of replies) {
      if (parts.length > 0) parts.push(toBytes(";"));
      parts.push(typeof reply === "string" ? toBytes(reply) : reply);
    }
    parts.push(toBytes(this.#options.terminator ?? "\n"));
    this.#options.reply(Buffer.concat(parts));
  }

  #common(): readonly ScpiCommand[] {
    const options = this.#options;
    const wording = options.wording ?? ((error) => (error === undefined ? '+0,"No error"' : error.message));
    const queue: readonly ScpiCommand[] = [
      { header: ":SYSTem:ERRor[:NEXT]", ask: () => wording(this.errors.shift()) },
      { header: ":SYSTem:VERSion", ask: () => "1999.0" },
    ];
    return [
      { header: "*IDN", ask: () => options.identity() },
      { header: "*RST", set: () => options.reset() },
      { header: "*CLS", set: () => this.#clear() },
      { header: "*OPC", set: () => this.#complete(), ask: () => "1" },
      { header: "*WAI", set: () => undefined },
      { header: "*TST", ask: () => "0" },
      { header: "*ESR", ask: () => this.#takeEvents() },
      { header: "*ESE", set: (call) => this.#enableEvents(call), ask: () => String(this.#eventEnable) },
      { header: "*STB", ask: () => String(this.statusByte()) },
      ...(options.errorQuery === false ? [] : queue),
    ];
  }

  /** Bit 2 error queue, bit 5 event summary (SCPI-99 volume 1, 20; IEEE 488.2, 11.2). */
  statusByte(): number {
    return (this.errors.length > 0 ? 4 : 0) | ((this.#events & this.#eventEnable) !== 0 ? 32 : 0);
  }

  #complete(): void {
    this.#events |= 1;
  }

  #takeEvents(): string {
    const events = this.#events;
    this.#events = 0;
    return String(events);
  }

  #enableEvents(call: ScpiCall): void {
    const mask = Number(call.arguments[0] ?? Number.NaN);
    if (!Number.isInteger(mask) || mask < 0 || mask > 255) throw scpiErrors.outOfRange();
    this.#eventEnable = mask;
  }

  #clear(): void {
    this.errors.clear();
    this.#events = 0;
    this.#options.clear?.();
  }
}
