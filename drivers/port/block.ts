/**
 * IEEE 488.2 definite-length arbitrary block, section 8.7.9 (UNVERIFIED, clause number from memory; the layout is that of
 * the 34970A's answer to ROUT:SCAN?, "#214(@...)"): "#", one digit d (1 to 9), d digits of length, that many bytes of
 * anything, then the line end. The data may hold line ends, so a line framer would cut it.
 */
import { checkBound, type Framer, type MakeFramer, malformed, tooLong } from "./framer.ts";
import { Collected } from "./lines.ts";

const HASH = 0x23;
const LF = 0x0a;
const CR = 0x0d;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * A block up to its LF or CR LF; or an ordinary line ended so, when the reply is no block ("#H.." is a line too). The
 * frame is the whole reply without the line end: `blockData` takes the data out. The indefinite form "#0" is refused,
 * since on a serial line nothing marks its end.
 */
export function blockOrLine(max_bytes: number): MakeFramer {
  checkBound(max_bytes);
  return () => new BlockFramer(max_bytes);
}

/** Number of bytes before the data and of the data; "line" if no block begins so; undefined: not yet known. */
function header(head: Uint8Array): { head: number; data: number } | "line" | "indefinite" | undefined {
  const [first, count] = head;
  if (first === undefined) return undefined;
  if (first !== HASH) return "line";
  if (count === undefined) return undefined;
  if (count === ZERO) return "indefinite";
  if (count < ZERO || count > NINE) return "line";
  const digits = count - ZERO;
  if (head.length < 2 + digits) return undefined;
  let data = 0;
  for (const digit of head.subarray(2, 2 + digits)) {
    if (digit < ZERO || digit > NINE) throw malformed("the length of the block is no number", head);
    data = data * 10 + (digit - ZERO);
  }
  return { head: 2 + digits, data };
}

/** The data of a block; undefined when the reply is an ordinary line. */
export function blockData(frame: Uint8Array): Uint8Array | undefined {
  const found = header(frame);
  if (found === undefined || found === "line" || found === "indefinite") return undefined;
  if (frame.length !== found.head + found.data) throw malformed("the block's length does not fit", frame);
  return frame.subarray(found.head);
}

class BlockFramer implements Framer {
  readonly #max_bytes: number;
  readonly #bytes: Collected;
  /** Index of the first byte that may be a line end; undefined while the header is incomplete. */
  #ends: number | undefined;
  #block = false;
  #complete = false;

  constructor(max_bytes: number) {
    this.#max_bytes = max_bytes;
    this.#bytes = new Collected(max_bytes);
  }

  get held(): number {
    return this.#bytes.length;
  }

  push(chunk: Uint8Array): number {
    let taken = 0;
    try {
      for (const byte of chunk) {
        if (this.#complete) break;
        taken += 1;
        this.#take(byte);
      }
    } catch (error) {
      this.reset();
      throw error;
    }
    return taken;
  }

  #take(byte: number): void {
    const at = this.#bytes.length;
    if (byte === LF && (this.#ends === undefined ? !this.#inHeader() : at >= this.#ends)) {
      this.#complete = true;
      return;
    }
    if (this.#block && this.#ends !== undefined && at >= this.#ends && (byte !== CR || at > this.#ends))
      throw malformed("bytes between the block and its line end", this.#bytes.copy());
    if (at + 1 >= this.#max_bytes) throw tooLong(this.#max_bytes, "a line end");
    this.#bytes.add(byte);
    if (this.#ends === undefined) this.#readHeader();
  }

  /** Between "#d" and the last digit of the length a line end is a fault, found by `header`. */
  #inHeader(): boolean {
    const count = this.#bytes.at(1);
    return this.#bytes.at(0) === HASH && count !== undefined && count > ZERO && count <= NINE;
  }

  #readHeader(): void {
    const found = header(this.#bytes.view());
    if (found === undefined) return;
    if (found === "indefinite")
      throw malformed("a block of indefinite length has no end on this line", this.#bytes.copy());
    if (found === "line") {
      this.#ends = 0;
      return;
    }
    this.#block = true;
    this.#ends = found.head + found.data;
    if (this.#ends + 1 > this.#max_bytes) throw tooLong(this.#max_bytes, `the end of a block of ${found.data} bytes`);
  }

  next(): Uint8Array | undefined {
    if (!this.#complete) return undefined;
    const last = this.#bytes.length - 1;
    const cr = this.#bytes.at(last) === CR && (!this.#block || last === this.#ends);
    const frame = this.#bytes.copy(0, cr ? last : this.#bytes.length);
    this.reset();
    return frame;
  }

  idle(): undefined {
    return undefined;
  }

  reset(): void {
    this.#bytes.clear();
    this.#ends = undefined;
    this.#block = false;
    this.#complete = false;
  }
}
