/**
 * A body that speaks of the nest's terminals, in the adapter's own words. Routines, relays and sensors know terminals
 * (`evse.DC+`); an adapter between other reference halves has other contacts there (`evse.L1`). Judgements of the adapter
 * and the wiring map are rewritten on their way to the record; calls are not touched. Rows of the rig keep the terminals'
 * names: they tell a person which wire of the bench to look at.
 */
import { type Contact, isContact, type Pin } from "../model/contacts.ts";
import type { Data } from "../model/data.ts";
import { contactAt, isStraight, type Mating } from "../model/halves.ts";
import type { LimitSet } from "../model/limits.ts";
import type { Body, Command, JudgeCommand } from "./commands.ts";
import { rewritten } from "./rewrite.ts";

export interface Words {
  readonly mating: Mating;
  readonly limits: LimitSet;
  /** Names of the poles where no face is meant, for instance { "DC+": "L1" }. */
  readonly poles?: Readonly<Partial<Record<Pin, string>>>;
  /** Rows judged in place of others, for instance { "power.dc.r": "power.ac.r" }. */
  readonly rows?: Readonly<Record<string, string>>;
  /** Added to every id, so that two passes of one run do not judge the same id twice; empty for one pass. */
  readonly suffix?: string;
  /** Put before the name of every series, with a slash: each pass keeps its own samples. */
  readonly series?: string;
}

export function inWordsOf<R>(words: Words, body: Body<R>): Body<R> {
  const plain = isStraight(words.mating) && !words.suffix && !words.series && !words.rows && !words.poles;
  return plain ? body : rewritten(body, (command) => changed(words, command));
}

function changed(words: Words, command: Command): Command {
  if (command.do === "judge") return judgement(words, command);
  if (words.series !== undefined) return inSeries(`${words.series}/`, words, command);
  return noted(words, command);
}

/** Captures tell the name under which they are kept, so what they are asked for by later has the prefix already. */
function inSeries(prefix: string, words: Words, command: Command): Command {
  const named = (name: string): string => (name.startsWith(prefix) ? name : `${prefix}${name}`);
  if (command.do === "points") return { ...command, series: named(command.series) };
  if (command.do === "call" && command.kind === "scope" && command.op === "capture") {
    return { ...command, args: { ...command.args, as: named(command.args.as) } };
  }
  if (command.do === "monitor") {
    const series = Object.fromEntries(Object.entries(command.series).map(([key, name]) => [key, named(name)]));
    return { ...command, name: named(command.name), series };
  }
  return noted(words, command);
}

/** Kinds of notes that name contacts as data. */
const naming: readonly string[] = ["wiring", "learned", "thermal", "prediction", "ended-early"];

function noted(words: Words, command: Command): Command {
  if (command.do !== "note" || !naming.includes(command.body.kind)) return command;
  return { ...command, body: { ...(contacts(words, command.body) as typeof command.body), kind: command.body.kind } };
}

/** A row of the adapter names its contacts; ids are `<limit>` or `<limit>/<what>`. */
function judgement(words: Words, command: JudgeCommand): JudgeCommand {
  const limit = words.rows?.[command.limit] ?? command.limit;
  const suffix = words.suffix ?? "";
  const own = command.about.id ?? command.limit;
  if (words.limits.rows[limit]?.subject === "rig") {
    return { ...command, limit, about: { ...command.about, id: `${own}${suffix}` } };
  }
  const rest = own.startsWith(command.limit) ? own.slice(command.limit.length) : undefined;
  const id = rest === undefined ? `${told(words, own)}${suffix}` : `${limit}${told(words, rest)}${suffix}`;
  const { contacts: at, meaning } = command.about;
  return {
    ...command,
    limit,
    about: {
      ...command.about,
      id,
      ...(at ? { contacts: at.map((contact) => contactAt(words.mating, contact) ?? contact) } : {}),
      ...(meaning === undefined ? {} : { meaning: told(words, meaning) }),
    },
  };
}

/** Terminals in a text as the adapter's contacts, poles named alone by their name on this adapter. */
export function told(words: Words, text: string): string {
  return text.replace(/\b(evse|ev)\.(DC[+-]|L1|L2N|PE|CP|PP)|(?<![.\w])DC[+-]/g, (found, face: string | undefined) => {
    if (face === undefined) return words.poles?.[found as Pin] ?? found;
    return contactAt(words.mating, found as Contact) ?? found;
  });
}

/** A datum with every text that is a contact replaced. */
function contacts(words: Words, data: Data): Data {
  if (typeof data === "string") return isContact(data) ? (contactAt(words.mating, data) ?? data) : data;
  if (Array.isArray(data)) return data.map((each: Data) => contacts(words, each));
  if (data === null || typeof data !== "object") return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, contacts(words, value)]));
}
