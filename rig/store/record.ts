/**
 * From events to the record that reports, show and --json read. Total: an event that is not what its type says becomes a
 * defect, never an exception and never a pass.
 */

import { type Contact, isContact } from "../model/contacts.ts";
import type { Data } from "../model/data.ts";
import type { Reading } from "../model/reading.ts";
import type { Component } from "../model/uncertainty.ts";
import { isUnit } from "../model/units.ts";
import { verdicts } from "../model/verdict.ts";
import type {
  Defect,
  Event,
  JudgementOfRun,
  NoteOfRun,
  PromptOfRun,
  RunRecord,
  StepOfRun,
  StoredRun,
} from "./types.ts";

type Body = Readonly<Record<string, Data>>;

const isBody = (data: Data | undefined): data is Body =>
  typeof data === "object" && data !== null && !Array.isArray(data);

const isText = (data: Data | undefined): data is string => typeof data === "string";
const isNumber = (data: Data | undefined): data is number => typeof data === "number" && Number.isFinite(data);

/** Why this is no reading; "" when it is one. */
function faultOfReading(data: Data | undefined): string {
  if (!isBody(data)) return "no reading";
  if (!isText(data["unit"]) || !isUnit(data["unit"])) return "reading without a known unit";
  if (!isText(data["raw"]) || !isNumber(data["t_s"])) return "reading without raw text or time";
  if (data["is"] === "value") {
    const u = data["u"];
    return isNumber(data["value"]) && isNumber(u) && u >= 0 ? "" : "reading without value or uncertainty";
  }
  if (data["is"] === "above" || data["is"] === "below") return isNumber(data["bound"]) ? "" : "reading without bound";
  return data["is"] === "invalid" && isText(data["code"]) ? "" : `reading of kind ${String(data["is"])}`;
}

/** The judgement in a `judged` body, or why there is none. */
export function measurementIn(event: Event & { readonly type: "judged" }): JudgementOfRun | string {
  const { body } = event;
  if (!isBody(body)) return "a judgement must be an object";
  const { id, limit, step, attempt, reading, subject, meaning, budget } = body;
  if (!isText(id) || !isText(limit) || !isText(step)) return "a judgement needs id, limit and step";
  if (!isNumber(attempt)) return "a judgement needs its attempt";
  const verdict = verdicts.find((known) => known === body["verdict"]);
  if (verdict === undefined) return "a judgement needs a verdict";
  if (subject !== "adapter" && subject !== "rig") return "a judgement needs a subject";
  const contacts = contactsIn(body["contacts"]);
  if (contacts === undefined) return "a judgement names contacts that do not exist";
  const fault = faultOfReading(reading);
  if (fault !== "") return fault;
  return {
    seq: event.seq,
    bench_s: event.bench_s,
    utc: event.utc,
    id,
    limit,
    step,
    attempt,
    reading: reading as unknown as Reading,
    verdict,
    subject,
    contacts,
    ...(isText(meaning) && { meaning }),
    ...(isBudget(budget) && { budget }),
  };
}

/** Parts of an uncertainty; a list with one that cannot be read is left out as a whole. */
const isBudget = (data: Data | undefined): data is Data & readonly Component[] =>
  Array.isArray(data) &&
  data.every((part) => {
    if (!isBody(part)) return false;
    const { name, stated, divisor, sensitivity } = part;
    return isText(name) && isNumber(stated) && isNumber(divisor) && isNumber(sensitivity);
  });

function contactsIn(data: Data | undefined): readonly Contact[] | undefined {
  if (!Array.isArray(data)) return undefined;
  const contacts = data.filter((one): one is Contact => typeof one === "string" && isContact(one));
  return contacts.length === data.length ? contacts : undefined;
}

/** Lists that grow while the events are walked. */
class Builder {
  readonly measurements: JudgementOfRun[] = [];
  readonly steps: StepOfRun[] = [];
  readonly prompts = new Map<number, PromptOfRun>();
  readonly instruments = new Map<string, Body>();
  readonly trips: NoteOfRun[] = [];
  readonly notes: NoteOfRun[] = [];
  readonly defects: Defect[] = [];

  take(event: Event): void {
    if (event.type === "issued") this.issued(event);
    else if (event.type === "replied") this.answered(event.to, { answer: event.reply });
    else if (event.type === "failed") this.answered(event.to, { failed: `${event.message} [${event.code}]` });
    else if (event.type === "judged") this.judged(event);
    else if (event.type === "step") this.step(event);
    else if (event.type === "tripped") this.trips.push(this.noteOf(event));
    else if (event.type === "note") this.note(event);
    else this.defects.push({ seq: (event as Event).seq, why: "an event of unknown type" });
  }

  private issued(event: Event & { readonly type: "issued" }): void {
    const { command, seq, utc, bench_s } = event;
    if (!isBody(command) || command["do"] !== "ask") return;
    this.prompts.set(seq, { seq, utc, bench_s, prompt: command["prompt"] ?? null });
  }

  private answered(to: number, answer: Pick<PromptOfRun, "answer"> | Pick<PromptOfRun, "failed">): void {
    const prompt = this.prompts.get(to);
    if (prompt !== undefined) this.prompts.set(to, { ...prompt, ...answer });
  }

  private judged(event: Event & { readonly type: "judged" }): void {
    const found = measurementIn(event);
    if (typeof found === "string") this.defects.push({ seq: event.seq, why: found });
    else this.measurements.push(found);
  }

  private step(event: Event & { readonly type: "step" }): void {
    const { name, path, lane, attempt, seq, bench_s, utc } = event;
    if (event.phase === "enter") {
      this.steps.push({ name, path, lane, attempt, entered_seq: seq, entered_s: bench_s, entered_utc: utc });
      return;
    }
    const at = this.steps.findLastIndex((s) => s.path === path && s.lane === lane && s.left_seq === undefined);
    const open = this.steps[at];
    if (open === undefined) this.defects.push({ seq, why: `step ${path} was left without being entered` });
    else this.steps[at] = { ...open, left_seq: seq, left_s: bench_s };
  }

  private noteOf({ seq, utc, bench_s, lane, body }: Event & { readonly type: "note" | "tripped" }): NoteOfRun {
    const object: Body = isBody(body) ? body : { value: body };
    return { seq, utc, bench_s, lane, kind: isText(object["kind"]) ? object["kind"] : "", body: object };
  }

  private note(event: Event & { readonly type: "note" }): void {
    const note = this.noteOf(event);
    this.notes.push(note);
    const { seq, utc, bench_s, kind, body } = note;
    if (kind === "instrument") this.instruments.set(isText(body["role"]) ? body["role"] : `#${seq}`, body);
    if (kind === "prompt") {
      const answer = body["answer"];
      this.prompts.set(seq, {
        seq,
        utc,
        bench_s,
        prompt: body["prompt"] ?? null,
        ...(answer !== undefined && { answer }),
      });
    }
  }
}

/** Pure; events in seq order. */
export function recordOf(stored: StoredRun): RunRecord {
  const builder = new Builder();
  for (const event of stored.events) builder.take(event);
  return {
    ...stored,
    measurements: builder.measurements,
    steps: builder.steps,
    prompts: [...builder.prompts.values()],
    instruments: [...builder.instruments.values()],
    trips: builder.trips,
    notes: builder.notes,
    defects: builder.defects,
  };
}
