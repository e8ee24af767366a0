/** What the engine needs from others; cli/ composes. Interfaces only, so that engine and safety do not know each other. */
import type { Data } from "../model/data.ts";
import type { ErrorCode, RigError } from "../model/errors.ts";
import type { Call, Prompt } from "./commands.ts";

export interface AdmitContext {
  /** Read calls that a monitor repeats at present. */
  readonly monitored: readonly Call[];
}

export type Admission = { readonly ok: true } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly rule: string;
  readonly why: string;
  readonly code: ErrorCode;
}

export interface Safety {
  /** Envelope, interlocks and switching rules on the state after the call. A refusal latches. */
  admit(call: Call, context: AdmitContext): Admission;
  /** Latch and interlocks once more, after the disk took its time and before the first byte leaves. */
  recheck(call: Call): Admission;
  /** The state after, from read-back where there is one; also feeds the watches. */
  settled(call: Call, reply: Data): void;
  /** A call that may have acted but did not confirm: the state is unknown until read back. */
  failed(call: Call, error: RigError): void;
  /** Protective earth of this mating is proved at <= 1 A (S9). */
  provePe(): void;
  /** Aborted with a RigError when an interlock or watch trips. */
  readonly tripped: AbortSignal;
  safeOff(why: string): Promise<Data>;
}

/** Console, page, test or simulated operator. Rejects with PROMPT_TIMEOUT or the signal's reason. */
export type AskOperator = (
  prompt: Prompt,
  signal: AbortSignal,
) => Promise<{ readonly answer: Data; readonly by: string }>;
