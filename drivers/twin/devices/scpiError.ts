/** Errors of SCPI-99 volume 2 chapter 21 as instruments queue them, and the queue: 20 deep, the newest gives way. */

export class ScpiError extends Error {
  override readonly name = "ScpiError";
  readonly number: number;
  readonly text: string;

  constructor(number: number, text: string) {
    super(`${number},"${text}"`);
    this.number = number;
    this.text = text;
  }
}

export const scpiErrors = {
  syntax: () => new ScpiError(-102, "Syntax error"),
  dataType: () => new ScpiError(-104, "Data type error"),
  parameterNotAllowed: () => new ScpiError(-108, "Parameter not allowed"),
  missingParameter: () => new ScpiError(-109, "Missing parameter"),
  undefinedHeader: () => new ScpiError(-113, "Undefined header"),
  suffix: () => new ScpiError(-114, "Header suffix out of range"),
  settingsConflict: () => new ScpiError(-221, "Settings conflict"),
  outOfRange: () => new ScpiError(-222, "Data out of range"),
  illegalValue: () => new ScpiError(-224, "Illegal parameter value"),
  dataStale: () => new ScpiError(-230, "Data corrupt or stale"),
  initIgnored: () => new ScpiError(-213, "Init ignored"),
  triggerIgnored: () => new ScpiError(-211, "Trigger ignored"),
  inputOverrun: () => new ScpiError(-363, "Input buffer overrun"),
  queryInterrupted: () => new ScpiError(-410, "Query INTERRUPTED"),
  queryUnterminated: () => new ScpiError(-420, "Query UNTERMINATED"),
} as const;

const DEPTH = 20;
export const OVERFLOW = -350;

export class ErrorQueue {
  #errors: ScpiError[] = [];

  /**
   * When full, the last one is replaced by -350 and later ones are lost (SCPI-99 volume 2, 21.8.1). False when it was
   * full.
   */
  push(error: ScpiError): boolean {
    const room = this.#errors.length < DEPTH;
    if (room) this.#errors.push(error);
    else this.#errors[DEPTH - 1] = new ScpiError(OVERFLOW, "Queue overflow");
    return room;
  }

  shift(): ScpiError | undefined {
    return this.#errors.shift();
  }

  get length(): number {
    return this.#errors.length;
  }

  clear(): void {
    this.#errors = [];
  }
}

/** Bit of the standard event register that an error sets (IEEE 488.2, 11.5.1): command, execution, device or query. */
export function eventBit(number: number): number {
  if (number <= -100 && number > -200) return 1 << 5;
  if (number <= -200 && number > -300) return 1 << 4;
  if (number <= -400 && number > -500) return 1 << 2;
  return 1 << 3;
}
