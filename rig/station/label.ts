/**
 * What a scanned or typed label says: `TYPE SERIAL`, also with a procedure behind it (blank, semicolon, vertical bar or tab
 * between); the code that `rig label` prints; or a serial number alone. What it does not say follows from earlier runs. A
 * label is data (E10): what it names must be known, or a person chooses.
 */
import { isControlCode } from "./codes.ts";

export interface KnownRun {
  readonly adapter: string;
  readonly procedure: string;
}

export interface LabelSays {
  readonly serial: string;
  readonly adapter?: string;
  readonly procedure?: string;
  /** Where type and procedure come from, in words. */
  readonly from: string;
}

/** What the station knows to read a label by. */
export interface Known {
  /** Ids of adapter types, with the family of each. */
  readonly types: ReadonlyMap<string, string>;
  /** Ids of procedures, with the families that each is for. */
  readonly procedures: ReadonlyMap<string, readonly string[]>;
  /** Known-good and known-bad artefacts, by serial number. */
  readonly artefacts: ReadonlyMap<string, KnownRun>;
  /** Last run of a serial number. */
  readonly lastRun: (serial: string) => KnownRun | undefined;
  /** Last run of an adapter type. */
  readonly lastOfType: (adapter: string) => KnownRun | undefined;
}

const longest = 200;
/** What is done first with an adapter that nobody has seen. */
const firstTest = "incoming";

/** Undefined for no label at all, and for a code that is a command. */
export function readLabel(text: string, known: Known): LabelSays | undefined {
  const plain = text.trim();
  if (plain === "" || plain.length > longest || isControlCode(plain)) return undefined;
  if (!prints(plain.replaceAll("\t", " "))) return undefined;
  const printed = printedSerial(plain);
  if (printed !== undefined) return prints(printed) && printed !== "" ? ofSerial(printed, known) : undefined;
  const [first = "", ...rest] = plain.split(/[\s;|]+/);
  if (!known.types.has(first) || rest.length === 0) return ofSerial(plain, known);
  const named = rest.length > 1 && known.procedures.has(rest.at(-1) ?? "") ? rest.at(-1) : undefined;
  const serial = (named === undefined ? rest : rest.slice(0, -1)).join(" ");
  if (named !== undefined) return { serial, adapter: first, procedure: named, from: "the label" };
  const { procedure, from } = procedureFor(first, serial, known);
  return { serial, adapter: first, ...(procedure ? { procedure } : {}), from: `the label${from}` };
}

/** Nothing in it is invisible, breaks a line or ends an argument of a program. */
export const prints = (text: string): boolean => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);

/** Serial number in the code of a printed label (reports/label.ts): its last field, as in a web address. */
function printedSerial(text: string): string | undefined {
  const fields = text.split(";");
  if (fields[0] !== "RIG1" || fields.length !== 6) return undefined;
  try {
    return decodeURIComponent(fields[5] ?? "").trim();
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function ofSerial(serial: string, known: Known): LabelSays {
  const artefact = known.artefacts.get(serial);
  if (artefact) return { serial, ...artefact, from: "the register of artefacts" };
  const last = known.lastRun(serial);
  if (last && known.types.has(last.adapter)) return { serial, ...last, from: "the last run of this serial number" };
  return { serial, from: "the label names no known type and this serial number was never here: choose the type" };
}

/** The procedure that was run on this serial number before, or else on this type; or the one that is done first. */
function procedureFor(adapter: string, serial: string, known: Known) {
  const last = known.lastRun(serial);
  if (last?.adapter === adapter) return { procedure: last.procedure, from: ", the procedure as in its last run" };
  const ofType = known.lastOfType(adapter);
  if (ofType) return { procedure: ofType.procedure, from: ", the procedure as in the last run of this type" };
  const fits = known.procedures.get(firstTest)?.includes(known.types.get(adapter) ?? "") === true;
  return fits ? { procedure: firstTest, from: ", the procedure that is done first" } : { from: "" };
}
