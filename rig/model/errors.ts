/**
 * All errors of the rig in one list: a stable code, a kind that says who is to act, and a remedy for the person at the
 * bench. A bad adapter is never an error (it is a verdict); a bad rig always is.
 */
import type { Data } from "./data.ts";

/**
 * usage: the caller's input is wrong (exit 2). communication, measurement: a plan may handle them. The rest end the run.
 */
export type ErrorKind =
  | "usage"
  | "communication"
  | "measurement"
  | "safety"
  | "deadline"
  | "storage"
  | "rig"
  | "programming";

interface Entry {
  readonly kind: ErrorKind;
  readonly remedy: string;
}

const entry = (kind: ErrorKind, remedy: string): Entry => ({ kind, remedy });

export const catalogue = {
  // Input of people
  USAGE: entry("usage", "See --help of the command."),
  FILE_UNREADABLE: entry("usage", "Check the path and the file's permissions."),
  FILE_INVALID: entry("usage", "Correct the file at the line named."),
  BENCH_INVALID: entry("usage", "Correct the bench file at the line named."),
  ADAPTER_INVALID: entry("usage", "Correct the adapter file at the line named."),
  LIMITS_INVALID: entry("usage", "Correct the limits document at the line named."),
  LABEL_INVALID: entry("usage", "Scan or type the label again: 1 to 64 printable characters."),
  ROLE_MISSING: entry("usage", "Give the bench file an instrument for this role, or choose another bench."),
  PATH_REFUSED: entry("usage", "Choose another path, or an element with a higher rating, in the bench file."),
  HALF_MISSING: entry("usage", "Give the bench file a reference half for this coupler, or choose another bench."),
  LABEL_REFUSED: entry("usage", "Only a pass is labelled: see the reason, and `rig show` of the run."),
  RUN_UNKNOWN: entry("usage", "List the runs with `rig runs`."),
  OPERATOR_NOT_AUTHORISED: entry(
    "usage",
    "Let somebody who is authorised run it, or have the authorisation entered: `rig operators authorise`.",
  ),
  RETEST_REFUSED: entry("usage", "QA decides what becomes of the adapter: `rig dispose SERIAL --runs ...`."),
  RUN_OPEN: entry("usage", "Wait for its end; if its program died, `rig resume RUN` goes on with it or closes it."),
  KEY_REFUSED: entry("usage", "See `rig keys list`, and docs/evidence.md for keys, passphrases and file modes."),
  SIGNING_REFUSED: entry("usage", "Nothing was signed: see docs/evidence.md for who may sign what, and when."),
  CLOCK_UNPROVED: entry(
    "usage",
    "Synchronise the clock (`timedatectl set-ntp true`), then sign; a run keeps its own clock's state.",
  ),
  // The wire
  PORT_OPEN_FAILED: entry("communication", "Check the cable, the power and the port's name in the bench file."),
  PORT_LOST: entry("communication", "The device has gone: check cable and power. Power is off; start a new run."),
  PORT_FENCED: entry(
    "communication",
    "The instrument was given up on in this run; find out why, then start a new run.",
  ),
  INSTRUMENT_TIMEOUT: entry("communication", "Check the cable and power, then retry the step."),
  REPLY_MALFORMED: entry("communication", "Check baud rate, address and cable screen; look at the reply in the log."),
  REPLY_TOO_LONG: entry(
    "communication",
    "Check baud rate and protocol; the device sent more than its protocol allows.",
  ),
  INSTRUMENT_REFUSED: entry("communication", "The instrument refused the command: see its own error text."),
  IDENTITY_MISMATCH: entry("rig", "Another instrument answers here: correct the bench file or the cabling."),
  SETPOINT_OUT_OF_RANGE: entry("programming", "The procedure asks for more than the instrument can do."),
  READ_BACK_DIFFERS: entry("rig", "The instrument is not in the state that was set: check it before the next run."),
  // Measuring
  MEASUREMENT_INVALID: entry("measurement", "Repeat the step; if it stays, check leads and instrument."),
  RIG_CHECK_FAILED: entry("rig", "The bench failed its own check: repair it before testing an adapter."),
  // Safety
  INTERLOCK_OPEN: entry("safety", "Close the lid, release the emergency stop, then reset the interlock."),
  ENVELOPE_EXCEEDED: entry("safety", "The step asks for more than the bench file's envelope allows."),
  SWITCHING_REFUSED: entry("safety", "The relay pattern is forbidden on this bench: see the rule named."),
  CONTACTOR_FEEDBACK: entry("rig", "Test the contactor for weld and coil supply, then `rig reset --by NAME`."),
  TRIPPED: entry("safety", "A safety limit tripped: read the cause, let the bench cool, then `rig reset --by NAME`."),
  GUARD_LOST: entry("safety", "The guard process ended: the bench was made safe; look at its log, then start again."),
  ABORTED: entry("safety", "The run was stopped by a person or a signal."),
  STEP_DEADLINE: entry("deadline", "The step took longer than it may: see the last command in the record."),
  PROMPT_TIMEOUT: entry("deadline", "Nobody answered in time: start the run again."),
  RIG_LOCKED: entry(
    "rig",
    "A known artefact was answered wrongly: repair the rig, repeat the check, then `rig unlock --by NAME --reason TEXT`.",
  ),
  CHECK_OVERDUE: entry("rig", "Do the check that is named, or let a named person waive it in the bench file."),
  // Keeping
  STORAGE_FAILED: entry("storage", "Free space or repair the disk; the run counts as not done."),
  STORE_VERSION: entry("storage", "The store was written by a newer version: update the program."),
  STORE_OLD: entry("storage", "Bring it up to date with `rig store upgrade`; nothing in its records changes."),
  LEDGER_LACKS: entry(
    "storage",
    "Find out who removed it; put back ledger.sqlite from a backup (docs/backup.md), or go on in a new store.",
  ),
  BACKUP_DAMAGED: entry("storage", "Take an older backup, and keep this one: it shows what its medium does."),
  // Ours
  REPLAY_DIVERGED: entry("programming", "The plan asked for something else than its record holds: report this."),
  JUDGEMENT_MISSING: entry("programming", "A planned judgement was never made: report this with the run's number."),
  PLAN_INVALID: entry("programming", "The procedure is wrong: report this with the message."),
} as const;

export type ErrorCode = keyof typeof catalogue;

export class RigError extends Error {
  override readonly name = "RigError";
  readonly code: ErrorCode;
  readonly facts: Readonly<Record<string, Data>>;

  /** The message is one line for a person; the code is appended so that it is found in logs and documentation. */
  constructor(code: ErrorCode, message: string, facts: Readonly<Record<string, Data>> = {}, options?: ErrorOptions) {
    super(`${message} [${code}]`, options);
    this.code = code;
    this.facts = facts;
  }

  get kind(): ErrorKind {
    return catalogue[this.code].kind;
  }

  get remedy(): string {
    return catalogue[this.code].remedy;
  }
}

/** Errors that a plan may catch; all others end it. */
export const isForPlan = (error: unknown): boolean =>
  error instanceof RigError && (error.kind === "communication" || error.kind === "measurement");

/** Any thrown thing as a RigError; what is not ours is a programming error and keeps its cause. */
export function asRigError(error: unknown): RigError {
  if (error instanceof RigError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new RigError("PLAN_INVALID", `unexpected: ${text}`, {}, { cause: error });
}
