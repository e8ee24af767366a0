/** The latch behind a trip: the first cause stays until a named person clears it, beyond the life of the process. */
import type { Data } from "../model/data.ts";
import { asRigError, RigError } from "../model/errors.ts";
import type { Violation } from "./rules.ts";

/** Where a trip survives the process (a file beside the store). Both may throw: see `Latch`. */
export interface LatchStore {
  load(): Violation | undefined;
  save(violation: Violation | undefined): void;
}

export class Latch {
  readonly #store: LatchStore | undefined;
  readonly #note: (body: Data) => void;
  #cause: Violation | undefined;
  #trip = new AbortController();

  /** A trip of an earlier process trips this one from the start. @throws what `load` throws: unknown is not clear */
  constructor(store: LatchStore | undefined, note: (body: Data) => void) {
    this.#store = store;
    this.#note = note;
    const left = store?.load();
    if (left === undefined) return;
    this.#cause = left;
    const why = `a trip of an earlier run is still latched, ${left.rule}: ${left.why}; a named person must reset it`;
    this.#trip.abort(new RigError("TRIPPED", why, { rule: left.rule }));
  }

  get cause(): Violation | undefined {
    return this.#cause;
  }

  get signal(): AbortSignal {
    return this.#trip.signal;
  }

  /** A call was refused: latched for this process. What follows from a first cause is not the cause. */
  refuse(found: Violation, error: RigError): void {
    if (this.#cause) return;
    this.#cause = found;
    this.#trip.abort(error);
  }

  /** The bench tripped: latched until reset. That the store could not keep it is said in the error, and stops nothing. */
  trip(found: Violation, code: "TRIPPED" | "INTERLOCK_OPEN" | "CONTACTOR_FEEDBACK"): void {
    if (this.#cause) return;
    this.#cause = found;
    let unsaved = "";
    try {
      this.#store?.save(found);
    } catch (error) {
      unsaved = ` (the latch could not be saved: ${asRigError(error).message})`;
    }
    const facts = { rule: found.rule, ...(found.subject ? { subject: found.subject } : {}) };
    this.#trip.abort(new RigError(code, `${found.rule}: ${found.why}${unsaved}`, facts));
  }

  /** `signal` is then a new one. @throws what `save` throws: the latch then stays */
  clear(by: string): void {
    this.#store?.save(undefined);
    if (this.#cause) this.record(by, this.#cause);
    this.#cause = undefined;
    this.#trip = new AbortController();
  }

  record(by: string, { rule, why }: Violation): void {
    this.#note({ kind: "reset", by, rule, why });
  }
}
