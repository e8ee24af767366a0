/** Framers for binary replies: a fixed length, length and checksum with resynchronisation, silence as the end. */
import { checkBound, type Framer, type MakeFramer, malformed, tooLong } from "./framer.ts";
import { Collected } from "./lines.ts";

/** Frames of exactly `length` bytes, whatever they hold. Prefer `checked` where the protocol has a checksum. */
export function fixed(length: number): MakeFramer {
  return checked({ max_bytes: length, expected: () => length, check: () => true });
}

export interface CheckedRule {
  readonly max_bytes: number;
  /**
   * Length of the frame that begins with `head`; undefined: more bytes are needed to say; 0: no frame begins so, slide
   * on by one byte. A length above `max_bytes` also slides on. Must depend on `head` alone, and must not change its
   * mind once it has said a length.
   */
  expected(head: Uint8Array): number | undefined;
  /** Whether checksum, address and the like hold. If not, the search goes on one byte later. */
  check(frame: Uint8Array): boolean;
  /** Bytes that may be skipped in search of a frame before the reply counts as garbage. Default 4 x max_bytes. */
  readonly skip_max_bytes?: number;
}

/**
 * Frames with a length and a checksum (ITECH and BK 26-byte frames, Modbus RTU). A frame is believed by its checksum,
 * never by its first byte alone: AA may occur inside the data.
 */
export function checked(rule: CheckedRule): MakeFramer {
  checkBound(rule.max_bytes);
  return () => new CheckedFramer(rule);
}

class CheckedFramer implements Framer {
  readonly #rule: CheckedRule;
  readonly #skip_max_bytes: number;
  readonly #window: Collected;
  #skipped = 0;
  #frame: Uint8Array | undefined;

  constructor(rule: CheckedRule) {
    this.#rule = rule;
    this.#skip_max_bytes = rule.skip_max_bytes ?? 4 * rule.max_bytes;
    this.#window = new Collected(rule.max_bytes);
  }

  get held(): number {
    return this.#window.length + (this.#frame?.length ?? 0);
  }

  push(chunk: Uint8Array): number {
    let taken = 0;
    for (const byte of chunk) {
      if (this.#frame !== undefined) break;
      if (this.#window.length === this.#rule.max_bytes) this.#skip();
      this.#window.add(byte);
      taken += 1;
      this.#search();
    }
    return taken;
  }

  #search(): void {
    while (this.#frame === undefined && this.#window.length > 0) {
      const length = this.#rule.expected(this.#window.view());
      if (length !== undefined && (length < 1 || length > this.#rule.max_bytes)) {
        this.#skip();
        continue;
      }
      if (length === undefined || this.#window.length < length) return;
      const frame = this.#window.copy(0, length);
      if (this.#rule.check(frame)) {
        this.#frame = frame;
        this.#window.dropFront(length);
        this.#skipped = 0;
      } else this.#skip();
    }
  }

  #skip(): void {
    const head = this.#window.copy();
    this.#window.dropFront(1);
    this.#skipped += 1;
    if (this.#skipped > this.#skip_max_bytes) {
      this.reset();
      throw malformed(`no valid frame within ${this.#skip_max_bytes} bytes, last seen`, head);
    }
  }

  /** A frame may stand behind the one that was collected last, where a false start had hidden both. */
  next(): Uint8Array | undefined {
    this.#search();
    const frame = this.#frame;
    this.#frame = undefined;
    return frame;
  }

  /** Nothing more comes, so what stands first was a false start: a good frame may stand behind it. */
  idle(): Uint8Array | undefined {
    while (this.#frame === undefined && this.#window.length > 0) {
      this.#skip();
      this.#search();
    }
    return this.next();
  }

  reset(): void {
    this.#window.clear();
    this.#skipped = 0;
    this.#frame = undefined;
  }
}

/**
 * Frames ended by silence alone (Modbus RTU: 3.5 characters, Modbus over Serial Line V1.02 section 2.5.1.1 UNVERIFIED).
 * Behind a USB adapter or a busy event loop a gap proves little: use it only where no length can be known, with a
 * checksum in `Expect.check`.
 */
export function untilSilence(max_bytes: number): MakeFramer {
  checkBound(max_bytes);
  return () => new SilenceFramer(max_bytes);
}

class SilenceFramer implements Framer {
  readonly #max_bytes: number;
  readonly #bytes: Collected;

  constructor(max_bytes: number) {
    this.#max_bytes = max_bytes;
    this.#bytes = new Collected(max_bytes);
  }

  get held(): number {
    return this.#bytes.length;
  }

  push(chunk: Uint8Array): number {
    if (this.#bytes.length + chunk.length > this.#max_bytes) {
      this.reset();
      throw tooLong(this.#max_bytes, "a silence");
    }
    for (const byte of chunk) this.#bytes.add(byte);
    return chunk.length;
  }

  next(): undefined {
    return undefined;
  }

  idle(): Uint8Array | undefined {
    if (this.#bytes.length === 0) return undefined;
    const frame = this.#bytes.copy();
    this.reset();
    return frame;
  }

  reset(): void {
    this.#bytes.clear();
  }
}
