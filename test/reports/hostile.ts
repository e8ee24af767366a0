/** Text as hostile as it gets, and a run that carries it everywhere a person, label or instrument may speak (E10). */
import fc from "fast-check";
import type { Decisions } from "../../reports/decisions.ts";
import type { Data } from "../../rig/model/data.ts";
import type { Limit } from "../../rig/model/limits.ts";
import { recordOf } from "../../rig/store/record.ts";
import type { Event } from "../../rig/store/types.ts";
import { failing, headOf, type Sample } from "./fixture.ts";
import { limitRows } from "./fixture-limits.ts";

/** Any code units, lone surrogates too, and the usual attacks. */
export const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom(
    "</script><script>alert(1)</script>",
    "\"' onload=x",
    "]]>",
    "<!--",
    "\u202egnp.exe",
    "\0",
    "&amp;",
    "../../etc/passwd",
    "=cmd|'/C calc'!A0",
    "@SUM(1)\r\n+2,-3;=4",
  ),
);

/** Replaces every string of a datum but those that the model itself defines. */
function spoil(data: Data, text: string, keep: ReadonlySet<string>): Data {
  if (typeof data === "string") return text;
  if (Array.isArray(data)) return data.map((d: Data) => spoil(d, text, keep));
  if (data === null || typeof data !== "object") return data;
  return Object.fromEntries(Object.entries(data).map(([k, d]) => [k, keep.has(k) ? d : spoil(d as Data, text, keep)]));
}

const kept = new Set([
  "kind",
  "is",
  "unit",
  "verdict",
  "subject",
  "contacts",
  "expected",
  "a",
  "b",
  "do",
  "limit",
  "id",
  "type",
]);

function spoilEvent(event: Event, text: string): Event {
  if (event.type === "note" || event.type === "judged" || event.type === "tripped") {
    return { ...event, body: spoil(event.body, text, kept) };
  }
  if (event.type === "step") return { ...event, name: text, path: text };
  if (event.type === "issued") return { ...event, command: spoil(event.command, text, kept) };
  return event.type === "replied" ? { ...event, reply: spoil(event.reply, text, kept) } : { ...event, message: text };
}

/** The failing run with `text` in every place that outsiders fill. */
export function spoiled(text: string): Sample {
  const { record, series } = failing();
  const head = headOf({ run: 43, id: "R000043" });
  const row = ([id, limit]: readonly [string, Limit]) =>
    [id, { ...limit, title: text, source: text, edition: text, clause: text, approvedBy: text }] as const;
  const events = record.events.map((event) => spoilEvent(event, text));
  const seq = events.length + 1;
  const { bench_s, utc } = events.at(-1) ?? { bench_s: 0, utc: "" };
  events.push({ seq, bench_s, utc, lane: "main", attempt: 1, type: "tripped", body: { rule: text } });
  const stored = {
    head: {
      ...head,
      uid: text,
      operator: text,
      adapter: { ...head.adapter, id: text, maker: text, model: text, serial: text, label: `${text}.`, source: text },
      bench: { ...head.bench, id: text, file: text },
      limits: { ...head.limits, title: text, rows: Object.fromEntries(Object.entries(limitRows).map(row)) },
      options: { text },
      waivers: [{ id: text, text, by: text }],
      lab: { name: text, address: text, place: text, paper: "A4" as const, label: { after_sign_off: false } },
      order: {
        file: text,
        hash: "0".repeat(64),
        number: text,
        customer: { name: text, address: text, contact: text },
        received: "2026-08-20",
        condition: text,
        sampling: text,
        photo: { file: text, hash: "0".repeat(64) },
        deviations: [text],
        external: [{ what: text, provider: text, reference: text }],
      },
    },
    outcome: { verdict: "fail", ending: "completed", firstCause: text } as const,
    ended: record.ended ?? "",
    hash: text,
    previousHash: text,
    events,
    series: record.series,
  };
  return {
    record: recordOf(stored),
    series: new Map([
      ...series,
      [`pilot/${text}/z${text}/5/CP_S`, { t_s: Float64Array.of(0, 1), values: Float64Array.of(1, 2), total: 2 }],
    ]),
  };
}

/** Signatures and amendments by people with such names. */
export const spoiledDecisions = (text: string): Decisions => ({
  signatures: [{ by: text, role: text, meaning: text, reason: text, utc: text }],
  amendments: [{ by: text, reason: text, utc: text }],
  doubts: [{ seq: 7, utc: text, by: text, finding: text, instrument: text, certificate: text, now: text }],
  dispositions: [{ number: text, decision: text, runs: [text], reason: text, by: text, utc: text }],
  openFails: [text],
  ledgerLacks: text,
});
