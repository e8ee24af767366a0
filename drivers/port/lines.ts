/**
 * Framers for lines of text.
 *
 * Where a protocol has one plain line end (LF, CR, CR LF, LF CR), `@serialport/parser-readline` is the engine. It is
 * driven synchronously, inside our bounds: it has no length limit of its own and joins its buffer again for each chunk
 * (8 MiB without a line end took 8.7 s), so it is never fed past a possible line end or beyond the bound; it decodes
 * UTF-8 by default, so it is told latin1, which keeps every byte. It is not piped to the port: a piped parser outlives
 * the transaction, and would glue half of a late line to the next answer. Each transaction has a new one.
 */
import { ReadlineParser } from "@serialport/parser-readline";
import { checkBound, type Framer, type MakeFramer, tooLong } from "./framer.ts";

/** lf: a CR before it is dropped. any: CR or LF in any order or number, empty lines skipped. */
export type LineEnd = "lf" | "cr" | "crlf" | "lfcr" | "any";

const LF = 0x0a;
const CR = 0x0d;
const delimiters = { lf: "\n", cr: "\r", crlf: "\r\n", lfcr: "\n\r" } as const;

/** Lines without their end. `max_bytes` counts the line end too. */
export function lines(end: LineEnd, max_bytes: number): MakeFramer {
  checkBound(max_bytes);
  return () => (end === "any" ? new AnyLine(max_bytes) : new ReadlineFramer(end, max_bytes));
}

/** One line end, through ReadlineParser. */
class ReadlineFramer implements Framer {
  readonly #end: Exclude<LineEnd, "any">;
  readonly #max_bytes: number;
  readonly #delimiter: string;
  readonly #last: number;
  #parser: ReadlineParser;
  #held = 0;
  #frame: Uint8Array | undefined;

  constructor(end: Exclude<LineEnd, "any">, max_bytes: number) {
    this.#end = end;
    this.#max_bytes = max_bytes;
    this.#delimiter = delimiters[end];
    this.#last = this.#delimiter.charCodeAt(this.#delimiter.length - 1);
    this.#parser = this.#fresh();
  }

  get held(): number {
    return this.#held;
  }

  #fresh(): ReadlineParser {
    return new ReadlineParser({ delimiter: this.#delimiter, includeDelimiter: true, encoding: "latin1" });
  }

  push(chunk: Uint8Array): number {
    let taken = 0;
    while (taken < chunk.length && this.#frame === undefined) {
      const found = chunk.indexOf(this.#last, taken);
      const to = found === -1 ? chunk.length : found + 1;
      if (this.#held + (to - taken) > this.#max_bytes) {
        this.reset();
        throw tooLong(this.#max_bytes, "a line end");
      }
      this.#held += to - taken;
      // A copy: the parser may keep what it is given, and the chunk belongs to the port's read pool.
      this.#parser.write(Buffer.from(chunk.subarray(taken, to)));
      taken = to;
      const line: unknown = this.#parser.read();
      if (typeof line === "string") this.#frame = this.#content(line);
    }
    return taken;
  }

  #content(line: string): Uint8Array {
    let length = line.length - this.#delimiter.length;
    if (this.#end === "lf" && line.charCodeAt(length - 1) === CR) length -= 1;
    return Buffer.from(line.slice(0, length), "latin1");
  }

  next(): Uint8Array | undefined {
    const frame = this.#frame;
    if (frame !== undefined) {
      this.#frame = undefined;
      this.#held = 0;
    }
    return frame;
  }

  idle(): undefined {
    return undefined;
  }

  reset(): void {
    this.#parser.destroy();
    this.#parser = this.#fresh();
    this.#held = 0;
    this.#frame = undefined;
  }
}

/** Bytes collected up to a bound; shared by the framers below and beside. */
export class Collected {
  readonly #bytes: Uint8Array;
  length = 0;

  constructor(max_bytes: number) {
    this.#bytes = new Uint8Array(max_bytes);
  }

  add(byte: number): void {
    this.#bytes[this.length++] = byte;
  }

  at(index: number): number | undefined {
    return index < this.length ? this.#bytes[index] : undefined;
  }

  view(from = 0, to = this.length): Uint8Array {
    return this.#bytes.subarray(from, to);
  }

  copy(from = 0, to = this.length): Uint8Array {
    return this.#bytes.slice(from, to);
  }

  dropFront(count: number): void {
    this.#bytes.copyWithin(0, count, this.length);
    this.length -= count;
  }

  clear(): void {
    this.length = 0;
  }
}

class AnyLine implements Framer {
  readonly #max_bytes: number;
  readonly #line: Collected;
  #complete = false;

  constructor(max_bytes: number) {
    this.#max_bytes = max_bytes;
    this.#line = new Collected(max_bytes);
  }

  get held(): number {
    return this.#line.length;
  }

  push(chunk: Uint8Array): number {
    let taken = 0;
    for (const byte of chunk) {
      if (this.#complete) break;
      taken += 1;
      if (byte === CR || byte === LF) this.#complete = this.#line.length > 0;
      else if (this.#line.length + 1 >= this.#max_bytes) {
        this.reset();
        throw tooLong(this.#max_bytes, "a line end");
      } else this.#line.add(byte);
    }
    return taken;
  }

  next(): Uint8Array | undefined {
    if (!this.#complete) return undefined;
    const frame = this.#line.copy();
    this.reset();
    return frame;
  }

  idle(): undefined {
    return undefined;
  }

  reset(): void {
    this.#line.clear();
    this.#complete = false;
  }
}

/**
 * Everything up to a prompt that has no line end, as Numato's relay boards send it (instrument's echo and lines, then
 * ">"). The prompt counts only at the start of a line, so that a ">" inside an answer ends nothing. The frame is what
 * stood before the prompt, line ends included: the echo is for the driver to check.
 */
export function prompt(mark: string, max_bytes: number): MakeFramer {
  checkBound(max_bytes);
  const code = mark.charCodeAt(0);
  if (mark.length !== 1 || code > 0x7e)
    throw new RangeError(`a prompt is one ASCII character, not ${JSON.stringify(mark)}`);
  return () => new PromptFramer(code, max_bytes);
}

class PromptFramer implements Framer {
  readonly #mark: number;
  readonly #max_bytes: number;
  readonly #text: Collected;
  #complete = false;

  constructor(mark: number, max_bytes: number) {
    this.#mark = mark;
    this.#max_bytes = max_bytes;
    this.#text = new Collected(max_bytes);
  }

  get held(): number {
    return this.#text.length;
  }

  push(chunk: Uint8Array): number {
    let taken = 0;
    for (const byte of chunk) {
      if (this.#complete) break;
      taken += 1;
      const before = this.#text.at(this.#text.length - 1);
      const lineStart = before === undefined || before === CR || before === LF;
      if (byte === this.#mark && lineStart) this.#complete = true;
      else if (this.#text.length + 1 >= this.#max_bytes) {
        this.reset();
        throw tooLong(this.#max_bytes, `the prompt "${String.fromCharCode(this.#mark)}"`);
      } else this.#text.add(byte);
    }
    return taken;
  }

  next(): Uint8Array | undefined {
    if (!this.#complete) return undefined;
    const frame = this.#text.copy();
    this.reset();
    return frame;
  }

  idle(): undefined {
    return undefined;
  }

  reset(): void {
    this.#text.clear();
    this.#complete = false;
  }
}
